"""Match keys, hashtags, and what is left of a public claim."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cleaning import text


def test_two_spellings_of_a_topic_meet_under_one_key():
    spellings = pl.Series(["样城 地铁Ａ口", "样城地铁A口", "样城\u200b地铁a口 "])
    assert text.match_key(spellings).unique().to_list() == ["样城地铁a口"]


def test_hashtags_are_taken_in_order_and_as_written():
    tags = text.hashtags(pl.Series(["#一# 文字 #B c# 尾#", "none", None]))
    assert tags.to_list() == [["一", "B c"], [], None]
    assert text.hashtag_keys(tags).to_list() == [["一", "bc"], [], None]


def test_hashtags_inside_links_are_found_and_markup_is_not_part_of_them():
    tags = text.hashtags(pl.Series(['<a href="//s.weibo.com/?q=%23x%23">#样城通报#</a>']))
    assert tags.to_list() == [["样城通报"]]


def test_a_claim_loses_mentions_and_length():
    claim = text.claim_wording(pl.Series(["听 @张三 说" + "很" * 200]))[0]
    assert "张三" not in claim
    assert len(claim) == text.CLAIM_LENGTH


def test_addresses_of_posts_are_cited():
    accounts, bids = text.cited_bids(
        pl.Series(["见 https://weibo.com/1234567890/Iz33N9J1h 。", ""])
    )
    assert accounts.to_list() == [["1234567890"], []]
    assert bids.to_list() == [["Iz33N9J1h"], []]


def test_addresses_of_posts_end_where_they_end():
    """A post by its number, another host, capitals; longer words and pages of accounts are none."""
    accounts, bids = text.cited_bids(
        pl.Series([
            "HTTPS://WEIBO.COM/1234567890/4512345678901234 m.weibo.cn/1234567890/Iz33N9J1h?type=x",
            "weibo.com/1234567890/Iz33N9J1hX m.weibo.cn/status/4512345678901234",
        ])
    )  # fmt: skip
    assert bids.to_list() == [["4512345678901234", "Iz33N9J1h"], []]
    assert accounts.to_list() == [["1234567890"] * 2, []]


@given(st.text(max_size=40))
def test_a_key_is_its_own_key(value):
    once = text.match_key(pl.Series([value], dtype=pl.String))
    assert text.match_key(once).to_list() == once.to_list()


def test_hashtags_of_one_sign() -> None:
    found = text.word_hashtags(pl.Series(["#one and #two3, #4 a#b /#c ＃政务 &#39;", None, ""]))
    assert found.to_list() == [["one", "two3", "政务"], [], []]
