"""Raw JSON Lines to loaded core rows, everything accounted for, against bare DuckDB.

The rival reads the same file with `read_json` into a table and does nothing else: no archive, no
ledger, no ids checked, no people pseudonymised, no duplicates found.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from benchmarks.measure import Cost, interleaved, run_child, table

_EPOCH = 1_782_835_200  # 2026-07-01 00:00 in Shanghai
_CLOCK = 515_483_463

_RIVAL = """
import duckdb, sys
connection = duckdb.connect(sys.argv[2])
connection.execute("set threads = 2")
connection.execute(f"create table rows as select * from read_json('{sys.argv[1]}')")
connection.close()
"""

_OURS = """
import sys
from orchestration.settings import Settings
from orchestration.sources.extract import extract, read_declarations
from orchestration.warehouse import builds, ingest
from orchestration.warehouse.connect import open_work
settings = Settings.from_environment()
declarations = read_declarations(settings)
extract(settings, declarations)
with open_work(settings.root.warehouse) as connection:
    build = builds.start_build(connection, settings.clock, False)
    done = ingest.ingest(connection, settings, declarations, build)
    assert done.records_in == done.records_loaded + done.records_duplicate, done
"""


def run(folder: Path, rows: int, rounds: int) -> None:
    """Write the file, run both sides in turns, print the table."""
    source = folder / "tweets.jsonl"
    write_snapshots(source, rows)
    size = source.stat().st_size / 2**20

    def rival() -> Cost:
        target = folder / "rival.duckdb"
        target.unlink(missing_ok=True)
        return run_child(["-c", _RIVAL, str(source), str(target)])

    def ours() -> Cost:
        home = folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        (home / "inbox" / "spider").mkdir(parents=True)
        shutil.copy2(source, home / "inbox" / "spider" / source.name)
        (home / "sources.yaml").write_text(
            "settle_seconds: 0\nsources:\n"
            "  - {name: spider, format: weibo_spider_jsonl, account: {kind: organ}}\n"
        )
        return run_child(["-c", _OURS], {"OBSERVATORY_HOME": str(home)})

    costs = interleaved({"bare DuckDB read_json": rival, "observatory": ours}, rounds)
    print(table(f"{rows:,} metric snapshots, JSONL, {size:.0f} MiB", costs,
                "bare DuckDB read_json"))  # fmt: skip


def write_snapshots(path: Path, rows: int, seed: int = 7) -> None:
    """Nightly re-collections of the same posts, as WeiboSpider writes them."""
    chance = random.Random(seed)
    posts = max(1, rows // 10)
    with path.open("w", encoding="utf-8") as file:
        for row in range(rows):
            post, night = row % posts, row // posts
            second = _EPOCH + post % 2_592_000
            mid = ((second - _CLOCK) << 22) + post % 4_194_304
            uid = 9_900_000_000 + post % 500
            growth = night * chance.randrange(50)
            file.write(
                f'{{"_id":"{mid}","mblogid":"x{post}","created_at":"{_wall(second)}",'
                f'"reposts_count":{growth},"comments_count":{growth // 2},'
                f'"attitudes_count":{growth * 3},'
                f'"content":"#样城通报{post % 997}# 情况通报 {post}",'
                f'"isLongText":false,"is_retweet":false,'
                f'"url":"https://weibo.com/{uid}/x{post}",'
                f'"crawl_time":{_EPOCH + 2_592_000 + night * 86_400}}}\n'
            )


def _wall(second: int) -> str:
    """Shanghai wall time of a Unix second, without a time zone database a row."""
    days, rest = divmod(second + 8 * 3600 - (_EPOCH + 8 * 3600), 86_400)
    day = days + 1
    month, day = (7, day) if day <= 31 else (8, day - 31)
    return f"2026-{month:02}-{day:02} {rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
