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
_CHAIN = re.compile(rf"[/／]{{2}}\s*(?:<[^<>]{{1,400}}>\s*)*({_SIGN})")
_COPIED = re.compile(
    r"(?:(?<![A-Za-z])(?:RT|MT|QT)|[转轉](?:[发發]?自|[发發])?)"
    rf"\s*[:：]?\s*({_SIGN})[^\s:：]{{1,80}}\s*[:：]"
)
_QUOTATIONS = (_CHAIN, _COPIED)
_MAY_QUOTE = rf"(?:[/／]{{2}}|[RMQ]T|[转轉][发發]?自?)\s*[:：]?\s*(?:<[^<>]*>\s*)*{_SIGN}"
"""What every text with such a quotation has; a whole column is looked through for it at once."""


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

    Only texts that may quote somebody are looked at one by one.
    """
    calling = texts.str.contains(_SIGN).fill_null(False)
    if not calling.any():
        return texts
    calls = texts.filter(calling)
    names = calls.str.extract_all(_NAME.pattern).explode().drop_nulls().unique(maintain_order=True)
    shown = calls if names.is_empty() else _hide(calls, names)
    quoting = calls.str.contains(_MAY_QUOTE)
    if quoting.any():
        cut = _one_by_one(calls.filter(quoting).to_list())
        shown = shown.scatter(quoting.arg_true(), pl.Series(cut, dtype=pl.String))
    return texts.clone().scatter(calling.arg_true(), shown)


def _hide(texts: pl.Series, names: pl.Series) -> pl.Series:
    """Texts with each of the names in them, as they stand there, hidden or kept. The longest is
    looked for first: the name of a person may begin that of a body."""
    called = names.str.extract(_NAME.pattern, 1)
    is_shown = called.is_in(bodies_among(called).implode()) | called.str.contains(_HANDLE)
    if is_shown.all():
        return texts
    told = pl.DataFrame({"name": names, "shown": names.set(~is_shown, HIDDEN)}).sort(
        pl.col("name").str.len_bytes(), descending=True
    )
    return texts.str.replace_many(told["name"].implode(), told["shown"].implode(), leftmost=True)


def _one_by_one(texts: list[str]) -> list[str]:
    named = sorted({name for text in texts for name in _NAME.findall(text)})
    bodies = set(bodies_among(pl.Series(named, dtype=pl.String)).to_list())
    return [_hide_names(_cut_quotation(text, bodies), bodies) for text in texts]


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
    for quotation in _QUOTATIONS:
        for found in quotation.finditer(text):
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
    """A text with every name as HIDDEN that is neither a body's nor in Latin letters."""

    def shown(found: re.Match[str]) -> str:
        is_kept = found[1] in bodies or _is_handle(found[1])
        return found[0] if is_kept else HIDDEN

    return _NAME.sub(shown, text)


def _is_handle(name: str) -> bool:
    return name.isascii()
