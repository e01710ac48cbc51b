"""dbt as Dagster runs it: offline, with a manifest of today, its columns traced to their origin."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from dagster_dbt import DbtCliResource

from orchestration.defs import dbt_project
from orchestration.defs.lineage import column_lineage, lineage_of_models, schema_of
from orchestration.defs.model import _last_word, _run_dbt, dbt_resource
from orchestration.paths import DataRoot
from orchestration.settings import Settings

COLUMNS = {
    "core.posts": {"post_id": "VARCHAR", "likes_lo": "BIGINT", "likes_hi": "BIGINT"},
    "core.accounts": {"post_id": "VARCHAR", "screen_name": "VARCHAR"},
}
SQL = """
with posts as (select * from "observatory"."core"."posts"),
named as (select post_id, screen_name as name from "observatory"."core"."accounts")
select posts.post_id, (likes_lo + likes_hi) / 2 as likes, named.name, 'b1' as build_id
from posts left join named using (post_id)
"""


def test_what_dagster_dbt_would_do_online_or_in_process_is_still_replaced() -> None:
    """A new version that renames one of these would ask PyPI every night again."""
    assert hasattr(DbtCliResource, "_cli_version")
    assert hasattr(DbtCliResource, "_initialize_dbt_core_adapter")
    dbt = dbt_resource()
    assert dbt._cli_version.release[:2] == (1, 11)
    assert dbt._initialize_dbt_core_adapter([]) is None
    assert "--no-version-check" in dbt.global_config_flags


def test_dbt_is_told_the_build_and_how_often_accounts_are_drawn(tmp_path: Path) -> None:
    told: dict[str, str] = {}

    def cli(arguments: list[str], **_: Any) -> Any:
        told.update(os.environ)
        return SimpleNamespace(stream=lambda: iter(()))

    settings = Settings(DataRoot(tmp_path), bootstrap_replicates=200)
    dbt, build = SimpleNamespace(cli=cli), SimpleNamespace(build_id="b1")
    _run_dbt(None, settings, dbt, build, is_renewed=False)  # type: ignore[arg-type]
    assert told[dbt_project.BUILD_ID] == "b1"
    assert told[dbt_project.BOOTSTRAP_REPLICATES] == "200"
    assert dbt_project.BOOTSTRAP_REPLICATES not in os.environ


def test_there_is_no_package_file_that_would_need_the_network() -> None:
    for name in ("packages.yml", "dependencies.yml"):
        assert not (dbt_project.DBT_PROJECT / name).exists()


def test_columns_are_followed_through_ctes_and_stars() -> None:
    assert column_lineage(SQL, COLUMNS, schema_of(COLUMNS)) == {
        "post_id": [("core.posts", "post_id")],
        "likes": [("core.posts", "likes_hi"), ("core.posts", "likes_lo")],
        "name": [("core.accounts", "screen_name")],
        "build_id": [],
    }


def test_lineage_is_kept_for_a_version_and_survives_sql_it_cannot_read(tmp_path: Path) -> None:
    said: list[str] = []
    cache = tmp_path / "lineage.json"
    compiled = {"main.good": SQL, "main.bad": "select from where ("}
    first = lineage_of_models(compiled, COLUMNS, cache, "v1", said.append)
    assert first["main.bad"] == {}
    assert len(said) == 1
    assert said[0].startswith("no column lineage of main.bad")
    again = lineage_of_models(compiled, {}, cache, "v1", said.append)
    assert set(again["main.good"]) == set(first["main.good"])
    assert len(said) == 1


def test_the_manifest_is_parsed_again_only_when_a_file_is_newer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "dbt_project"
    (project / "models").mkdir(parents=True)
    model = project / "models" / "a.sql"
    model.write_text("select 1")
    monkeypatch.setattr(dbt_project, "DBT_PROJECT", project)
    monkeypatch.setattr(dbt_project, "MANIFEST", project / "target" / "manifest.json")

    def parse(target: Path) -> None:
        assert not list(target.iterdir()), "dbt would take names from it that are no longer there"
        for name in ("manifest.json", "partial_parse.msgpack"):
            (target / name).write_text("{}")

    monkeypatch.setattr(dbt_project, "_parse", parse)
    assert dbt_project.ensure_manifest()
    assert not dbt_project.ensure_manifest()
    os.utime(model, (4102444800, 4102444800))
    assert dbt_project.ensure_manifest()
    assert not dbt_project.ensure_manifest()


def test_what_dbt_keeps_of_a_parse_is_handed_on_to_a_root_without_or_with_an_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dbt_project, "MANIFEST", tmp_path / "set_up" / "manifest.json")
    target = tmp_path / "home" / "dbt"
    dbt_project.hand_on_parse(target)
    assert not target.exists()
    (tmp_path / "set_up").mkdir()
    (tmp_path / "set_up" / "partial_parse.msgpack").write_text("of the manifest")
    dbt_project.hand_on_parse(target)
    own = target / "partial_parse.msgpack"
    assert own.read_text() == "of the manifest"
    own.write_text("newer")
    dbt_project.hand_on_parse(target)
    assert own.read_text() == "newer"
    os.utime(own, (0, 0))
    dbt_project.hand_on_parse(target)
    assert own.read_text() == "of the manifest"


def test_the_path_of_the_work_file_is_the_same_for_every_root(tmp_path: Path) -> None:
    """Else dbt parses the project anew for each."""
    paths = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        found = dbt_project.dbt_environment(tmp_path / name / "observatory.duckdb")
        paths.add(found["OBSERVATORY_WAREHOUSE"])
        assert found["HOME"] == str(tmp_path / name)
    assert len(paths) == 1


def test_what_a_dbt_that_died_said_last_is_told_in_words(tmp_path: Path) -> None:
    log = tmp_path / "dbt.log"
    assert _last_word(log) == "it wrote no log"
    log.write_text("")
    assert _last_word(log) == "its log is empty"
    finished = {"info": {"msg": "240 of 283 PASS unique_key"}}
    log.write_text(f"{json.dumps(finished)}\nhalf a li\n")
    assert _last_word(log) == "half a li"
    failed = {"info": {"msg": "\n  Runtime Error: no such file\n"}}
    log.write_text("\n".join(map(json.dumps, (failed, finished))))
    assert _last_word(log) == "Runtime Error: no such file"
