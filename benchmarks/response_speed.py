"""Response timing over many events and posts: the SQL of the models as dbt compiles it, on DuckDB.

One post in 25 speaks of an event, and every fifth event is spoken of, by responders of all kinds
and levels of one region; watching ends with the year. Accounts of three more regions never speak.
The posts' links are given; everything from the first responses to the marts is made from scratch.
Parsing and compiling by dbt are not in it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Cost, run_child
from orchestration.defs.dbt_project import dbt_environment, dbt_executable
from orchestration.paths import DBT_PROJECT

LINKS = (
    "int_responder_cells", "int_response_cells", "int_response_groups", "int_response_group_cells",
    "int_group_first_responses", "int_response_strata_days", "int_response_strata",
    "int_response_totals", "int_observed_groups", "int_response_silences",
    "int_response_stretches", "int_response_medians",
    "int_response_outcomes", "int_response_steps", "int_response_curves",
    "int_response_summaries", "int_response_bootstrap", "response_timing",
    "int_response_later_outcomes", "int_response_later_steps", "int_response_later_curves",
    "response_curves",
)  # fmt: skip
SIZES = ((10_000, 500_000), (100_000, 5_000_000))

_FILL = """
import duckdb, sys
con = duckdb.connect(sys.argv[1])
events, posts = int(sys.argv[2]), int(sys.argv[3])
con.execute("set TimeZone = 'UTC'; select setseed(0.5)")
for schema in ('intermediate', 'core', 'main'):
    con.execute(f'create schema if not exists {schema}')
con.execute(f'''create table intermediate.int_event_follow_ups as
  select 'e' || i as event_id, i as event_number,
    ['hot_topic', 'article', 'rumor'][1 + i % 3] as event_type,
    date '2024-01-01' + (i % 365)::int as onset_date,
    least(1209600000000, (365 - i % 365) * 86400000000 - (i % 86400) * 1000000) as watched_us,
    (random() * 3.6e9)::bigint as onset_width_us,
    watched_us + onset_width_us as earliest_watched_us, null::bigint as removed_us
  from range({events}) as t(i)''')
con.execute(f'''create table intermediate.int_responses as
  select 'e' || (i // 25 % ({events} // 5) * 5) as event_id,
    ['organ', 'officer', 'state_media'][1 + i // 25 % 3] as account_kind,
    ['ministry', 'province', 'prefecture', 'county'][1 + i // 175 % 4] as admin_level,
    (110000 + 10000 * (i // 25 % ({events} // 5) % 31))::varchar as region_code,
    'exact' as link_level,
    (pow(random(), 3) * 1209600000000)::bigint - 3600000000 as response_us
  from range({posts}) as t(i) where i % 25 = 0''')
con.execute(f'''create table intermediate.int_accounts_resolved as
  select 'weibo' as platform, i::varchar as account_id,
    ['organ', 'officer', 'state_media'][1 + i % 3] as account_kind,
    ['ministry', 'province', 'prefecture', 'county'][1 + i // 3 % 4] as admin_level,
    (110000 + 10000 * (i // 12 % 34))::varchar as region_code,
    date '2024-12-31' as last_seen_date
  from range(4080) as t(i)''')
con.execute('''create table intermediate.int_account_post_days as
  select platform, account_id, date '2024-01-01' as posted_date, 1 as posts_count
  from intermediate.int_accounts_resolved''')
con.execute('''delete from intermediate.int_responses as r
  using intermediate.int_event_follow_ups as f
  where r.event_id = f.event_id and r.response_us > f.watched_us''')
"""
_RUN = """
import duckdb, json, sys
con = duckdb.connect(sys.argv[1])
con.execute("set TimeZone = 'UTC'")
for name, kind, query in json.loads(open(sys.argv[2]).read()):
    con.execute(f'create or replace {kind} {name} as {query}')
"""


def run(folder: Path) -> Iterator[tuple[str, str]]:
    """Gives (topic, Markdown table)."""
    folder.mkdir(parents=True, exist_ok=True)
    warehouse = folder / "observatory.duckdb"
    queries = _compiled(folder, warehouse)
    lines = [
        "### CPU s of the models, links given",
        "",
        "| events | posts | linked | all up to `response_timing` | the heaviest of them "
        "| `response_timing` alone | from there to `response_curves` | anonymous peak MiB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for events, posts in SIZES:
        warehouse.unlink(missing_ok=True)
        run_child(["-c", _FILL, str(warehouse), str(events), str(posts)])
        idle = _cost(folder, warehouse, []).cpu_seconds
        costs = {query[0]: _cost(folder, warehouse, [query]) for query in queries}
        seconds = {name.split(".")[1]: cost.cpu_seconds - idle for name, cost in costs.items()}
        names = list(seconds)
        after = names[names.index("response_timing") + 1 :]
        curves = sum(seconds.pop(name) for name in after)
        heaviest = max(seconds, key=lambda name: seconds[name])
        peak = max(cost.anonymous_mib for cost in costs.values())
        lines.append(
            f"| {events:,} | {posts:,} | {posts // 25:,} | {sum(seconds.values()):.1f} "
            f"| `{heaviest}`: {seconds[heaviest]:.1f} | {seconds['response_timing']:.1f} "
            f"| {curves:.1f} | {peak:.0f} |"
        )
    yield "response", "\n".join(lines) + "\n"


def _cost(folder: Path, warehouse: Path, queries: list[tuple[str, str, str]]) -> Cost:
    given = folder / "queries.json"
    given.write_text(json.dumps(queries), encoding="utf-8")
    return run_child(["-c", _RUN, str(warehouse), str(given)])


def _compiled(folder: Path, warehouse: Path) -> list[tuple[str, str, str]]:
    """(relation, table or view, SQL) of each model, in order."""
    target = folder / "target"
    subprocess.run(
        [
            dbt_executable(), "compile", "--no-populate-cache", "--no-introspect",
            "--select", *LINKS, "--project-dir", str(DBT_PROJECT),
            "--profiles-dir", str(DBT_PROJECT), "--target-path", str(target),
            "--log-path", str(target / "logs"),
        ],
        env=dbt_environment(warehouse, "bench"), check=True, stdout=sys.stderr,
    )  # fmt: skip
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    models = [nodes[f"model.observatory.{name}"] for name in LINKS]
    return [
        (
            f"{model['schema']}.{model['name']}",
            model["config"]["materialized"],
            model["compiled_code"],
        )
        for model in models
    ]
