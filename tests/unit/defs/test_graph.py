"""The graph of assets as a committed text: a change of it is read in review, never by accident.

To accept a change: `OBSERVATORY_WRITE_GRAPH=1 pytest tests/unit/defs/test_graph.py`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.definitions import build_defs
from orchestration.quality.audit import CHECKS
from orchestration.schemas.tables import TABLES

SNAPSHOT = Path(__file__).with_name("graph.txt")
STAGES = ("extract", "clean", "model", "audit", "publish")


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return build_defs().get_repository_def()


def _graph(repository: dg.RepositoryDefinition) -> Iterator[str]:
    graph = repository.asset_graph
    nodes = [graph.get(key) for key in graph.get_all_asset_keys()]
    by_stage = sorted(nodes, key=lambda n: (STAGES.index(n.group_name), n.key.to_user_string()))
    for node in by_stage:
        kinds = sorted(t.removeprefix("dagster/kind/") for t in node.tags if "dagster/kind" in t)
        yield f"{node.group_name}: {node.key.to_user_string()} [{', '.join(kinds)}]"
        yield from sorted(f"    <- {parent.to_user_string()}" for parent in node.parent_keys)


def test_the_graph_is_as_committed(repository: dg.RepositoryDefinition) -> None:
    found = "\n".join(_graph(repository)) + "\n"
    if os.environ.get("OBSERVATORY_WRITE_GRAPH"):
        SNAPSHOT.write_text(found, encoding="utf-8")
    assert found.splitlines() == SNAPSHOT.read_text(encoding="utf-8").splitlines(), (
        "if the graph is meant so: OBSERVATORY_WRITE_GRAPH=1 .venv/bin/python -m pytest "
        "tests/unit/defs/test_graph.py writes it anew"
    )


def test_every_asset_belongs_to_a_stage_and_to_somebody(
    repository: dg.RepositoryDefinition,
) -> None:
    graph = repository.asset_graph
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.group_name in STAGES, key
        assert list(node.owners) == ["team:observatory"], key
        assert node.description, key
        assert node.is_materializable, f"{key} is in the graph, but nothing makes it"


def test_every_published_table_is_an_asset(repository: dg.RepositoryDefinition) -> None:
    keys = {".".join(key.path) for key in repository.asset_graph.get_all_asset_keys()}
    assert set(TABLES) <= keys


def test_every_check_of_the_audit_is_an_asset_check(repository: dg.RepositoryDefinition) -> None:
    shown = {
        (".".join(key.asset_key.path), key.name) for key in repository.asset_graph.asset_check_keys
    }
    assert {(check.table_name, check.check_name) for check in CHECKS} <= shown
    assert ("quality.check_results", "errors_are_none") in shown
