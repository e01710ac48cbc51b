"""Counts: an interval of whole numbers, a reason, or nothing; rows do not touch each other."""

from __future__ import annotations

import polars as pl

from orchestration.cleaning.counts import parse_counts
from tests.fuzz.inputs import texts_of

MAXIMUM_BYTES = 256
LARGEST = 2**63 - 1
REASONS = {"negative_count", "fractional_count", "number_range", "not_a_count"}
SEEDS = (
    "0\n1,234\n１２，３４５\n+7\n约3万\n1.2万+\n100万+\n2.3亿\n42.7K\n3w\n1.5m\n".encode(),
    b"1.2E+05\n1e3\n4.9e15\n9223372036854775807\n9223372036854775808\n",
    "--\nN/A\n暂无\n-5\n1.5\n12.0\n1.2.3\n三万\n1万2千\n５.５萬\nredirect\n".encode(),
)


def check(data: bytes) -> None:
    texts = texts_of(data, 12)
    found = parse_counts(pl.Series(texts, dtype=pl.String))
    assert [s.dtype for s in found] == [pl.Int64, pl.Int64, pl.String]
    assert all(len(s) == len(texts) for s in found)
    rows = list(zip(*found, strict=True))
    for text, (lo, hi, problem) in zip(texts, rows, strict=True):
        assert problem is None or problem in REASONS, problem
        assert lo is None or 0 <= lo <= LARGEST, (text, lo)
        assert hi is None or lo <= hi <= LARGEST, (text, lo, hi)
        assert problem is None or lo is None, (text, lo, problem)
    place = len(data) % len(texts)
    alone = parse_counts(pl.Series(texts[place : place + 1], dtype=pl.String))
    assert (alone.lo[0], alone.hi[0], alone.problem[0]) == rows[place], texts[place]
    series = parse_counts(pl.Series(texts, dtype=pl.String), finest_of_column=True)
    assert series.problem.to_list() == found.problem.to_list()
