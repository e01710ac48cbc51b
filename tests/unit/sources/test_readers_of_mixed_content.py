"""Readers that look at the content first, and CSV read line by line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import polars as pl
import pytest

from orchestration.sources.readers.base import LINE, RECORD, ReadOptions, Reject
from orchestration.sources.readers.by_content import looks_like_json
from orchestration.sources.readers.json_any import JsonAny, is_json_lines
from orchestration.sources.readers.line_rows import LineRows
from tests.unit.sources import reading


@pytest.mark.parametrize(("text", "expected"), [
    ('{"a": 1}\n{"a": 2}\n', True), ('{"a": 1}', True), ('\ufeff\n{"a": 1}\n', True),
    ('{broken\n{"a": 2}\n', True), ('{"a": 1}\n{broken\n', True),
    ('{\n "a": 1\n}', False), ('{"a": [\n{"b": 1},\n{"b": 2}]}', False), ("[1]", False),
    ('[{"a": 1}]\n', False), ("", False),
])  # fmt: skip
def test_lines_or_a_document(text: str, expected: bool) -> None:
    assert is_json_lines(text.encode()) is expected


@pytest.mark.parametrize(("data", "expected"), [
    (b" \n[", True), (b'\xef\xbb\xbf{"a"', True), ("[1]".encode("utf-16"), True),
    (b"id,text\n", False), (b"", False),
])  # fmt: skip
def test_json_or_not(data: bytes, expected: bool) -> None:
    assert looks_like_json(data) is expected


def test_an_unfolding_reader_survives_what_a_plain_one_does(tmp_path: Path) -> None:
    reader = JsonAny(("id",), unfold=lambda value: iter(value["items"]))
    lines = [json.dumps({"items": [{"id": n}, {"id": -n}]}) for n in (1, 2)]
    data = "\n".join((lines[0], '{"id": NaN}', "", lines[1])).encode()
    found = list(reader.read(reading.raw_file(tmp_path, "a.json", data), ReadOptions()))
    (frame,) = [item for item in found if isinstance(item, pl.DataFrame)]
    assert frame.select(RECORD, LINE, "id").rows() == [
        (1, 1, "1"), (2, 1, "-1"), (4, 4, "2"), (5, 4, "-2"),
    ]  # fmt: skip
    assert [(i.reason, i.record_number, i.line_number) for i in found if isinstance(i, Reject)] == [
        ("number_range", 3, 2)
    ]


def test_a_cut_stream_is_named(tmp_path: Path) -> None:
    many = "".join(json.dumps({"id": n, "x": str(n * 7919)}) + "\n" for n in range(20_000))
    cut = gzip.compress(many.encode())[:20_000]
    reader = JsonAny(("id",), unfold=lambda value: iter([value]))
    found = list(reader.read(reading.raw_file(tmp_path, "a.json.gz", cut), ReadOptions()))
    assert [i.reason for i in found if isinstance(i, Reject)] == ["truncated_gzip"]
    assert any(isinstance(i, pl.DataFrame) and i.height > 100 for i in found)
    rows = LineRows(("id",), ("id", r"\d"))
    many = "id,x\n" + "".join(f"{n},{n * 7919}\n" for n in range(20_000))
    cut = gzip.compress(many.encode())[:20_000]
    found = list(rows.read(reading.raw_file(tmp_path, "b.csv.gz", cut), ReadOptions()))
    assert [i.reason for i in found if isinstance(i, Reject)] == ["truncated_gzip"]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"id,text\n"])
def test_nothing_to_read_is_no_error(tmp_path: Path, data: bytes) -> None:
    file = reading.raw_file(tmp_path, "a.csv", data)
    assert list(LineRows(("id",), ("id", r"\d")).read(file, ReadOptions())) == []


def test_a_missing_column_is_named_once(tmp_path: Path) -> None:
    file = reading.raw_file(tmp_path, "a.csv", b"id,text\n1,a\n")
    found = list(LineRows(("id", "when"), ("id", r"\d")).read(file, ReadOptions()))
    assert [i.reason for i in found if isinstance(i, Reject)] == ["missing_column"]


def test_crlf_a_declared_encoding_and_a_quote_open_to_the_end(tmp_path: Path) -> None:
    text = 'id,text\r\n1,样城\r\n2,"open\r\n3,never\r\n'
    file = reading.raw_file(tmp_path, "a.csv", text.encode("gb18030"))
    reader = LineRows(("id", "text"), ("id", r"\d"))
    found = list(reader.read(file, ReadOptions("gb18030")))
    (frame,) = [item for item in found if isinstance(item, pl.DataFrame)]
    assert frame.rows() == [(2, 2, "1", "样城"), (4, 4, "3", "never")]
    assert [(i.reason, i.line_number) for i in found if isinstance(i, Reject)] == [
        ("unclosed_quote", 3)
    ]
