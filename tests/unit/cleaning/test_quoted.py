"""What officials' texts show of other people: no names that may be a person's, no quoted words."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cleaning import quoted
from orchestration.cleaning.people import Door
from orchestration.cleaning.posts import finish_posts
from orchestration.cleaning.public_talk import finish_comments
from orchestration.cleaning.quoted import tags_without_people, without_people


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("转发微博//@王小二百姓:我叫王小二，电话13800001111", "转发微博//@…"),
        (
            "向@民警张大山7 致敬！回复@李四娘不服:您好，已受理//@李四娘不服:我被打了没人管",
            "向@… 致敬！回复@…:您好，已受理//@…",
        ),
        ("已转办 // @小王：在吗", "已转办 // @…"),
        ("已转办//＠小王：在吗", "已转办//@…"),
        ("已转办//<a href='/n/小王'>@小王</a>:在吗", "已转办//<a href='/n/小王'>@…"),
        ("已转办//@ :在吗", "已转办//@…"),
        ("收到//@平安北京:已处理", "收到//@平安北京:已处理"),
        ("收到//@平安北京:已处理//@小王:在吗//@平安北京:甲", "收到//@平安北京:已处理//@…"),
        ("收到//@平安北京:感谢@小王 举报", "收到//@平安北京:感谢@… 举报"),
        ("感谢@小王、@平安北京 和@人民日报", "感谢@…、@平安北京 和@人民日报"),
        ("转发 @小王：我家被盗了", "转发 @…"),
        ("转自@平安北京：今日停水", "转自@平安北京：今日停水"),
        ("RT @小王: 我家被盗了", "RT @…"),
        ("RT @jane_doe: my house was robbed", None),
        ("收到//@jane_doe: my house was robbed", "收到//@…"),
        ("Thanks @jane.bsky.social and @jane@social.example!", None),
        ("@SUM(A1)", None),
        ("写信到 help.desk@police.example.com，或@平安北京", None),
        ("写信到 help@police.example.com", None),
        ("没有人", None),
        (None, None),
    ],
)
def test_people_are_taken_out(text: str | None, shown: str | None) -> None:
    found = without_people(pl.Series([text, "@平安上海 在吗"], dtype=pl.String))
    assert found.to_list() == [text if shown is None else shown, "@平安上海 在吗"]


def test_what_is_taken_out_once_stays_as_it_is() -> None:
    texts = pl.Series(["转发//@小王:在吗", "回复@小王:好", "转发@小王：被盗"])
    once = without_people(texts)
    assert without_people(once).to_list() == once.to_list()


def test_names_in_hashtags_are_hidden() -> None:
    tags = pl.Series([["感谢@小王", "停水"], ["@平安北京在"], [], None], dtype=pl.List(pl.String))
    assert tags_without_people(tags).to_list() == [["感谢@…", "停水"], ["@…"], [], None]


def test_a_bodys_post_is_stored_without_people_and_keeps_what_was_read_off_it() -> None:
    """Hashtags, a cited post and a denial stand in the chain: they are known, its words are not."""
    said = "转发//@小王:网传“停水三天”不属实 #停水# weibo.com/1234567890/IpTVqkXkA 电话13800001111"
    rows = pl.DataFrame(
        {
            "_row": [0, 1], "platform": ["weibo"] * 2, "post_id": ["x", "y"],
            "account_id": ["1", "2"], "posted_at": [datetime(2020, 1, 1, tzinfo=UTC)] * 2,
            "posted_at_precision": ["second"] * 2, "posted_at_source": ["api"] * 2,
            "text": [said] * 2, "_kind": ["organ", "officer"],
        },
        schema_overrides={"_row": pl.UInt32, "posted_at": pl.Datetime("us", "UTC")},
    )  # fmt: skip
    organ, officer = finish_posts(rows, Door("k")).rows.to_dicts()
    assert organ["text"] == "转发//@…"
    assert (organ["hashtags"], organ["hashtag_keys"]) == (["停水"], ["停水"])
    assert organ["is_rebuttal"]
    assert len(organ["cited_post_ids"]) == 1
    assert officer["text"] is None


def test_a_bodys_reply_is_stored_without_people() -> None:
    rows = pl.DataFrame(
        {
            "_row": [0], "platform": ["weibo"], "comment_id": ["c"], "post_id": ["x"],
            "account_id": ["1"], "posted_at": [datetime(2020, 1, 1, tzinfo=UTC)],
            "posted_at_precision": ["second"], "posted_at_source": ["api"],
            "posted_at_text": [None], "is_zone_assumed": [False],
            "text": ["回复@小王:已受理//@小王:我被打了"], "_kind": ["organ"],
        },
        schema_overrides={
            "_row": pl.UInt32, "posted_at": pl.Datetime("us", "UTC"), "posted_at_text": pl.String,
        },
    )  # fmt: skip
    assert finish_comments(rows, Door("k")).rows["text"].to_list() == ["回复@…:已受理//@…"]


def test_texts_without_names_cost_next_to_nothing() -> None:
    texts = pl.Series(["今天天气很好，出门走走看看。" * 5] * 200_000)
    before = time.process_time()
    without_people(texts)
    assert (time.process_time() - before) / 200_000 < 2e-6


PIECES = (
    "@平安上海", "@王小二", "＠平安北京", "//@平安上海:", "//@王小二:", "RT @handle: ",
    "转发@平安上海：", "转发：@王小二：", "@王小二百姓",
    "//<a href='x'>@王小二</a>", "@平安", "@王小二@名.example",
    "@name@host.example", "a.b@police.example", "@", "@@平安上海",
    "回复", " ", "#话题#", "https://weibo.com/@x",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_names_are_hidden_in_a_column_as_in_each_of_its_texts(text: str) -> None:
    bodies = {"平安上海", "平安北京"}
    one_by_one = quoted._hide_names(quoted._cut_quotation(text, bodies), bodies)
    assert without_people(pl.Series([text])).to_list() == [one_by_one]
