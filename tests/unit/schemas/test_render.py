"""One definition of every column, rendered to its users without a difference."""

import re

import duckdb
import polars as pl

from orchestration.paths import PROJECT_ROOT
from orchestration.schemas import render
from orchestration.schemas.columns import COLUMNS
from orchestration.schemas.tables import CORE_TABLES, PROVENANCE, RUN_TABLES, TABLES
from orchestration.sources.platforms import PLATFORMS


def test_the_rendered_files_are_up_to_date():
    for name, content in render.rendered_files().items():
        assert (PROJECT_ROOT / name).read_text(encoding="utf-8") == content, f"{name}: make render"


def test_every_column_belongs_to_a_table_and_says_what_it_means():
    used = {name for table in TABLES.values() for name in table.column_names}
    assert used == set(COLUMNS)
    assert all(re.match(r"[^a-z]", column.meaning) or column.meaning for column in COLUMNS.values())
    assert all(column.meaning.rstrip().endswith((".", ")")) for column in COLUMNS.values())


def test_the_dictionary_lists_every_platform_that_a_source_may_name():
    for platform in PLATFORMS:
        assert re.search(rf"\b{platform}\b", COLUMNS["platform"].meaning), platform


def test_names_follow_the_grammar():
    for name, column in COLUMNS.items():
        if name.endswith("_at"):
            assert column.type == "instant", name
        if name.endswith("_date"):
            assert column.type == "date", name
        if name.startswith("is_"):
            assert column.type == "bool", name
        if name.endswith("_hours"):
            assert column.unit == "hours", name


def test_keys_and_requirements_are_columns_and_core_rows_have_provenance():
    for table in TABLES.values():
        assert set(table.key) <= set(table.column_names), table.full_name
        assert set(table.required) <= set(table.column_names), table.full_name
    for table in CORE_TABLES:
        assert set(PROVENANCE) <= set(table.required), table.full_name
        assert table.bucket in table.column_names


def test_ddl_comments_and_polars_agree():
    connection = duckdb.connect()
    for schema in ("core", "quality", "meta"):
        connection.execute(f"create schema {schema}")
    for table in (*CORE_TABLES, *RUN_TABLES):
        connection.execute(render.create_table_sql(table))
        empty = pl.DataFrame(schema=render.polars_schema(table))
        connection.register("empty", empty.to_arrow())
        connection.execute(f"insert into {table.full_name} by name select * from empty")
    for statement in render.comment_sql((*CORE_TABLES, *RUN_TABLES)):
        connection.execute(statement)
    bare = connection.execute(
        "select count(*) from duckdb_columns() where comment is null and not internal "
        "and schema_name in ('core', 'quality', 'meta')"
    ).fetchone()
    assert bare == (0,)
