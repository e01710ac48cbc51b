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
_CREDITED = (
    r"(?:来自|分享自|转自|转发自|摘自|源自|出自|来源|据|图片?|文|摄|作者|[Vv][Ii][Aa]|[Ff]rom|[Bb]y)"
    rf"\s*[:：/|]?\s*{_NAME}"
    rf"|{_NAME}\s*(?:讯|消息|报道|电|已|供图|摄)"
)
_QUOTED = (
    r"(?s)//\s*@.*$"  # the chain of reposts below one's own words
    rf"|(?:^|[^复\s@])\s*{_NAME}\s*[:：].*$"  # another's words; 回复@ is one's own
)


def addressed_names(texts: pl.Series) -> pl.Series:
    """Names of bodies that each text calls upon, once each and in order; NULL where it calls none.

    A text without an @ costs no more than a look for it, one without a body's name little more.
    """
    calling = texts.str.contains("@", literal=True).fill_null(False)
    if not calling.any():
        return pl.Series([None] * len(texts), dtype=pl.List(pl.String))
    at = calling.arg_true()
    called = _names(at, texts.gather(at))
    bodies = bodies_among(called["value"]).implode()
    at = called.filter(pl.col("value").is_in(bodies))["at"].unique()
    own = texts.gather(at).str.replace_all(_CREDITED, "").str.replace(_QUOTED, "")
    return lists_at(len(texts), _names(at, own).filter(pl.col("value").is_in(bodies)))


def _names(at: pl.Series, texts: pl.Series) -> pl.DataFrame:
    """Names behind an @ in texts of the rows `at`: one row (at, value) each."""
    return (
        pl.DataFrame({"at": at, "value": texts.str.extract_all(_NAME)})
        .explode("value", empty_as_null=False, keep_nulls=False)
        .with_columns(pl.col("value").str.slice(1))
        .unique(maintain_order=True)
    )
