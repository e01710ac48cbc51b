"""Readers: the same records on every path, and a named place for everything that is none."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestration.cleaning.ids import parse_ids
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers import lines
from orchestration.sources.readers.base import LINE, RECORD, ReadOptions, Reject
from orchestration.sources.readers.delimited import Delimited
from orchestration.sources.readers.fast_json import FastJson
from orchestration.sources.readers.json_document import JsonDocument
from orchestration.sources.readers.json_lines import JsonLines
from orchestration.sources.readers.whole_file import WholeFile

WHEN = datetime(2026, 7, 1, tzinfo=UTC)
READER = JsonLines(("id", "count", "user.id", "tags"))


def raw(tmp_path: Path, name: str, data: bytes) -> RawFile:
    blob = tmp_path / "blob"
    blob.write_bytes(data)
    return RawFile("f", "s", name, len(data), WHEN, WHEN, "source", blob)


def read(reader, file: RawFile) -> tuple[pl.DataFrame | None, list[Reject]]:
    found = list(reader.read(file, ReadOptions()))
    frames = [item for item in found if isinstance(item, pl.DataFrame)]
    return (pl.concat(frames) if frames else None), [i for i in found if isinstance(i, Reject)]


GOOD = b'{"id": 1, "count": "1.2\xe4\xb8\x87", "user": {"id": 9}, "tags": ["a", 1]}\n{"id": "2"}\n'


def test_numbers_keep_their_digits_and_absent_is_null(tmp_path):
    frame, rejects = read(READER, raw(tmp_path, "a.jsonl", GOOD))
    assert not rejects
    assert frame.rows() == [
        (1, 1, "1", "1.2万", "9", frame["tags"][0]),
        (2, 2, "2", None, None, None),
    ]
    assert json.loads(frame["tags"][0]) == ["a", 1]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": ', "not_json"),
        (b"<html></html>", "html_not_json"),
        (b'{"id": 1, "id": 2}', "duplicate_key"),
        (b'{"id": NaN}', "number_range"),
        (b'{"id": "a\\u0000b"}', "control_character"),
        (b'{"id": "\\ud800"}', "control_character"),
        (b'{"id": "a\x00b"}', "control_character"),
        (b'{"id": "\xff"}', "encoding"),
        (b"[1]", "not_an_object"),
        (b'{"id": ' + b"[" * 80 + b"]" * 80 + b"}", "too_deep"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_read(tmp_path, line, reason):
    file = raw(tmp_path, "a.jsonl", GOOD + line + b"\n" + b'{"id": 4}\n')
    frame, rejects = read(READER, file)
    assert [(r.reason, r.record_number, r.line_number) for r in rejects] == [(reason, 3, 3)]
    assert frame[RECORD].to_list() == [1, 2, 4]


def test_byte_order_mark_blank_lines_crlf_and_no_last_newline(tmp_path):
    data = b'\xef\xbb\xbf{"id": 1}\r\n\r\n{"id": 2}'
    frame, rejects = read(READER, raw(tmp_path, "a.jsonl", data))
    assert not rejects
    assert frame.select(LINE, "id").rows() == [(1, "1"), (3, "2")]


def test_a_cut_gzip_gives_what_came_before_and_names_the_break(tmp_path):
    many = b"".join(b'{"id": %d, "tags": "%d"}\n' % (i, i * 7919) for i in range(20_000))
    whole = gzip.compress(many)
    frame, rejects = read(READER, raw(tmp_path, "a.jsonl.gz", whole[: len(whole) // 2]))
    assert frame.height > 0
    assert frame["id"].to_list() == [str(i) for i in range(frame.height)]
    assert [r.reason for r in rejects] == ["truncated_gzip"]
    assert rejects[0].record_number == frame.height + 1


COMPRESS = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}
CODEC = {"gz": "gzip", "zst": "zstd"}
INCOMPRESSIBLE = b"".join(
    b'{"id": %d, "tags": "%s"}\n' % (i, hashlib.sha256(b"%d" % i).hexdigest().encode())
    for i in range(20_000)
)


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_cut_stream_is_named_by_its_compression(tmp_path, suffix):
    whole = COMPRESS[suffix](INCOMPRESSIBLE)
    for end in (len(whole) // 2, len(whole) - 1):
        frame, rejects = read(READER, raw(tmp_path, f"a.jsonl.{suffix}", whole[:end]))
        assert frame.height > 0
        assert [r.reason for r in rejects] == [f"truncated_{CODEC[suffix]}"]
        assert rejects[0].record_number == frame.height + 1


@pytest.mark.parametrize("suffix", COMPRESS)
def test_members_are_one_stream_and_garbage_after_them_is_named(tmp_path, suffix):
    compress = COMPRESS[suffix]
    members = compress(b'{"id": 1}\n') + compress(b"") + compress(b'{"id": 2}')
    assert read(READER, raw(tmp_path, f"a.jsonl.{suffix}", members))[1] == []
    frame, rejects = read(READER, raw(tmp_path, f"a.jsonl.{suffix}", members + b"garbage"))
    assert frame["id"].to_list() == ["1", "2"]
    assert [(r.reason, r.extent, r.records) for r in rejects] == [("trailing_garbage", "file", 0)]


def test_gzip_padded_with_zeros_is_whole(tmp_path):
    data = gzip.compress(b'{"id": 1}\n') + b"\x00" * 40_000
    assert read(READER, raw(tmp_path, "a.jsonl.gz", data))[1] == []


def test_a_zstd_skippable_frame_holds_no_content(tmp_path):
    skippable = b"\x5a\x2a\x4d\x18" + (3).to_bytes(4, "little") + b"abc"
    data = skippable + COMPRESS["zst"](b'{"id": 1}\n') + skippable
    frame, rejects = read(READER, raw(tmp_path, "a.jsonl.zst", data))
    assert (frame["id"].to_list(), rejects) == (["1"], [])


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_stream_that_is_none_or_damaged_is_not_called_cut(tmp_path, suffix):
    damaged = bytearray(COMPRESS[suffix](INCOMPRESSIBLE))
    damaged[-3] ^= 0xFF  # inside the checksum of either
    for data in (b"plain text", bytes(damaged)):
        _, rejects = read(READER, raw(tmp_path, f"a.jsonl.{suffix}", data))
        assert [r.reason for r in rejects] == [f"damaged_{CODEC[suffix]}"]


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize(
    ("reader", "content"),
    [
        (Delimited(), b"id\n1\n"),
        (JsonDocument(("id",)), b'[{"id": 1}]'),
        (WholeFile(("id",), lambda data, *_: iter([{"id": data[:1].decode()}])), b"1"),
    ],
)
def test_documents_before_garbage_are_read_and_cut_ones_are_not(tmp_path, suffix, reader, content):
    whole = COMPRESS[suffix](content)
    frame, rejects = read(reader, raw(tmp_path, f"a.{suffix}", whole + b"\n<html>"))
    assert frame["id"].to_list() == ["1"]
    assert [r.reason for r in rejects] == ["trailing_garbage"]
    frame, rejects = read(reader, raw(tmp_path, f"a.{suffix}", whole[:-1]))
    assert (frame is None) or isinstance(reader, Delimited)  # its whole rows are there
    assert [r.reason for r in rejects] == [f"truncated_{CODEC[suffix]}"]


def test_a_bomb_is_stopped_while_streaming(tmp_path):
    data = gzip.compress(b"0" * 80_000_000)
    frame, rejects = read(READER, raw(tmp_path, "a.jsonl.gz", data))
    assert frame is None
    assert {r.reason for r in rejects} <= {"decompression_bomb", "line_too_long"}
    assert "decompression_bomb" in {r.reason for r in rejects}


def test_an_endless_line_is_skipped_with_its_length(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "BLOCK_BYTES", 64)
    monkeypatch.setattr(lines, "MAXIMUM_LINE_BYTES", 256)
    data = b'{"id": 1}\n' + b"x" * 1000 + b'\n{"id": 3}\n'
    frame, rejects = read(READER, raw(tmp_path, "a.jsonl", data))
    assert frame["id"].to_list() == ["1", "3"]
    assert [(r.reason, r.line_number) for r in rejects] == [("line_too_long", 2)]


JSON_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(st.one_of(st.integers(), st.floats(), st.text(max_size=3)), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=10),
)
OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "id": JSON_VALUES,
        "count": JSON_VALUES,
        "user": st.fixed_dictionaries({"id": JSON_VALUES}),
        "other": JSON_VALUES,
    },
)


PIECES = (
    '{"id": 1, "other": {"id": 2, "id": 3}}',
    '{"id": [1, {"id": 1, "id": 2}]}',
    '{"user": {"other": NaN, "id": 1}}',
    '{"other": {"id": NaN}}',
    '{"id": 1 ,}',
    '{"id": [1 ,]}',
    '{"id": 1}\x0c',
    '\x0b{"id": 1}',
    '{"id": [-inf]}',
    '{"id": 1}',
    '{"id": 1,}',
    '{"other": nan}',
    '{"other": -Infinity}',
    '{"id": inf}',
    "null",
    "[]",
    '{"id": "nan"}',
    '{"id": {"a": 1, "a": 2}}',
    '{"id": [{"a": 1}]}',
    '{"user": 5}',
    '{"user": []}',
    '{"user.id": 3}',
    '{"other": {"x": 1, "x": 2}}',
    '{"id": 1, "id": 2}',
    '{"id": 1} {"id": 2}',
    "",
    '{"tags": ["\u001f", "\\u001f"], "id": 1e400}',
    '{"id": 01}',
    '{"id": 1e5}',
    '{"user": {"id": NaN}}',
    '{"id": "\\ud83d\\ude00"}',
    '{"\\u0069d": 7}',
    '{"id": [1,]}',
    '{"id": "a\\\\u0000"}',
    "  {}  ",
    '{"other": [[[]]], "id": "x"}',
    '{"id": [NaN]}',
    '{"id": "x\\u0000"}',
    '{"other": "x\\u0000"}',
    '{"other": ' + "[" * 80 + "]" * 80 + "}",
    '{"id": "\\ud800"}',
    '{"id": ,}',
    '{"id": 1,,}',
    "{,}",
)
"""Lines on which two JSON parsers may well differ."""


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=3))
def test_the_fast_path_never_accepts_what_the_careful_path_reads_otherwise(pieces):
    data = "".join(piece + "\n" for piece in pieces).encode()
    block = lines.LineBlock(data, 1, 0)
    fast = FastJson(READER.fields).read(block)
    careful = list(READER._read_carefully(block))
    if fast is not None:
        assert [type(item) for item in careful] == [pl.DataFrame]
        assert fast.rows() == careful[0].rows()


@given(st.lists(OBJECTS, min_size=1, max_size=8))
def test_the_fast_path_equals_the_careful_path(objects):
    data = "".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects).encode()
    block = lines.LineBlock(data, 1, 0)
    fast = FastJson(READER.fields).read(block)
    careful = [i for i in READER._read_carefully(block) if isinstance(i, pl.DataFrame)]
    if fast is not None:
        assert fast.rows() == (careful[0].rows() if careful else [])


class Pieces(io.RawIOBase):
    """A stream that gives its bytes in pieces of its own choice."""

    def __init__(self, data, sizes):
        self._data, self._sizes, self._turn = data, sizes, 0

    def read(self, size=-1):
        step = min(self._sizes[self._turn % len(self._sizes)], size)
        self._turn += 1
        piece, self._data = self._data[:step], self._data[step:]
        return piece


def split(data, sizes, block, longest):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK_BYTES", block)
        patch.setattr(lines, "MAXIMUM_LINE_BYTES", longest)
        return list(lines.line_blocks(Pieces(data, sizes)))


LINED = st.lists(st.one_of(st.binary(max_size=20), st.just(b"\n"), st.just(b"\r\n")), max_size=20)


@given(LINED.map(b"".join), st.lists(st.integers(1, 30), min_size=1, max_size=5),
       st.integers(1, 40))  # fmt: skip
def test_line_blocks_lose_no_byte_however_the_stream_comes(data, sizes, block):
    parts = split(data, sizes, block, 10**6)
    assert b"".join(p.data for p in parts) == data
    assert all(p.data.endswith(b"\n") for p in parts[:-1])
    line, offset = 1, 0
    for part in parts:
        assert (part.first_line, part.offset) == (line, offset)
        line, offset = line + part.data.count(b"\n"), offset + len(part.data)


@given(LINED.map(b"".join), st.lists(st.integers(1, 30), min_size=1, max_size=5),
       st.integers(1, 15), st.integers(8, 25))  # fmt: skip
@example(b"\0" * 20 + b"\n\n" + b"\0" * 8, [2], 2, 8)
def test_lines_that_are_too_long_are_skipped_whole_and_shift_nothing(data, sizes, block, longest):
    *closed, rest = data.split(b"\n")
    whole = [line + b"\n" for line in closed] + [rest] * bool(rest)
    starts = [sum(map(len, whole[:n])) for n in range(len(whole))]
    seen, offset = [], 0
    for part in split(data, sizes, block, longest):
        if isinstance(part, lines.LongLine):
            assert part.length == len(whole[part.line_number - 1])
            assert part.length > longest
            seen.append(part.line_number)
            offset += part.length
            continue
        assert part.offset == offset == starts[part.first_line - 1]
        count = part.data.count(b"\n") + (not part.data.endswith(b"\n"))
        assert part.data == b"".join(whole[part.first_line - 1 : part.first_line - 1 + count])
        seen += range(part.first_line, part.first_line + count)
        offset += len(part.data)
    assert seen == list(range(1, len(whole) + 1))
    assert offset == len(data)


@given(st.lists(st.sampled_from(
    [b"a,b\n", b'"x', b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b"\xef\xbb\xbf", b"1", b"\t"]
), max_size=30).map(b"".join))  # fmt: skip
def test_any_bytes_as_csv_give_numbered_rows_and_rejects(tmp_path_factory, data):
    file = raw(tmp_path_factory.mktemp("csv"), "a.csv", data)
    frame, rejects = read(Delimited(), file)
    numbers = [] if frame is None else frame[RECORD].to_list()
    numbers += [r.record_number for r in rejects if r.extent == "record"]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


@given(st.one_of(
    st.binary(max_size=60),
    st.text('{}[]":,0123456789.eE-ntfalsu \\d8\n', max_size=60).map(str.encode),
))  # fmt: skip
def test_any_bytes_as_json_are_parsed_exactly_or_refused_with_a_reason(tmp_path_factory, data):
    file = raw(tmp_path_factory.mktemp("json"), "a.json", data)
    frame, rejects = read(JsonDocument(("a",)), file)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return
    elements = value if isinstance(value, list) else [value]
    found = (0 if frame is None else frame.height) + sum(r.records for r in rejects)
    assert found == (1 if any(r.extent == "file" for r in rejects) else len(elements))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "gb18030"])
def test_csv_records_are_found_again_in_any_encoding(tmp_path, encoding):
    data = "id,text\n1,样\n2,城\n".encode(encoding)
    declared = None if encoding in ("utf-16", "utf-8-sig") else encoding
    file = raw(tmp_path, "a.csv", data)
    located = Delimited().locate(file, 2, ReadOptions(declared))
    assert data[located.offset :].startswith(located.raw)
    assert located.raw.decode("utf-16-le" if "16" in encoding else "gb18030" if declared else "utf8"
                              ) == "2,城"  # fmt: skip


@pytest.mark.parametrize("header", [b"id,te\x00xt\n", b'"' + b"x" * 200 + b'"\n'])
def test_a_header_that_cannot_be_read_is_not_replaced_by_the_first_row(
    tmp_path, monkeypatch, header
):
    monkeypatch.setattr("orchestration.sources.readers.csv_blocks.MAXIMUM_CELL", 100)
    ordinary_limit = csv.field_size_limit()
    try:
        frame, rejects = read(Delimited(), raw(tmp_path, "a.csv", header + b"1,a\n2,b\n"))
    finally:
        csv.field_size_limit(ordinary_limit)
    assert frame is None
    assert [(r.reason, r.extent, r.records) for r in rejects] == [("unreadable_header", "file", 2)]


@pytest.mark.parametrize("number", ["1e16", "1e20", "0.00001", "1.5E300", "123456789012345678.5"])
def test_a_fraction_inside_a_list_is_printed_alike_on_both_paths(tmp_path, number):
    good = b'{"tags": [' + number.encode() + b"]}\n"
    fast, _ = read(READER, raw(tmp_path, "a.jsonl", good))
    careful, _ = read(READER, raw(tmp_path, "b.jsonl", good + b"{\n"))
    assert fast["tags"][0] == careful["tags"][0] == f"[{float(number)!r}]"


@pytest.mark.parametrize("number", ["4.9e15", "4930000000000000.0", "4.93E+15", "4.93012345e15"])
@pytest.mark.parametrize("rest", [b'{"id": 5}\n', b'{"id": \n'])
def test_an_id_that_became_a_float_never_looks_like_an_id(tmp_path, number, rest):
    """On the fast path and, beside a broken line, on the careful one."""
    data = b'{"id": ' + number.encode() + b"}\n" + rest
    frame, _ = read(READER, raw(tmp_path, "a.jsonl", data))
    assert parse_ids(frame["id"]).problem[0] == "scientific_id"


def test_a_record_is_found_again_by_its_number(tmp_path):
    file = raw(tmp_path, "a.jsonl", GOOD)
    located = READER.locate(file, 2, ReadOptions())
    assert (located.line_number, located.raw) == (2, b'{"id": "2"}')
    assert GOOD[located.offset :].startswith(located.raw)


CSV = '\ufeffid,text\n1,"two\nlines"\n2,plain\n3,too,wide\n'.encode()


def test_csv_rows_have_their_physical_line_and_ragged_ones_are_named(tmp_path):
    frame, rejects = read(Delimited(), raw(tmp_path, "a.csv", CSV))
    assert frame.rows() == [(1, 2, "1", "two\nlines"), (2, 4, "2", "plain")]
    assert [(r.reason, r.record_number, r.line_number) for r in rejects] == [("ragged_row", 3, 5)]


CELLS = ("", "a", "样", "1", " x ", "\t", "#", "é", "'", "\\N", "null", "1e5")


@given(
    st.lists(
        st.one_of(
            st.lists(st.sampled_from(CELLS), min_size=2, max_size=4).map(",".join),
            st.sampled_from(("", ",", ",,", '"q",2,3', "x\ry,2,3")),
        ),
        max_size=6,
    ),
    st.sampled_from(("\n", "\r\n")),
    st.integers(4, 200),
)
def test_csv_split_by_polars_equals_the_csv_machine(tmp_path_factory, rows, ending, block):
    data = ("a,b,c" + ending + "".join(row + ending for row in rows)).encode()
    file = raw(tmp_path_factory.mktemp("csv"), "a.csv", data)
    original, lines.BLOCK_BYTES = lines.BLOCK_BYTES, block
    try:
        frame, rejects = read(Delimited(), file)
    finally:
        lines.BLOCK_BYTES = original
    careful, same_rejects = row_by_row(Delimited(), file)
    assert (frame is None) == (careful is None)
    assert frame is None or frame.equals(careful)
    assert rejects == same_rejects


def row_by_row(reader: Delimited, file: RawFile) -> tuple[pl.DataFrame | None, list[Reject]]:
    found = list(reader.read_rows(file, ReadOptions(), whole_blocks=False))
    frames = [item for item in found if isinstance(item, pl.DataFrame)]
    return (pl.concat(frames) if frames else None), [i for i in found if isinstance(i, Reject)]


CELLS = (
    "",
    " ",
    "x",
    "样",
    '"q, ""r"""',
    '"two\nlines"',
    '"a\r\nb"',
    "http://t.cn/a",
    "true",
    "é\ry",
)
ODD = ('"open', 'a"b', '"c"d', "id,bid", " id\t,bid,x", "\x00", ",", "", "\udcff")
WIDE = Delimited(
    ("id", "bid", "3", "flagged"),
    layout=lambda header, row: (
        {"id": 0, "bid": 1, "3": 2, "flagged": str(row[-1] == "true")}
        if 2 < len(row) < 5
        else ("too_narrow" if len(row) < 3 else None)
    ),
    signature=lambda cells: (cells[:, -1] == "true").cast(pl.String),
    repeats_header=("id", "bid"),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.lists(st.sampled_from(CELLS), min_size=1, max_size=5).map(",".join),
            st.sampled_from(ODD),
        ),
        max_size=12,
    ),
    st.sampled_from(("\n", "\r\n")),
    st.integers(8, 120),
    st.booleans(),
)
def test_csv_read_block_by_block_equals_row_by_row(tmp_path_factory, rows, ending, block, ends):
    text = "id,bid,c,d" + ending + "".join(row + ending for row in rows)
    data = (text if ends else text.removesuffix(ending)).encode("utf-8", "surrogateescape")
    file = raw(tmp_path_factory.mktemp("csv"), "a.csv", data)
    original, lines.BLOCK_BYTES = lines.BLOCK_BYTES, block
    try:
        frame, rejects = read(WIDE, file)
    finally:
        lines.BLOCK_BYTES = original
    careful, same_rejects = row_by_row(WIDE, file)
    assert (frame is None) == (careful is None)
    if frame is not None:
        assert frame.sort(RECORD).equals(careful.sort(RECORD))
    assert sorted(rejects, key=str) == sorted(same_rejects, key=str)


def test_csv_records_are_found_again(tmp_path):
    file = raw(tmp_path, "a.csv", CSV)
    located = Delimited().locate(file, 1, ReadOptions())
    assert located.raw == b'1,"two\nlines"'
    assert CSV[located.offset :].startswith(located.raw)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_byte_order_marks_decide_the_encoding(tmp_path, encoding):
    frame, _ = read(Delimited(), raw(tmp_path, "a.csv", "id\n样\n".encode(encoding)))
    assert frame["id"].to_list() == ["样"]


def test_a_utf_16_file_that_ends_within_a_character_is_named(tmp_path):
    whole = "id\n样\n本\n".encode("utf-16")
    frame, rejects = read(Delimited(), raw(tmp_path, "a.csv", whole[:-1]))
    assert frame["id"].to_list() == ["样"]
    assert [(r.reason, r.line_number) for r in rejects] == [("truncated_text", 3)]


def test_an_undeclared_encoding_is_refused_and_a_declared_one_read(tmp_path):
    file = raw(tmp_path, "a.csv", "id\n样城\n".encode("gb18030"))
    _, rejects = read(Delimited(), file)
    assert [(r.reason, r.extent) for r in rejects] == [("encoding", "record")]
    found = list(Delimited().read(file, ReadOptions("gb18030")))
    assert found[0]["id"].to_list() == ["样城"]


def test_an_unclosed_quote_is_named(tmp_path):
    _, rejects = read(Delimited(), raw(tmp_path, "a.csv", b'id,text\n1,"open\n2,x\n'))
    assert "unclosed_quote" in {r.reason for r in rejects}


def test_a_row_with_an_endless_cell_is_named_and_not_lost(tmp_path, monkeypatch):
    monkeypatch.setattr("orchestration.sources.readers.csv_blocks.MAXIMUM_CELL", 100)
    data = b"id,text\n1,a\n2," + b"x" * 500 + b"\n3,b\n"
    ordinary_limit = csv.field_size_limit()
    try:
        frame, rejects = read(Delimited(), raw(tmp_path, "a.csv", data))
    finally:
        csv.field_size_limit(ordinary_limit)
    assert frame["id"].to_list() == ["1", "3"]
    assert [(r.reason, r.record_number, r.line_number) for r in rejects] == [
        ("cell_too_long", 2, 3)
    ]


def test_a_list_deep_inside_a_document(tmp_path):
    data = b'{"features": [{"properties": {"id": 1}}, {"properties": {"id": 2}}, {}]}'
    reader = JsonDocument(("id",), "$.features[*].properties")
    frame, rejects = read(reader, raw(tmp_path, "a.json", data))
    assert (frame["id"].to_list(), rejects) == (["1", "2"], [])


def test_a_broken_document_is_refused_whole_with_its_line(tmp_path):
    _, rejects = read(JsonDocument(("id",)), raw(tmp_path, "a.json", b'[{"id": 1},\n{"id": ]'))
    assert [(r.reason, r.line_number, r.extent) for r in rejects] == [("not_json", 2, "file")]


def test_suspicious_bytes_never_reach_the_fast_path():
    for data in (b'{"id": "\x00"}\n', b'{"id": "\\u0000"}\n', b'{"id": "\\uD800"}\n', b"\n\n"):
        assert FastJson(READER.fields).read(lines.LineBlock(data, 1, 0)) is None


def test_a_stray_quote_costs_its_own_row_only(tmp_path):
    rows = [f"{n},text {n},x" for n in range(1, 10)]
    rows[1], rows[5] = '2,"text 2,x', '6,"text 6,x'
    data = "\n".join(("id,text,more", *rows)).encode() + b"\n"
    frame, rejects = read(Delimited(), raw(tmp_path, "a.csv", data))
    assert frame["id"].to_list() == ["1", "3", "4", "5", "7", "8", "9"]
    assert [(r.reason, r.record_number, r.line_number) for r in rejects] == [
        ("stray_quote", 2, 3), ("stray_quote", 6, 7),
    ]  # fmt: skip


def test_rows_before_a_break_in_an_endless_line_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(lines, "BLOCK_BYTES", 4096)
    monkeypatch.setattr(lines, "MAXIMUM_LINE_BYTES", 8192)
    noise = "".join(f"{n * 7919 % 9973:x}" for n in range(100_000))
    data = b'id,text\n1,"a"\n2,b\n3,' + noise.encode()
    cut = gzip.compress(data)[:-2000]
    frame, rejects = read(Delimited(), raw(tmp_path, "a.csv.gz", cut))
    assert frame["id"].to_list() == ["1", "2"]
    assert [r.reason for r in rejects] == ["truncated_gzip"]


@pytest.mark.parametrize("row", [0, 1, 5])
def test_one_bad_byte_costs_its_own_row_wherever_it_stands(tmp_path, row):
    rows = [f"{n},样城".encode("gb18030") for n in range(10)]
    rows[row] += b"\xff\xff"
    file = raw(tmp_path, "a.csv", b"id,text\n" + b"\n".join(rows) + b"\n")
    found = list(Delimited().read(file, ReadOptions("gb18030")))
    frames = [item for item in found if isinstance(item, pl.DataFrame)]
    assert pl.concat(frames).height == 9
    rejects = [item for item in found if isinstance(item, Reject)]
    assert [(r.reason, r.record_number) for r in rejects] == [("encoding", row + 1)]


def test_a_cell_is_too_long_with_quotes_and_without(tmp_path, monkeypatch):
    monkeypatch.setattr("orchestration.sources.readers.csv_blocks.MAXIMUM_CELL", 100)
    ordinary_limit = csv.field_size_limit()
    try:
        for quote in ("", '"'):
            long = quote + "x" * 500 + quote
            data = f"id,text\n1,a\n2,{long}\n3,b\n".encode()
            frame, rejects = read(Delimited(), raw(tmp_path, "a.csv", data))
            assert frame["id"].to_list() == ["1", "3"]
            assert [r.reason for r in rejects] == ["cell_too_long"]
    finally:
        csv.field_size_limit(ordinary_limit)


def test_a_header_that_swallowed_the_file_is_no_empty_file(tmp_path):
    _, rejects = read(Delimited(), raw(tmp_path, "a.csv", b'id,"t,region\n1,2,3\n2,3,4\n'))
    assert [(r.reason, r.records) for r in rejects if r.records] == [("unreadable_header", 2)]


@pytest.mark.parametrize("beginning", [b"x\x01", b"x^", b"(\xc2\xb5", b"\xef\xbb\xbf"])
def test_a_block_of_rows_that_begins_like_something_compressed_is_text(
    tmp_path, monkeypatch, beginning
):
    monkeypatch.setattr(lines, "BLOCK_BYTES", 64)
    rows = b"".join(b"%d,text\n" % n for n in range(20))
    data = b"id,text\n" + rows + (beginning + b"1,text\n") * 40
    file = raw(tmp_path, "a.csv", data)
    frame, rejects = read(Delimited(), file)
    assert rejects == []
    assert frame["id"].to_list()[20:] == [(beginning + b"1").decode()] * 40
