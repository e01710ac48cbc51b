"""weibo-search CSV: its versions, reposts in two rows, and zeros that were never read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

import polars as pl
import pytest

from orchestration.cleaning.people import Door
from orchestration.sources.formats import sniff
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.weibo_search_csv import FORMAT
from tests.unit.sources.formats.weibo_posts import ORGAN, PERSON, STATION, bid, mid, table, wall
from tests.unit.sources.reading import KEY, Outcome, clean, raw_file

AT = datetime(2024, 3, 5, 4, 30, 24, tzinfo=UTC)
NEWEST = [
    "id", "bid", "user_id", "用户昵称", "微博正文", "头条文章url", "发布位置", "艾特用户", "话题",
    "转发数", "评论数", "点赞数", "发布时间", "发布工具", "微博图片url", "微博视频url",
    "retweet_id", "ip", "user_authentication", "会员类型", "会员等级",
]  # fmt: skip
OLDEST = [name for name in NEWEST[:17] if name != "头条文章url"]
COUNTS = ("reposts_lo", "comments_lo", "likes_lo")


def row(header: list[str], at: datetime = AT, serial: int = 0, **other: object) -> list[object]:
    number = mid(at, serial)
    values = {
        "id": number, "bid": bid(number), "user_id": ORGAN, "用户昵称": "平安例市",
        "微博正文": "安#例市通报#", "头条文章url": "", "发布位置": "", "艾特用户": "",
        "话题": "例市通报", "转发数": "18", "评论数": "72", "点赞数": "531",
        "发布时间": wall(at, "%Y-%m-%d %H:%M"), "发布工具": "政务微博", "微博图片url": "",
        "微博视频url": "", "retweet_id": "", "ip": "例省", "user_authentication": "蓝V",
        "会员类型": "", "会员等级": "",
    } | other  # fmt: skip
    return [values[name] for name in header]


def door(*accounts: str) -> Door:
    return Door(
        KEY,
        pl.DataFrame(
            {
                "platform": ["weibo"] * len(accounts),
                "account_id": list(accounts),
                "account_kind": ["organ"] * len(accounts),
            }
        ),
    )


def read(tmp_path, rows: list[list[object]], *officials: str) -> Outcome:
    file = raw_file(tmp_path, "暴雨/暴雨.csv", table(rows))
    return clean(FORMAT, file, door=door(*(officials or (ORGAN, STATION))))


@pytest.mark.parametrize("header", [OLDEST, *(NEWEST[:n] for n in (17, 18, 19, 21))])
def test_every_version_gives_the_same_post(tmp_path, header):
    outcome = read(tmp_path, [header, row(header)])
    assert outcome.reasons == []
    post = outcome.only("posts")
    assert (post["post_id"], post["account_id"], post["is_repost"]) == (mid(AT), ORGAN, False)
    assert (post["posted_at"], post["posted_at_source"]) == (AT, "id_clock")
    counts = outcome.only("post_metric_snapshots")
    assert [counts[name] for name in COUNTS] == [18, 72, 531]


@pytest.mark.parametrize("below", [NEWEST, NEWEST[:17], NEWEST[:16]])
def test_newer_rows_under_the_oldest_header_are_realigned_and_logged(tmp_path, below):
    outcome = read(tmp_path, [OLDEST, row(OLDEST), row(below, AT, 1), row(OLDEST[:15], AT, 2)])
    assert outcome.reasons == []
    counts = outcome.tables["post_metric_snapshots"]
    assert counts.select(COUNTS).unique().rows() == [(18, 72, 531)]
    shifted = outcome.repairs.filter(pl.col("rule") == "columns_shifted_search")
    assert shifted.sort("column_name").select("_row", "column_name", "before", "after").rows() == [
        (1, "comments_lo", "18", "72"), (1, "likes_lo", "72", "531"),
        (1, "reposts_lo", None, "18"),
    ]  # fmt: skip


def test_a_fork_with_further_columns_is_read_by_its_header(tmp_path):
    header = [*NEWEST[:17], "retweet_user_id", *NEWEST[17:], "关键词"]
    made = row(NEWEST)
    outcome = read(tmp_path, [header, [*made[:17], "x", *made[17:], "暴雨"]])
    assert outcome.reasons == []
    assert outcome.only("posts")["post_id"] == mid(AT)


def test_a_row_without_a_time_in_its_place_is_refused(tmp_path):
    outcome = read(tmp_path, [NEWEST, row(NEWEST, 发布时间="昨天"), row(NEWEST)[:9]])
    assert outcome.reasons == ["layout_not_proven", "ragged_row"]


def test_displayed_counts_are_intervals(tmp_path):
    made = row(NEWEST, 转发数="100万+", 评论数="1.2万")
    counts = read(tmp_path, [NEWEST, made]).only("post_metric_snapshots")
    assert (counts["reposts_lo"], counts["reposts_hi"]) == (1_000_000, None)
    assert (counts["comments_lo"], counts["comments_hi"]) == (11_000, 13_000)


def quoted_and_repost(likes: str) -> list[list[object]]:
    source = row(NEWEST, AT - timedelta(hours=5), user_id=STATION, 点赞数="40")
    return [source, row(NEWEST, 点赞数=likes, retweet_id=source[0])]


def test_a_repost_is_two_rows(tmp_path):
    outcome = read(tmp_path, [NEWEST, *quoted_and_repost("3"), row(NEWEST, AT, 9)])
    assert outcome.reasons == []
    source, repost, other = outcome.tables["posts"].to_dicts()
    assert (source["account_id"], source["kind"]) == (STATION, "original")
    assert (repost["kind"], repost["repost_of_post_id"]) == ("repost", source["post_id"])
    assert other["is_repost"] is False


def test_the_quoted_post_of_an_ordinary_person_is_hidden(tmp_path):
    outcome = read(tmp_path, [NEWEST, *quoted_and_repost("3")], ORGAN)
    source, repost = outcome.tables["posts"].to_dicts()
    assert source["post_id"].startswith("p:")
    assert (source["text"], repost["repost_of_post_id"]) == (None, source["post_id"])
    assert STATION not in str(outcome.tables["posts"].to_dicts())


def test_likes_of_the_quoted_post_are_not_the_reposts(tmp_path):
    outcome = read(tmp_path, [NEWEST, *quoted_and_repost("40")])
    assert outcome.problems.select("extent", "column_name", "reason").rows() == [
        ("field", "likes_lo", "likes_of_quoted_post")
    ]
    likes = outcome.tables["post_metric_snapshots"]["likes_lo"].to_list()
    assert likes == [40, None]


def test_a_blue_v_brings_nobody_into_scope(tmp_path):
    outcome = read(tmp_path, [NEWEST, row(NEWEST, user_id=PERSON)])
    post = outcome.only("posts")
    assert (post["is_official"], post["text"]) == (False, None)
    assert post["account_id"].startswith("p:")


def file_of(count: int, **columns: object) -> list[list[object]]:
    """A file of posts; a column is one value, or one by the post's number."""
    rows = [NEWEST]
    for number in range(count):
        given = {k: str(v(number) if callable(v) else v) for k, v in columns.items()}
        rows.append(row(NEWEST, AT, number, **given))
    return rows


def test_zeros_among_busy_posts_were_never_read(tmp_path):
    rows = file_of(40, 转发数=lambda n: 7 if n == 3 else 0, 点赞数=lambda n: 90 + n, 评论数=250)
    outcome = read(tmp_path, rows)
    counts = outcome.tables["post_metric_snapshots"]
    assert counts["reposts_lo"].drop_nulls().to_list() == [7]
    assert counts["reposts_hi"].drop_nulls().to_list() == [7]
    assert counts["likes_lo"].null_count() == 0
    made = outcome.repairs.filter(pl.col("rule") == "zero_means_missing")
    assert made.height == 39
    assert made.select("column_name", "before", "after").unique().rows() == [
        ("reposts_lo", "0", None)
    ]


@pytest.mark.parametrize(
    "rows",
    [
        # An account that hardly anybody answers.
        file_of(60, 转发数=0, 评论数=0, 点赞数=lambda n: n % 7),
        # One post that everybody saw among many that nobody did.
        file_of(60, 转发数=0, 评论数=0, 点赞数=lambda n: 90_000 if n == 5 else 2),
        # Nothing proves that any is missing.
        file_of(60, 转发数=0, 评论数=0, 点赞数=0),
        # Too few records to judge.
        file_of(12, 转发数=0, 评论数=300, 点赞数=500),
        # Some reposts were read, so the label has numbers.
        file_of(60, 转发数=lambda n: 1 if n % 10 == 0 else 0, 评论数=300, 点赞数=500),
    ],
    ids=["quiet", "one_hit", "all_zero", "few", "some"],
)
def test_zeros_stay_where_nothing_proves_them_missing(tmp_path, rows):
    outcome = read(tmp_path, rows)
    counts = outcome.tables["post_metric_snapshots"]
    assert counts.select(pl.col(COUNTS).null_count().sum()).row(0) == (0, 0, 0)
    assert "zero_means_missing" not in outcome.repairs["rule"].to_list()


def test_each_file_of_a_batch_is_judged_alone():
    from orchestration.cleaning import fields as f
    from orchestration.cleaning.field_repairs import RECORDS_A_PART, zero_means_missing

    raw = pl.DataFrame(
        {
            "file_id": ["busy"] * 30 + ["quiet"] * 30 + ["busy"] * 30,
            "record_number": [*range(1, 31), *range(1, 31),
                              *range(RECORDS_A_PART + 1, RECORDS_A_PART + 31)],
            "zero": ["0"] * 60 + ["4"] * 30,
            "other": ["500"] * 30 + ["1"] * 30 + ["500"] * 30,
        }
    )  # fmt: skip
    context = f.Context("s", "weibo", "Asia/Shanghai", AT)
    parsed = zero_means_missing(f.count("reposts", "zero"), ("other",)).parse(raw, context)
    assert parsed.columns["reposts_lo"].to_list() == [None] * 30 + [0] * 30 + [4] * 30


def test_it_is_recognised_and_told_from_the_crawler():
    for header in (OLDEST, NEWEST):
        text = table([header, row(header)])
        found = sniff(Head(PurePosixPath("结果文件/暴雨/暴雨.csv"), text.encode()))
        assert (found[0][0].id, len(found)) == ("weibo_search_csv", 1)
