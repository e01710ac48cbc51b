"""Model: core.* becomes the marts, by dbt as a process of its own; its tests are asset checks."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from importlib.metadata import version as installed_version
from pathlib import Path
from threading import Thread
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DbtCliInvocation, DbtCliResource, dbt_assets
from packaging.version import Version

from orchestration.defs import dbt_project
from orchestration.defs.dbt_project import table_name
from orchestration.defs.lineage import Columns, Lineage, lineage_of_models
from orchestration.defs.resources import (
    OWNERS,
    POOL,
    ObservatoryResource,
    Say,
    refuse_if_blocked,
)
from orchestration.defs.specs import asset_key, column_schema, traced
from orchestration.paths import DBT_PROJECT
from orchestration.quality.results import dbt_demand, dbt_results, write_results
from orchestration.schemas.render import table_comment
from orchestration.schemas.tables import BUILDS, TABLES
from orchestration.settings import Settings
from orchestration.warehouse.builds import Build, code_version, current_build, is_of_other_code
from orchestration.warehouse.connect import open_modelled, open_work
from orchestration.warehouse.statements import quote

BUILT = ("success",)
FEEDBACK = asset_key(BUILDS.full_name)
"""Models read which *earlier* builds were published; publish writes the row of this one. As an
edge of the graph that would be a circle."""


class Translator(DagsterDbtTranslator):
    """Names models as their tables are named, and describes them from the one definition."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: Any
    ) -> dg.AssetSpec:
        """The spec of a model or seed, without the edge from meta.builds."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        deps = [dep for dep in spec.deps if dep.asset_key != FEEDBACK]
        return spec.replace_attributes(deps=deps)

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """`schema/table`."""
        return asset_key(table_name(dbt_resource_props))

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The definition of a published table, else what its YAML says."""
        table = TABLES.get(table_name(dbt_resource_props))
        return table_comment(table) if table else dbt_resource_props.get("description", "")

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """The columns of a published table with key and NULLs, else those of its YAML."""
        metadata = dict(super().get_metadata(dbt_resource_props))
        name = table_name(dbt_resource_props)
        metadata["dagster/table_name"] = name
        if name in TABLES:
            metadata["dagster/column_schema"] = column_schema(TABLES[name])
        return metadata

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: Any
    ) -> dg.AssetCheckSpec | None:
        """The check of a dbt test, saying what it demands."""
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        if spec is None:
            return None
        return dg.AssetCheckSpec(
            name=spec.name,
            asset=spec.asset_key,
            description=dbt_demand(manifest["nodes"][unique_id]),
            additional_deps=spec.additional_deps,
            metadata=spec.metadata,
            blocking=spec.blocking,
        )

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """All of dbt is one stage."""
        return "model"

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """One team owns the house."""
        return OWNERS


class OfflineDbt(DbtCliResource):
    """dbt without the two things that DbtCliResource does before it starts.

    `dbt --version` asks PyPI for a newer one, on every run; and the adapter that it loads into
    this process would keep the warehouse open. dagster-dbt is pinned; a test watches both names.
    """

    @cached_property
    def _cli_version(self) -> Version:
        return Version(installed_version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Any) -> Any:
        return None


def dbt_resource() -> OfflineDbt:
    """dbt of this environment on the project of this checkout."""
    return OfflineDbt(
        project_dir=str(DBT_PROJECT),
        profiles_dir=str(DBT_PROJECT),
        dbt_executable=dbt_project.dbt_executable(),
        global_config_flags=["--no-version-check", "--no-use-colors", "--log-level-file", "info"],
    )


@dbt_assets(
    manifest=dbt_project.manifest(),
    name="models",
    dagster_dbt_translator=Translator(),
    pool=POOL,
)
def models(
    context: dg.AssetExecutionContext, observatory: ObservatoryResource, dbt: OfflineDbt
) -> Iterator[Any]:
    """Build and test every model; the work file is open nowhere else meanwhile."""
    settings = observatory.settings()
    with observatory.step(context, "model") as say:
        with open_work(settings.root.warehouse) as connection:
            build, is_renewed = current_build(connection), is_of_other_code(connection)
        if is_renewed:
            say("the code changed since the last published build: every table is made anew")
        events, invocation = _run_dbt(context, settings, dbt, build, is_renewed)
        run = DbtRun(invocation, settings, build, say, context.log.warning)
    yield from run.with_metadata(events)
    with observatory.step(context, "model"):
        run.raise_if_broken()


def _run_dbt(
    context: dg.AssetExecutionContext,
    settings: Settings,
    dbt: DbtCliResource,
    build: Build,
    is_renewed: bool,
) -> tuple[list[Any], DbtCliInvocation]:
    """Run dbt to its end. Events are kept back, because row counts can be had only afterwards.

    is_renewed: what grows is made anew, since other code made it and may have had other columns.
    """
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    if is_renewed:
        arguments.append("--full-refresh")
    stale = settings.root.dbt_target / "run_results.json"
    stale.unlink(missing_ok=True)
    dbt_project.hand_on_parse(settings.root.dbt_target)
    environment = dbt_project.dbt_environment(
        settings.root.warehouse, build.build_id, settings.bootstrap_replicates
    )
    with _environment(environment):
        invocation = dbt.cli(
            arguments, context=context, raise_on_error=False,
            target_path=settings.root.dbt_target,
        )  # fmt: skip
    # Where steps share a process, the audit's library loads while this one only waits for dbt.
    Thread(target=import_module, args=("great_expectations",), daemon=True).start()
    return list(invocation.stream()), invocation


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set variables for a process that is started meanwhile."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class DbtRun:
    """What one finished dbt process left: outcomes of models, answers of tests, row counts."""

    def __init__(
        self,
        invocation: DbtCliInvocation,
        settings: Settings,
        build: Build,
        say: Say,
        warn: Say,
    ) -> None:
        self._settings = settings
        self._build = build
        self._manifest = dbt_project.manifest()
        self._outcomes = self._read_outcomes(invocation)
        self._answers = dbt_results(invocation.target_path / "run_results.json", self._manifest)
        with open_work(settings.root.warehouse) as connection:
            write_results(connection, build.build_id, "dbt", self._answers)
            self._columns = columns = _columns(connection)
        self._rows = _row_counts(settings.root.warehouse, self._built_tables())
        self._lineage = self._seeded(columns) | lineage_of_models(
            self._compiled(), columns, settings.root.dbt_target / "lineage.json",
            code_version(), warn,
        )  # fmt: skip
        failed = sum(not answer.passed for answer in self._answers)
        say(f"{len(self._built_tables())} models, {len(self._answers)} tests, {failed} failed")

    def _read_outcomes(self, invocation: DbtCliInvocation) -> list[dict[str, Any]]:
        path = invocation.target_path / "run_results.json"
        if not path.exists():
            log = invocation.target_path / "dbt.log"
            raise dg.Failure(f"dbt ended before it told any result: {_last_word(log)}. See: {log}")
        found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["results"]
        return found

    def _nodes(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Models and seeds with their outcome."""
        for outcome in self._outcomes:
            node = self._manifest["nodes"].get(outcome["unique_id"])
            if node is not None and node["resource_type"] in ("model", "seed"):
                yield node, outcome

    def _built_tables(self) -> list[str]:
        return [table_name(n) for n, outcome in self._nodes() if outcome["status"] in BUILT]

    def _seeded(self, columns: Columns) -> dict[str, Lineage]:
        """Lineage of seeds: they come from files of the project, so from no table."""
        return {
            table_name(node): {column: [] for column in columns[table_name(node)]}
            for node, outcome in self._nodes()
            if outcome["status"] in BUILT and node["resource_type"] == "seed"
        }

    def _compiled(self) -> dict[str, str]:
        return {
            table_name(node): outcome["compiled_code"]
            for node, outcome in self._nodes()
            if outcome["status"] in BUILT and outcome.get("compiled_code")
        }

    def with_metadata(self, events: list[Any]) -> Iterator[Any]:
        """dbt's events, with row counts and column lineage on every table."""
        for event in events:
            if isinstance(event, dg.Output):
                yield event.with_metadata({**(event.metadata or {}), **self._metadata(event)})
            else:
                yield event

    def _metadata(self, event: Any) -> dict[str, Any]:
        node = self._manifest["nodes"][event.metadata["unique_id"].value]
        name = table_name(node)
        found: dict[str, Any] = {}
        if name not in TABLES and name in self._columns:
            found["dagster/column_schema"] = _schema_as_built(node, self._columns[name])
        if name in self._rows:
            found["dagster/row_count"] = dg.MetadataValue.int(self._rows[name])
        if lineage := self._lineage.get(name):
            found |= traced(lineage)
        return found

    def raise_if_broken(self) -> None:
        """Fail the step if a model broke, was left out, or a test of severity error failed.

        dbt leaves out what stands behind a failed test, so there would be nothing to audit.
        """
        broken = [
            f"{table_name(node)}: {_one_line(outcome.get('message'))}"
            for node, outcome in self._nodes()
            if outcome["status"] not in (*BUILT, "skipped")
        ]
        if broken:
            raise dg.Failure(
                f"{len(broken)} models broke: {'; '.join(broken[:3])}. "
                f"See: {self._settings.root.dbt_target / 'dbt.log'}",
                allow_retries=False,
            )
        refuse_if_blocked(self._settings, self._build, self._answers)
        left_out = [table_name(n) for n, outcome in self._nodes() if outcome["status"] == "skipped"]
        if left_out:
            raise dg.Failure(f"dbt left out: {', '.join(left_out)}", allow_retries=False)


def _schema_as_built(node: Mapping[str, Any], kinds: Mapping[str, str]) -> dg.TableSchema:
    """Columns of a table that only its model defines, with the types that DuckDB gave them."""
    told = {name.lower(): column.get("description") for name, column in node["columns"].items()}
    return dg.TableSchema(
        columns=[
            dg.TableColumn(name, kind.lower(), description=told.get(name.lower()))
            for name, kind in kinds.items()
        ]
    )


def _row_counts(warehouse: Path, tables: list[str]) -> dict[str, int]:
    """Rows of every table and view, in one query."""
    if not tables:
        return {}
    query = " union all ".join(f"select {quote(name)}, count(*) from {name}" for name in tables)
    with open_modelled(warehouse) as connection:
        return dict(connection.execute(query).fetchall())


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Every table and view of the work file with its columns."""
    columns: dict[str, dict[str, str]] = {}
    for schema, table, column, kind in connection.execute(
        """select schema_name, table_name, column_name, data_type from duckdb_columns()
           where database_name = 'work' and not internal order by column_index"""
    ).fetchall():
        columns.setdefault(f"{schema}.{table}", {})[column] = kind
    return columns


def _one_line(message: Any) -> str:
    return re.sub(r"\s+", " ", str(message or "no message"))[:300]


def _last_word(log: Path) -> str:
    """The last error in dbt's log of JSON lines, or else the last that it said."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "it wrote no log"
    said = [line for line in map(_said, lines) if line]
    errors = [line for line in said if "rror" in line]
    return _one_line(errors[-1] if errors else (said or ["its log is empty"])[-1])


def _said(line: str) -> str:
    try:
        return str(json.loads(line)["info"]["msg"]).strip()
    except (ValueError, KeyError, TypeError):
        return line.strip()
