"""Texts as single characters and pairs of neighbouring characters, for a whole block at once.

Chinese is not cut into words here: pairs of characters find topics as well, and need no dictionary.
A block is the titles and posts of one day. Only what occurs in a title is given a number; the rest
of a post counts in its length and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]

_ADDRESS = r"https?://[\w./?=&%#:~+-]+"
_NAMES = (
    (("@", "\uff20"), r"[@\x{ff20}][\w\-·]{1,40}"),
    (("的微博视频", "的秒拍视频"), r"[LO]?[\w\-·]{1,30}的(?:微博|秒拍)视频"),
    (("网页链接",), r"[LO]?网页链接"),
)
"""Whom a post mentions, and the labels that the platform puts for videos and addresses; each
is looked for only where its characters stand, since the second costs more than all the rest."""
_ENUMERATED = r"[\x{2460}-\x{249b}\x{2776}-\x{2793}]"
"""Numbers in circles and brackets that count paragraphs: their normal form would grow into what
follows."""
_BETWEEN = r"[^\p{L}\p{N}.]+"
_THOUSANDS = r"([0-9]),([0-9]{3})"
_LOOSE_POINTS = (r"(^|[^0-9])\.+", r"\.+([^0-9]|$)")
_END = 10
_DENSE = 4096


def plain(texts: pl.Series) -> pl.Series:
    """Lower-case letters and digits in normal form; whatever else separates them is one space.

    A decimal point stays, the comma of thousands goes.
    """
    value = texts.cast(pl.String).fill_null("")
    return (
        value.str.replace_all(_ADDRESS, " ").str.replace_all(_ENUMERATED, " ")
        .str.normalize("NFKC").str.to_lowercase()
        .str.replace_all(_THOUSANDS, "$1$2").str.replace_all(_THOUSANDS, "$1$2")
        .str.replace_all(_BETWEEN, " ")
        .str.replace_all(_LOOSE_POINTS[0], "$1 ").str.replace_all(_LOOSE_POINTS[1], " $1")
        .str.replace_all(r" {2,}", " ").str.strip_chars()
    )  # fmt: skip


def plain_posts(texts: pl.Series) -> pl.Series:
    """Posts in plain form, without mentions and the platform's labels: names, not what is said."""
    value = texts.cast(pl.String).fill_null("")
    for signs, pattern in _NAMES:
        has = value.str.contains_any(list(signs))
        if has.any():
            value = value.scatter(has.arg_true(), value.filter(has).str.replace_all(pattern, " "))
    return plain(value)


def _codes(texts: Sequence[str]) -> NDArray[np.uint32]:
    """All texts as code points, each text closed by a line feed."""
    joined = "\n".join(texts) + "\n" if texts else ""
    return np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32)


class Grams:
    """Numbers of the characters and pairs that occur in the titles of a block."""

    def __init__(self, titles: Sequence[str]) -> None:
        codes = _codes(titles)
        characters = np.unique(codes[(codes != _END) & (codes != 32)])
        self.characters = len(characters)
        self._of_code = np.zeros(0x110000, dtype=np.int32)
        self._of_code[characters] = np.arange(1, len(characters) + 1)
        _, first, second = self._neighbours(codes)
        both = (first > 0) & (second > 0)
        pairs = np.unique(first[both].astype(np.int64) * (self.characters + 1) + second[both])
        self._pairs = pairs
        self.count = self.characters + len(pairs)
        self.names = [chr(code) for code in characters] + [
            chr(characters[pair // (self.characters + 1) - 1])
            + chr(characters[pair % (self.characters + 1) - 1])
            for pair in pairs.tolist()
        ]

    def _neighbours(
        self, codes: NDArray[np.uint32]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Numbers of all characters, and of the two of each pair (0 where not in a title)."""
        numbers = self._of_code[codes]
        return numbers, numbers[:-1], numbers[1:]

    @cached_property
    def _table(self) -> NDArray[np.int32] | None:
        """Number of every possible pair, where that many fit into memory."""
        if self.characters >= _DENSE:
            return None
        table = np.zeros((self.characters + 1) ** 2, dtype=np.int32)
        table[self._pairs] = np.arange(self.characters + 1, self.count + 1)
        return table

    def _numbered(self, keys: Numbers) -> NDArray[np.int32]:
        """Numbers of pairs, counted from 1; 0 where the pair is in no title."""
        if self._table is not None:
            return self._table[keys]
        if not len(self._pairs):
            return np.zeros(len(keys), dtype=np.int32)
        places = np.minimum(np.searchsorted(self._pairs, keys), len(self._pairs) - 1)
        found = self._pairs[places] == keys
        return np.where(found, places + self.characters + 1, 0).astype(np.int32)

    def counted(self, texts: Sequence[str]) -> Counted:
        """How often each gram stands in each text."""
        codes = _codes(texts)
        ends = np.flatnonzero(codes == _END)
        row_of = np.repeat(np.arange(len(texts)), np.diff(ends, prepend=-1))
        numbers, first, second = self._neighbours(codes)
        both = (first > 0) & (second > 0)
        pairs = self._numbered(first[both].astype(np.int64) * (self.characters + 1) + second[both])
        single = numbers > 0
        rows = np.concatenate([row_of[single], row_of[:-1][both][pairs > 0]])
        grams = np.concatenate([numbers[single], pairs[pairs > 0]]) - 1
        matrix = sparse.csr_matrix(
            (np.ones(len(rows), dtype=np.float32), (rows, grams)), shape=(len(texts), self.count)
        )
        matrix.sum_duplicates()
        letter = (codes != _END) & (codes != 32)
        lengths = np.bincount(row_of[letter], minlength=len(texts))
        return Counted(matrix, lengths.astype(np.float64))


@dataclass(frozen=True)
class Counted:
    """Counts of grams, one row a text, and the length of each text in characters."""

    matrix: sparse.csr_matrix
    lengths: Floats

    @property
    def documents(self) -> Floats:
        """In how many of the texts each gram occurs."""
        return np.asarray(self.matrix.getnnz(axis=0), dtype=np.float64)


def runs(title: str, known: set[str]) -> tuple[list[str], list[str]]:
    """The stretches of a title whose pairs of characters are all in `known`, and what is left."""
    joined = [title[place : place + 2] in known for place in range(len(title) - 1)]
    covered = [any(joined[max(place - 1, 0) : place + 1]) for place in range(len(title))]
    stretches: tuple[list[str], list[str]] = ([], [])
    start = 0
    for place in range(1, len(title) + 1):
        is_end = place == len(title) or covered[place] != covered[start]
        if is_end or (covered[start] and not joined[place - 1]):
            text = title[start:place].strip()
            if text:
                stretches[0 if covered[start] else 1].append(text)
            start = place
    return stretches
