"""Whole blocks of separated values give the rows that the csv machine gives, or none."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.sources.readers import csv_blocks
from orchestration.sources.readers.csv_blocks import split
from orchestration.sources.readers.lines import LineBlock

CELLS = st.sampled_from(
    [
        "",
        "a",
        "样城",
        '"b"',
        '""',
        '"c,d"',
        '"e\nf"',
        '"g\r\nh"',
        '"i""j"',
        '"""k"',
        '"l"""',
        '""""',
    ]
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=12)
END = st.sampled_from(["\n", "\r\n"])


def rows_of(data: bytes, delimiter: str = ",") -> list[tuple[int, list[str]]] | None:
    """(physical line, cells) of every row in order, as `split` finds them."""
    found = split(LineBlock(data, 1, 0), delimiter)
    if found is None:
        return None
    rows = [
        (at, (line, list(cells)))
        for group in found.groups
        for at, line, cells in zip(group.at, group.lines, group.cells.iter_rows(), strict=True)
    ]
    assert sorted(at for at, _ in rows) == list(range(found.rows))
    return [row for _, row in sorted(rows, key=lambda row: row[0])]


def by_machine(data: bytes) -> list[tuple[int, list[str]]]:
    reader, rows, line = csv.reader(io.StringIO(data.decode(), newline=""), strict=True), [], 1
    for row in reader:
        if row:
            rows.append((line, row))
        line = 1 + reader.line_num
    return rows


@given(ROWS, END, st.sampled_from(["", "\n", "\n\n"]))
def test_rows_of_any_width_quoted_or_not_are_the_csv_machines(rows, end, between):
    data = (end.join(",".join(cells) for cells in rows) + end + between + "z,y\n").encode()
    assert rows_of(data) == by_machine(data)


@given(ROWS)
def test_no_row_takes_the_slow_way_unless_it_is_one_cell(rows):
    data = ("\n".join(",".join([*cells, "end"]) for cells in rows) + "\n").encode()
    groups = csv_blocks._by_marks(LineBlock(data, 1, 0), ",")
    assert groups is not None
    assert sum(len(group.at) for group in groups) == len(rows)


@pytest.mark.parametrize(
    "data",
    [
        b'a "quoted" word,b\n',  # literal quotes within a cell
        b'"a" ,b\n',  # something after the closing quote
        b'""\na,b\n',  # a row that is an empty cell
        b"a\x1fb,c\n",  # holds the marks
        b"x\x01,b\n",  # begins as compressed data do
        b"\xff,b\n",  # no UTF-8
    ],
)
def test_what_marks_cannot_tell_is_left_to_the_csv_machine(data):
    assert csv_blocks._by_marks(LineBlock(data, 1, 0), ",") is None


def test_rows_longer_than_a_cell_may_be_are_left_to_the_csv_machine(monkeypatch):
    monkeypatch.setattr(csv_blocks, "MAXIMUM_CELL", 4)
    assert csv_blocks._by_marks(LineBlock(b"a,b,c,d\n", 1, 0), ",") is None
    assert csv_blocks._by_marks(LineBlock(b"a,b\n", 1, 0), ",") is not None


def test_a_quote_that_stays_open_goes_on_in_the_next_block():
    found = split(LineBlock(b'a,b\n"c,d\ne,f\n', 7, 100), ",")
    assert found is not None
    assert found.rest == LineBlock(b'"c,d\ne,f\n', 8, 104)
    assert (found.rows, found.quotes) == (1, 0)
