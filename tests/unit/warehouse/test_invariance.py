"""The same records give the same content: in any order, any files, any nights, however often,
and wherever a run is interrupted."""

from __future__ import annotations

import csv
import io
import json
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.clock import FixedClock
from orchestration.paths import DataRoot
from orchestration.schemas.tables import ACCOUNT_SCOPE
from orchestration.settings import Settings
from orchestration.sources import archive
from orchestration.sources.extract import extract, read_declarations
from orchestration.warehouse import builds, ingest, load, staging
from orchestration.warehouse import lake as lake_module
from orchestration.warehouse.connect import open_work
from tests.unit.sources.formats.weibo_posts import mid, wall
from tests.unit.warehouse.content_hash import content_hashes

START = datetime(2026, 6, 28, 4, tzinfo=UTC)
MODIFIED = datetime(2026, 8, 1, tzinfo=UTC)
ORGANS, OFFICER, LISTED = ("9900000001", "9900000002"), "9900000003", "9900000004"
DECLARED, UNWRITTEN = ("9900000005", "9900000006"), "9900000007"
"""Accounts of declared files that repost each other; of the last one no post can be read."""
PEOPLE = ("9800000001", "9800000002")
SOURCES = """
settle_seconds: 0
sources:
  - {name: spider, format: weibo_spider_jsonl}
  - {name: crawler, format: weibo_crawler_csv, observed_at: 2026-07-20T00:00:00+08:00}
  - {name: declared, format: weibo_crawler_csv, observed_at: 2026-07-21T00:00:00+08:00,
     account: {kind: organ}}
  - {name: hourly, format: hot_search_hourly_json}
  - {name: daily, format: hot_search_daily_json}
  - {name: registry, format: account_list_csv, platform: weibo,
     observed_at: 2026-07-01T00:00:00+08:00}
  - name: shared
    format: mapped
    reader: csv
    table: posts
    platform: weibo
    observed_at: 2026-07-22T00:00:00+08:00
    columns: {post_id: id, account_id: uid, text: said, posted_at: at,
              repost_of_post_id: source, repost_of_account_id: source_uid,
              reply_to_post_id: parent, reply_to_account_id: parent_uid}
  - name: asked
    format: mapped
    reader: csv
    table: comments
    platform: weibo
    observed_at: 2026-07-22T00:00:00+08:00
    columns: {comment_id: id, post_id: post, post_account_id: author, account_id: uid,
              commented_at: at}
  - name: asked_nightly
    format: mapped
    reader: csv
    table: comments
    platform: weibo
    observed_at: "column:seen"
    columns: {comment_id: id, post_id: post, post_account_id: author, account_id: uid,
              commented_at: at}
  - name: watched
    format: mapped
    reader: csv
    table: posts
    platform: weibo
    observed_at: "column:seen"
    columns: {post_id: id, account_id: uid, text: said, posted_at: at, account_state: state}
  - name: board
    format: mapped
    reader: csv
    table: inquiries
    observed_at: "column:seen"
    columns: {inquiry_id: id, asked_at: asked, status: state}
"""


@dataclass(frozen=True)
class Kind:
    """Records of one format, and how some of them become a file of a given number."""

    folder: str
    records: Sequence[Any]
    write: Callable[[int, Sequence[Any]], tuple[str, str]]
    alone: bool = False


def tweet(account: str, number: int, **changes: Any) -> str:
    at = START + timedelta(hours=7 * number)
    seen = int((at + timedelta(days=1)).timestamp())
    return json.dumps({
        "_id": mid(at, number), "mblogid": "x", "created_at": wall(at),
        "content": f"#样城通报# 情况 {number}", "isLongText": False, "is_retweet": False,
        "url": f"https://weibo.com/{account}/x", "crawl_time": seen, "user": {"_id": account},
        "reposts_count": number, "comments_count": 2, "attitudes_count": 3,
    } | changes, ensure_ascii=False)  # fmt: skip


def user(account: str, day: int, **changes: Any) -> str:
    seen = int((START + timedelta(days=day)).timestamp())
    return json.dumps({
        "_id": account, "nick_name": f"名{account[-1]}", "verified_type": 1,
        "followers_count": f"{day}.2万", "crawl_time": seen, "created_at": "2011-01-01 00:00:00",
    } | changes, ensure_ascii=False)  # fmt: skip


def tweets() -> list[str]:
    everyone = (*ORGANS, OFFICER, LISTED, *PEOPLE)
    plain = [tweet(account, number) for number, account in enumerate(everyone * 3)]
    first = START + timedelta(days=1)
    seen_again = [
        tweet(account, n, crawl_time=int((first + timedelta(days=n % 5)).timestamp()))
        for n, account in enumerate(everyone)
    ]
    return [
        *plain, *seen_again,
        tweet(ORGANS[0], 0, content="#样城通报# 改过"),
        tweet(PEOPLE[0], 4, attitudes_count="1.2万"),
        tweet(ORGANS[0], 31, attitudes_count=-1), tweet(ORGANS[1], 32, _id="4.9E+15"),
        tweet(PEOPLE[0], 33, created_at="2026-01-01 00:00:00"),
        tweet(LISTED, 34, created_at="2026-01-01 00:00:00"), "{broken", "[]",
    ]  # fmt: skip


def users() -> list[str]:
    officer = {"verified_type": 0, "verified_reason": "样城公安局民警"}
    person = {"verified_type": -1}
    return [
        *(user(account, day) for account in ORGANS for day in (1, 2, 3)),
        *(user(OFFICER, day, **officer) for day in (1, 2)),
        *(user(account, day, **person) for account in PEOPLE for day in (1, 2)),
        user(ORGANS[0], 2, nick_name="新名"), user(ORGANS[0], 4, followers_count="many"),
    ]  # fmt: skip


def lines(prefix: str) -> Callable[[int, Sequence[str]], tuple[str, str]]:
    return lambda number, some: (f"{prefix}_{number}.jsonl", "\n".join(some) + "\n")


def rows(name: str, header: Sequence[str]) -> Callable[[int, Sequence[Any]], tuple[str, str]]:
    def write(number: int, some: Sequence[Any]) -> tuple[str, str]:
        text = io.StringIO()
        csv.writer(text).writerows([header, *some])
        return name.format(number=number), text.getvalue()

    return write


CRAWLED = ("id", "bid", "正文", "头条文章url", "原始图片url", "视频url", "位置", "日期", "工具",
           "点赞数", "评论数", "转发数", "话题", "@用户", "完整日期")  # fmt: skip

FLAGGED = (*CRAWLED[:14], "是否原创", "源用户id", "源用户昵称",
           *(f"源微博{name}" for name in CRAWLED[:14]))  # fmt: skip


def crawled(account_number: int) -> list[list[object]]:
    found: list[list[object]] = []
    for number in range(8):
        at = START + timedelta(hours=13 * number + account_number)
        day = wall(at, "%Y-%m-%d") if number % 3 else "2020-01-01"
        full = wall(at) if number % 3 else "2020-01-01 00:00:00"
        found.append([mid(at, 50 + number), "x", f"正文 {number}", "", "", "", "", day, "客户端",
                      number + 1, 5, 6, "", "", full])  # fmt: skip
    return [*found, found[1], found[2][:4]]


def reposts(account_number: int) -> list[list[object]]:
    """Posts of one declared account, each a repost of another's, with its source post."""
    found: list[list[object]] = []
    others = (*DECLARED, UNWRITTEN, PEOPLE[0])
    for number in range(6):
        author = others[(account_number + number + 1) % len(others)]
        at = START + timedelta(hours=11 * number + account_number)
        own, source = mid(at, 70 + number), mid(at - timedelta(hours=1), 80 + number)
        found.append([
            own, "x", f"转发 {number}", "", "", "", "", wall(at, "%Y-%m-%d"), "客户端", 1, 2, 3,
            "", "", "False", author, "名", source, "x", f"来源 {number}", "", "", "", "",
            wall(at - timedelta(hours=1), "%Y-%m-%d"), "客户端", 4, 5, 6, "", "",
        ])  # fmt: skip
    return found


POINTING = ("id", "uid", "said", "at", "source", "source_uid", "parent", "parent_uid")


def pointing() -> list[list[object]]:
    """Posts that name whose post they repost or reply to and tell nothing else of it: whether
    that author may be named is learnt from other files, which come before or after."""
    found: list[list[object]] = []
    for number, author in enumerate((LISTED, OFFICER, PEOPLE[1], *ORGANS)):
        at = START + timedelta(hours=9 * number)
        source = [mid(at - timedelta(hours=1), 90 + number), author]
        found.append([mid(at, 95 + number), ORGANS[0], f"转 {number}", wall(at), *source, "", ""])
        found.append([mid(at, 96 + number), ORGANS[1], f"答 {number}", wall(at), "", "", *source])
    return found


ASKED = ("id", "post", "author", "uid", "at")


def asked() -> list[list[object]]:
    """Comments under posts of accounts whose kind is learnt from other files."""
    found: list[list[object]] = []
    for number, author in enumerate((LISTED, OFFICER, PEOPLE[1], *ORGANS)):
        at = START + timedelta(hours=9 * number)
        post = mid(at - timedelta(hours=1), 90 + number)
        found.append([mid(at, 130 + number), post, author, PEOPLE[0], wall(at)])
    return found


def asked_nightly() -> list[list[object]]:
    """Comments that several looks see unchanged; of one, the file does not say when it looked."""
    days = [wall(START + timedelta(days=40 + 17 * day)) for day in range(3)]
    return [[*comment, seen] for comment in asked() for seen in (*days, "")]


WATCHED = ("id", "uid", "said", "at", "state", "seen")


def looks() -> list[list[object]]:
    """Posts looked at day by day: one that stays gone, one that comes back as it was."""
    found: list[list[object]] = []
    for number, author in enumerate((ORGANS[0], LISTED, OFFICER, PEOPLE[0])):
        at = START + timedelta(hours=5 * number)
        for day, found_in in enumerate(("present", "not_found", "not_found", "present", "")):
            state = "not_found" if day and number % 2 else found_in
            post = [mid(at, 110 + number), author, f"看 {number}", wall(at), state]
            found.append([*post, wall(at + timedelta(days=day + 1))])
    return found


def hourly(hour: int) -> str:
    at = int(datetime(2026, 7, 1, hour, 20, tzinfo=UTC).timestamp()) - 8 * 3600
    entries = [
        {"title": title, "category": "社会", "hot": 1000 + hour, "ads": False,
         "url": f"https://s.example/?realpos={rank}%26display_time%3D{at}"}
        for rank, title in enumerate(("样城暴雨", f"话题 {hour}", "样城暴雨"), start=1)
    ]  # fmt: skip
    return json.dumps(entries, ensure_ascii=False)


BOARD_NIGHTLY = [
    [n, "2026-07-05 10:00", state, f"2026-{month}-{day}"]
    for n in (20, 21)
    for (month, day), state in zip(
        (("07", 20), ("07", 21), ("07", 30), ("08", 1), ("08", 2)),
        ("open", ("open", "answered")[n % 2], "open", "open", "open"), strict=True,
    )
]  # fmt: skip
"""Questions seen unchanged look after look, over the end of a month; one answer is taken back."""

KINDS = (
    Kind("spider", tweets(), lines("tweet_spider")),
    Kind("spider", users(), lines("user_spider")),
    *(
        Kind("crawler", crawled(n), rows(f"part{{number}}/名/{account}.csv", CRAWLED))
        for n, account in enumerate((ORGANS[0], PEOPLE[0], LISTED))
    ),
    *(
        Kind("declared", reposts(n), rows(f"part{{number}}/名/{account}.csv", FLAGGED))
        for n, account in enumerate(DECLARED)
    ),
    Kind("shared", pointing(), rows("shared_{number}.csv", POINTING)),
    Kind("asked", asked(), rows("asked_{number}.csv", ASKED)),
    Kind("asked_nightly", asked_nightly(), rows("nightly_{number}.csv", (*ASKED, "seen"))),
    Kind("watched", looks(), rows("watched_{number}.csv", WATCHED)),
    Kind("declared", [[1, "x", "cut"]], rows(f"part{{number}}/名/{UNWRITTEN}.csv", FLAGGED)),
    *(
        Kind("hourly", [hourly(hour)], lambda number, some, hour=hour: (  # type: ignore[misc]
            f"copy{number}/2026-07-01/{hour:02}.json", some[0]), alone=True)
        for hour in range(4)
    ),
    Kind("daily", ['[{"title": "样城暴雨", "url": "/weibo?q=a"}]'],
         lambda number, some: (f"copy{number}/2026-07-01.json", some[0]), alone=True),
    Kind("registry", [[LISTED, "organ", "county"], [ORGANS[1], "organ", "county"],
                      [OFFICER, "organ", "station"],
                      ["", "organ", "county"]],
         rows("accounts_{number}.csv", ("account_id", "account_kind", "admin_level"))),
    Kind("board", [[n, f"2026-07-0{n % 7 + 1} 10:00", ("open", "closed")[n % 2], f"2026-07-1{n}"]
                   for n in range(9)] + BOARD_NIGHTLY + [["", "2026-07-01", "open", "2026-07-10"],
                                         [3, "soon", "open", "2026-07-10"]],
         rows("board_{number}.csv", ("id", "asked", "state", "seen"))),
)  # fmt: skip

Delivery = dict[str, str]


def all_at_once() -> list[Delivery]:
    night: Delivery = {}
    for number, kind in enumerate(KINDS):
        name, content = kind.write(number, kind.records)
        night[f"{kind.folder}/{name}"] = content
    return [night]


def deal(chance: random.Random) -> list[Delivery]:
    """The records shuffled, some twice, in files of any size, in any order over some nights."""
    nights: list[Delivery] = [{} for _ in range(chance.randint(1, 4))]
    number = 0
    for kind in KINDS:
        dealt = list(kind.records)
        if not kind.alone:
            dealt += chance.sample(dealt, chance.randint(0, len(dealt)))
            chance.shuffle(dealt)
        files = chance.randint(1, 2 if kind.alone else 4)
        parts: list[list[Any]] = [[] for _ in range(files)]
        for record in dealt:
            chance.choice(parts).append(record)
        for part in parts if not kind.alone else [dealt] * files:
            number += 1
            name, content = kind.write(number, part)
            if part:
                chance.choice(nights)[f"{kind.folder}/{name}"] = content
    return nights


def deliver(settings: Settings, night: Delivery) -> None:
    settings.root.sources_file.write_text(SOURCES, encoding="utf-8")
    for name, content in night.items():
        path = settings.root.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        os.utime(path, (MODIFIED.timestamp(), MODIFIED.timestamp()))


def run(settings: Settings) -> None:
    declarations = read_declarations(settings)
    extract(settings, declarations)
    with open_work(settings.root.warehouse) as connection:
        build = builds.start_build(connection, settings.clock, synthetic=True)
        ingest.ingest(connection, settings, declarations, build)


def content(settings: Settings, *, provenance: bool) -> dict[str, object]:
    """What must be the same: every core table, the scope, what was refused and why, the lake."""
    with open_work(settings.root.warehouse) as connection:
        refused = connection.execute(
            "select distinct reason, excerpt, table_name, column_name from quality.quarantine"
        ).fetchall()
        ledger = connection.execute(
            """select count(*) from quality.file_ledger
               where records_in <> records_loaded + records_duplicate + records_quarantined"""
        ).fetchone()
        hashes = content_hashes(connection, provenance=provenance)
        scope = content_hashes(connection, (ACCOUNT_SCOPE,))
        assert ledger == (0,)
        return {**hashes, **scope, "refused": set(refused)}


@pytest.fixture(scope="module")
def new_settings(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Settings]:
    def make() -> Settings:
        root = DataRoot(tmp_path_factory.mktemp("home"))
        root.inbox.mkdir(parents=True)
        clock = FixedClock(datetime(2026, 9, 1, tzinfo=UTC))
        return Settings(root, clock=clock, declared_key="0123456789abcdef" * 4)

    return make


@pytest.fixture(scope="module")
def reference(new_settings) -> Settings:
    settings = new_settings()
    for night in all_at_once():
        deliver(settings, night)
        run(settings)
    return settings


def test_the_collection_has_something_of_everything(reference):
    found = content(reference, provenance=True)
    filled = {name for name, value in found.items() if getattr(value, "rows", 0)}
    assert filled == {
        "core.account_snapshots", "core.posts", "core.post_metric_snapshots",
        "core.hot_topic_slots", "core.inquiries", "core.comments", "quality.account_scope",
    }  # fmt: skip
    assert {reason for reason, *_ in found["refused"]} >= {
        "id_clock_contradiction", "negative_count", "not_json", "ragged_row",
        "not_a_count", "scientific_id", "not_a_time",
    }  # fmt: skip


@pytest.fixture(scope="module")
def expected_content(reference) -> dict[str, object]:
    return content(reference, provenance=False)


@pytest.mark.parametrize("seed", [0, 7, 9])
def test_any_order_files_and_repetition_give_the_same_content(new_settings, expected_content, seed):
    settings = new_settings()
    for night in deal(random.Random(seed)):
        deliver(settings, night)
        run(settings)
    assert content(settings, provenance=False) == expected_content


class KilledError(BaseException):
    """What stands for the end of the process."""


POINTS: tuple[tuple[str, object, str, bool], ...] = (
    ("before a delivery is in the index", archive.Archive, "_append", False),
    ("after a delivery is in the index", archive.Archive, "_append", True),
    ("while rows are staged", staging.Staging, "append", False),
    ("after staging", staging.Staging, "close", True),
    ("before the lake", ingest, "write_lake", False),
    ("inside the lake", lake_module, "_place_day", True),
    ("after the lake", ingest, "write_lake", True),
    ("inside the transaction", load, "_merge", True),
    ("at the end of the transaction", load, "insert_rows", True),
    ("after the commit", load, "load_batch", True),
    ("before files are read again", ingest, "_passed_too_early", True),
)


def kill_at(patch: pytest.MonkeyPatch, where: object, name: str, after: bool, call: int) -> None:
    """Make the call-th call of a function the last thing that the process does."""
    whole = getattr(where, name)
    calls = 0

    def killed(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call and not after:
            raise KilledError
        result = whole(*given, **named)
        if calls == call:
            raise KilledError
        return result

    patch.setattr(where, name, killed)


CALLS = {"before the lake": (1, 2), "after the commit": (1, 2)}
"""Which call of each function is the last; in the second night, the second re-reads files."""


@pytest.mark.parametrize(
    ("point", "call"),
    [(point, call) for point in POINTS for call in CALLS.get(point[0], (2,))],
    ids=lambda value: value[0] if isinstance(value, tuple) else str(value),
)
def test_a_run_killed_anywhere_is_resumed_by_the_next(new_settings, interrupted, point, call):
    nights, expected = interrupted
    settings = new_settings()
    kills = 0
    for night in nights:
        deliver(settings, night)
        with pytest.MonkeyPatch.context() as patch:
            kill_at(patch, *point[1:], call)
            try:
                run(settings)
            except KilledError:
                kills += 1
        run(settings)
    assert content(settings, provenance=True) == expected
    assert kills
    assert not settings.root.settled_scope.exists()


@pytest.fixture(scope="module")
def interrupted(new_settings) -> tuple[list[Delivery], dict[str, object]]:
    """Nights in which posts come before the accounts that bring their authors into scope."""
    everything = all_at_once()[0]
    late = {n: c for n, c in everything.items() if "user_spider" in n or n.startswith("registry")}
    nights = [{n: c for n, c in everything.items() if n not in late}, late]
    settings = new_settings()
    for night in nights:
        deliver(settings, night)
        run(settings)
    return nights, content(settings, provenance=True)


def test_late_accounts_give_what_early_ones_give(interrupted, reference):
    assert interrupted[1] == content(reference, provenance=True)


def test_the_hash_forgets_the_order_and_nothing_else(reference):
    with open_work(reference.root.warehouse) as connection:
        before = content_hashes(connection)["core.posts"]
        assert before != content_hashes(connection, provenance=False)["core.posts"]
        for change in (
            "update core.posts set text = '' where text is null and post_id = (select min(post_id)"
            " from core.posts where text is null)",
            "delete from core.posts where rowid = (select max(rowid) from core.posts)",
            "insert into core.posts select * from core.posts limit 2",
            "update core.posts set hashtags = ['a', 'b'] where hashtags = ['样城通报']",
            "update core.posts set posted_at = posted_at + interval 1 microsecond",
        ):
            connection.execute("begin")
            connection.execute(change)
            assert content_hashes(connection)["core.posts"] != before
            connection.execute("rollback")
        connection.execute("create temp table shuffled as from core.posts order by random()")
        connection.execute("begin")
        connection.execute("delete from core.posts")
        connection.execute("insert into core.posts from shuffled")
        assert content_hashes(connection)["core.posts"] == before
        connection.execute("rollback")


def test_written_values_cannot_be_taken_for_others(reference):
    """NULL is no text, an empty list no missing one, and no separator can be imitated."""
    table = ACCOUNT_SCOPE
    seen = set()
    with open_work(reference.root.warehouse) as connection:
        for row in (
            ("a", "b", None), ("a", "b", "N"), ("ab", "", None), ("a", "", "b"), ("", "a", "b"),
            ("a1:b", "N", None), ("a", "1:b", "N"),
        ):  # fmt: skip
            connection.execute("begin")
            connection.execute(f"delete from {table.full_name}")
            connection.execute(f"insert into {table.full_name} values ($1, $2, $3)", list(row))
            seen.add(str(content_hashes(connection, (table,))[table.full_name]))
            connection.execute("rollback")
    assert len(seen) == 7


def staged_files(settings: Settings) -> list[Path]:
    return list(settings.root.staging.rglob("*")) if settings.root.staging.exists() else []


def test_nothing_is_left_in_staging(reference):
    assert staged_files(reference) == []
