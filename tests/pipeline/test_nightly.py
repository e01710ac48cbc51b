"""The job end to end: real dbt, real Great Expectations, one warehouse, night after night.

The tests follow each other like nights do; each says what the night before must have left.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import dagster as dg
import duckdb
import pytest

from orchestration.definitions import build_defs
from orchestration.nightly import NightlyOutcome, run_nightly
from orchestration.paths import PROJECT_ROOT
from orchestration.schemas.tables import MARTS, TABLES
from orchestration.settings import Settings
from orchestration.warehouse.connect import open_modelled, open_published, open_work
from orchestration.warehouse.lock import run_lock
from orchestration.warehouse.released import write_released
from orchestration.warehouse.statements import count_rows
from orchestration.warehouse.status import status
from tests.pipeline.conftest import LAST_DAY, LATER_DAY, NEXT_DAY, deliver
from tests.unit.warehouse.content_hash import content_hashes

pytestmark = pytest.mark.slow

NIGHT = (
    "import sys; from orchestration.settings import Settings; "
    "from orchestration.nightly import run_nightly; "
    "say = lambda message: print(message, file=sys.stderr, flush=True); "
    "print(run_nightly(Settings.from_environment(), say).outcome)"
)


def _night(settings: Settings) -> NightlyOutcome:
    said: list[str] = []
    outcome = run_nightly(settings, said.append)
    print(outcome.outcome, outcome.message, *said, sep="\n")
    return outcome


def _ask(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with open_published(settings.root.published) as published:
        return published.execute(query).fetchall()


def _work(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with open_work(settings.root.warehouse) as work:
        return work.execute(query).fetchall()


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _every_row(settings: Settings) -> dict[str, Any]:
    with open_work(settings.root.warehouse) as work:
        return {
            name: work.execute(f"select count(*), sum(hash(t)) from {name} as t").fetchone()
            for name in TABLES
        }


def _published_rows(path: Path) -> dict[str, str]:
    with open_published(path) as published:
        return {
            name: str(found)
            for name, found in content_hashes(published, [*TABLES.values()]).items()
        }


def _is_as_written_whole(settings: Settings, folder: Path) -> bool:
    """Whether readers have the rows that they would have of a file written from nothing."""
    whole = folder / "whole.duckdb"
    assert write_released(settings.root.warehouse, whole) is None
    assert _published_rows(settings.root.published) == _published_rows(whole)
    return True


@pytest.fixture(scope="module")
def first(observatory: Settings) -> NightlyOutcome:
    return _night(observatory)


class Unlinked(NamedTuple):
    """A post that no method links to a topic of its day."""

    platform: str
    post_id: str
    title_key: str
    title: str


@pytest.fixture(scope="module")
def unlinked(observatory: Settings, first: NightlyOutcome) -> Unlinked:
    (found,) = _work(
        observatory,
        """with topics as (
               select topic_key, min(topic) as title, min(seen_hi_at) as onset_at
               from core.hot_topic_slots group by 1)
           select p.platform, p.post_id, t.topic_key, t.title
           from core.posts p join topics t
             on p.posted_at between t.onset_at and t.onset_at + interval 1 day
           where p.is_official and not contains(p.text, t.title)
           order by all limit 1""",
    )
    return Unlinked(*found)


def _write_editors_files(settings: Settings, post: Unlinked) -> None:
    settings.root.reviewed_links.write_text(
        "platform,post_id,title_key,decision,reviewer\n"
        f'{post.platform},{post.post_id},"{post.title_key}",yes,ed\n',
        encoding="utf-8",
    )
    settings.root.event_aliases.write_text(
        f'title,alias\n"{post.title}",另一种说法\nhot_topic:0011223344556677,别的说法\n',
        encoding="utf-8",
    )


REVIEWED = "select count(*) from core.event_links where link_level = 'reviewed'"


@pytest.fixture
def history(observatory: Settings, first: NightlyOutcome) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(observatory.root.dagster_home)) as instance:
        yield instance


def test_the_first_night_is_published(observatory: Settings, first: NightlyOutcome) -> None:
    assert first.outcome == "published", first.message
    assert first.intake.files == 8
    assert first.intake.records_in == (
        first.intake.records_loaded
        + first.intake.records_duplicate
        + first.intake.records_quarantined
    )
    assert not [check for check in first.failed_checks if check.severity == "error"]
    assert _ask(observatory, "select build_id, outcome from meta.builds") == [
        (first.build_id, "published")
    ]


def test_every_tool_answered_and_every_mart_is_of_this_build(
    observatory: Settings, first: NightlyOutcome
) -> None:
    tools = _ask(observatory, "select distinct tool from quality.check_results order by 1")
    assert [tool for (tool,) in tools] == ["conservation", "dbt", "great_expectations"]
    for table in MARTS:
        builds = _ask(observatory, f"select distinct build_id from {table.full_name}")
        assert builds in ([], [(first.build_id,)]), table.full_name
    repeated = "select tool, check_name, table_name from quality.check_results group by all"
    assert _ask(observatory, f"{repeated} having count(*) > 1") == []


def test_the_run_shows_in_the_history_with_counts_lineage_and_checks(
    history: dg.DagsterInstance, first: NightlyOutcome
) -> None:
    run = history.get_run_by_id(str(first.run_id))
    assert run is not None
    assert (run.job_name, run.status) == ("nightly", dg.DagsterRunStatus.SUCCESS)
    growth = history.get_latest_materialization_event(dg.AssetKey(["main", "account_growth"]))
    assert growth is not None
    assert growth.asset_materialization is not None
    lineage = growth.asset_materialization.metadata["dagster/column_lineage"].value
    assert lineage.deps_by_column["followers_lo"]
    checks = [
        event.dagster_event.asset_check_evaluation_data
        for event in history.all_logs(
            run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
        )
        if event.dagster_event is not None
    ]
    assert len(checks) > 100
    assert {c.check_name for c in checks} >= {"records_are_conserved", "volume_is_usual"}


@pytest.fixture
def materialized(
    history: dg.DagsterInstance, first: NightlyOutcome
) -> dict[str, dict[str, dg.MetadataValue]]:
    """Asset (`schema.table`) to the metadata that the first night left on it."""
    found = {}
    for entry in history.all_logs(
        str(first.run_id), of_type=dg.DagsterEventType.ASSET_MATERIALIZATION
    ):
        assert entry.dagster_event is not None
        left = entry.dagster_event.step_materialization_data.materialization
        found[".".join(left.asset_key.path)] = left.metadata
    return found


def test_every_asset_says_how_many_rows_it_has(
    observatory: Settings, materialized: dict[str, dict[str, dg.MetadataValue]]
) -> None:
    keys = build_defs().get_repository_def().asset_graph.get_all_asset_keys()
    assert set(materialized) == {".".join(key.path) for key in keys}
    said = {name: metadata["dagster/row_count"].value for name, metadata in materialized.items()}
    with open_modelled(observatory.root.warehouse) as work:
        tables = [name for name in said if name not in ("archive.files", "published.observatory")]
        held = {name: count_rows(work, name) for name in tables}
    held["archive.files"] = held["quality.file_ledger"]
    with open_published(observatory.root.published) as published:
        held["published.observatory"] = sum(count_rows(published, name) for name in TABLES)
    assert said == held
    assert min(said["staging.stg_core__posts"], said["seeds.reported_figures"]) > 0


def test_every_table_of_dbt_shows_its_columns_with_their_types(
    materialized: dict[str, dict[str, dg.MetadataValue]],
) -> None:
    graph = build_defs().get_repository_def().asset_graph
    for name, left in materialized.items():
        if name == "published.observatory":  # a file of tables
            continue
        said = left.get("dagster/column_schema")
        defined = graph.get(dg.AssetKey(name.split("."))).metadata.get("dagster/column_schema")
        shown = said.value if said is not None else defined
        assert shown is not None, name
        assert all(column.type and column.description for column in shown.columns), name
    accounts = materialized["intermediate.int_accounts_resolved"]["dagster/column_schema"].value
    assert {c.name: c.type for c in accounts.columns}["first_seen_date"] == "date"


def test_every_column_of_every_asset_is_traced_to_columns_that_exist(
    observatory: Settings, materialized: dict[str, dict[str, dg.MetadataValue]]
) -> None:
    with open_modelled(observatory.root.warehouse) as work:
        columns: dict[str, set[str]] = {
            name: set(names)
            for name, names in work.execute(
                "select schema_name || '.' || table_name, list(column_name) "
                "from duckdb_columns() where not internal group by all"
            ).fetchall()
        }
    archive = build_defs().get_repository_def().asset_graph.get(dg.AssetKey(["archive", "files"]))
    schema = archive.metadata["dagster/column_schema"]
    columns["archive.files"] = {column.name for column in schema.columns}
    columns["published.observatory"] = {
        f"{name}.{column}" for name in TABLES for column in columns[name]
    }
    for name, metadata in materialized.items():
        lineage = metadata["dagster/column_lineage"].value.deps_by_column
        assert set(lineage) == columns[name], name
        for column, parents in lineage.items():
            for parent in parents:
                upstream = ".".join(parent.asset_key.path)
                assert upstream in materialized, (name, column, upstream)
                assert parent.column_name in columns[upstream], (name, column, parent)


def test_every_observed_value_leads_to_the_archive(
    materialized: dict[str, dict[str, dg.MetadataValue]],
) -> None:
    """Hop by hop: the parents of a column are never the end of it, unless they are the archive."""

    def origins(name: str, column: str) -> set[str]:
        parents = materialized[name]["dagster/column_lineage"].value.deps_by_column[column]
        above = [origins(".".join(p.asset_key.path), p.column_name) for p in parents]
        return set().union(*above) if above else {f"{name}.{column}"}

    for table, column in (("main.account_days", "followers_delta_lo"), ("main.posts", "text")):
        published = origins("published.observatory", f"{table}.{column}")
        assert "archive.files.content" in published, (table, column, published)
    claims = origins("published.observatory", "main.reported_claims.value")
    assert claims == {"seeds.reported_figures.value", "quality.claim_reviews.value"}
    assert origins("main.posts", "build_id") == {"main.posts.build_id"}


def test_a_second_night_has_nothing_to_do_and_changes_no_row(
    observatory: Settings, first: NightlyOutcome
) -> None:
    rows, published = _every_row(observatory), _fingerprint(observatory.root.published)
    outcome = _night(observatory)
    assert outcome.outcome == "nothing_new"
    assert outcome.message.startswith(f"nothing new: {first.build_id} stays published")
    assert _every_row(observatory) == rows
    assert _fingerprint(observatory.root.published) == published


def test_a_night_with_nothing_new_skips_every_step_but_the_first(
    history: dg.DagsterInstance, observatory: Settings
) -> None:
    outcome = _night(observatory)
    stats = history.get_run_step_stats(str(outcome.run_id))
    assert {step.step_key: step.status.value for step in stats} == {
        "archive__files": "SUCCESS", "cleaned_tables": "SKIPPED",
        "text_links": "SKIPPED", "models": "SKIPPED", "diffusion_fits": "SKIPPED",
        "check_results": "SKIPPED", "audit_checks": "SKIPPED", "publication": "SKIPPED",
    }  # fmt: skip


def test_while_one_run_holds_the_warehouse_another_is_refused(
    observatory: Settings, first: NightlyOutcome
) -> None:
    with run_lock(observatory.root.lock, observatory.clock):
        outcome = run_nightly(observatory)
    assert outcome.outcome == "busy"
    assert f"held by process {os.getpid()} since " in outcome.message


def test_a_killed_night_is_marked_failed_by_the_next_which_takes_in_everything(
    observatory: Settings,
    first: NightlyOutcome,
    history: dg.DagsterInstance,
    unlinked: Unlinked,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    deliver(observatory.root.home, NEXT_DAY)
    _write_editors_files(observatory, unlinked)
    process = subprocess.Popen(
        [sys.executable, "-c", NIGHT], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
        text=True, cwd=PROJECT_ROOT, env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("clean: "):  # loaded, and dbt is about to start
            process.send_signal(signal.SIGKILL)
            break
    process.communicate()
    assert _work(observatory, "select outcome from meta.builds order by build_id")[-1] == (
        "running",
    )
    stuck = history.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    assert len(stuck) == 1

    outcome = _night(observatory)
    assert outcome.outcome == "published", outcome.message
    builds = _ask(observatory, "select outcome, message from meta.builds order by build_id")
    assert [b[0] for b in builds] == ["published", "failed", "published"]
    assert builds[1][1] == "interrupted"
    reaped = history.get_run_by_id(stuck[0].run_id)
    assert reaped is not None
    assert reaped.status == dg.DagsterRunStatus.FAILURE
    days = (
        "select distinct observed_to::varchar from quality.file_ledger where source_name = $$%s$$"
    )
    assert ("2026-07-04",) in _ask(observatory, days % "spider_users")
    assert "renewed from" in capsys.readouterr().out
    assert _is_as_written_whole(observatory, tmp_path)
    assert [c.check_name for c in outcome.failed_checks if c.check_name.startswith("ed")] == [
        "editors_lines_are_used"
    ]


def test_an_editors_word_is_published(observatory: Settings, unlinked: Unlinked) -> None:
    assert _ask(
        observatory,
        "select link_level, link_method, link_probability, evidence->>'$.reviewer' "
        "from core.event_links "
        f"where post_id = '{unlinked.post_id}' and link_level = 'reviewed'",
    ) == [("reviewed", "editor_v1", 1.0, "ed")]
    assert _ask(observatory, "select alias from core.event_aliases") == [("另一种说法",)]
    assert _night(observatory).outcome == "nothing_new"


def test_an_editors_broken_file_is_named_and_his_word_stays(observatory: Settings) -> None:
    observatory.root.reviewed_links.write_text("platform,post_id\n", encoding="utf-8")
    refused = _night(observatory)
    assert refused.outcome == "failed"
    assert "reviewed_links.csv: line 1" in refused.message
    assert _ask(observatory, REVIEWED) == [(1,)]
    observatory.root.reviewed_links.unlink()
    observatory.root.event_aliases.unlink()


def test_a_failed_error_check_keeps_the_last_good_build(
    observatory: Settings, first: NightlyOutcome
) -> None:
    published = _fingerprint(observatory.root.published)
    good = _ask(observatory, "select max(build_id) from meta.builds")
    deliver(observatory.root.home, LATER_DAY)
    _work(
        observatory,
        "update quality.file_ledger set records_loaded = records_loaded + 1 "
        "where path = 'hot_daily/2026-07-01.json'",
    )
    outcome = _night(observatory)
    assert outcome.outcome == "refused"
    assert "quality.file_ledger: records_are_conserved failed (error)" in outcome.message
    assert "hot_daily/2026-07-01.json" in outcome.message
    assert [c.check_name for c in outcome.failed_checks if c.severity == "error"] == [
        "records_are_conserved"
    ]
    assert _fingerprint(observatory.root.published) == published
    assert _ask(observatory, "select max(build_id) from meta.builds") == good
    (check,) = (
        check
        for check in status(observatory)["last_failure"]["failed_checks"]
        if check["severity"] == "error"
    )
    assert (check["check_name"], check["table_name"]) == (
        "records_are_conserved", "quality.file_ledger",
    )  # fmt: skip
    assert "hot_daily/2026-07-01.json" in check["observed"]


def test_once_repaired_the_refused_nights_files_are_published(
    observatory: Settings,
    first: NightlyOutcome,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _work(
        observatory,
        "update quality.file_ledger set records_loaded = records_loaded - 1 "
        "where path = 'hot_daily/2026-07-01.json'",
    )
    deliver(observatory.root.home, LAST_DAY)
    outcome = _night(observatory)
    assert outcome.outcome == "published", outcome.message
    topics = "select count(distinct slot_at) from core.hot_topic_slots"
    assert _ask(observatory, topics) == [(6,)]
    accounts = "select max(observed_date)::varchar from main.account_days where followers_lo > 0"
    assert _ask(observatory, accounts) == [("2026-07-05",)]
    assert _ask(observatory, REVIEWED) == [(0,)], "the editor took his files away"
    assert "renewed from" in capsys.readouterr().out
    assert _is_as_written_whole(observatory, tmp_path)


def test_a_dbt_test_that_fails_blocks_before_the_audit(
    observatory: Settings, unlinked: Unlinked
) -> None:
    published = _fingerprint(observatory.root.published)
    _write_editors_files(observatory, unlinked)  # alone a reason for a build
    with duckdb.connect(str(observatory.root.warehouse)) as work:
        work.execute(
            "insert into meta.touched_days values "
            "('b000000', 'core.account_snapshots', '2026-07-03')"
        )
        # A day after the touched one is not made anew, but tested; most of the models stand on it.
        (spoilt,) = work.execute(
            "update intermediate.int_account_days_observed "
            "set first_observed_at = last_observed_at + interval 1 second "
            "where observed_date = date '2026-07-05'"
        ).fetchone()
        assert spoilt > 0
    outcome = _night(observatory)
    assert outcome.outcome == "refused", outcome.message
    assert any(check.tool == "dbt" for check in outcome.failed_checks)
    assert _fingerprint(observatory.root.published) == published


def test_dbt_parsed_the_project_for_the_manifest_only(
    observatory: Settings, first: NightlyOutcome
) -> None:
    """What differs from night to night, as the build's id, or from root to root, as the path of
    the work file, must not make dbt parse anew."""
    builds = len(_work(observatory, "select 1 from meta.builds where outcome <> 'failed'"))
    log = (observatory.root.dbt_target / "dbt.log").read_text(encoding="utf-8")
    assert log.count("Running with dbt=") == builds
    assert log.count("Unable to do partial parsing") == 0
