"""How rows arrive must not matter: in one delivery or several, early or late, in any order, in a
grown warehouse or a rebuilt one.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import model_worlds as worlds
import pytest
from model_warehouse import DbtServer, Warehouse, difference, local_day


@pytest.fixture(scope="module")
def grown(
    tmp_path_factory: pytest.TempPathFactory, dbt: DbtServer, world_tables: worlds.Tables
) -> Warehouse:
    """The small world in three deliveries with late rows; the second build dies."""
    warehouse = Warehouse(tmp_path_factory.mktemp("grown") / "observatory.duckdb", dbt)
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
    # Only the days of the build that died are still counted as pending: from them on all is anew.
    assert grown.one("select count(distinct build_id) from main.account_days") == (2,)


def test_full_refresh_agrees(grown: Warehouse) -> None:
    before = grown.contents()
    grown.build_models("rebuilt", "--full-refresh")
    assert difference(before, grown.contents()) == {}


def test_order_of_loading_is_irrelevant(
    tmp_path: Path, dbt: DbtServer, world: Warehouse, world_tables: worlds.Tables
) -> None:
    shuffled = {name: list(rows) for name, rows in world_tables.items()}
    for rows in shuffled.values():
        random.Random(11).shuffle(rows)
    warehouse = Warehouse(tmp_path / "observatory.duckdb", dbt)
    warehouse.load("b1", shuffled)
    warehouse.build_models("b1")
    assert difference(warehouse.contents(), world.contents()) == {}


def test_only_what_was_touched_is_made_anew(
    tmp_path: Path, dbt: DbtServer, world: Warehouse
) -> None:
    """What stands is left as it is, wrong as it was made; the new day takes in the new name."""
    warehouse = Warehouse(tmp_path / "unused.duckdb", dbt)
    warehouse.path = Path(shutil.copy(world.path, tmp_path / "observatory.duckdb"))
    warehouse.insert("meta.builds", [{"build_id": "b1", "outcome": "published"}])
    account = "platform = 'weibo' and account_id = '1000'"
    with warehouse.connect() as con:
        con.execute(
            f"""update intermediate.int_account_months set followers_lo = -1
                where {account} and month_date = date '2020-03-01'"""
        )
        con.execute(
            f"""update intermediate.int_account_statements set screen_name = 'zz'
                where {account} and observed_date < date '2020-04-20'"""
        )
    at = worlds.instant("2020-04-20 09:00")
    row = {"platform": "weibo", "account_id": "1000", "observed_at": at, "screen_name": "new"}
    warehouse.load("b2", {"core.account_snapshots": [row]})
    warehouse.build_models("b2", "--select", "+account_history")
    assert warehouse.rows(
        f"""select month_date::varchar, followers_lo = -1
            from intermediate.int_account_months where {account} order by 1"""
    ) == [("2020-03-01", True), ("2020-04-01", False)]
    assert warehouse.rows(
        f"""select facet_value, history_event from main.account_history
            where {account} and facet = 'screen_name' order by first_seen_at"""
    ) == [("zz", "first_seen"), ("new", "renamed")]


def test_rows_of_growth_that_may_not_stand_are_made_again(
    tmp_path: Path, dbt: DbtServer, world: Warehouse
) -> None:
    """Rows lost in the middle, flags that are others now, a period that is none any more, and all
    from the first day made anew on. What stands keeps the build that made it."""
    warehouse = Warehouse(tmp_path / "unused.duckdb", dbt)
    warehouse.path = Path(shutil.copy(world.path, tmp_path / "observatory.duckdb"))
    warehouse.insert("meta.builds", [{"build_id": "b1", "outcome": "published"}])
    with warehouse.connect() as con:
        (day,) = con.execute(
            "select median(period_start)::date from main.account_growth"
        ).fetchone()
        con.execute(
            """insert into intermediate.int_days_anew (build_id, from_date, last_date)
               select 'b2', $1, max(last_date) from intermediate.int_days_anew""",
            [day],
        )
        con.execute("create table main.whole as from main.account_growth")
        for spoilt in (
            "delete from main.account_growth where hash(period_start, platform) % 17 = 0",
            "update main.account_growth set is_suppressed = not is_suppressed, births = 99 "
            "where hash(account_kind, region_code) % 11 = 0",
            "update main.account_growth set is_left_truncated = true "
            "where hash(period_start) % 13 = 0",
            f"update main.account_growth set elapsed_days = 99 where period_start >= '{day}'",
            "insert into main.account_growth select * replace (date '1999-01-01' as period_start) "
            "from main.account_growth limit 1",
        ):
            assert con.execute(spoilt).fetchone() > (0,), spoilt
    warehouse.build_models(
        "b2", "--select", "int_growth_groups_anew", "int_growth_flags", "account_growth"
    )
    left = "select * exclude (build_id) from main."
    for these, those in (("whole", "account_growth"), ("account_growth", "whole")):
        assert warehouse.rows(f"{left}{these} except all {left}{those}") == []
    assert warehouse.one("select count(distinct build_id) from main.account_growth") == (2,)


GROWTH = ("--select", "+account_days", "+account_growth", "+account_history")


def sighting(account: int, at: datetime, followers: int, **more: Any) -> dict[str, Any]:
    """A look at an account; number 5 is not in scope."""
    return {
        "platform": "weibo",
        "account_id": f"{1000 + account}",
        "observed_at": at + timedelta(minutes=account),
        "account_kind": "organ",
        "admin_level": "county",
        "region_code": "110000",
        "scope_evidence": None if account == 5 else "verified",
        "account_state": "present",
        "followers_lo": followers,
        "followers_hi": followers,
        "source_name": "crawl",
        **more,
    }


def weekly(
    first: str, last: str, accounts: Iterable[int], share: float = 1
) -> list[dict[str, Any]]:
    """Looks at 10:00 local time; every account grows, unless a share of it is gone."""
    start, end = worlds.instant(f"{first} 02:00"), worlds.instant(f"{last} 02:00")
    return [
        sighting(n, at, round(share * (10_000 + 1000 * n + (at - start).days)))
        for n in accounts
        for at in (start + timedelta(days=d) for d in range(0, (end - start).days + 1, 7))
    ]


def changed(day: str, account: int, **more: Any) -> list[dict[str, Any]]:
    """A look of one day at which something was other than usual."""
    rows = [{**row, **more} for row in weekly(day, day, [account])]
    return [{**row, "followers_hi": row["followers_lo"]} for row in rows]


def post(post_id: str, account: int, posted: str, **more: Any) -> dict[str, Any]:
    return {
        "platform": "weibo",
        "post_id": post_id,
        "account_id": f"{1000 + account}",
        "posted_at": worlds.instant(f"{posted} 02:00"),
        "posted_at_precision": "day",
        "is_official": True,
        "observed_at": worlds.instant(f"{posted} 04:00"),
        "source_name": "crawl",
        **more,
    }


def night_by_night() -> list[tuple[worlds.Tables, str]]:
    """Deliveries, each with the day from which its build has to make account days anew."""
    posts = [post(f"p{n}", n % 3, f"2020-0{1 + n % 4}-17") for n in range(9)]
    looks = weekly("2020-01-07", "2020-04-21", [0, 1, 2, 3, 5, 6])
    # Nobody looked in the second week of March, and the looks of the fourth come months later.
    outage = [worlds.instant(f"2020-03-{day} 02:00").date() for day in (10, 24)]
    late = [row for row in looks if row["observed_at"].date() == outage[1]]
    looks = [row for row in looks if row["observed_at"].date() not in outage]
    looks += weekly("2020-01-07", "2020-01-28", [4])
    fallen = weekly("2020-04-28", "2020-04-28", [0, 1, 2, 3, 6], share=0.5)
    return [
        ({"core.account_snapshots": looks + fallen, "core.posts": posts}, "2020-01-07"),
        # The count after the fall says that it was real, and the week has got longer.
        (
            {"core.account_snapshots": weekly("2020-05-05", "2020-05-05", [0, 1, 2, 3], 0.5)},
            "2020-04-28",
        ),
        # One account is of another kind from now on, one was not seen since January.
        (
            {
                "core.account_snapshots": [
                    *weekly("2020-05-12", "2020-05-12", [1, 3, 4]),
                    {
                        **weekly("2020-05-12", "2020-05-12", [2])[0],
                        "account_kind": "state_media",
                        "scope_evidence": "listed",
                    },
                ]
            },
            "2020-05-06",
        ),
        # A file of March, and a better time of a post that was dated to February.
        (
            {
                "core.account_snapshots": late,
                "core.posts": [
                    post("p1", 1, "2020-03-18", posted_at_precision="second", file_id="f1")
                ],
            },
            "2020-02-17",
        ),
        # One who was silent since January posts: what is known anew of it goes 90 days back.
        ({"core.posts": [post("p99", 6, "2020-05-18")]}, "2020-02-18"),
        # An earlier post of the same, dated before the first look at it.
        ({"core.posts": [post("p98", 6, "2020-03-01")]}, "2020-01-07"),
        # Somebody seen since January turns out to be in scope.
        (
            {
                "core.account_snapshots": [
                    {**weekly("2020-05-19", "2020-05-19", [5])[0], "scope_evidence": "listed"}
                ],
            },
            "2020-01-07",
        ),
        # A file delivered twice, a new name, a first absence, and a registration that nobody knew.
        (
            {
                "core.account_snapshots": [
                    {**weekly("2020-05-19", "2020-05-19", [5])[0], "scope_evidence": "listed"},
                    *changed("2020-05-26", 0, screen_name="other"),
                    *changed("2020-05-26", 1, account_state="not_found", followers_lo=None),
                    *changed("2020-05-26", 3, registered_at=worlds.instant("2020-02-10 02:00")),
                ]
            },
            "2020-05-19",
        ),
        # The second absence is a loss, and what an undated file found is none. A late file of
        # another source: nobody is missing in it.
        (
            {
                "core.account_snapshots": [
                    *changed("2020-06-02", 1, account_state="not_found", followers_lo=None),
                    *changed("2020-06-01", 1, observed_at_source="file_mtime"),
                    *changed(
                        "2020-05-28", 3, account_state="not_found", observed_at_source="upper_bound"
                    ),
                    *weekly("2020-06-02", "2020-06-02", [0, 2, 3]),
                    *changed("2020-05-20", 2, screen_name="late", source_name="list"),
                    *changed("2020-05-20", 6, account_kind="officer", source_name="list"),
                ]
            },
            "2020-01-07",
        ),
        # Back again, under the first name; the last source has brought nothing for a week.
        (
            {
                "core.account_snapshots": [
                    *changed("2020-06-16", 1, screen_name="one"),
                    *changed("2020-06-16", 0, screen_name="first", source_name="list"),
                ]
            },
            "2020-01-07",
        ),
    ]


def test_a_history_grown_by_months_is_the_one_made_at_once(tmp_path: Path, dbt: DbtServer) -> None:
    grown = Warehouse(tmp_path / "observatory.duckdb", dbt)
    loaded: worlds.Tables = {"core.account_snapshots": [], "core.posts": []}
    for number, (delivery, from_date) in enumerate(night_by_night(), start=1):
        build_id = f"b{number}"
        for name, rows in delivery.items():
            for row in rows:
                row["record_number"] = len(loaded[name])
                loaded[name].append(row)
        grown.load(build_id, delivery)
        grown.build_models(build_id, *GROWTH)
        assert grown.rows(
            f"""select from_date::varchar from intermediate.int_days_anew
                where build_id = '{build_id}'"""
        ) == [(from_date,)], build_id
        if number == 3:
            # Up to the fall, from it on, and the newest days, with those on which nobody looked.
            assert grown.one("select count(distinct build_id) from main.account_days") == (3,)
            assert grown.one("select count(distinct build_id) from main.account_growth") >= (2,)
        if number in (5, 10):
            (tmp_path / build_id).mkdir()
            whole = Warehouse(tmp_path / build_id / "observatory.duckdb", dbt)
            whole.load(build_id, loaded)
            whole.build_models(build_id, *GROWTH)
            assert difference(told(grown), told(whole)) == {}, build_id
        grown.insert("meta.builds", [{"build_id": build_id, "outcome": "published"}])


def told(warehouse: Warehouse) -> dict[str, list[str]]:
    """Its contents without the days on which nothing is expected or watched any more: they stay,
    without a value."""
    contents = warehouse.contents()
    for name in ("intermediate.int_source_set_days", "intermediate.int_watched_days"):
        contents[name] = [row for row in contents[name] if not row.endswith(", None)")]
    return contents


HIDDEN = "p:" + "a" * 20


def read_again(
    grown: Warehouse, build_id: str, loaded: worlds.Tables, hides: dict[str, str | None]
) -> worlds.Tables:
    """As the load reads files again: rows of an account come under a pseudonym, with the days of
    both touched; under None they do not come again."""
    again: worlds.Tables = {name: [] for name in loaded}
    with grown.connect() as con:
        for name, rows in loaded.items():
            gone = [row for row in rows if row["account_id"] in hides]
            con.execute(
                f"delete from {name} where account_id in (select unnest($1))", [list(hides)]
            )
            days = {local_day(row["observed_at"]) for row in gone}
            for day in sorted(days):
                con.execute("insert into meta.touched_days values ($1, $2, $3)",
                            [build_id, name, day])  # fmt: skip
            as_hidden = (
                {"post_id": f"p:{'b' * 20}"} if "post" in name else {"account_kind": "officer"}
            )
            again[name] = [
                {**row, "account_id": hides[row["account_id"]], **as_hidden}
                for row in gone
                if hides[row["account_id"]]
            ]
            loaded[name] = [row for row in rows if row not in gone] + again[name]
        con.execute(
            """delete from quality.file_days where observed_date not in (
                 select timezone('Asia/Shanghai', observed_at)::date from core.account_snapshots
                 union select timezone('Asia/Shanghai', observed_at)::date from core.posts)"""
        )
    return again


def test_whoever_comes_under_a_pseudonym_or_leaves_is_in_no_row_of_days(
    tmp_path: Path, dbt: DbtServer
) -> None:
    """An organ turns out to be an officer, another one is in the file no more, on days on which
    nobody else was looked at. Nothing is kept under their own ids, and the warehouse is the one
    made at once, though the build that forgot them died before it was published."""
    looks = weekly("2020-01-07", "2020-03-31", [0, 1, 2, 3, 6])
    looks += [row for day in ("2020-01-02", "2020-04-03") for row in changed(day, 1)]
    looks += [row for day in ("2020-01-03", "2020-04-04") for row in changed(day, 2)]
    looks += changed("2020-04-05", 0)
    posts = [post(f"5{n}", n, f"2020-02-1{n}") for n in range(3)]
    loaded: worlds.Tables = {"core.account_snapshots": looks, "core.posts": posts}
    for rows in loaded.values():
        for number, row in enumerate(rows):
            row["record_number"] = number
    grown = Warehouse(tmp_path / "observatory.duckdb", dbt)
    grown.load("b1", loaded)
    select = (*GROWTH, "+accounts")
    grown.build_models("b1", *select)
    grown.insert("meta.builds", [{"build_id": "b1", "outcome": "published"}])
    assert grown.one("select count(*) from main.account_days where account_id = '1001'")[0] > 80

    again = read_again(grown, "b2", loaded, {"1001": HIDDEN, "1002": None})
    grown.load("b2", again)
    grown.build_models("b2", "--select", "+int_account_marks")
    grown.insert("meta.builds", [{"build_id": "b2", "outcome": "failed"}])
    grown.build_models("b3", *select)
    grown.insert("meta.builds", [{"build_id": "b3", "outcome": "published"}])
    listed = "select distinct account_id from main.{} order by 1"
    own = [(f"{1000 + n}",) for n in (0, 3, 6)]
    assert grown.rows(listed.format("account_days")) == own
    assert grown.rows(listed.format("accounts")) == [*own, (HIDDEN,)]

    # A published build forgot them; the next one has nothing left to tell of.
    grown.build_models("b4", *select)
    (tmp_path / "whole").mkdir()
    whole = Warehouse(tmp_path / "whole" / "observatory.duckdb", dbt)
    whole.load("b3", loaded)
    whole.build_models("b3", *select)
    assert difference(told(grown), told(whole)) == {}
    with grown.connect() as con:
        named = con.execute(
            """select table_schema || '.' || table_name from information_schema.columns
               where column_name = 'account_id' and table_catalog = current_database()"""
        ).fetchall()
        keep = [
            table
            for (table,) in named
            if con.execute(
                f"select 1 from {table} where account_id in ('1001', '1002') limit 1"
            ).fetchone()
        ]
    assert keep == []


def test_a_count_beyond_reason_is_compared_with_none_in_a_later_night(
    tmp_path: Path, dbt: DbtServer
) -> None:
    """One account of five shows 9 * 10^15 followers on one day, the last of its night: the next
    night compares the count after it with the one before, and sees no purge."""
    nights = [
        nightly("2020-05-01", "2020-05-03", "a", range(6, 11)),
        nightly("2020-05-04", "2020-05-06", "a", range(6, 11)),
    ]
    nights[0][-1]["followers_lo"] = nights[0][-1]["followers_hi"] = 9 * 10**15
    grown = Warehouse(tmp_path / "observatory.duckdb", dbt)
    for number, rows in enumerate(nights, start=1):
        grown.load(f"b{number}", {"core.account_snapshots": rows})
        grown.build_models(f"b{number}", "--select", "+int_follower_counts")
        grown.insert("meta.builds", [{"build_id": f"b{number}", "outcome": "published"}])
    assert grown.one(
        """select bool_or(is_purge_day), bool_or(is_doubtful), count(*) filter (where is_suspect)
           from intermediate.int_follower_counts"""
    ) == (False, False, 1)
    assert grown.one(
        """select last_followers_lo, previous_followers_lo, previous_date::varchar
           from intermediate.int_follower_counts
           where observed_date = date '2020-05-04' and account_id = (
             select account_id from intermediate.int_follower_counts where is_suspect)"""
    ) == (1000, 1000, "2020-05-02")


def nightly(first: str, last: str, source: str, accounts: Iterable[int]) -> list[dict[str, Any]]:
    """Looks of one source at 10:00 local time on every day."""
    start, end = worlds.instant(f"{first} 02:00"), worlds.instant(f"{last} 02:00")
    days = (start + timedelta(days=d) for d in range((end - start).days + 1))
    return [
        sighting(n, at, 1000, source_name=source, observed_at_source="record")
        for at in days
        for n in accounts
    ]


def daily_posts(first: str, last: str) -> list[dict[str, Any]]:
    start = worlds.instant(f"{first} 02:00")
    days = range((worlds.instant(f"{last} 02:00") - start).days + 1)
    return [
        post(f"d{at:%m%d}", 6, f"{at:%Y-%m-%d}", source_name="posts")
        for at in (start + timedelta(days=d) for d in days)
    ]


def test_an_outage_is_a_gap_while_it_lasts_and_no_silence(tmp_path: Path, dbt: DbtServer) -> None:
    """A source of accounts stops, and so does that of posts; both come back, with older posts.

    15 organs are of `a` and 5 of `b`; posts are known of one of each. After each night the
    warehouse is the one made at once.
    """
    of_a, of_b = range(6, 21), range(21, 26)
    nights: list[worlds.Tables] = [
        {
            "core.account_snapshots": [
                *nightly("2020-05-01", "2020-05-20", "a", of_a),
                *nightly("2020-05-01", "2020-05-20", "b", of_b),
            ],
            "core.posts": [
                *daily_posts("2020-05-03", "2020-05-19"),
                post("b0", 21, "2020-05-03", source_name="posts"),
            ],
        },
        {"core.account_snapshots": nightly("2020-05-21", "2020-05-24", "b", of_b)},
        {
            "core.account_snapshots": [
                *nightly("2020-05-25", "2020-05-25", "a", of_a),
                *nightly("2020-05-25", "2020-05-25", "b", of_b),
            ],
            "core.posts": [
                *daily_posts("2020-05-25", "2020-05-25"),
                *daily_posts("2020-04-25", "2020-04-26"),
            ],
        },
    ]
    grown = Warehouse(tmp_path / "observatory.duckdb", dbt)
    loaded: worlds.Tables = {"core.account_snapshots": [], "core.posts": []}
    select = (*GROWTH, "+accounts")
    found = {}
    for number, delivery in enumerate(nights, start=1):
        build_id = f"b{number}"
        for name, rows in delivery.items():
            for row in rows:
                row["record_number"] = len(loaded[name])
                loaded[name].append(row)
        grown.load(build_id, delivery)
        grown.build_models(build_id, *select)
        if number > 1:
            (tmp_path / build_id).mkdir()
            whole = Warehouse(tmp_path / build_id / "observatory.duckdb", dbt)
            whole.load(build_id, loaded)
            whole.build_models(build_id, *select)
            assert difference(told(grown), told(whole)) == {}, build_id
        grown.insert("meta.builds", [{"build_id": build_id, "outcome": "published"}])
        found[number] = (
            {
                day: tuple(values)
                for day, *values in grown.rows(
                    """select strftime(period_start, '%m-%d'), accounts_checked, coverage_ratio,
                           births, accounts_active_14d
                       from main.account_growth
                       where period = 'day' and platform = 'weibo' and account_kind = 'all'
                           and admin_level = 'all' and region_code = 'all'"""
                )
            },
            dict(
                grown.rows(
                    """select strftime(observed_date, '%m-%d'), posts_count
                       from main.account_days where account_id = '1021'"""
                )
            ),
            grown.rows("select distinct is_active_14d from main.accounts order by 1"),
        )
    growth, posts, active = found[1]
    assert growth["05-15"] == (20, 1, 0, None)  # 13 days of the stretch
    assert (growth["05-16"], growth["05-20"]) == ((20, 1, 0, 2), (20, 1, 0, 1))
    assert (posts["05-02"], posts["05-03"], posts["05-19"], posts["05-20"]) == (None, 1, 0, None)
    assert active == [(False,), (True,), (None,)]
    growth, posts, active = found[2]
    assert growth["05-20"] == (20, 1, 0, 1)
    assert growth["05-21"] == growth["05-24"] == (5, 0.25, None, None)
    assert (posts["05-19"], posts["05-21"]) == (0, None)
    assert active == [(None,)]
    growth, posts, active = found[3]
    assert growth["05-08"] == (20, 1, 0, 2)  # the older posts begin the stretch on 25 April
    assert growth["05-21"] == growth["05-24"] == (5, 0.25, None, 0)
    assert (posts["05-01"], posts["05-24"]) == (0, 0)
    assert active == [(False,), (True,), (None,)]
