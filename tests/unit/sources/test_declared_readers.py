"""YAML, Excel and Parquet as raw text: every digit kept, every damage named, nothing raised."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.cleaning.counts import parse_counts
from orchestration.clock import FixedClock
from orchestration.sources.archive import Archive
from orchestration.sources.declarations import SourceDeclaration
from orchestration.sources.mapping import mapped_format
from orchestration.sources.readers import yaml_document
from orchestration.sources.readers.base import LINE, RECORD, Reader, ReadOptions, Reject
from orchestration.sources.readers.json_document import JsonDocument
from orchestration.sources.readers.numbers import number_text, number_texts
from orchestration.sources.readers.parquet import Parquet
from orchestration.sources.readers.workbook import Workbook
from orchestration.sources.readers.yaml_document import YamlDocument
from tests.unit.sources import reading

OPTIONS = ReadOptions()


def read(
    reader: Reader, folder: Path, content: bytes | str, name: str
) -> tuple[list[Any], list[Any]]:
    """(rows, rejects) of a file."""
    found = list(reader.read(reading.raw_file(folder, name, content), OPTIONS))
    rejects = [item for item in found if isinstance(item, Reject)]
    rows = [row for item in found if isinstance(item, pl.DataFrame) for row in item.to_dicts()]
    return rows, rejects


def workbook(*sheets: tuple[str, list[list[Any]]], **options: Any) -> bytes:
    """An .xlsx with these sheets of cells; dates get a date style, None stays empty."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, **options})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    day = book.add_format({"num_format": 14})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, place, cell, moment)
                elif isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(number, place, cell)
                elif cell is not None:
                    sheet.write(number, place, cell)
    book.close()
    return target.getvalue()


# -- YAML -----------------------------------------------------------------------------------------
def test_yaml_scalars_stay_the_text_they_are(tmp_path: Path) -> None:
    text = "- {id: 02222, at: 2021-07-20, yes: no, n: 1e3, none: ~, empty: , q: '~', "
    text += "big: 4544836471326734}\n"
    fields = ("id", "at", "yes", "n", "none", "empty", "q", "big")
    (row,), rejects = read(YamlDocument(fields), tmp_path, text, "x.yaml")
    assert [row[name] for name in fields] == [
        "02222", "2021-07-20", "no", "1e3", None, None, "~", "4544836471326734",
    ]  # fmt: skip
    assert rejects == []


def test_yaml_records_deep_inside_nested_fields_and_lines(tmp_path: Path) -> None:
    text = "# comment\nlist:\n  people:\n  - id: {a: 1}\n    tags: [x, y]\n  - id: {a: 2}\n  - 3\n"
    reader = YamlDocument(("id.a", "tags"), "$.list.people")
    rows, rejects = read(reader, tmp_path, text, "x.yml")
    assert [(r[RECORD], r[LINE], r["id.a"], r["tags"]) for r in rows] == [
        (1, 4, "1", '["x","y"]'), (2, 6, "2", None),
    ]  # fmt: skip
    assert [(r.reason, r.record_number) for r in rejects] == [("not_an_object", 3)]
    located = reader.locate(reading.raw_file(tmp_path, "x.yml", text), 2, OPTIONS)
    assert located is not None
    assert (located.line_number, located.raw) == (6, b"id: {a: 2}")
    assert text.encode()[located.offset :].startswith(b"id: {a: 2}")


def test_yaml_place_of_a_record_behind_chinese_and_a_byte_order_mark(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + "- {名: 平安}\n- {名: 样城}\n".encode()
    located = YamlDocument(("名",)).locate(reading.raw_file(tmp_path, "x.yaml", data), 2, OPTIONS)
    assert located is not None
    assert data[located.offset :].startswith(located.raw)
    assert located.raw.decode() == "{名: 样城}"


def test_yaml_documents_merges_and_aliases(tmp_path: Path) -> None:
    text = "base: &b {kind: organ, n: 1}\n---\nid: 1\n---\nid: 2\n"
    rows, _ = read(YamlDocument(("id",)), tmp_path, text, "x.yaml")
    assert [row["id"] for row in rows] == [None, "1", "2"]
    text = "- &b {kind: organ, n: 1}\n- {<<: *b, n: 2}\n- *b\n"
    rows, rejects = read(YamlDocument(("kind", "n")), tmp_path, text, "y.yaml")
    assert [(row["kind"], row["n"]) for row in rows] == [
        ("organ", "1"),
        ("organ", "2"),
        ("organ", "1"),
    ]
    assert rejects == []


def bomb(levels: int = 9, width: int = 9) -> str:
    lines = ["a0: &a0 " + "x" * 100]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels + 1)]
    return "\n".join(lines)


@pytest.mark.parametrize(("content", "reason"), [
    (bomb(), "alias_bomb"),
    ("- &a [*a]\n", "not_yaml"),
    ("- *nowhere\n", "not_yaml"),
    ("a: [1\nb: 2\n", "not_yaml"),
    ("- {a: 1, a: 2}\n", "duplicate_key"),
    ("- {a: 1, \"a\": 2}\n", "duplicate_key"),
    ("- {? [1] : 2}\n", "not_yaml"),
    ("[" * 100 + "]" * 100, "too_deep"),
    ("<html>\n<body>: x: y", "html_not_yaml"),
    ('- {a: "\\0"}\n', "control_character"),
    (b"- {a: \xff}\n", "encoding"),
    (b"\x1f\x8b\x08", "encoding"),
    ("a: 1\n", "records_not_found"),
])  # fmt: skip
def test_yaml_that_is_refused_whole(tmp_path: Path, content: str | bytes, reason: str) -> None:
    rows, rejects = read(YamlDocument(("a",), "$.list"), tmp_path, content, "x.yaml")
    assert rows == []
    assert [(reject.reason, reject.extent) for reject in rejects] == [(reason, "file")]


OFF_PATH = [
    "at $.data[3], expected an object with the key 'items', found a text",
    "at $.data[2], expected an object with the key 'items', found an object without it",
    "at $.data[1].items, expected a list, found an object",
    "at $.data[4].items, expected a list, found a text",
]


@pytest.mark.parametrize("made", [JsonDocument, YamlDocument])
def test_elements_that_the_path_does_not_lead_through_are_named(
    tmp_path: Path, made: type[JsonDocument | YamlDocument]
) -> None:
    pages: list[Any] = [
        {"items": [{"id": "1"}]}, {"items": {"0": {"id": "2"}, "1": {"id": "3"}}},
        {"itemz": [{"id": "4"}, {"id": "5"}]}, "error: rate limit", {"items": "[]"},
        {}, None, [], {"items": []}, {"items": None}, {"items": {}}, {"items": [{"id": "6"}]},
    ]  # fmt: skip
    reader = made(("id",), "$.data[*].items[*]")
    rows, rejects = read(reader, tmp_path, json.dumps({"data": pages}), "x")
    assert [(row[RECORD], row["id"]) for row in rows] == [(1, "1"), (2, "6")]
    assert {(reject.reason, reject.records) for reject in rejects} == {("element_off_path", 1)}
    assert sorted(reject.detail for reject in rejects) == sorted(OFF_PATH)


def test_a_document_with_nothing_on_the_path_is_refused_once(tmp_path: Path) -> None:
    text = '{"data": [{"items": {"a": 1}}, {"itemz": []}]}'
    rows, rejects = read(JsonDocument(("id",), "$.data[*].items[*]"), tmp_path, text, "x.json")
    assert rows == []
    assert [reject.reason for reject in rejects] == ["records_not_found"]


def test_yaml_tags_construct_nothing(tmp_path: Path) -> None:
    text = '- {a: !!python/object/apply:os.system ["false"], b: !!binary aGk=}\n'
    (row,), rejects = read(YamlDocument(("a", "b")), tmp_path, text, "x.yaml")
    assert (row["a"], row["b"]) == ('["false"]', "aGk=")
    assert rejects == []


def test_yaml_beyond_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_document, "MAXIMUM_BYTES", 10)
    _, rejects = read(YamlDocument(("a",)), tmp_path, "- {a: 123456}\n", "x.yaml")
    assert [reject.reason for reject in rejects] == ["document_too_long"]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet="-:[]{}&*a1 \n'\"?!|>#%", max_size=40))
def test_yaml_never_raises(tmp_path_factory: pytest.TempPathFactory, content: bytes | str) -> None:
    read(YamlDocument(("a", "b.c")), tmp_path_factory.mktemp("yaml"), content, "x.yaml")


# -- numbers --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("value", "text"), [
    (12.0, "12"), (-3.0, "-3"), (0.0, "0"), (12.5, "12.5"),
    (4544836471326734.0, "4544836471326734"),
    (float(2**53 - 1), "9007199254740991"), (float(2**53), "9.007199254740992e+15"),
    (123456789012345678.0, "1.2345678901234568e+17"),
    (float("nan"), None),
])  # fmt: skip
def test_numbers_as_text(value: float, text: str | None) -> None:
    assert number_text(value) == text


# -- Excel ----------------------------------------------------------------------------------------
CELLS: list[list[Any]] = [
    [None, None],
    [None, "id", "n", "when", "day", "flag", "text"],
    [None, "4544836471326734", 4544836471326734, datetime(2021, 7, 20, 8, 5, 6),
     date(2021, 7, 20), True, " x "],
    [None, None, None],
    [None, 123456789012345678, 12.5, "2021/7/20", None, False, "=1+1"],
]  # fmt: skip


def test_excel_cells_as_text(tmp_path: Path) -> None:
    data = workbook(("A", CELLS), ("B", [["id"], [7]]))
    rows, rejects = read(Workbook(), tmp_path, data, "x.xlsx")
    assert rejects == []
    assert rows == [
        {RECORD: 1, LINE: 3, "id": "4544836471326734", "n": "4544836471326734",
         "when": "2021-07-20 08:05:06", "day": "2021-07-20", "flag": "true", "text": " x "},
        {RECORD: 2, LINE: 5, "id": "1.234567890123457e+17", "n": "12.5", "when": "2021/7/20",
         "day": None, "flag": "false", "text": "=1+1"},
    ]  # fmt: skip
    assert read(Workbook(("id",), "B"), tmp_path, data, "x.xlsx")[0][0]["id"] == "7"
    located = Workbook(("id",)).locate(reading.raw_file(tmp_path, "x.xlsx", data), 2, OPTIONS)
    assert located is not None
    assert located.line_number == 5
    assert json.loads(located.raw)["when"] == "2021/7/20"


def test_excel_days_before_march_1900_and_of_1904(tmp_path: Path) -> None:
    days = [["d"], [date(1900, 1, 1)], [date(1900, 2, 28)], [date(1900, 3, 1)], [date(2021, 7, 20)]]
    rows, _ = read(Workbook(), tmp_path, workbook(("A", days)), "x.xlsx")
    assert [row["d"] for row in rows] == ["1900-01-01", "1900-02-28", "1900-03-01", "2021-07-20"]
    late = workbook(("A", [["d"], [datetime(2021, 7, 20, 8)]]), date_1904=True)
    rows, _ = read(Workbook(), tmp_path, late, "y.xlsx")
    assert rows[0]["d"] == "2021-07-20 08:00:00"


def test_excel_ids_that_a_spreadsheet_cut_are_refused(tmp_path: Path) -> None:
    cut = [4544836471326700 + 10 * n for n in range(5)]
    rows: list[list[Any]] = [["cut", "whole"]]
    rows += [[number, number + (n == 3)] for n, number in enumerate(cut)]
    form = mapped_format(declare(reader="xlsx", table="account_snapshots", columns={"uid": "cut"}))
    file = reading.raw_file(tmp_path, "x.xlsx", workbook(("A", rows)))
    assert reading.clean(form, file).problems["reason"].to_list() == ["scientific_id"] * 5
    form = mapped_format(
        declare(reader="xlsx", table="account_snapshots", columns={"uid": "whole"})
    )
    assert reading.clean(form, file).tables["account_snapshots"].height == 5


def declare(**given: Any) -> SourceDeclaration:
    return SourceDeclaration.model_validate({"name": "test", "format": "mapped", **given})


def test_excel_without_the_declared_sheet_or_column(tmp_path: Path) -> None:
    data = workbook(("年报", [["uid", "fans"], [1, 2], [3, 4]]))
    file = reading.raw_file(tmp_path, "x.xlsx", data)
    for declared, reason, said in (
        ({"records": "年表"}, "records_not_found", "年报"),
        ({"columns": {"uid": "uid", "followers": "fan"}}, "missing_column", "did you mean 'fans'"),
    ):
        columns = {"columns": {"uid": "uid"}} | declared
        form = mapped_format(declare(reader="xlsx", table="account_snapshots", **columns))
        (reject,) = form.reader.read(file, OPTIONS)
        assert isinstance(reject, Reject)
        assert (reject.reason, reject.extent) == (reason, "file")
        assert said in reject.detail
    assert reject.records == 2


def damaged(data: bytes, member: str, change: Any) -> bytes:
    """The same package with one member changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == member else content)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(("content", "reason"), [
    (b"PK\x03\x04 cut", "not_xlsx"),
    (b"\xd0\xcf\x11\xe0" + bytes(600), "not_xlsx"),
    (b"<html><table>", "not_xlsx"),
    (b"", "not_xlsx"),
    (damaged(workbook(("A", CELLS)), SHEET, lambda xml: xml[:400]), "damaged_workbook"),
    (damaged(workbook(("A", CELLS)), SHEET, lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml),
     "damaged_workbook"),
    (damaged(workbook(("A", CELLS)), "xl/workbook.xml", lambda xml: b"<workbook/>"), "not_xlsx"),
])  # fmt: skip
def test_excel_that_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    rows, rejects = read(Workbook(("id",)), tmp_path, content, "x.xlsx")
    assert rows == []
    assert [reject.reason for reject in rejects] == [reason]


def test_excel_sheet_that_breaks_is_refused_whole(tmp_path: Path) -> None:
    cells: list[list[Any]] = [["id"], *[[n] for n in range(20)]]
    broken = damaged(
        workbook(("A", cells)), SHEET, lambda xml: re.sub(b'<row r="15".*', b"<row", xml)
    )
    rows, rejects = read(Workbook(("id",)), tmp_path, broken, "x.xlsx")
    assert rows == []
    assert [(reject.reason, reject.extent) for reject in rejects] == [("damaged_workbook", "file")]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 6000), st.binary(min_size=1, max_size=8))
def test_excel_never_raises(
    tmp_path_factory: pytest.TempPathFactory, place: int, noise: bytes
) -> None:
    data = workbook(("A", CELLS))
    place %= len(data)
    read(
        Workbook(("id",)),
        tmp_path_factory.mktemp("x"),
        data[:place] + noise + data[place + len(noise) :],
        "x.xlsx",
    )


# -- Parquet --------------------------------------------------------------------------------------
FRAME = pl.DataFrame({
    "id": [4544836471326734, 2**62, None],
    "float_id": [4544836471326734.0, 1.5e17, None],
    "at": [datetime(2021, 7, 20, 8, 5, 6), None, datetime(2021, 7, 20, 8, 5, 6, 250000)],
    "zoned": pl.Series([datetime(2021, 7, 20, tzinfo=UTC)] * 3),
    "day": [date(2021, 7, 20)] * 3,
    "user": [{"name": "平安", "n": {"deep": 1}}, {"name": None, "n": {"deep": None}}, None],
    "tags": [["a", "b"], [], None],
    "a.b": ["dotted", None, None],
    "flag": [True, False, None],
    "raw": [b"x", b"\xff", None],
})  # fmt: skip


def parquet(frame: pl.DataFrame, **options: Any) -> bytes:
    target = io.BytesIO()
    frame.write_parquet(target, **options)
    return target.getvalue()


@pytest.mark.parametrize(("dtype", "values", "texts"), [
    (pl.Float32, [1792951111, 16777215, 16777217, 30479123, 20000000, 1.1, None],
     ["1.79295e+9", "16777215", "1.67772e+7", "3.04791e+7", "2.00000e+7", "1.1", None]),
    (pl.Float16, [2047, 2049, 30000, 1.5, None], ["2047", "2.05e+3", "3.00e+4", "1.5", None]),
])  # fmt: skip
def test_narrow_floats_are_exact_only_as_far_as_they_tell_numbers_apart(
    tmp_path: Path, dtype: Any, values: list[float | None], texts: list[str | None]
) -> None:
    """Data frames made smaller keep ids in 24 bits, which are no ids any more."""
    frame = pl.DataFrame({"n": pl.Series(values, dtype=pl.Float64).cast(dtype)})
    rows, _ = read(Parquet(("n",)), tmp_path, parquet(frame), "x.parquet")
    assert [row["n"] for row in rows] == texts


@given(st.lists(st.integers(0, 10**11), min_size=1))
def test_a_count_in_a_narrow_float_is_an_interval_around_what_it_was(counts: list[int]) -> None:
    found = parse_counts(number_texts(pl.Series(counts, dtype=pl.Float64).cast(pl.Float32)))
    for count, low, high in zip(counts, found.lo, found.hi, strict=True):
        assert low <= count <= high


def test_parquet_cells_as_text(tmp_path: Path) -> None:
    fields = ("id", "float_id", "at", "zoned", "day", "user.name", "user.n.deep", "tags", "a.b",
              "flag", "raw", "user.none")  # fmt: skip
    rows, rejects = read(Parquet(fields), tmp_path, parquet(FRAME, row_group_size=2), "x.parquet")
    assert rejects == []
    assert [row[RECORD] for row in rows] == [1, 2, 3]
    assert [rows[0][name] for name in fields] == [
        "4544836471326734", "4544836471326734", "2021-07-20 08:05:06", "2021-07-20 00:00:00+0000",
        "2021-07-20", "平安", "1", '["a","b"]', "dotted", "true", "x", None,
    ]  # fmt: skip
    assert (rows[1]["id"], rows[1]["float_id"]) == (str(2**62), "1.5e+17")
    assert rows[1]["raw"] == "\\xff"
    assert rows[2]["at"] == "2021-07-20 08:05:06.250"
    assert rows[2]["user.name"] is None
    file = reading.raw_file(tmp_path, "x.parquet", parquet(FRAME, row_group_size=2))
    located = Parquet(("id",)).locate(file, 2, OPTIONS)
    assert located is not None
    assert json.loads(located.raw)["id"] == 2**62


def test_parquet_instants_are_read_by_the_usual_rules(tmp_path: Path) -> None:
    form = mapped_format(declare(reader="parquet", table="inquiries", columns={
        "inquiry_id": "float_id", "asked_at": "zoned", "answered_at": "at"}))  # fmt: skip
    outcome = reading.clean(form, reading.raw_file(tmp_path, "x.parquet", parquet(FRAME)))
    row = outcome.only("inquiries")
    assert row["asked_at"] == datetime(2021, 7, 20, tzinfo=UTC)
    assert row["answered_at"] == datetime(2021, 7, 20, 0, 5, 6, tzinfo=UTC)
    assert sorted(outcome.reasons) == ["missing_key:inquiry_id", "scientific_id"]


def test_parquet_without_a_declared_field(tmp_path: Path) -> None:
    form = mapped_format(declare(reader="parquet", table="account_snapshots",
                                 columns={"uid": "user.nam"}))  # fmt: skip
    file = reading.raw_file(tmp_path, "x.parquet", parquet(FRAME))
    (reject,) = form.reader.read(file, OPTIONS)
    assert isinstance(reject, Reject)
    assert (reject.reason, reject.records) == ("missing_column", 3)
    assert "did you mean 'user.name'" in reject.detail


@pytest.mark.parametrize(
    "content", [b"", b"PAR1", b"PAR1 garbage PAR1", b"{}", parquet(FRAME)[:-20]]
)
def test_parquet_that_is_none(tmp_path: Path, content: bytes) -> None:
    rows, rejects = read(Parquet(("id",)), tmp_path, content, "x.parquet")
    assert rows == []
    assert [(reject.reason, reject.extent) for reject in rejects] == [("not_parquet", "file")]


def test_parquet_damaged_inside_accounts_for_every_row(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [f"{n:040}" for n in range(3000)]})
    data = bytearray(parquet(frame, row_group_size=1000, compression="zstd"))
    middle = len(data) // 2
    data[middle - 200 : middle + 200] = bytes(400)
    rows, rejects = read(Parquet(("id",)), tmp_path, bytes(data), "x.parquet")
    assert [reject.reason for reject in rejects] == ["damaged_parquet"]
    assert len(rows) + sum(reject.records for reject in rejects) == 3000


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 6000), st.binary(min_size=1, max_size=8))
def test_parquet_never_raises(
    tmp_path_factory: pytest.TempPathFactory, place: int, noise: bytes
) -> None:
    data = parquet(FRAME)
    place %= len(data)
    read(
        Parquet(("id", "tags")),
        tmp_path_factory.mktemp("x"),
        data[:place] + noise + data[place + len(noise) :],
        "x.parquet",
    )


# -- compressed and zipped ------------------------------------------------------------------------
RECORDS = [{"uid": str(n), "fans": str(n * 10)} for n in range(1, 4)]
CONTENTS = {
    "yaml": "".join(f"- {{uid: {r['uid']}, fans: {r['fans']}}}\n" for r in RECORDS).encode(),
    "xlsx": workbook(("A", [["uid", "fans"], *[[int(r["uid"]), int(r["fans"])] for r in RECORDS]])),
    "parquet": parquet(pl.DataFrame(RECORDS)),
    "csv": b"uid,fans\n" + b"".join(f"{r['uid']},{r['fans']}\n".encode() for r in RECORDS),
}


@pytest.mark.parametrize("reader", CONTENTS)
def test_every_reader_behind_every_wrapping_gives_the_same_rows(
    tmp_path: Path, reader: str
) -> None:
    form = mapped_format(declare(
        reader=reader, table="account_snapshots", columns={"uid": "uid", "followers": "fans"},
        account={"kind": "organ"}))  # fmt: skip
    content = CONTENTS[reader]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr(f"in/x.{reader}", content)
    (tmp_path / "inbox").mkdir()
    for name, data in {
        f"x.{reader}": content,
        f"x.{reader}.gz": gzip.compress(content),
        f"x.{reader}.zst": zstandard.compress(content),
        "x.zip": packed.getvalue(),
    }.items():
        path = tmp_path / "inbox" / name
        path.write_bytes(data)
        archive = Archive(tmp_path / f"archive-{name}")
        (file,) = archive.add(path, name, "test", FixedClock(reading.NOW))
        outcome = reading.clean(form, file)
        rows = outcome.tables["account_snapshots"]
        assert rows["account_id"].to_list() == ["1", "2", "3"], name
        assert rows["followers_lo"].to_list() == [10, 20, 30]
        assert outcome.reasons == []


def test_an_excel_workbook_is_one_file_although_it_is_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "registry.xlsx"
    path.write_bytes(CONTENTS["xlsx"])
    (file,) = Archive(tmp_path / "archive").add(
        path, "a/registry.xlsx", "a", FixedClock(reading.NOW)
    )
    assert (file.path, file.member) == ("a/registry.xlsx", None)
