"""Rule v3 of rebuttals: which official posts deny a claim, take a denial back, or cite a post.

Narrow on purpose: a post must deny (`_DENIAL`, a headline that says so, or a case against whoever
spread it) and name what it denies (`_CLAIM`). Advice against rumours, round-ups, campaigns and
cases of fraud are none; nor is a denial that is itself denied, asked about or told of somebody
else, or a post that confirms. The words are frozen; whoever changes them makes a rule v4. What
the rule gets right is measured in tests/unit/cleaning/test_rebuttals.py and told in
docs/methodology.md.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from orchestration.cleaning import ids, text
from orchestration.cleaning.identity import bodies_among

RULE = "rebuttal_v3"

_HINT = r"谣|不实|不属实|编造|捏造|虚构|虚假|假消息|子虚乌有|事实不符|并非事实|有误|更正|失实"
"""What no rebuttal and no reversal is without; spares most posts the patterns below."""

_ADVICE = r"不信谣|不传谣|不造谣|勿信谣|勿传谣|信谣传谣|谣言止于智者|辟谣平台|谣言粉碎机|辟谣要快"
_DENIAL = (
    r"不属实|不实|[系是为属]谣[言传]|纯属谣|[系是属]编造|民编造|[系是属]捏造|[系是属]虚构|子虚乌有"
    r"|[与和]事实不符|并非事实|[系是为属]假消息|[系是为属]虚假(?:信息|消息)"
)
_WORD = rf"(?:{_DENIAL}|谣[言传]|假消息|虚假(?:信息|消息)|虚构|编造|捏造|失实)"
_DENIED = (
    rf"(?:并非|并不是|不是|绝非|非)[“\"]?{_WORD}"
    rf"|{_WORD}[”\"]?(?:的|这一|这种)(?:说法|传言|消息|网传)[^,，。]{{0,4}}(?:错误|不对|不成立|有误)"
)
_ASKED = rf"(?:{_WORD}|属实)(?:吗|么|吧)?[”\"』」#】]?\s*[?？]"
_SAID = r"(?:称|表示|回应|坚称)?(?:称|说)?[:：,，]?"
_OFFICIAL_WORD = r"(?:[^,，。:：“”\"]{0,8}?(?:通报|公告|声明|答复|回应|说明|处罚|结论|决定))"
_TOLD = (
    r"(?:学校|校方|工作室|经纪人|家属|商家|店家)[^,，。:：]{0,6}(?:称|表示|回应|[:：])"
    rf"{_SAID}[“\"]?[^,，。:：“”\"]{{0,16}}?(?:[“\"][^”\"。]{{0,30}}[”\"])?[^,，。:：“”\"]{{0,8}}?{_WORD}"
    r"|(?:网民|网友|有人|当事人|男子|女子)[^,，。:：]{0,6}(?:称|表示|认为|质疑)"
    rf"[:：,，]?(?:[“\"][^”\"。]{{0,40}}?|{_OFFICIAL_WORD}?(?:这|此|该|其|是|事|消息|网传|内容|均|都){{0,4}})"
    rf"{_WORD}"
)
"""What takes a denial out of the mouth of who posts it: denied itself, asked, told of others."""

_CONFIRMED = r"情况属实|确有其事|确属实情|(?:官方|警方|回应)[:：,，]?\s*属实"
_FRAUD = r"诈骗|骗取|集资|刷单|招嫖"
_HEADLINE = r"【[^】]*辟谣[^】]*】|#[^#]*辟谣[^#]*#|^辟谣[:：|丨]"
_CASE = (
    r"(?:造谣|散布谣言|散布虚假信息|编造[^。]{0,20}(?:谣言|虚假信息))[^。]{0,60}"
    r"(?:行拘|行政拘留|刑拘|刑事拘留|行政处罚|依法处理|抓获|传唤)"
)
_CLAIM = (
    r"网传|传言|流传|[网群](?:友|民|里)[^。]{0,12}(?:称|转发|发布|发帖|反映)|有人[^。]{0,8}(?:称|转发)"
    r"|朋友圈|微信群|散布|传[“\"]|[“\"][^”\"]{4,60}[”\"]"
)
_ROUND_UP = (
    r"(?:一周|本周|上周|每周|本月|年度|十大|今日)[^。]{0,6}(?:谣言|辟谣)"
    r"|(?:谣言|辟谣)[^。]{0,6}(?:盘点|榜|汇总|合集|大全)"
)
_CAMPAIGN = r"专项行动|专项整治|关停账号|清朗|宣传(?:活动|周|日)|知识竞赛|倡议书"
_REVERSAL = (
    r"(?:此前|先前|早前|之前|前期|昨日)[^。]{0,16}(?:通报|回应|辟谣|答复|说明|发布|信息)[^。]{0,24}"
    r"(?:有误|不准确|不属实|不实|失实|更正|撤回)"
    r"|(?:更正|撤回)[^。]{0,12}(?:此前|先前|之前)[^。]{0,8}(?:通报|辟谣|回应|信息)"
)


def is_rebuttal(wording: pl.Series) -> pl.Series:
    """Whether each text denies a claim that it names, by rule v3; NULL for no text."""
    return _marked(wording, _rebuts)


def is_reversal(wording: pl.Series) -> pl.Series:
    """Whether each text takes back what an official said before, by rule v3; NULL for no text."""
    return _marked(wording, lambda texts: texts.str.contains(_REVERSAL))


def _rebuts(texts: pl.Series) -> pl.Series:
    """The dear patterns are asked only of texts that name a claim and are not set apart."""
    body, plain = pl.col("body"), pl.col("plain")
    frame = pl.DataFrame({"body": texts}).with_columns(plain=body.str.replace_all(_ADVICE, ""))
    set_apart = body.str.contains(_ROUND_UP) | body.str.contains(_CAMPAIGN)
    may = frame.select(may=plain.str.contains(_CLAIM) & ~set_apart & ~body.str.contains(_REVERSAL))[
        "may"
    ]
    return may.scatter(may.arg_true(), _denies(frame["plain"].filter(may)))


def _denies(plain: pl.Series) -> pl.Series:
    """Whether a text denies in its own words, and confirms nothing."""
    own = pl.col("own")
    frame = plain.to_frame("own")
    for not_own in (_DENIED, _ASKED, _TOLD):
        frame = frame.with_columns(own.str.replace_all(not_own, ""))
    of_a_case = own.str.contains(_CASE) & ~own.str.contains(_FRAUD)
    denies = own.str.contains(_DENIAL) | own.str.contains(_HEADLINE) | of_a_case
    return frame.select(denies & ~own.str.contains(_CONFIRMED))["own"]


def _marked(wording: pl.Series, rule: Callable[[pl.Series], pl.Series]) -> pl.Series:
    texts = wording.cast(pl.String)
    hinted = texts.str.contains(_HINT)
    if not hinted.any():
        return hinted
    at = hinted.fill_null(False).arg_true()
    return hinted.scatter(at, rule(texts.gather(at)))


def cited_posts(wording: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Accounts and ids of the posts that each text cites by address, side by side where all of
    them decode; empty lists where none does. Nine small letters without a clock are a word, the
    name of a page of the account."""
    accounts, bids = text.cited_bids(wording)
    exploded = (
        pl.DataFrame({"bids": bids.fill_null([])})
        .with_row_index("row")
        .explode("bids", empty_as_null=False, keep_nulls=False)
    )
    decoded = ids.mid_from_bid(exploded["bids"])
    written = exploded["bids"].set(exploded["bids"].str.len_chars() == 9, None)
    mid = decoded.fill_null(written)
    is_word = exploded["bids"].str.contains("^[a-z]{9}$").fill_null(False)
    mids = exploded.with_columns(mid=mid.set(is_word & ids.id_clock(mid).is_null(), None))
    posts = mids.group_by("row", maintain_order=True).agg(pl.col("mid").drop_nulls())
    every = pl.DataFrame({"row": pl.int_range(len(wording), dtype=pl.UInt32, eager=True)})
    found = every.join(posts, on="row", how="left", maintain_order="left")["mid"]
    return accounts.fill_null([]), found.fill_null([])


_CREDITED = r"@([\p{Han}\w·-]{2,30})\s*已"


def credited_names(wording: pl.Series) -> pl.Series:
    """Institutions that a ruling credits with a rebuttal ("@… 已 …"); every name that is not built
    like a body's may be a person's and is left out."""
    names = wording.cast(pl.String).str.extract_all(_CREDITED)
    names = names.list.eval(pl.element().str.extract(_CREDITED, 1))
    kept = bodies_among(names.explode())
    return names.list.eval(pl.element().filter(pl.element().is_in(kept.implode())))
