"""The whole nightly on all real inputs at once, scored against independent truth.

One run over everything there is, declared by docs/example_sources.yaml; each test asks the
published file by SQL and compares with a count made from the raw files in plain Python, or with
the truth files.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import unquote

import duckdb
import polars as pl
import pytest

from orchestration.cleaning.rebuttals import is_rebuttal
from orchestration.paths import PROJECT_ROOT, DataRoot
from orchestration.settings import Settings
from orchestration.sources.archive import Archive
from tests.pipeline.commands import observatory
from tests.pipeline.ingesting import night

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

SOURCES_FILE = PROJECT_ROOT / "docs" / "example_sources.yaml"
FOLDERS: dict[str, tuple[str, ...]] = {
    "hot_half_daily": ("hot_topics/writeup007_twice_daily",),
    "hot_hourly": ("hot_topics/lxw_hourly",),
    "hot_daily": ("hot_topics/justjavac_daily",),
    "ced_posts": ("rumours/ced_original",),
    "ced_timelines": ("rumours/ced_reposts",),
    "ced_labels": ("truth/ced_labels*",),
    "counties": ("accounts/kpr_county_weibo_accounts_part1.csv",),
    "congress_twitter": ("accounts/congress_social_media_201[79]*",
                         "accounts/congress_social_media_2021*"),
    "congress_facebook": ("accounts/congress_social_media_2015*",),
    "congress_youtube": ("accounts/congress_social_media_*",),
    "executive": ("accounts/congress_executive.yaml",),
    "followers": ("follower_history",),
    "peoples_daily": ("posts/checked_peoples_daily_*",),
    "peoples_daily_nested": ("posts/checked_raw_nested",),
    "peoples_daily_comments": ("posts/checked_raw_nested",),
    "engagement_times": ("posts/checked_engagement_times_*",),
    "obama": ("posts/twitter_*",),
    "obama_counts": ("posts/twitter_*",),
    "uk_police": ("posts/uk_police_*",),
    "checked_fake": ("rumours/checked_fake.jsonl",),
    "seed": ("news_articles/seed",),
    "deleted_articles": ("news_articles/terminus2049",),
    "china_digital_times": ("news_articles/cdt_chinese",),
    "pages": ("news_html/gne_zh",),
    "pages_german": ("news_html/trafilatura",),
    "topic_linking": ("topic_linking",),
    "truth": ("truth/[!c]*",),
    "notes": ("MANIFEST.md",),
}  # fmt: skip
"""Inbox folder to what lies in it; a file whose records fill two tables lies in two folders."""

LEDGER = {
    # source: files, records, loaded, duplicate, quarantined
    "hot_half_daily": (349, 17399, 17399, 0, 0),
    "hot_hourly": (117, 7649, 5800, 0, 1849),
    "hot_daily": (60, 21060, 20189, 871, 0),
    "ced_posts": (600, 600, 600, 0, 0),
    "ced_timelines": (115, 34330, 34313, 17, 0),
    "ced_labels": (1, 600, 300, 0, 300),
    "counties": (1, 650, 650, 0, 0),
    "congress_twitter": (3, 1597, 1569, 0, 28),
    "congress_facebook": (1, 532, 428, 0, 104),
    "congress_youtube": (4, 2129, 1681, 0, 448),
    "executive": (1, 1, 0, 0, 1),
    "followers": (6, 692, 653, 1, 38),
    "peoples_daily": (1, 842, 842, 0, 0),
    "peoples_daily_nested": (12, 12, 12, 0, 0),
    "peoples_daily_comments": (12, 1750, 1750, 0, 0),
    "engagement_times": (1, 1, 0, 0, 1),
    "obama": (1, 3207, 3207, 0, 0),
    "obama_counts": (1, 3207, 3207, 0, 0),
    "uk_police": (1, 1, 0, 0, 1),
    "checked_fake": (1, 110, 110, 0, 0),
    "seed": (1, 1, 1, 0, 0),
    "deleted_articles": (59, 59, 59, 0, 0),
    "china_digital_times": (57, 57, 57, 0, 0),
    "pages": (16, 16, 16, 0, 0),
    "pages_german": (36, 36, 36, 0, 0),
    "topic_linking": (2, 2, 0, 0, 2),
    "truth": (11, 11, 0, 0, 11),
    "notes": (1, 1, 0, 0, 1),
}
"""What the ledger says of each source. A file that nothing recognises counts as one record."""

REASONS = {
    ("hot_half_daily", "file", "empty_file"): 1,
    ("hot_hourly", "file", "repeats_other_files"): 5,
    ("ced_labels", "record", "not_selected"): 1,
    ("counties", "field", "not_an_address"): 1,
    ("congress_twitter", "record", "missing_key:account_id"): 28,
    ("congress_facebook", "record", "missing_key:account_id"): 104,
    ("congress_youtube", "record", "missing_key:account_id"): 448,
    ("followers", "record", "not_a_count"): 38,
    ("executive", "file", "unrecognised_format"): 1,
    ("engagement_times", "file", "unrecognised_format"): 1,
    ("uk_police", "file", "unrecognised_format"): 1,
    ("topic_linking", "file", "unrecognised_format"): 2,
    ("truth", "file", "unrecognised_format"): 11,
    ("notes", "file", "unrecognised_format"): 1,
}
VAGUE = {"other", "error", "invalid", "unknown", "failed", "problem", "bad", "malformed", ""}
BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def fill_inbox(home: Path, real_data: Path, order: list[str]) -> None:
    """Copy what belongs into these folders, and the declarations of all."""
    for name in order:
        for pattern in FOLDERS[name]:
            found = sorted(real_data.glob(pattern))
            assert found, pattern
            for source in found:
                target = home / "inbox" / name
                if source.is_dir():
                    shutil.copytree(source, target, copy_function=shutil.copy2)
                else:
                    target.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(source, target / source.name)
    shutil.copy(SOURCES_FILE, home / "sources.yaml")


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


def test_everything_there_is_was_delivered(home, real_data):
    def contents(folder: Path) -> set[str]:
        files = (file for file in folder.rglob("*") if file.is_file())
        return {hashlib.sha256(file.read_bytes()).hexdigest() for file in files}

    assert contents(home / "inbox") == contents(real_data)


def test_every_record_of_every_file_is_accounted_for(published, home):
    rows = ask(
        published,
        """select source_name, count(*), sum(records_in), sum(records_loaded),
                  sum(records_duplicate), sum(records_quarantined),
                  count(*) filter (records_in <>
                    records_loaded + records_duplicate + records_quarantined)
           from quality.file_ledger group by 1""",
    )
    assert {source: tuple(totals) for source, *totals, _ in rows} == LEDGER
    assert [row for row in rows if row[-1]] == []
    assert sum(row[1] for row in rows) == sum(1 for f in (home / "inbox").rglob("*") if f.is_file())


def test_every_refusal_says_what_and_why(published):
    refused = ask(
        published,
        """select source_name, extent, reason, count(*), sum(records),
                  count(*) filter (coalesce(detail, excerpt, column_name, '') = '')
           from quality.quarantine group by all""",
    )
    assert {tuple(row[:3]): row[3] for row in refused} == REASONS
    assert {part for row in refused for part in row[2].split(":")} & VAGUE == set()
    assert [row for row in refused if row[5]] == []
    records: dict[str, int] = {}
    for source, _, _, _, count, _ in refused:
        records[source] = records.get(source, 0) + int(count)
    assert records == {s: row[4] for s, row in LEDGER.items() if row[4] or s in records}


def test_every_repair_is_proven_by_its_record(published):
    assert ask(
        published,
        """select source_name, table_name, column_name, rule, count(*) from quality.repairs
           group by all""",
    ) == [("ced_timelines", "core.repost_timings", "reposted_at", "year_from_id_clock", 1)]
    first, last = ask(
        published, "select min(reposted_at), max(reposted_at) from core.repost_timings"
    )[0]
    assert (first.year, last.year) == (2010, 2016)


def test_tweets_are_those_of_the_file_to_the_minute_of_their_ids(published, real_data):
    with (real_data / "posts" / "twitter_BarackObama.csv").open(
        encoding="mac_roman", newline=""
    ) as file:
        rows = {row["url"].rsplit("/", 1)[1]: row for row in csv.DictReader(file)}
    found = ask(
        published,
        """select post_id, posted_at, text, comments_lo, reposts_lo, likes_hi
           from main.posts where platform = 'twitter'""",
    )
    assert len(found) == len(rows) == 3207
    for post_id, posted_at, text, *counts in found:
        clock = ((int(post_id) >> 22) + 1288834974657) / 1000
        assert 0 <= clock - posted_at.timestamp() < 60
        row = rows[post_id]
        assert counts == [int(row[name]) for name in ("replies", "retweets", "favorites")]
        assert text.strip() == row["text"].strip()


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


def test_rumours_were_denied_when_the_truth_says_to_the_minute(published, real_data):
    truth = [
        (local_instant(row["rumour_posted_bj"]), int(row["lag_minutes"]))
        for row in read_truth(real_data, "rumour_rebuttal_lag.csv")
    ]
    found = ask(
        published,
        """select claimed_at, rebuttal_hours * 60 from main.rebuttals
           where target_rule = 'ruling_url'""",
    )
    equal = [
        (claimed, lag)
        for claimed, lag in truth
        if any(claimed == at and abs(minutes - lag) < 1 for at, minutes in found)
    ]
    assert len(truth) == 98
    assert len(equal) >= 0.98 * len(truth)
    # no rumour without a cited denial has one
    outcomes = dict(
        ask(published, "select outcome, count(*) from main.rebuttals group by 1 order by 1")
    )
    # what the rulings cite is by nobody whose account is known: no official denied these
    assert "rebutted" not in outcomes
    assert outcomes["none"] + outcomes["cited_author_unknown"] == 410
    assert outcomes["untargeted"] == 3


def test_the_rule_reads_the_wording_of_real_rulings_and_posts(real_data):
    """A ruling denies the claim that it names; a newspaper's posts mostly do not."""
    rulings = [
        json.loads(line)["analysis"]
        for line in (real_data / "rumours" / "checked_fake.jsonl").open(encoding="utf-8")
    ]
    worded = [text for text in rulings if text]
    assert len(worded) == 109
    assert is_rebuttal(pl.Series(worded)).sum() == 109
    posts = (real_data / "posts" / "checked_peoples_daily_2019-12_2020-04.jsonl").open(
        encoding="utf-8"
    )
    texts = [json.loads(line)["text"] for line in posts]
    assert is_rebuttal(pl.Series(texts)).sum() == 3


def test_readers_called_posts_rumours_as_a_plain_count_says(published, real_data):
    """CED: the share of timelines in which somebody called the post false within some hours."""
    limits = (1, 6, 24, 72)
    words = ("谣言", "造谣", "辟谣", "假的", "假消息", "不实", "谣传")
    started = {
        row["file"]: local_instant(row["posted_at_bj"])
        for row in read_truth(real_data, "ced_labels_and_timeline.csv")
    }
    waits = []
    for path in (real_data / "rumours" / "ced_reposts").iterdir():
        called = [
            (local_instant(repost["date"]) - started[path.name]).total_seconds()
            for repost in json.loads(path.read_text(encoding="utf-8"))
            if any(word in repost["text"] for word in words)
        ]
        waits.append(min((wait for wait in called if wait >= 0), default=None))
    expected = [sum(w is not None and w <= h * 3600 for w in waits) for h in limits]
    shares = ", ".join(
        f"count(*) filter (where called_at <= posted_at + interval {h} hours)" for h in limits
    )
    found = ask(
        published,
        f"""with timelines as (
              select post_id, any_value(posted_at) as posted_at,
                min(reposted_at) filter (where is_callout and reposted_at >= posted_at) as called_at
              from core.repost_timings join core.posts using (platform, post_id) group by 1)
            select count(*), {shares} from timelines""",
    )[0]
    assert found == (115, *expected)
    assert expected[0] > 10


def test_no_event_stands_in_two_places(published):
    """Answered, silent or not watched: every event is exactly one of them."""
    assert ask(
        published,
        """select count(*) from main.events e
           left join main.silence_ledger s using (event_id)
           left join main.level_race r on e.event_id = r.event_id and r.region_code = 'all'
             and r.race_order = 1
           join main.event_responses a on e.event_id = a.event_id
           where (s.event_id is not null and r.event_id is not null)
             or (r.event_id is null) <> a.is_censored
             or (s.event_id is not null) <> (a.is_censored and a.follow_up_hours > 0
               and not exists (
                 select 1 from main.rebuttals b
                 where b.event_id = e.event_id and b.outcome in ('rebutted', 'reversed')
                   and s.answered_later_at is null))""",
    ) == [(0,)]


def local_instant(text: str) -> datetime:
    """A wall time of Shanghai as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone(timedelta(hours=8)))


def test_the_missing_hours_are_gaps_and_no_other_hour_is(published, real_data):
    truth = {(row["date"], row["hour"]) for row in read_truth(real_data, "lxw_missing_hours.csv")}
    gaps = ask(
        published,
        """select strftime(timezone('Asia/Shanghai', slot_at), '%Y-%m-%d'),
                  strftime(timezone('Asia/Shanghai', slot_at), '%H')
           from quality.coverage_slots
           where source_name = 'hot_hourly' and is_gap and slot_at < (
               select max(slot_at) from quality.coverage_slots
               where source_name = 'hot_hourly' and not is_gap
           )""",
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
        account = row["account"] if ":" in row["account"] else f"twitter:{row['account']}"
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


def test_every_ced_ruling_is_about_a_ced_post(published):
    """The posts are named by what the bids in their files' names encode; so are the rulings. Posts
    by officials bear their own ids, rulings always a pseudonym: these meet by their time alone."""
    ((rulings, met, of_officials),) = ask(
        published,
        """with posts as (
               select distinct platform, post_id, posted_at, is_official
               from core.posts where source_name = 'ced_posts'
           )
           select count(*), count(posts.post_id),
                  count(*) filter (posts.post_id is null and claimed_at in (
                      select posted_at from posts where is_official))
           from core.rulings rulings
           left join posts
             on rulings.platform = posts.platform and rulings.ruling_id = posts.post_id
           where rulings.source_name = 'ced_labels'""",
    )
    assert (rulings, met + of_officials) == (300, 300)
    assert of_officials <= 5


def ordinary_people(real_data: Path, official: set[str]) -> tuple[set[str], set[str]]:
    """Identities and words that may stand nowhere: of accounts that are no officials, of their
    posts, reposts and comments. The wording of a claim that was ruled on is public."""
    identities, words = set(), set()
    for path in (real_data / "rumours" / "ced_original").iterdir():
        _, bid, uid = path.stem.split("_")
        if uid not in official:
            identities |= {bid, uid}
            words.add(json.loads(path.read_text(encoding="utf-8"))["text"])
    for path in (real_data / "rumours" / "ced_reposts").iterdir():
        for repost in json.loads(path.read_text(encoding="utf-8")):
            identities |= {str(repost["uid"]), str(repost["mid"])}
            words.add(repost["text"])
    for path in (real_data / "posts" / "checked_raw_nested").iterdir():
        post = json.loads(path.read_text(encoding="utf-8"))
        for talk in (*post["comments"], *post["reposts"]):
            identities |= {talk["id"], talk["user_id"]}
            words.add(talk["text"])
    for line in (real_data / "rumours" / "checked_fake.jsonl").open(encoding="utf-8"):
        identities |= {json.loads(line)[name] for name in ("id", "user_id")}
    return identities - official, words


def test_nothing_of_an_ordinary_person_is_anywhere_in_the_published_file(published, real_data):
    official = {row[0] for row in ask(published, "select account_id from main.accounts")}
    identities, words = ordinary_people(real_data, official)
    known = sorted(i for i in identities if len(i) >= 9)
    texts = ask(published, "select text from main.posts where text is not null")
    own = {text.strip()[:24] for (text,) in texts}  # people repost what officials wrote
    beginnings = sorted({w.strip()[:24] for w in words if len(w.strip()) >= 24} - own)
    assert len(known) > 40_000
    assert len(beginnings) > 4_000
    published.execute("create temp table known as select unnest($1) as word", [known])
    published.execute("create temp table beginnings as select unnest($1) as word", [beginnings])
    columns = ask(
        published,
        """select table_schema || '.' || table_name, column_name, data_type
           from information_schema.columns
           where data_type in ('VARCHAR', 'VARCHAR[]') and table_catalog = 'observatory'
             and table_schema in ('main', 'core', 'quality', 'meta')""",
    )
    assert len(columns) > 100
    for table, column, kind in columns:
        value = f"unnest({column})" if kind.endswith("[]") else column
        values = f"(select distinct {value} as value from {table})"
        found = ask(
            published,
            f"""select
                  (select count(*) from known semi join (
                     select distinct unnest(regexp_extract_all(value, '[0-9A-Za-z]{{9,}}')) as word
                     from {values}) using (word)),
                  (select count(*) from beginnings semi join (
                     select left(trim(value), 24) as word from {values}) using (word))""",
        )
        assert found == [(0, 0)], f"{table}.{column}"
    published.execute("drop table known; drop table beginnings")


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
    with (real_data / FOLDERS["counties"][0]).open(encoding="utf-8-sig", newline="") as file:
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
    before = content_of_work(home)
    stamp = DataRoot(home).published.stat()
    done = observatory(home, "run", "--json")
    summary = json.loads(done.stdout)
    assert (done.returncode, summary["outcome"]) == (0, "nothing_new")
    assert "nothing new" in summary["message"]
    after_stamp = DataRoot(home).published.stat()
    assert (stamp.st_ino, stamp.st_mtime_ns) == (after_stamp.st_ino, after_stamp.st_mtime_ns)
    assert content_of_work(home) == before


def content_of_work(home: Path) -> dict[str, tuple[int, int | None]]:
    """Content of the work file, which holds more than what is published."""
    with duckdb.connect(str(DataRoot(home).warehouse), read_only=True) as work:
        return content(work)


def test_the_same_files_in_another_order_give_the_same_content(
    published, home, real_data, tmp_path
):
    """Some of the sources in a first night that dies before its models, the rest in a second, in
    reverse. That models grown by nights are those made at once is shown on worlds made for it
    (tests/models/test_incremental_models.py)."""
    names = list(reversed(FOLDERS))
    key = DataRoot(home).key_file.read_text(encoding="ascii")
    other = tmp_path / "other"
    other.mkdir()
    (other / DataRoot(home).key_file.name).write_text(key, encoding="ascii")
    fill_inbox(other, real_data, names[:6])
    night(Settings(DataRoot(other)))
    fill_inbox(other, real_data, names[6:])
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
