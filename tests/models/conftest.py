"""Warehouses shared by the tests of the dbt project: building one costs seconds, so each is built
once per session and never changed by a test.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))

import model_worlds as worlds
from model_warehouse import DbtResult, DbtServer, Warehouse


@pytest.fixture(scope="session")
def dbt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DbtServer]:
    """One dbt for all, which is loaded and parses the project once."""
    server = DbtServer(tmp_path_factory.mktemp("dbt_target"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def world_tables() -> worlds.Tables:
    return worlds.small_world()


@pytest.fixture(scope="session")
def built(
    tmp_path_factory: pytest.TempPathFactory, dbt: DbtServer, world_tables: worlds.Tables
) -> tuple[Warehouse, DbtResult]:
    """The small world, loaded at once and built with every data and unit test."""
    warehouse = Warehouse(tmp_path_factory.mktemp("world") / "observatory.duckdb", dbt)
    warehouse.load("b1", world_tables)
    return warehouse, warehouse.dbt("build", build_id="b1")


@pytest.fixture(scope="session")
def world(built: tuple[Warehouse, DbtResult]) -> Warehouse:
    warehouse, result = built
    assert result.ok, result.output[-6000:]
    return warehouse
