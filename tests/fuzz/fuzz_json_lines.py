"""JSON Lines: both paths agree, every line is a record, a reject or blank."""

from __future__ import annotations

from unittest.mock import patch

import polars as pl

from orchestration.sources.readers import json_lines, lines
from orchestration.sources.readers.base import RECORD, ReadOptions
from orchestration.sources.readers.fast_json import FastJson
from orchestration.sources.readers.json_lines import JsonLines
from tests.fuzz.inputs import memory_file, read_all

MAXIMUM_BYTES = 2048
FIELDS = ("id", "count", "user.id", "user.name", "tags", "a.b.c")
READER = JsonLines(FIELDS)
FAST = FastJson(FIELDS)
SEEDS = (
    '{"id": 1, "count": "1.2万", "user": {"id": 9}, "tags": ["a", 1]}\n{"id": "2"}\n'.encode(),
    b'{"id": 4930000000000000.0, "count": 1.2E+5, "a": {"b": {"c": null}}}\n\n{"id": -0}\n',
    b'\xef\xbb\xbf{"id": true}\r\n{"id": "\\u4e07\\ud83d\\ude00"}\n{"id": "x", "id": "y"}',
    b'{"user.id": "7", "user": null}\n[1]\n{"id": NaN}\n<html>\n{"id": "\\u0000"}\n',
    b'{"tags": {"id": [1, {"count": 2}]}, "id" : 1}\n{"count":null,"id":null}\n',
)


def check(data: bytes) -> None:
    file = memory_file("a.jsonl", data)
    with patch.object(json_lines, "FastJson", lambda fields: FAST):  # a connection for all
        frames, rejects = read_all(READER, file, FIELDS)
    records = {n for frame in frames for n in frame[RECORD]}
    records |= {r.record_number for r in rejects if r.record_number is not None}
    expected = {n for n, line in enumerate(data.split(b"\n"), start=1) if line.strip()}
    assert records == expected, f"{sorted(records ^ expected)} are neither records nor rejects"
    _compare_paths(data)
    for number in sorted(records)[:2]:
        located = READER.locate(file, number, ReadOptions())
        assert located is not None, number
        assert data[located.offset :].startswith(located.raw)


def _compare_paths(data: bytes) -> None:
    for block in lines.line_blocks(memory_file("a", data).open_raw().__enter__()):
        assert isinstance(block, lines.LineBlock)
        fast = FAST.read(block)
        if fast is None:
            continue
        found = list(READER._read_carefully(block))
        careful = [item for item in found if isinstance(item, pl.DataFrame)]
        assert len(careful) == len(found), f"the fast path took what is refused: {found}"
        assert fast.rows() == (careful[0].rows() if careful else []), "the paths differ"
