"""The whole nightly on real inputs, scored against independent truth.

One run over everything the issue of record asks for; each test asks the published file by SQL
and compares with a count made from the raw files in plain Python, or with the truth files.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pytest

from orchestration.paths import DataRoot
from orchestration.sources.archive import Archive
from tests.pipeline.commands import observatory

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

FOLDERS = {
    "hot_half_daily": "hot_topics/writeup007_twice_daily",
    "hot_hourly": "hot_topics/lxw_hourly",
    "hot_daily": "hot_topics/justjavac_daily",
    "ced_posts": "rumours/ced_original",
    "ced_timelines": "rumours/ced_reposts",
    "counties": "accounts/kpr_county_weibo_accounts_part1.csv",
    "peoples_daily": "posts/checked_peoples_daily_2019-12_2020-04.jsonl",
    "checked_fake": "rumours/checked_fake.jsonl",
    "followers": "follower_history",
    "seed": "news_articles/seed",
    "pages": "news_html/gne_zh",
}
DECLARATIONS = """
sources:
  - name: peoples_daily
    format: checked_jsonl
    account: {kind: state_media, level: ministry}
  - {name: counties, format: account_list_csv, platform: weibo}
"""
BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def fill_inbox(home: Path, real_data: Path, order: list[str]) -> None:
    inbox = home / "inbox"
    for name in order:
        source = real_data / FOLDERS[name]
        if source.is_dir():
            shutil.copytree(source, inbox / name, copy_function=shutil.copy2)
        else:
            (inbox / name).mkdir(parents=True)
            shutil.copy2(source, inbox / name / source.name)
    (home / "sources.yaml").write_text(DECLARATIONS, encoding="utf-8")


@pytest.fixture(scope="module")
def home(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    fill_inbox(folder, real_data, list(FOLDERS))
    done = observatory(folder, "run", "--json")
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout)["outcome"] == "published"
    return folder


@pytest.fixture(scope="module")
def published(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(DataRoot(home).published), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def ask(connection: duckdb.DuckDBPyConnection, query: str, *values: object) -> list[tuple]:
    return connection.execute(query, list(values)).fetchall()


def read_truth(real_data: Path, name: str) -> list[dict[str, str]]:
    with (real_data / "truth" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_record_is_accounted_for(published, home):
    rows = ask(
        published,
        "select path, records_in, records_loaded, records_duplicate, records_quarantined "
        "from quality.file_ledger",
    )
    assert len(rows) == sum(1 for f in (home / "inbox").rglob("*") if f.is_file())
    assert [row for row in rows if row[1] != row[2] + row[3] + row[4]] == []


def test_delays_between_hot_topic_and_post_are_those_of_the_truth_to_the_minute(
    published, real_data
):
    truth = read_truth(real_data, "hot_topic_to_official_post.csv")
    found = dict(
        ask(
            published,
            """select e.title, list(round(r.response_hours * 60)::bigint)
               from main.event_responses r join main.events e using (event_id)
               where e.event_type = 'hot_topic' and r.response_hours is not null group by 1""",
        )
    )
    equal = [row for row in truth if int(row["lag_minutes"]) in found.get(row["topic"], [])]
    beyond = [row for row in truth if row not in equal]
    assert len(truth) == 131
    assert len(equal) >= 129
    # what is left lies outside the window in which a post can be a response
    assert all(int(row["lag_minutes"]) < -72 * 60 for row in beyond)


def test_the_missing_hours_are_gaps_and_no_other_hour_is(published, real_data):
    truth = {(row["date"], row["hour"]) for row in read_truth(real_data, "lxw_missing_hours.csv")}
    gaps = ask(
        published,
        """select strftime(timezone('Asia/Shanghai', slot_at), '%Y-%m-%d'),
                  strftime(timezone('Asia/Shanghai', slot_at), '%H')
           from quality.coverage_slots where source_name = 'hot_hourly' and is_gap""",
    )
    assert set(gaps) == truth
    assert len(gaps) == len(truth) == 8


def test_monthly_first_and_last_followers_are_those_of_the_truth(published, real_data):
    found = {
        (account, month): (first_lo, first_hi, last_lo, last_hi)
        for account, month, first_lo, first_hi, last_lo, last_hi in ask(
            published,
            """select platform || ':' || account_id, strftime(observed_date, '%Y-%m'),
                      arg_min(followers_lo, observed_date), arg_min(followers_hi, observed_date),
                      arg_max(followers_lo, observed_date), arg_max(followers_hi, observed_date)
               from main.account_days where followers_lo is not null group by all""",
        )
    }
    truth = read_truth(real_data, "follower_monthly.csv")
    for row in truth:
        account = row["account"] if ":" in row["account"] else f"unknown:{row['account']}"
        first_lo, first_hi, last_lo, last_hi = found[account, row["month"]]
        quantum = 1000 if account.startswith("weibo:") else 0
        first, last = int(row["first_count"]), int(row["last_count"])
        assert (first_lo, first_hi) == (first - quantum, first + quantum), row
        assert (last_lo, last_hi) == (last - quantum, last + quantum), row
    assert len(truth) == 326


def test_all_ced_posts_are_loaded_or_refused_and_agree_with_their_ids(published, home, real_data):
    posts = list((home / "inbox" / "ced_posts").iterdir())
    # the published path names a pseudonym; the archive knows what the file was called
    names = {f.file_id: f.path for f in Archive(DataRoot(home).archive).deliveries()}
    loaded = {
        names[file_id]: posted_at
        for file_id, posted_at in ask(
            published, "select file_id, posted_at from core.posts where source_name = 'ced_posts'"
        )
    }
    refused = ask(
        published,
        "select path, reason from quality.quarantine where source_name = 'ced_posts' "
        "and extent <> 'field'",
    )
    assert len(posts) == 600
    assert len(loaded) + len(refused) == 600
    assert all(reason for _, reason in refused)
    clocked = 0
    for path, posted_at in loaded.items():
        bid = Path(path).stem.split("_")[1]
        if len(bid) == 9:
            clocked += 1
            assert abs((posted_at - id_time(bid)).total_seconds()) <= 6, path
    assert clocked > 500


def test_no_id_of_an_ordinary_person_is_anywhere_in_the_published_file(published, home):
    uids = {path.stem.split("_")[2] for path in (home / "inbox" / "ced_posts").iterdir()}
    official = {row[0] for row in ask(published, "select account_id from main.accounts")}
    ordinary = sorted(uid for uid in uids - official if uid.isdigit() and len(uid) == 10)
    assert len(ordinary) > 100
    published.execute("create temp table ordinary as select unnest($1) as uid", [ordinary])
    columns = ask(
        published,
        """select table_schema || '.' || table_name, column_name from information_schema.columns
           where data_type in ('VARCHAR', 'VARCHAR[]') and table_catalog = 'observatory'
             and table_schema in ('main', 'core', 'quality', 'meta')""",
    )
    for table, column in columns:
        found = ask(
            published,
            f"""select count(*) from ordinary semi join (
                  select distinct unnest(regexp_extract_all(cast({column} as varchar), '\\d{{10}}'))
                    as uid from {table}) using (uid)""",
        )
        assert found == [(0,)], f"{table}.{column}"
    published.execute("drop table ordinary")


def id_time(bid: str) -> datetime:
    """The clock of a nine-character bid, written independently of the cleaning code."""
    groups = [bid[0], bid[1:5], bid[5:]]
    numbers = []
    for group in groups:
        value = 0
        for character in group:
            value = value * 62 + BASE62.index(character)
        numbers.append(str(value))
    mid = int(numbers[0] + numbers[1].zfill(7) + numbers[2].zfill(7))
    return datetime.fromtimestamp((mid >> 22) + 515483463, UTC)


def account_of(address: str) -> str | None:
    """Account id of a Weibo address, written independently of the cleaning code."""
    path = address.strip().split("?")[0].split("weibo.com/")[-1].rstrip("/")
    parts = path.split("/")
    if parts[0] == "p":
        return parts[1][6:] if len(parts[1]) == 16 else None
    if parts[0] == "n":
        return "name:" + unquote(parts[1])
    last = parts[1] if parts[0] == "u" else parts[0]
    return last if last.isdigit() and len(last) == 10 else "domain:" + last


def test_every_county_address_is_an_account_or_says_why_not(published, real_data):
    with (real_data / FOLDERS["counties"]).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    cells = [
        (number, cell)
        for number, row in enumerate(rows, start=1)
        for name, cell in row.items()
        if name != "Location" and cell.strip()
    ]
    expected = {account for _, cell in cells if (account := account_of(cell))}
    hopeless = {number for number, cell in cells if account_of(cell) is None}
    accounts = ask(
        published,
        "select account_id from core.account_snapshots where source_name = 'counties' "
        "and platform = 'weibo'",
    )
    refused = ask(
        published,
        "select record_number, reason, excerpt from quality.quarantine "
        "where source_name = 'counties'",
    )
    assert len(rows) == 650
    assert {account for (account,) in accounts} == expected
    assert {number for number, *_ in refused} == hopeless
    assert all(reason and excerpt for _, reason, excerpt in refused)


def test_a_night_with_nothing_new_changes_no_table_and_says_so(published, home):
    before = content(published)
    stamp = DataRoot(home).published.stat()
    done = observatory(home, "run", "--json")
    summary = json.loads(done.stdout)
    assert (done.returncode, summary["outcome"]) == (0, "nothing_new")
    assert "nothing new" in summary["message"]
    after_stamp = DataRoot(home).published.stat()
    assert (stamp.st_ino, stamp.st_mtime_ns) == (after_stamp.st_ino, after_stamp.st_mtime_ns)
    with duckdb.connect(str(DataRoot(home).warehouse), read_only=True) as work:
        assert content(work) == before


def test_the_same_files_in_another_order_give_the_same_content(
    published, home, real_data, tmp_path
):
    """Half of the sources in a first night, the rest in a second, in reverse."""
    names = list(reversed(FOLDERS))
    key = DataRoot(home).key_file.read_text(encoding="ascii")
    other = tmp_path / "other"
    other.mkdir()
    (other / DataRoot(home).key_file.name).write_text(key, encoding="ascii")
    for part in (names[:6], names[6:]):
        fill_inbox(other, real_data, part)
        done = observatory(other, "run", "--json")
        assert done.returncode == 0, done.stderr[-3000:]
    with duckdb.connect(str(DataRoot(other).published), read_only=True) as connection:
        assert content(connection) == content(published)


def content(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, object]]:
    """Rows and an order-free hash of every core table, mart and coverage, without the build."""
    tables = ask(
        connection,
        """select table_schema || '.' || table_name,
                  string_agg(column_name, ', ' order by ordinal_position)
           from information_schema.columns
           where (table_schema in ('core', 'main')
                  or table_schema = 'quality' and table_name like 'coverage%')
             and column_name <> 'build_id' group by 1""",
    )
    return {
        name: ask(connection, f"select count(*), bit_xor(hash({columns})) from {name}")[0]
        for name, columns in sorted(tables)
    }
