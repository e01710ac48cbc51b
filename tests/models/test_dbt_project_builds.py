"""The project builds: on a fresh clone, and on a small world with every test passing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from model_warehouse import PROJECT, DbtResult, DbtServer, Warehouse

from orchestration.schemas.tables import MARTS


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, dbt: DbtServer) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("empty") / "observatory.duckdb", dbt)
    result = warehouse.dbt("build", "--exclude-resource-type", "unit_test", build_id="b0")
    assert result.ok, result.output[-6000:]
    return warehouse


def test_every_mart_exists_on_an_empty_warehouse(empty: Warehouse) -> None:
    for table in MARTS:
        names = [row[0] for row in empty.rows(f"describe {table.full_name}")]
        assert names == list(table.column_names), table.full_name


def test_claims_are_filled_on_an_empty_warehouse(empty: Warehouse) -> None:
    assert empty.one("select count(*), min(build_id) from main.reported_claims") == (64, "b0")
    assert empty.one("select count(*) from main.response_timing") == (0,)


def test_the_shipped_figures_raise_the_two_alarms_they_should(empty: Warehouse) -> None:
    """A sum that is wrong as printed and a fall on one platform; none about the article this
    system began with (C11, C12, and what disputes them)."""
    alarms = empty.rows(
        """select figure_id, check_kind, compared_with, verdict from main.claim_checks
           where verdict in ('above', 'below') order by all"""
    )
    assert alarms == [
        ("C17", "parts_sum", "9978+8354", "above"), ("C34", "monotony", "C32", "above"),
    ]  # fmt: skip
    seed = empty.rows(
        """select distinct verdict from main.claim_checks
           where figure_id in ('C11', 'C12', 'C13', 'C14')"""
    )
    assert {verdict for (verdict,) in seed} <= {"consistent", "not_testable", "scope_mismatch"}


def test_all_data_tests_and_unit_tests_pass_on_a_small_world(
    built: tuple[Warehouse, DbtResult],
) -> None:
    _, result = built
    assert result.ok, result.output[-6000:]
    assert not result.lines("WARN "), result.lines("WARN ")


def test_every_published_row_carries_the_build(world: Warehouse) -> None:
    for table in MARTS:
        found = world.rows(f"select distinct build_id from {table.full_name}")
        assert found == [("b1",)], table.full_name


def test_the_contracts_of_published_tables_are_kept(world: Warehouse) -> None:
    """Where dbt keeps a contract, the table has its NOT NULLs, and columns were compared before."""
    promised = {
        (table.name, column)
        for table in MARTS
        for column in table.required
        if table.schema == "main"
    }
    kept = set(
        world.rows(
            "select table_name, constraint_column_names[1] from duckdb_constraints() "
            "where schema_name = 'main' and constraint_type = 'NOT NULL'"
        )
    )
    assert promised <= kept


def test_what_has_a_row_for_an_event_speaks_of_institutions(world: Warehouse) -> None:
    spoken = "select {} from core.event_links where account_id like 'p:%'"
    assert world.one(spoken.format("count(*) >= 5")) == (True,)
    for table, post, instant in (
        ("event_responses", "(platform, post_id)", "responded_at"),
        ("level_race", "(platform, post_id)", "responded_at"),
        ("rebuttals", "(platform, post_id)", "rebutted_at"),
        ("rebuttals", "(platform, reversal_post_id)", "reversed_at"),
        ("silence_ledger", "(nearest_platform, nearest_post_id)", "answered_later_at"),
    ):
        of_people = (
            f"select count(*) from main.{table} "
            f"where {post} in ({spoken.format('(platform, post_id)')}) "
            f"or {instant} in ({spoken.format('posted_at')})"
        )
        assert world.one(of_people) == (0,), table


def test_the_small_world_is_not_trivial(world: Warehouse) -> None:
    """The tests above prove something only about rows that exist."""
    counts = world.one(
        """
        select
            count(*) filter (where is_proactive),
            count(*) filter (where is_censored),
            count(*) filter (where not is_censored and not is_proactive)
        from main.event_responses
        """
    )
    assert min(counts) >= 4, counts
    growth = world.one(
        """
        select sum(births), sum(frame_additions), sum(losses), sum(returned),
            count(followers_delta_hi), count(*) - count(followers_delta_hi)
        from intermediate.int_growth_counts where period = 'day' and platform = 'all'
            and account_kind = 'all' and admin_level = 'all' and region_code = 'all'
        """
    )
    assert min(growth) >= 1, growth


def test_every_model_and_column_is_described(world: Warehouse) -> None:
    manifest = json.loads((world.target / "manifest.json").read_text())
    for node in manifest["nodes"].values():
        if node["resource_type"] not in ("model", "seed") or node["package_name"] != "observatory":
            continue
        assert node["description"].strip(), node["name"]
        columns = {row[0] for row in world.rows(f"describe {node['schema']}.{node['name']}")}
        described = {c["name"] for c in node["columns"].values() if c["description"].strip()}
        assert described == columns, (node["name"], described ^ columns)
        assert node["config"]["meta"]["dagster"]["group"] == "model"


def test_nothing_that_differs_every_night_is_part_of_what_dbt_parses() -> None:
    """`--vars` and env_var() make dbt parse all of it anew, a quarter of its work."""
    for path in (*(PROJECT / "models").rglob("*.*"), *(PROJECT / "macros").rglob("*.sql")):
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert re.search(r"\b(env_)?var\(", text) is None, path


@pytest.mark.parametrize("path", sorted(PROJECT.rglob("*.sql")), ids=lambda path: path.name)
def test_sql_is_portable(path: Path) -> None:
    """What DuckDB has and Spark has not stands only in dispatched macros, if at all."""
    source = re.sub(r"\{%-? macro duckdb__.*?endmacro -?%\}", "", path.read_text(), flags=re.DOTALL)
    lines = [line for line in source.splitlines() if not line.strip().startswith("--")]
    text = "\n".join(lines).lower()
    for word in (" asof ", " exclude ", " by name", "now()", "current_date", "current_timestamp"):
        assert word not in text, word
    assert re.search(r",\s*\n\s*from ", text) is None, "a comma before from: Spark refuses it"
    if "models" in path.parts:
        without_jinja = re.sub(r"\{[{%].*?[%}]\}", "", text, flags=re.DOTALL)
        assert '"' not in without_jinja, "double-quoted identifier"
        assert path.read_text().startswith("-- Grain: "), "first line says the grain"
