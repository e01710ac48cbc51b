"""Which offices a post of an ordinary person calls upon by @name.

Of all names in a text only those pass that are built like the name of a body: every other one may
be a person's. Only the post's own words count: what it quotes was said by somebody else, and a
source that is credited was not asked anything.
"""

from __future__ import annotations

import polars as pl

from orchestration.cleaning.identity import bodies_among
from orchestration.cleaning.rows import lists_at

_NAME = r"@[\w·-]+"
_PAUSE = r"([,，.。、;；:：!！)）\]】\n]|$)"
_HEAD = r"(^|[^\p{L}\p{N}_])"
_LATIN_HEAD = r"(^|[^A-Za-z0-9_])"
_BEHIND = rf"\s*[:：/|]?\s*{_NAME}"
_CREDITED = (
    rf"()(?:来自|分享自|转自|转发自|摘自|源自|出自|来源|作者){_BEHIND}",
    # within a word (证据, 收据, 作文, 截图, 拍摄, baby) they credit nobody
    rf"{_HEAD}(?:据|根据|另据|又据|图文?|图片|文图?|摄影?){_BEHIND}",
    rf"{_LATIN_HEAD}(?:[Vv][Ii][Aa]|[Ff]rom|[Bb]y){_BEHIND}",
    # nor do the beginnings of 讯问, 报道一下, 电话, 摄像头, 已经三天
    rf"(){_NAME}\s*(?:讯|消息|报道|电|摄){_PAUSE}",
    rf"(){_NAME}\s*已(?:经)?(?:证实|辟谣|澄清|否认){_PAUSE}",
    rf"(){_NAME}\s*供图",
)
"""A source that is credited, each with what stands before and (if any) behind it as groups."""

_CHAIN = r"//\s*@"
_TAG = r"#[^#]*#|\[[^\]]*\]|【[^】]*】"
_TURNED_TO = rf"^((?:\s|{_TAG})*(?:{_NAME}\s*)*@)([\w·-]+)\s*[:：]"
"""Names at the head of a text, the last of them with a colon behind it."""
_QUOTED = (
    rf"(?s){_CHAIN}.*$"  # the chain of reposts below one's own words
    rf"|(?:^|([^复\s@]))\s*{_NAME}\s*[:：].*$"  # another's words; 回复@ is one's own
)


def addressed_names(texts: pl.Series) -> pl.Series:
    """Names of bodies that each text calls upon, once each and in order; NULL where it calls none.

    A text without an @ costs no more than a look for it, one without a body's name little more.
    """
    calling = texts.str.contains("[@＠]").fill_null(False)
    if not calling.any():
        return pl.Series([None] * len(texts), dtype=pl.List(pl.String))
    at = calling.arg_true()
    calls = texts.gather(at).str.replace_all("＠", "@", literal=True)
    called = _names(at, calls)
    bodies = bodies_among(called["value"]).implode()
    with_bodies = called.filter(pl.col("value").is_in(bodies))["at"].unique()
    own = _own_words(calls.filter(at.is_in(with_bodies.implode())), bodies)
    names = _names(with_bodies.sort(), own)
    return lists_at(len(texts), names.filter(pl.col("value").is_in(bodies)))


def _own_words(texts: pl.Series, bodies: pl.Series) -> pl.Series:
    """Texts without credits and without what they quote.

    `@name：` at the head quotes a person, as copied posts do, but turns to a body: what an office
    said is told by a repost, whose chain shows it.
    """
    for credited in _CREDITED:
        behind = "${2}" if credited.endswith(_PAUSE) else ""
        texts = texts.str.replace_all(credited, "${1}" + behind)
    head = texts.str.extract(_TURNED_TO, 1)
    name = texts.str.extract(_TURNED_TO, 2)
    is_told = head.str.contains("转") | texts.str.contains(_CHAIN)
    turns = (name.is_in(bodies) & ~is_told).fill_null(False)
    turned = texts.str.replace(_TURNED_TO, "${1}${2} ")
    return turned.zip_with(turns, texts).str.replace(_QUOTED, "${1}")


def _names(at: pl.Series, texts: pl.Series) -> pl.DataFrame:
    """Names behind an @ in texts of the rows `at`: one row (at, value) each."""
    return (
        pl.DataFrame({"at": at, "value": texts.str.extract_all(_NAME)})
        .explode("value", empty_as_null=False, keep_nulls=False)
        .with_columns(pl.col("value").str.slice(1))
        .unique(maintain_order=True)
    )
