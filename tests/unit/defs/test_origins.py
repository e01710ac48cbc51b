"""Column lineage of what Python writes: whole, and made only of what is there."""

from __future__ import annotations

import pytest

from orchestration.defs import origins
from orchestration.defs.audit import AUDITED
from orchestration.defs.clean import CLEANED
from orchestration.defs.lineage import Lineage
from orchestration.defs.specs import traced
from orchestration.schemas.tables import (
    BUILDS,
    CHECK_RESULTS,
    COLUMN_DICTIONARY,
    CORE_TABLES,
    FILE_LEDGER,
    POSTS,
    TABLES,
    Table,
)


def _parents(lineage: Lineage) -> set[tuple[str, str]]:
    return {parent for parents in lineage.values() for parent in parents}


@pytest.mark.parametrize("table", CLEANED, ids=lambda table: table.full_name)
def test_cleaned_tables_rest_on_the_archive_alone(table: Table) -> None:
    lineage = origins.cleaned_lineage(table)
    assert list(lineage) == list(table.column_names)
    archive = {(origins.ARCHIVE, name) for name in origins.ARCHIVE_COLUMNS}
    assert _parents(lineage) <= archive


@pytest.mark.parametrize("table", CORE_TABLES, ids=lambda table: table.full_name)
def test_every_value_of_core_has_an_origin(table: Table) -> None:
    lineage = origins.cleaned_lineage(table)
    assert [name for name, parents in lineage.items() if not parents] == []
    assert lineage["file_sha256"] == [("archive.files", "file_sha256")]


def test_only_an_observation_can_be_dated_by_its_file() -> None:
    lineage = origins.cleaned_lineage(POSTS)
    dated = [
        name for name, parents in lineage.items() if ("archive.files", "modified_at") in parents
    ]
    assert dated == ["state_observed_at", "observed_at", "observed_at_source"]


def test_what_no_table_says_has_no_parent() -> None:
    assert origins.cleaned_lineage(FILE_LEDGER)["build_id"] == []
    assert _parents(origins.cleaned_lineage(COLUMN_DICTIONARY)) == set()
    assert _parents(origins.archive_lineage()) == set()


def test_the_archive_is_described_as_its_lineage_says() -> None:
    columns = origins.archive_schema().columns
    assert [column.name for column in columns] == list(origins.archive_lineage())
    assert all(column.description for column in columns)


def test_check_results_rest_on_every_audited_table() -> None:
    lineage = origins.results_lineage(AUDITED)
    assert list(lineage) == list(CHECK_RESULTS.column_names)
    assert lineage["expected"] == []
    looked_at = lineage["observed"]
    assert {name for name, _ in looked_at} == {table.full_name for table in AUDITED}
    assert all(column in TABLES[name].column_names for name, column in looked_at)
    assert ("quality.file_ledger", "records_quarantined") in looked_at
    assert ("main.account_days", "followers_lo") in looked_at


def test_people_can_read_what_a_column_is_made_of() -> None:
    found = traced({"likes": [("core.posts", "likes_lo"), ("core.posts", "likes_hi")], "x": []})
    records = [record.data for record in found["made_of"].records]
    assert records == [
        {"column": "likes", "made_of": "core.posts.likes_lo, core.posts.likes_hi"},
        {"column": "x", "made_of": "no other asset"},
    ]
    lineage = found["dagster/column_lineage"].deps_by_column["likes"]
    assert {dep.column_name for dep in lineage} == {"likes_lo", "likes_hi"}


def test_builds_and_the_published_file_are_whole() -> None:
    assert list(origins.builds_lineage()) == list(BUILDS.column_names)
    lineage = origins.published_lineage()
    assert len(lineage) == sum(len(table.column_names) for table in TABLES.values())
    assert lineage["main.posts.text"] == [("main.posts", "text")]
