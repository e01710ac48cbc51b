"""A night of new account snapshots upon a long history: what the models cost, which of them grow.

The history is written into the core tables by SQL, as if it had been loaded, and the models take it
in some fifty nights at a time, so that a long one needs no more memory than a short one. Then a
night brings every account once more. Measured are dbt, tests and all, and the release that is
renewed; loading has a benchmark of its own, and the audit's profiles look at touched days alone.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import yaml

from benchmarks.measure import Cost, run_child, table
from orchestration.defs.dbt_project import dbt_environment
from orchestration.paths import DBT_PROJECT
from orchestration.warehouse.builds import code_version
from orchestration.warehouse.connect import open_work

ACCOUNTS = 100_000
LAST_NIGHT = "date '2021-03-16'"
"""In the middle of its month, since what is kept by month costs more the later it is."""
DENSE_NIGHTS = 60
POSTS = 50_000
"""As many in the last nights of history together, and as many in the first that the models take in;
in each night between there are POSTS_BETWEEN. As many accounts are known to post."""
POSTS_BETWEEN = 50
NIGHTS_AT_ONCE = 50
"""Nights of history that the models take in by one build."""
MEMORY_LIMIT = "4GB"
SHOWN = 12
"""Models in the second table."""

_DBT = """
import json, resource, sys
from dbt.cli.main import dbtRunner
spent, tested, last = {}, [0.0], [0.0]
def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
def listen(event):
    if event.info.name == "NodeStart":
        last[0] = cpu()
    elif event.info.name == "NodeFinished":
        node = event.data.node_info
        if node.resource_type == "test":
            tested[0] += cpu() - last[0]
        else:
            spent[node.node_name] = cpu() - last[0]
result = dbtRunner(callbacks=[listen]).invoke(sys.argv[2:])
json.dump({"models": spent, "tests": tested[0]}, open(sys.argv[1], "w"))
broken = [r.message for r in result.result or () if r.status in ("error", "fail")]
if result.exception or broken:
    sys.exit(str(result.exception or broken))
"""
_RELEASE = """
import sys
from pathlib import Path
from orchestration.warehouse.released import write_released
work, target, before = map(Path, sys.argv[1:])
if write_released(work, target, before) is None and before.exists():
    sys.exit("the release before was not taken over")
"""


def run(folder: Path, sizes: Sequence[float], rounds: int) -> Iterator[tuple[str, str]]:
    """The same night on each size of history, in millions of snapshots.

    Gives (topic, Markdown table).
    """
    nights: dict[str, list[Cost]] = {}
    releases: dict[str, list[Cost]] = {}
    models: dict[str, list[dict[str, float]]] = {}
    for size in sizes:
        name = f"{size:g}M"
        warehouse = folder / f"history_{name}" / "observatory.duckdb"
        _write_history(warehouse, round(size * 1_000_000 / ACCOUNTS))
        _bring_night(warehouse)
        nights[name], releases[name], models[name] = [], [], []
        (folder / "night").mkdir(exist_ok=True)
        for round_ in range(rounds):
            copy = folder / "night" / warehouse.name
            # The last night may have the history itself: a second one would not fit on every disk.
            (shutil.move if round_ == rounds - 1 else shutil.copy)(warehouse, copy)
            cost, spent = _dbt(copy, "night", threads=1, tests=True)
            release = _release(copy, "night", before=_release_of(warehouse))
            copy.unlink()
            print(
                f"{name}: a night {cost.cpu_seconds:.0f}, its release "
                f"{release.cpu_seconds:.0f} CPU s",
                flush=True,
            )
            nights[name].append(cost)
            releases[name].append(release)
            models[name].append(spent)
        shutil.rmtree(warehouse.parent)
    rival = next(iter(nights))
    title = f"A night of {ACCOUNTS:,} snapshots upon so many million"
    yield (
        "growth",
        table(f"{title}: dbt, with its tests", nights, rival)
        + "\n"
        + table(f"{title}: the release, renewed", releases, rival)
        + "\n"
        + _by_model(models, rival),
    )


def _by_model(models: Mapping[str, list[dict[str, float]]], rival: str) -> str:
    """Medians of the models that cost most on the longest history, and of all together."""
    medians = {
        name: {model: statistics.median(round_[model] for round_ in rounds) for model in rounds[0]}
        for name, rounds in models.items()
    }
    *_, largest = medians
    dearest = sorted(medians[largest], key=lambda model: -medians[largest][model])[:SHOWN]
    sums = {name: sum(spent.values()) for name, spent in medians.items()}
    lines = [
        f"| CPU s of | {' | '.join(medians)} | ratio of {largest} to {rival} |",
        f"|---|{'---|' * (len(medians) + 1)}",
        _line("all models, seeds and tests", sums, largest, rival),
        *(
            _line(f"`{model}`", {n: spent[model] for n, spent in medians.items()}, largest, rival)
            for model in dearest
        ),
    ]
    return "\n".join(lines) + "\n"


def _line(label: str, spent: Mapping[str, float], largest: str, rival: str) -> str:
    ratio = spent[largest] / max(spent[rival], 0.01)
    return f"| {label} | {' | '.join(f'{s:.2f}' for s in spent.values())} | {ratio:.2f} |"


def _write_history(warehouse: Path, nights: int) -> None:
    """Snapshots of so many nights, a few posts, and what the models make of them."""
    warehouse.parent.mkdir(parents=True)
    with open_work(warehouse):
        pass  # every table of a work file, made as a night makes them
    for first in range(nights, 0, -NIGHTS_AT_ONCE):
        until = max(first - NIGHTS_AT_ONCE, 0)
        with _opened(warehouse) as connection:
            # Month by month, as the load keeps them.
            for night in range(first, until, -30):
                _insert_snapshots(connection, night, max(night - 30, until))
            dense = min(DENSE_NIGHTS, nights)
            a_night = POSTS // NIGHTS_AT_ONCE if first == nights else POSTS_BETWEEN
            _insert_posts(connection, first, max(until, dense), a_night)
            if not until:
                _insert_posts(connection, dense, 0, POSTS // dense)
        build_id = f"history_{nights - until:06}"
        cost, _ = _dbt(warehouse, build_id, threads=2)
        release = _release(warehouse, build_id, before=_release_of(warehouse))
        with _opened(warehouse) as connection:
            connection.execute("delete from meta.touched_days; delete from meta.touched_buckets")
        print(
            f"nights up to {until} before the last: {cost.cpu_seconds:.0f} CPU s, "
            f"{cost.wall_seconds:.0f} s, {cost.anonymous_mib:.0f} MiB, "
            f"{warehouse.stat().st_size / 2**30:.1f} GiB; "
            f"release {release.cpu_seconds:.0f} CPU s",
            flush=True,
        )


def _release_of(warehouse: Path) -> Path:
    return warehouse.with_name("release.duckdb")


def _release(warehouse: Path, build_id: str, *, before: Path) -> Cost:
    """Enter the build as published, as `publish` does, and renew the release; it takes the place
    of the one before in the history, and is thrown away after the night."""
    with _opened(warehouse) as connection:
        connection.execute(
            "insert into meta.builds by name "
            "select $1 as build_id, 'published' as outcome, $2 as code_version",
            [build_id, code_version()],
        )
    target = warehouse.with_name("renewed.duckdb")
    cost = run_child(["-c", _RELEASE, str(warehouse), str(target), str(before)], dict(os.environ))
    if before.parent == warehouse.parent:
        os.replace(target, before)
    else:
        target.unlink()
    return cost


def _bring_night(warehouse: Path) -> None:
    with _opened(warehouse) as connection:
        _insert_snapshots(connection, 0, -1)


def _opened(warehouse: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(warehouse))
    connection.execute("set TimeZone = 'UTC'; set threads = 2")
    connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
    return connection


def _insert_posts(
    connection: duckdb.DuckDBPyConnection, first: int, until: int, a_night: int
) -> None:
    """So many posts a night, from `first` nights before the last down to before `until`."""
    connection.execute(
        f"""insert into core.posts by name
            select 'weibo' as platform, 'p' || night || '_' || n as post_id,
                   ((night * {a_night} + n) % {POSTS} + 1000000000)::varchar as account_id,
                   {LAST_NIGHT}::timestamptz - to_hours(12 + 24 * night::integer)
                       - to_seconds(n * 86400 // {a_night}) as posted_at,
                   'api' as posted_at_source, 'second' as posted_at_precision,
                   'text' as text, [] as hashtags, [] as hashtag_keys, 'original' as kind,
                   false as is_repost, true as is_official,
                   posted_at + interval 1 hour as observed_at,
                   'crawl' as source_name, 'f0' as file_id,
                   'f0' as file_sha256, night * {a_night} + n as record_number
            from range({first}, {until}, -1) as nights(night), range({a_night}) as numbers(n)"""
    )
    connection.execute(
        f"""insert into meta.touched_days by name
            select 'posts' as build_id, 'core.posts' as table_name,
                   ({LAST_NIGHT} - night::integer)::date as observed_date
            from range({first} + 2, {until}, -1) as nights(night)"""
    )
    connection.execute(
        f"""insert into meta.touched_buckets by name
            select distinct 'posts' as build_id, 'core.posts' as table_name,
                   timezone('UTC', posted_at)::date as bucket_date
            from core.posts
            where posted_at >= {LAST_NIGHT}::timestamptz - to_days(({first} + 2)::integer)"""
    )


def _insert_snapshots(connection: duckdb.DuckDBPyConnection, first: int, until: int) -> None:
    """Every account once a night, from `first` nights before the last down to before `until`.

    In the last nights, one in a hundred has a new name, another kind or is gone.
    """
    connection.execute(
        f"""insert into core.account_snapshots by name
            select 'weibo' as platform,
                   -- Whoever is a person has passed the door under a pseudonym.
                   if(account % 3 = 1, 'p:' || lpad(to_hex(account), 20, '0'),
                      (account + 1000000000)::varchar) as account_id,
                   ({LAST_NIGHT} - night::integer)::timestamptz
                       + to_seconds(account // 10) as observed_at,
                   'record' as observed_at_source,
                   'name' || account || if(account % 100 = 3 and night < 5, 'b', '') as screen_name,
                   case when account % 3 = 1 then 'officer'
                        when account % 3 = 2 or (account % 100 = 4 and night < 5) then 'state_media'
                        else 'organ' end as account_kind,
                   ['province', 'prefecture', 'county'][1 + account % 7 % 3] as admin_level,
                   (110000 + 10000 * (account % 31))::varchar as region_code,
                   'given' as kind_rule, 'given' as level_rule, 'given' as region_rule,
                   'declared' as scope_evidence, '1' as verified_type,
                   timestamptz '2011-10-01 00:00:00+00' + to_days((account % 3000)::integer)
                       as registered_at,
                   if(account % 100 = 7 and night < 5, 'not_found', 'present') as account_state,
                   if(account_state = 'present', 1000 + account - night, null) as followers_lo,
                   followers_lo as followers_hi,
                   'crawl' as source_name, 'f' || night as file_id, 'f' || night as file_sha256,
                   account as record_number
            from range({first}, {until}, -1) as nights(night),
                 range({ACCOUNTS}) as accounts(account)"""
    )
    connection.execute(
        f"""insert into quality.file_days by name
            select 'f' || night as file_id, 'crawl' as source_name,
                   ({LAST_NIGHT} - night::integer)::date as observed_date
            from range({first}, {until}, -1) as nights(night)"""
    )
    connection.execute(
        f"""insert into meta.touched_days by name
            select 'snapshots' as build_id, 'core.account_snapshots' as table_name,
                   ({LAST_NIGHT} - night::integer)::date as observed_date
            from range({first}, {until}, -1) as nights(night)"""
    )
    connection.execute(
        f"""insert into meta.touched_buckets by name
            select 'snapshots' as build_id, 'core.account_snapshots' as table_name,
                   ({LAST_NIGHT} - night::integer)::date as bucket_date
            from range({first}, {until}, -1) as nights(night)"""
    )


def _dbt(
    warehouse: Path, build_id: str, *, threads: int, tests: bool = False
) -> tuple[Cost, dict[str, float]]:
    """All seeds and models, one after the other, and perhaps the tests: their CPU, and on one core
    that of each model and of all tests."""
    folder = warehouse.parent
    profile = yaml.safe_load((DBT_PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    settings = profile["observatory"]["outputs"]["duckdb"]["settings"]
    settings.update(threads=threads, memory_limit=MEMORY_LIMIT)
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    told = folder / "spent.json"
    cost = run_child(
        ["-c", _DBT, str(told), "--quiet", "build", "--threads", "1",
         "--exclude-resource-type", "unit_test", *(() if tests else ("test",)),
         "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(folder),
         "--target-path", str(folder.parent / "target"), "--log-path", str(folder.parent / "logs")],
        {**os.environ, **dbt_environment(warehouse, build_id)},
    )  # fmt: skip
    spent = json.loads(told.read_text(encoding="utf-8"))
    return cost, {**spent["models"], **({"all tests": spent["tests"]} if tests else {})}
