"""weibo-crawler SQLite: every table accounted for, read only, damaged databases named."""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import polars as pl
import pytest

from orchestration.cleaning.people import Door
from orchestration.sources.formats import sniff
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.weibo_crawler_sqlite import FORMAT
from orchestration.sources.readers import sqlite_tables
from orchestration.sources.readers.base import RECORD, ReadOptions, Reject
from tests.unit.sources.formats.weibo_posts import ORGAN, PERSON, STATION, bid, mid, wall
from tests.unit.sources.reading import KEY, Outcome, clean, raw_file

AT = datetime(2024, 3, 5, 4, 30, 24, tzinfo=UTC)
SOURCE_AT = datetime(2024, 3, 4, 1, 2, 3, tzinfo=UTC)
TALK_AT = datetime(2024, 3, 5, 5, 41, 29, tzinfo=UTC)
COMMENT, REPLY, REPOST = mid(TALK_AT, 1), mid(TALK_AT, 2), mid(TALK_AT, 3)
API = "Tue Mar 05 13:41:29 +0800 2024"
SCHEMA = """
create table user (id varchar(64) primary key not null, nick_name varchar(64), gender varchar(6),
  follower_count integer, follow_count integer, birthday varchar(10), location varchar(32),
  ip_location varchar(32), edu varchar(32), company varchar(32), reg_date datetime,
  main_page_url text, avatar_url text, bio text);
create table weibo (id varchar(20) primary key not null, bid varchar(12), user_id varchar(20),
  screen_name varchar(30), text varchar(2000), article_url varchar(100), topics varchar(200),
  at_users varchar(1000), pics varchar(3000), video_url varchar(1000), location varchar(100),
  created_at datetime, source varchar(30), attitudes_count int, comments_count int,
  reposts_count int, retweet_id varchar(20){edits});
create table bins (id integer primary key autoincrement, ext varchar(10), data blob,
  weibo_id varchar(20), comment_id varchar(20), path text, url text);
create table comments (id varchar(20) not null, bid varchar(20),
  weibo_id varchar(32), root_id varchar(20), user_id varchar(20), created_at varchar(20),
  user_screen_name varchar(64), user_avatar_url text, text varchar(1000), pic_url text,
  like_count integer);
create table reposts (id varchar(20) primary key not null, bid varchar(20), weibo_id varchar(32),
  user_id varchar(20), created_at varchar(20), user_screen_name varchar(64),
  user_avatar_url text, text varchar(1000), like_count integer);
"""


def database(path: Path, *, edits: str = ", edited boolean, edit_count int") -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA.replace("{edits}", edits))
    return connection


def insert(connection: sqlite3.Connection, name: str, **values: object) -> None:
    names, marks = ",".join(values), ",".join("?" * len(values))
    connection.execute(
        f"insert or replace into {name} ({names}) values ({marks})", [*values.values()]
    )


def post(connection: sqlite3.Connection, at: datetime, user: str, **other: object) -> None:
    number = mid(at)
    values = {
        "id": int(number), "bid": bid(number), "user_id": user, "text": "早安 #例市通报#",
        "created_at": wall(at), "attitudes_count": 531, "comments_count": 72,
        "reposts_count": 18, "retweet_id": "",
    } | other  # fmt: skip
    insert(connection, "weibo", **values)


def fill(connection: sqlite3.Connection) -> None:
    insert(connection, "user", id=ORGAN, nick_name="平安例市", gender="m", follower_count=3047000,
           follow_count=120, birthday="1999-01-01", edu="例大学", reg_date="2011-09-26",
           bio="简介")  # fmt: skip
    post(connection, AT, ORGAN, retweet_id=mid(SOURCE_AT))
    post(connection, SOURCE_AT, STATION, text="原文")
    insert(connection, "comments", id=COMMENT, weibo_id=mid(AT), root_id=COMMENT, user_id=PERSON,
           created_at=API, user_screen_name="路人甲", text="路人的话", like_count=3)  # fmt: skip
    insert(connection, "comments", id=REPLY, weibo_id=mid(AT), root_id=COMMENT, user_id=ORGAN,
           created_at=API, user_screen_name="平安例市", text="已转<br />交通警",
           like_count=4)  # fmt: skip
    insert(connection, "reposts", id=REPOST, weibo_id=mid(AT), user_id=PERSON, created_at=API,
           user_screen_name="路人甲", text="转发微博")  # fmt: skip
    insert(connection, "bins", ext=".jpg", data=b"\xff\xd8\x00picture")
    connection.commit()


def content(tmp_path: Path, **options: str) -> bytes:
    path = tmp_path / "made.db"
    path.unlink(missing_ok=True)
    connection = database(path, **options)
    fill(connection)
    connection.close()
    return path.read_bytes()


def door() -> Door:
    return Door(
        KEY,
        pl.DataFrame(
            {
                "platform": ["weibo"] * 2,
                "account_id": [ORGAN, STATION],
                "account_kind": ["organ"] * 2,
            }
        ),
    )


def read(tmp_path: Path, data: bytes, name: str = "weibodata.db") -> Outcome:
    return clean(FORMAT, raw_file(tmp_path, name, data), door=door())


def is_whole(outcome: Outcome) -> None:
    tables = outcome.tables
    account = outcome.only("account_snapshots")
    assert (account["followers_lo"], account["following_lo"], account["record_number"]) == (
        3_047_000, 120, 1,
    )  # fmt: skip
    own, source = tables["posts"].sort("posted_at", descending=True).to_dicts()
    assert (own["post_id"], own["posted_at"], own["is_repost"]) == (mid(AT), AT, True)
    assert own["repost_of_post_id"] == source["post_id"] == mid(SOURCE_AT)
    assert (source["is_repost"], source["text"]) == (False, "原文")
    counts = tables["post_metric_snapshots"].select("likes_lo", "comments_lo", "reposts_lo")
    assert counts.unique().rows() == [(531, 72, 18)]
    asked, answered = tables["comments"].sort("record_number").to_dicts()
    assert asked["commented_at"] == TALK_AT
    assert (asked["post_id"], asked["text"], asked["reply_to_comment_id"]) == (mid(AT), None, None)
    assert (answered["text"], answered["is_official"]) == ("已转\n交通警", True)
    assert answered["reply_to_comment_id"] == asked["comment_id"]
    timing = outcome.only("repost_timings")
    assert (timing["post_id"], timing["record_number"]) == (mid(AT), 6)
    left = [(r.reason, r.records) for r in outcome.rejects]
    assert left == [("media_not_collected", 1)]
    assert outcome.problems.is_empty()


def test_every_table_becomes_what_it_is(tmp_path):
    outcome = read(tmp_path, content(tmp_path))
    is_whole(outcome)
    everything = str([frame.to_dicts() for frame in outcome.tables.values()])
    for personal in (PERSON, "路人", "例大学", "1999", "简介", COMMENT, REPOST):
        assert personal not in everything


def test_older_databases_lack_the_edits(tmp_path):
    outcome = read(tmp_path, content(tmp_path, edits=""))
    is_whole(outcome)
    assert outcome.tables["posts"]["is_edited"].null_count() == 2


def test_nothing_is_written_beside_the_archived_file(tmp_path):
    data = content(tmp_path)
    folder = tmp_path / "archive"
    file = raw_file(folder, "weibodata.db", data)
    file.blob.chmod(0o444)
    list(FORMAT.reader.read(file, ReadOptions()))
    assert [path.name for path in folder.iterdir()] == ["weibodata.db"]
    assert file.blob.read_bytes() == data


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_compressed_databases_and_zip_members_are_read(tmp_path, journal):
    path = tmp_path / "made.db"
    connection = database(path)
    connection.execute(f"pragma journal_mode = {journal}")
    fill(connection)
    connection.close()
    data = path.read_bytes()
    is_whole(read(tmp_path, data))
    is_whole(read(tmp_path, gzip.compress(data), "weibodata.db.gz"))
    file = raw_file(tmp_path, "crawl.zip", b"")
    with zipfile.ZipFile(file.blob, "w") as container:
        container.writestr("weibodata.db", data)
    member = replace(file, path="crawl.zip!/weibodata.db", member="weibodata.db", size=len(data))
    is_whole(clean(FORMAT, member, door=door()))


def test_a_compressed_database_beyond_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite_tables, "MAXIMUM_IN_MEMORY", 1000)
    outcome = read(tmp_path, gzip.compress(content(tmp_path)), "weibodata.db.gz")
    assert outcome.reasons == ["database_too_large"]


def test_damaged_databases_are_named(tmp_path):
    data = content(tmp_path)
    assert read(tmp_path, data[:16] + b"\x00" * 3000).reasons == ["corrupt_database"]
    assert read(tmp_path, data[:4096]).reasons == ["corrupt_database"]
    cut = gzip.compress(data)[:-200]
    assert read(tmp_path, cut, "weibodata.db.gz").reasons == ["truncated_gzip"]
    assert read(tmp_path, gzip.compress(b"no"), "weibodata.db.gz").reasons == ["corrupt_database"]


def test_what_stands_before_the_damage_is_read(tmp_path):
    path = tmp_path / "many.db"
    connection = database(path)
    for number in range(2000):
        post(connection, AT, ORGAN, id=int(mid(AT, number)), text="字" * 300)
    connection.commit()
    connection.close()
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 40 * 4096] = b"\xff" * (40 * 4096)
    found = list(FORMAT.reader.read(raw_file(tmp_path, "weibodata.db", bytes(data)), ReadOptions()))
    rows = sum(frame.height for frame in found if isinstance(frame, pl.DataFrame))
    (reject,) = [item for item in found if isinstance(item, Reject)]
    assert 0 < rows < 2000
    assert (reject.reason, reject.record_number) == ("corrupt_database", rows + 1)


def test_tables_behind_a_damaged_one_are_read(tmp_path):
    path = tmp_path / "many.db"
    connection = database(path)
    for number in range(2000):
        post(connection, AT, ORGAN, id=int(mid(AT, number)), text="字" * 300)
    connection.commit()
    clean_pages = path.stat().st_size // 4096
    for number in range(1200):
        insert(
            connection, "comments", id=mid(TALK_AT, number), weibo_id=mid(AT, number),
            created_at=API,
        )  # fmt: skip
    connection.commit()
    connection.close()
    data = bytearray(path.read_bytes())
    middle = clean_pages // 2 * 4096
    data[middle : middle + 8 * 4096] = b"\xff" * (8 * 4096)
    file = raw_file(tmp_path, "weibodata.db", bytes(data))
    found = list(FORMAT.reader.read(file, ReadOptions()))
    rows = pl.concat([frame for frame in found if isinstance(frame, pl.DataFrame)])
    posts = rows.filter(pl.col("weibo.id").is_not_null())
    comments = rows.filter(pl.col("comments.id").is_not_null())
    damage, lookups = [item for item in found if isinstance(item, Reject)]
    assert 0 < posts.height < 2000
    assert comments.height == 1200
    assert rows[RECORD].is_unique().all()
    assert (damage.reason, damage.record_number) == ("corrupt_database", posts.height + 1)
    assert f"weibo breaks after record {posts.height}" in damage.detail
    assert posts.height + damage.records == comments[RECORD].to_list()[0] - 1
    assert (lookups.reason, lookups.records) == ("corrupt_database", 0)
    unknown = comments["comments.author"].null_count()
    assert lookups.detail.startswith(f"{unknown} lookups of author for rows of the table comments")
    assert 0 < unknown < 1200
    number = comments[RECORD].to_list()[-1]
    located = FORMAT.reader.locate(file, number, ReadOptions())
    assert located is not None
    assert json.loads(located.raw)["comments.id"] == mid(TALK_AT, 1199)


def test_records_are_read_in_batches_and_found_again(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite_tables, "BATCH_ROWS", 1)
    file = raw_file(tmp_path, "weibodata.db", content(tmp_path))
    frames = [f for f in FORMAT.reader.read(file, ReadOptions()) if isinstance(f, pl.DataFrame)]
    assert [frame[RECORD].to_list() for frame in frames] == [[1], [2], [3], [4], [5], [6]]
    for number, (name, value) in {
        1: ("user.id", ORGAN), 3: ("weibo.text", "原文"), 5: ("comments.id", REPLY),
        6: ("reposts.id", REPOST),
    }.items():  # fmt: skip
        located = FORMAT.reader.locate(file, number, ReadOptions())
        assert located is not None
        assert json.loads(located.raw)[name] == value
    assert FORMAT.reader.locate(file, 7, ReadOptions()) is None


def test_values_that_are_no_text_are_refused_alone(tmp_path):
    path = tmp_path / "odd.db"
    connection = database(path)
    post(connection, AT, ORGAN, id=int(mid(AT, 1)), text=b"\x00\x01")
    post(connection, AT, ORGAN, id=int(mid(AT, 2)), text="a\x00b")
    connection.execute(
        "insert into weibo (id, user_id, created_at, text) values (?, ?, ?, cast(? as text))",
        [mid(AT, 3), ORGAN, wall(AT), b"\xff\xfe\xfa"],
    )
    post(connection, AT, ORGAN)
    connection.commit()
    connection.close()
    outcome = read(tmp_path, path.read_bytes())
    assert [(r.reason, r.record_number) for r in outcome.rejects] == [
        ("unexpected_blob", 1), ("control_character", 2), ("encoding", 3),
    ]  # fmt: skip
    assert outcome.tables["posts"]["record_number"].to_list() == [4]


def test_counts_kept_as_text_are_intervals(tmp_path):
    path = tmp_path / "text.db"
    connection = database(path)
    post(connection, AT, ORGAN, attitudes_count="100万+")
    connection.commit()
    connection.close()
    likes = read(tmp_path, path.read_bytes()).only("post_metric_snapshots")
    assert (likes["likes_lo"], likes["likes_hi"]) == (1_000_000, None)


def test_strange_databases_are_named(tmp_path):
    path = tmp_path / "strange.db"
    connection = sqlite3.connect(path)
    connection.executescript("create table x (a); create view weibo as select 1 as id;")
    connection.close()
    assert read(tmp_path, path.read_bytes()).reasons == ["unknown_database"]
    data = content(tmp_path)
    other = tmp_path / "made.db"
    connection = sqlite3.connect(other)
    connection.executescript('create table "x""; drop" (a); alter table comments drop column id')
    connection.close()
    assert other.read_bytes() != data
    reasons = read(tmp_path, other.read_bytes()).reasons
    assert reasons == ["missing_column", "media_not_collected", "unknown_table"]


def test_it_is_recognised_by_its_magic_and_columns(tmp_path):
    data = content(tmp_path)
    found = sniff(Head(PurePosixPath("weibo/anything.bin"), data[:65536]))
    assert (found[0][0].id, found[0][1].score) == ("weibo_crawler_sqlite", 0.95)
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("create table x (a)")
    connection.close()
    other = sniff(Head(PurePosixPath("other.db"), path.read_bytes()))
    assert all(evidence.score < 0.3 for _, evidence in other)
