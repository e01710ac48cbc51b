"""Excel workbooks (.xlsx): one sheet, its first row that is not empty being the header.

The cells are read from the sheet's own XML, because what matters is whether a cell holds text or
a number: an id kept as text is intact, one kept as a number may have lost its digits. Numbers
that are whole come out as whole numbers; what a spreadsheet cannot have kept exactly comes out
in scientific notation, which the rules for ids refuse. Dates come out as ISO text without a
zone. Rows are streamed; the table of shared texts is what memory holds.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from orchestration.sources.rawfile import (
    EXPANSION_FLOOR,
    MAXIMUM_EXPANSION,
    DecompressionBombError,
    RawFile,
)
from orchestration.sources.readers import strict_json
from orchestration.sources.readers.base import (
    Found,
    Located,
    ReadOptions,
    Reject,
    raw_frame,
    truncation,
)
from orchestration.sources.readers.numbers import number_text, scientific

BATCH_ROWS = 50_000
SPOOLED_BYTES = 64 * 1024 * 1024
FIRST_SHEET = "$"
CUT_DIGITS = 15
"""Excel keeps 15 digits of a number that is typed or imported and puts zeros behind them."""
CUT_EVIDENCE = 5
"""So many longer numbers of a column, all ending in 0, are no chance (1 in 100,000)."""

_BUILTIN_DAYS = frozenset((14, 15, 16, 17, 27, 28, 29, 30, 31, 34, 35, 36, *range(50, 59)))
_BUILTIN_TIMES = frozenset((18, 19, 20, 21, 22, 32, 33, 45, 46, 47))
_NOT_DATE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_OLE = b"\xd0\xcf\x11\xe0"


class WorkbookError(ValueError):
    """Why a file is no workbook that can be read."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Row:
    """One row: its number in the sheet, and the texts of its filled cells by column (from 0)."""

    number: int
    cells: Mapping[int, str]


@dataclass(frozen=True)
class Workbook:
    """Rows of one sheet below its header. `sheet`: its name, or `$` for the first.

    A damaged sheet is refused whole: it is looked through before its first row is given. Record
    numbers count filled rows below the header; the line is the row's number in the sheet.
    `fields` None: every column of the header.
    """

    fields: tuple[str, ...] | None = None
    sheet: str = FIRST_SHEET

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        del options  # the encoding stands in the XML
        names: tuple[str, ...] = self.fields or ()
        places: dict[str, int] = {}
        rows: list[list[Any]] = []
        record = 0
        try:
            for row in self._rows(file):
                if not places:
                    header = _header(row)
                    places = _places(header)
                    names = self.fields or tuple(dict.fromkeys(filter(None, header)))
                    continue
                record += 1
                cells = [row.cells.get(places[name]) if name in places else None for name in names]
                rows.append([record, row.number, *cells])
                if len(rows) >= BATCH_ROWS:
                    yield raw_frame(names, rows)
                    rows = []
        except WorkbookError as error:
            yield _refusal(error)
            return
        if rows:
            yield raw_frame(names, rows)

    def columns(self, file: RawFile, options: ReadOptions) -> list[str] | Reject:
        """Names in the header; [] for a sheet without a filled row."""
        del options
        try:
            return _header(next(self._rows(file), Row(0, {})))
        except WorkbookError as error:
            return _refusal(error)

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        del options
        header: list[str] | None = None
        record = 0
        try:
            for row in self._rows(file):
                if header is None:
                    header = _header(row)
                    continue
                record += 1
                if record == record_number:
                    named = {
                        name: row.cells.get(place) for place, name in enumerate(header) if name
                    }
                    return Located(row.number, 0, strict_json.dump(named).encode())
        except WorkbookError:
            return None
        return None

    def _rows(self, file: RawFile) -> Iterator[Row]:
        """Filled rows of the sheet, the header first."""
        with _opened(file) as container:
            book = _Book(container)
            part = book.part_of(self.sheet)
            cut = _cut_columns(book.cells(part, _is_long))
            for number, cells in book.cells(part):
                texts = {
                    place: text
                    for place, cell in cells.items()
                    if (text := _cell_text(cell, place in cut)) is not None
                }
                if any(text.strip() for text in texts.values()):
                    yield Row(number, texts)


def sheet_names(file: RawFile) -> list[str]:
    """Names of the worksheets in order; [] when it is no workbook."""
    try:
        with _opened(file) as container:
            return list(_Book(container).sheets)
    except WorkbookError:
        return []


def _refusal(error: WorkbookError) -> Reject:
    return Reject(error.reason, error.detail, extent="file")


def _header(row: Row) -> list[str]:
    width = max(row.cells, default=-1) + 1
    return [row.cells.get(place, "").strip("\ufeff \t\r\n") for place in range(width)]


def _places(header: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        if name:
            places.setdefault(name, place)
    return places


# -- cells ----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Cell:
    """A cell as stored: kind is text, number, day, moment or flag."""

    kind: str
    value: str
    is_1904: bool = False


def _cell_text(cell: _Cell, is_cut: bool) -> str | None:
    if cell.kind == "flag":
        return "true" if cell.value == "1" else "false"
    if cell.kind == "text":
        return cell.value
    try:
        number = float(cell.value)
    except ValueError:
        return cell.value
    if cell.kind in ("day", "moment"):
        written = _date_text(number, cell)
        if written is not None:
            return written
    if is_cut and _is_long(cell):
        return scientific(number)
    return number_text(number)


def _date_text(serial: float, cell: _Cell) -> str | None:
    """ISO text of a date serial; None where it is out of the calendar's range."""
    if not 0 <= serial < 2_958_466:
        return None
    milliseconds = round(serial * 86_400_000)
    if serial < 1 and cell.kind == "moment" and not cell.is_1904:
        return _clock(datetime(2000, 1, 1) + timedelta(milliseconds=milliseconds))  # noqa: DTZ001
    # Excel counts a 29 February 1900 that never was, so serials below 60 are one day behind.
    base = datetime(1904, 1, 1) if cell.is_1904 else datetime(1899, 12, 30)  # noqa: DTZ001
    if not cell.is_1904 and serial < 60:
        base += timedelta(days=1)
    try:
        at = base + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
    if cell.kind == "day" and milliseconds % 86_400_000 == 0:
        return f"{at:%Y-%m-%d}"
    return f"{at:%Y-%m-%d} {_clock(at)}"


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}" + (f".{at.microsecond // 1000:03}" if at.microsecond else "")


def _is_long(cell: _Cell) -> bool:
    """A whole number with more digits than Excel keeps."""
    if cell.kind != "number":
        return False
    try:
        number = float(cell.value)
    except ValueError:
        return False
    return abs(number) >= 10**CUT_DIGITS and number.is_integer()


def _cut_columns(rows: Iterator[tuple[int, dict[int, _Cell]]]) -> frozenset[int]:
    """Columns whose long numbers all end in 0: their last digits were cut when they were typed."""
    found: dict[int, set[int]] = {}
    intact: set[int] = set()
    for _, cells in rows:
        for place, cell in cells.items():
            number = int(float(cell.value))
            if number % 10:
                intact.add(place)
            elif len(seen := found.setdefault(place, set())) < CUT_EVIDENCE:
                seen.add(number)
    return frozenset(
        place
        for place, numbers in found.items()
        if len(numbers) >= CUT_EVIDENCE and place not in intact
    )


# -- the package ----------------------------------------------------------------------------------
@contextmanager
def _opened(file: RawFile) -> Iterator[zipfile.ZipFile]:
    """The workbook's package; raises WorkbookError for anything that is none."""
    with tempfile.SpooledTemporaryFile(SPOOLED_BYTES) as spool:
        try:
            with file.open() as stream:
                while piece := stream.read(1 << 20):
                    spool.write(piece)
        except DecompressionBombError as error:
            raise WorkbookError("decompression_bomb", str(error)) from error
        except (OSError, EOFError) as error:
            cut = truncation(error, 0)
            raise WorkbookError(cut.reason, cut.detail) from error
        spool.seek(0)
        beginning = spool.read(512)
        spool.seek(0)
        try:
            container = zipfile.ZipFile(spool)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise WorkbookError("not_xlsx", _why_no_package(beginning)) from error
        with container:
            yield container


def _why_no_package(beginning: bytes) -> str:
    if beginning.startswith(_OLE):
        return "an old .xls workbook, or one protected by a password; save it as plain .xlsx"
    if beginning.lstrip()[:1] == b"<":
        return "looks like an HTML page saved under an Excel name"
    return "no workbook: its zip directory is missing, so it is cut or of another kind"


class _Book:
    """Sheets, shared texts and styles of one package."""

    def __init__(self, container: zipfile.ZipFile) -> None:
        self._container = container
        self._members = {name.lower(): name for name in container.namelist()}
        self.is_1904 = False
        self.sheets = self._sheets()
        self._shared: list[str] | None = None
        self._kinds: list[str] | None = None

    def part_of(self, sheet: str) -> str:
        """The member that holds a sheet."""
        if not self.sheets:
            raise WorkbookError("not_xlsx", "the package names no worksheet")
        if sheet == FIRST_SHEET:
            return next(iter(self.sheets.values()))
        if sheet not in self.sheets:
            raise WorkbookError(
                "records_not_found",
                f"the workbook has no sheet {sheet!r}; it has: {', '.join(self.sheets)}",
            )
        return self.sheets[sheet]

    def cells(
        self, part: str, wanted: Callable[[_Cell], bool] | None = None
    ) -> Iterator[tuple[int, dict[int, _Cell]]]:
        """(row number, filled cells by column) of every row, in order."""
        number = 0
        for name, element in self._elements(part, ("row",)):
            del name
            number = int(element.get("r") or number + 1)
            cells: dict[int, _Cell] = {}
            place = -1
            for child in element:
                if _local(child.tag) != "c":
                    continue
                place = _place_of(child.get("r"), place + 1)
                cell = self._cell(child)
                if cell is not None and (wanted is None or wanted(cell)):
                    cells[place] = cell
            yield number, cells

    def _cell(self, element: Any) -> _Cell | None:
        kind = element.get("t") or "n"
        if kind == "inlineStr":
            return _Cell("text", _rich_text(element))
        value = next((c.text for c in element if _local(c.tag) == "v"), None)
        if value is None or value == "":
            return None
        if kind == "s":
            shared, index = self.shared, int(value) if value.strip().isdecimal() else -1
            return _Cell("text", shared[index]) if 0 <= index < len(shared) else None
        if kind == "b":
            return _Cell("flag", value)
        if kind == "n":
            style = element.get("s") or ""
            index = int(style) if style.isdecimal() else -1
            known = self.kinds[index] if 0 <= index < len(self.kinds) else "number"
            return _Cell(known, value.strip(), self.is_1904)
        return _Cell("text", value)  # str, d (ISO dates), e (errors such as #N/A)

    @property
    def shared(self) -> list[str]:
        """The shared texts, in order."""
        if self._shared is None:
            part = self._members.get("xl/sharedstrings.xml")
            found = self._elements(part, ("si",)) if part else iter(())
            self._shared = [_rich_text(element) for _, element in found]
        return self._shared

    @property
    def kinds(self) -> list[str]:
        """number, day or moment for each cell style."""
        if self._kinds is None:
            part = self._members.get("xl/styles.xml")
            self._kinds = self._styles(part) if part else []
        return self._kinds

    def _styles(self, part: str) -> list[str]:
        formats: dict[str, str] = {}
        kinds: list[str] = []
        for name, element in self._elements(part, ("numFmt", "cellXfs")):
            if name == "numFmt":
                formats[element.get("numFmtId") or ""] = element.get("formatCode") or ""
            else:
                kinds = [
                    _kind_of_format(xf.get("numFmtId") or "0", formats)
                    for xf in element
                    if _local(xf.tag) == "xf"
                ]
        return kinds

    def _sheets(self) -> dict[str, str]:
        part = self._members.get("xl/workbook.xml")
        relations = self._members.get("xl/_rels/workbook.xml.rels")
        if part is None or relations is None:
            raise WorkbookError(
                "not_xlsx", "a zip, but no Excel workbook: xl/workbook.xml is missing"
            )
        targets = {
            element.get("Id"): element.get("Target") or ""
            for _, element in self._elements(relations, ("Relationship",))
            if (element.get("Type") or "").endswith("/worksheet")
        }
        found: dict[str, str] = {}
        for name, element in self._elements(part, ("workbookPr", "sheet")):
            if name == "workbookPr":
                self.is_1904 = element.get("date1904") in ("1", "true")
                continue
            key = next((v for k, v in element.attrib.items() if _local(k) == "id"), None)
            target = targets.get(key, "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            member = self._members.get(path.lower())
            if target and member is not None:
                found.setdefault(element.get("name") or "", member)
        return found

    def _elements(self, part: str, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        """Elements of these names in a member, each dropped once it was given."""
        from xml.etree.ElementTree import ParseError

        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import iterparse

        info = self._container.getinfo(part)
        if info.file_size > max(EXPANSION_FLOOR, MAXIMUM_EXPANSION * info.compress_size):
            raise WorkbookError(
                "decompression_bomb", f"{part} expands to {info.file_size} bytes, beyond belief"
            )
        try:
            with self._container.open(info) as stream:
                yield from _stream_elements(
                    iterparse(stream, ("start", "end"), forbid_dtd=True), names
                )
        except (
            ParseError, DefusedXmlException, zipfile.BadZipFile, OSError, EOFError, RuntimeError,
            NotImplementedError, zlib.error, ValueError,
        ) as error:  # fmt: skip
            if isinstance(error, WorkbookError):
                raise
            raise WorkbookError("damaged_workbook", f"{part} is damaged: {error}") from error


def _stream_elements(
    events: Iterator[tuple[str, Any]], names: tuple[str, ...]
) -> Iterator[tuple[str, Any]]:
    parents: list[Any] = []
    for event, element in events:
        name = _local(element.tag)
        if event == "start":
            parents.append(element)
            continue
        parents.pop()
        if name in names:
            yield name, element
            element.clear()
            if parents:
                parents[-1].clear()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _rich_text(element: Any) -> str:
    """Text of a shared or inline string, without the phonetic reading that Excel keeps beside."""
    pieces: list[str] = []
    for child in element:
        name = _local(child.tag)
        if name == "t":
            pieces.append(child.text or "")
        elif name in ("r", "is"):
            pieces.append(_rich_text(child))
    return re.sub(r"_x([0-9A-Fa-f]{4})_", _escaped, "".join(pieces))


def _escaped(match: re.Match[str]) -> str:
    """Excel writes characters that XML cannot hold as _x000D_."""
    character = chr(int(match.group(1), 16))
    return character if character in "\t\n\r_" else match.group()


def _place_of(reference: str | None, expected: int) -> int:
    """Column index (from 0) of a reference such as AB12."""
    letters = re.match(r"[A-Z]{1,3}", reference or "")
    if letters is None:
        return expected
    place = 0
    for letter in letters.group():
        place = place * 26 + ord(letter) - 64
    return place - 1


def _kind_of_format(number: str, formats: Mapping[str, str]) -> str:
    code = formats.get(number)
    if code is None:
        identity = int(number) if number.isdecimal() else 0
        if identity in _BUILTIN_TIMES:
            return "moment"
        return "day" if identity in _BUILTIN_DAYS else "number"
    bare = _NOT_DATE.sub("", code).lower().split(";")[0]
    if bare == "general" or not re.search(r"[ymdhs]", bare):
        return "number"
    return "moment" if re.search(r"[hs]", bare) else "day"
