"""How rows arrive must not matter: in one delivery or several, early or late, in any order, in a
grown warehouse or a rebuilt one.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import model_worlds as worlds
import pytest
from model_warehouse import Warehouse, difference


@pytest.fixture(scope="module")
def grown(
    tmp_path_factory: pytest.TempPathFactory, dbt_target: Path, world_tables: worlds.Tables
) -> Warehouse:
    """The small world in three deliveries with late rows; the second build dies."""
    warehouse = Warehouse(tmp_path_factory.mktemp("grown") / "observatory.duckdb", dbt_target)
    deliveries = worlds.split(world_tables, random.Random(3), parts=3)
    for number, delivery in enumerate(deliveries, start=1):
        build_id = f"n{number}"
        warehouse.load(build_id, delivery)
        if number == 2:
            # The night dies after its load: core has changed, no model has seen it.
            warehouse.insert("meta.builds", [{"build_id": build_id, "outcome": "failed"}])
            continue
        warehouse.build_models(build_id)
        warehouse.insert("meta.builds", [{"build_id": build_id, "outcome": "published"}])
    return warehouse


def test_late_arrivals_give_the_same_as_one_delivery(grown: Warehouse, world: Warehouse) -> None:
    # The last build took in some days again and left most alone, or nothing would be proved.
    touched, observed, months = grown.one(
        """
        select
            (select count(*) from intermediate.int_touched_days
                where table_name = 'core.account_snapshots'),
            (select count(distinct observed_date) from intermediate.int_account_days_observed),
            (select count(distinct month_date) from intermediate.int_account_months)
        """
    )
    assert 2 <= touched < observed
    assert months == 2
    assert difference(grown.contents(), world.contents()) == {}


def test_a_night_with_nothing_new_changes_nothing(grown: Warehouse) -> None:
    before = grown.contents()
    assert grown.one("select count(*) from intermediate.int_touched_days")[0] > 0
    grown.build_models("quiet")
    assert difference(before, grown.contents()) == {}
    # Only the days of the build that died are still counted as pending.
    assert grown.one("select count(distinct build_id) from main.account_days") == (1,)


def test_full_refresh_agrees(grown: Warehouse) -> None:
    before = grown.contents()
    grown.build_models("rebuilt", "--full-refresh")
    assert difference(before, grown.contents()) == {}


def test_order_of_loading_is_irrelevant(
    tmp_path: Path, dbt_target: Path, world: Warehouse, world_tables: worlds.Tables
) -> None:
    shuffled = {name: list(rows) for name, rows in world_tables.items()}
    for rows in shuffled.values():
        random.Random(11).shuffle(rows)
    warehouse = Warehouse(tmp_path / "observatory.duckdb", dbt_target)
    warehouse.load("b1", shuffled)
    warehouse.build_models("b1")
    assert difference(warehouse.contents(), world.contents()) == {}


def test_only_the_month_of_a_touched_day_is_made_anew(
    tmp_path: Path, dbt_target: Path, world: Warehouse
) -> None:
    """March is left as it stands, wrong as it was made here; April takes in the new name."""
    warehouse = Warehouse(tmp_path / "unused.duckdb", dbt_target)
    warehouse.path = Path(shutil.copy(world.path, tmp_path / "observatory.duckdb"))
    warehouse.insert("meta.builds", [{"build_id": "b1", "outcome": "published"}])
    march = "month_date = date '2020-03-01' and platform = 'weibo' and account_id = '1000'"
    with warehouse.connect() as con:
        con.execute(
            f"update intermediate.int_account_months set greatest_screen_name = 'zz' where {march}"
        )
    at = worlds.instant("2020-04-20 09:00")
    row = {"platform": "weibo", "account_id": "1000", "observed_at": at, "screen_name": "new"}
    warehouse.load("b2", {"core.account_snapshots": [row]})
    warehouse.build_models("b2", "--select", "+int_account_months", "account_history")
    assert warehouse.rows(
        """select month_date::varchar, greatest_screen_name, screen_name
           from intermediate.int_account_months
           where platform = 'weibo' and account_id = '1000' order by 1"""
    ) == [("2020-03-01", "zz", "name1000"), ("2020-04-01", "new", "new")]
