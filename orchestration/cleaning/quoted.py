"""What the text of an official shows of other people: their names by @name, and their words.

A name that is not built like a body's may be a person's and becomes `@…`. What such an author is
quoted with, as a chain of reposts (`//@name:…`) or a copied post (`转发@name：…`), is cut; the
`@…` at the end tells that something stood there. What officials say in their own words stays, and
so does a handle in Latin letters outside of a chain: it names an institution as often as a person,
and text with an @ that calls nobody (`@SUM(A1)`) is kept as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Collection

import polars as pl

from orchestration.cleaning.identity import bodies_among

HIDDEN = "@…"
"""Stands for a name that may be a person's."""

_SIGN = "[@＠]"
_HOST = r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
_NAME = re.compile(rf"{_SIGN}([\w·-]+(?:\.[A-Za-z0-9-]+)*)(?:@{_HOST})?")
"""Names of all platforms: @王小二, @handle, @name.bsky.social, @name@host.example."""

_HANDLE = r"^[\x00-\x7F]+$"
_MAIL_BOX = re.compile(r"[A-Za-z0-9._%+-]+$")
_NO_MAIL_BOX = frozenset(("rt", "mt", "qt", "via", "by", "from", "cc"))
_LONGEST_MAIL_BOX = 64

_CHAIN = re.compile(rf"[/／]{{2}}\s*(?:<[^<>]{{1,400}}>\s*)*({_SIGN})")
_COPIED = re.compile(
    r"(?:(?<![A-Za-z])(?:RT|MT|QT)|[转轉](?:[发發]?自|[发發])?)"
    rf"\s*[:：]?\s*({_SIGN})[^\s:：]{{1,80}}\s*[:：]"
)
_QUOTATIONS = (
    (_CHAIN, re.compile("[/／]{2}")),
    (_COPIED, re.compile("[RMQ]T|[转轉]")),
)
"""Each with what no text with such a quotation is without: it spares the dearer pattern."""


def shown_text(rows: pl.DataFrame) -> pl.Series:
    """`text` with people taken out of what bodies wrote. Hashtags, denials and cited posts are
    read off the whole text before."""
    of_bodies = (rows["_kind"] != "officer").fill_null(False)
    if not of_bodies.any():
        return rows["text"]
    at = of_bodies.arg_true()
    return rows["text"].clone().scatter(at, without_people(rows["text"].gather(at)))


def without_people(texts: pl.Series) -> pl.Series:
    """Texts of officials without the names and the quoted words of people; NULL stays NULL.

    A text without an @ costs no more than a look for it, one that calls bodies alone little more.
    """
    calling = texts.str.contains(_SIGN).fill_null(False)
    if not calling.any():
        return texts
    calls = pl.DataFrame({"at": calling.arg_true(), "text": texts.filter(calling)})
    names = calls.select("at", name=pl.col("text").str.extract_all(_NAME.pattern)).explode("name")
    called = names["name"].str.slice(1)
    bodies = bodies_among(called.unique(maintain_order=True))
    is_shown = called.is_in(bodies.implode()) | called.str.contains(_HANDLE)
    shown_names = names.filter(is_shown).group_by("at").len()
    rest = calls.join(shown_names, on="at", how="left", maintain_order="left").filter(
        (pl.col("text").str.count_matches(_SIGN) != pl.col("len").fill_null(0))
        | pl.col("text").str.contains(_CHAIN.pattern)
    )
    if rest.is_empty():
        return texts
    left = rest["text"].to_list()
    named = sorted({name for text in left for name in _NAME.findall(text)})
    known = set(bodies_among(pl.Series(named, dtype=pl.String)).to_list())
    shown = [_hide_names(_cut_quotation(text, known), known) for text in left]
    return texts.clone().scatter(rest["at"], pl.Series(shown, dtype=pl.String))


def tags_without_people(tags: pl.Series) -> pl.Series:
    """Lists of hashtags in which a name by @ that may be a person's is hidden."""
    calling = tags.list.eval(pl.element().str.contains(_SIGN)).list.any().fill_null(False)
    if not calling.any():
        return tags
    at = calling.arg_true()
    hidden = [without_people(each).to_list() for each in tags.gather(at)]
    return tags.to_frame("tags").with_row_index("at").join(
        pl.DataFrame({"at": at, "hidden": pl.Series(hidden, dtype=tags.dtype)}),
        on="at", how="left", maintain_order="left",
    ).select(pl.coalesce("hidden", "tags"))["hidden"]  # fmt: skip


def _cut_quotation(text: str, bodies: Collection[str]) -> str:
    """A text up to the first quotation whose author is no body, with HIDDEN in the author's place.

    Links of a chain that quote bodies stay as long as they come first: who speaks below a person's
    link cannot be told from whom that person quotes.
    """
    for quotation, hint in _QUOTATIONS:
        for found in quotation.finditer(text) if hint.search(text) else ():
            sign = found.start(1)
            name = _NAME.match(text, sign)
            is_shown = name is not None and (
                name[1] in bodies or (quotation is _COPIED and _is_handle(name[1]))
            )
            if not is_shown:
                text = text[:sign] + HIDDEN
                break
    return text


def _hide_names(text: str, bodies: Collection[str]) -> str:
    """A text with every name that is no body's as HIDDEN; addresses of mail are no names."""

    def shown(found: re.Match[str]) -> str:
        is_kept = found[1] in bodies or _is_handle(found[1]) or _is_mail(found)
        return found[0] if is_kept else HIDDEN

    return _NAME.sub(shown, text)


def _is_handle(name: str) -> bool:
    return name.isascii()


def _is_mail(found: re.Match[str]) -> bool:
    """Whether the @ stands inside an address of mail: a box before it, a host behind it."""
    before = found.string[max(0, found.start() - _LONGEST_MAIL_BOX) : found.start()]
    box = _MAIL_BOX.search(before)
    if box is None or box[0].lower() in _NO_MAIL_BOX:
        return False
    return re.fullmatch(_HOST, found[1]) is not None
