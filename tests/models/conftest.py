"""Warehouses shared by the tests of the dbt project: building one costs seconds, so each is built
once per session and never changed by a test.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))

import model_worlds as worlds
from model_warehouse import DbtResult, Warehouse


@pytest.fixture(scope="session")
def dbt_target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One target folder for all, so that dbt parses the project once."""
    return tmp_path_factory.mktemp("dbt_target")


@pytest.fixture(scope="session")
def world_tables() -> worlds.Tables:
    return worlds.small_world()


@pytest.fixture(scope="session")
def built(
    tmp_path_factory: pytest.TempPathFactory, dbt_target: Path, world_tables: worlds.Tables
) -> tuple[Warehouse, DbtResult]:
    """The small world, loaded at once and built with every data and unit test."""
    warehouse = Warehouse(tmp_path_factory.mktemp("world") / "observatory.duckdb", dbt_target)
    warehouse.load("b1", world_tables)
    return warehouse, warehouse.dbt("build", build_id="b1")


@pytest.fixture(scope="session")
def world(built: tuple[Warehouse, DbtResult]) -> Warehouse:
    warehouse, result = built
    assert result.ok, result.output[-6000:]
    return warehouse
