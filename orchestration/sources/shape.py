"""The shape of an unknown file: reader, delimiter, encoding, path of its records, their columns.

Nothing here decides how a file is read; it is what a proposal for a declaration rests on.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from orchestration.sources.rawfile import DecompressionBombError, RawFile
from orchestration.sources.readers import parquet, strict_json, workbook, yaml_document
from orchestration.sources.readers.base import LINE, RECORD, Reader, ReadOptions
from orchestration.sources.readers.delimited import Delimited
from orchestration.sources.readers.json_document import JsonDocument
from orchestration.sources.readers.json_lines import JsonLines
from orchestration.sources.vocabulary import KNOWN, key_of

SAMPLE = 2000
MAXIMUM_DOCUMENT = 64 * 1024 * 1024
MAXIMUM_FIELDS = 300
_DELIMITERS = (",", "\t", ";", "|")
_STEP = re.compile(r"^[^.\[\]]+$")
_DEPTH = 4
_TYPOGRAPHY = re.compile("[\u2018\u2019\u201c\u201d\u2013\u2014\u2026]")


@dataclass(frozen=True)
class Shape:
    """How a file can be read, and a sample of its records as text.

    doubtful: columns whose names stand more than once. header: names given to the columns of a
    file without a header row.
    """

    reader: str
    sample: pl.DataFrame
    records: str = "$"
    delimiter: str | None = None
    encoding: str | None = None
    header: tuple[str, ...] | None = None
    note: str = ""


def shape_of(file: RawFile) -> Shape | str:
    """The shape of a file, or a sentence why none can be made out."""
    head = file.head()
    suffix = file.inner_path.suffix.lower()
    if head.startswith(parquet.MAGIC):
        return _sampled(Shape("parquet", pl.DataFrame()), parquet.Parquet(), file)
    if head.startswith(b"PK\x03\x04"):
        return _workbook(file)
    try:
        data = file.read_content() if file.size <= MAXIMUM_DOCUMENT else head
    except (OSError, EOFError, DecompressionBombError):
        data = head
    decoded = _decoded(data, is_whole=data is not head)
    if decoded is None:
        return "it is neither text nor Parquet nor an Excel workbook"
    text, encoding = decoded
    if not text.strip():
        return "it is empty"
    if text.lstrip()[0] in "[{":
        return _json(text, suffix, file)
    if text.lstrip()[0] == "<":
        return "it is HTML or XML, which no mapped reader takes"
    if suffix in (".yaml", ".yml") or text.startswith(("- ", "---\n", "%YAML")):
        found = _yaml(text, encoding, file)
        if found is not None:
            return found
    return _delimited(text, suffix, encoding, file)


def _decoded(data: bytes, *, is_whole: bool) -> tuple[str, str | None] | None:
    """Text, and the encoding to declare (None: UTF-8, or told by a byte order mark)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), None
    if b"\x00" in data[:4096]:
        return None
    if not is_whole:
        data = data[: data.rfind(b"\n") + 1] or data
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if len(re.findall("[\u4e00-\u9fff]", text)) > 0.02 * max(len(text), 1):
        return text, "gb18030"
    western = {"mac_roman": data.decode("mac_roman"), "latin-1": data.decode("latin-1")}
    with contextlib.suppress(UnicodeDecodeError):
        western["cp1252"] = data.decode("cp1252")
    best = max(western, key=lambda name: len(_TYPOGRAPHY.findall(western[name])))
    return western[best], best


# -- documents ------------------------------------------------------------------------------------
def _json(text: str, suffix: str, file: RawFile) -> Shape | str:
    if suffix not in (".jsonl", ".ndjson"):
        try:
            document = strict_json.parse(text)
        except strict_json.JsonProblemError:
            document = None
        if document is not None:
            return _document("json", document, None, file)
    lines = [line for line in text.split("\n")[: SAMPLE + 1] if line.strip()]
    records = []
    for line in lines:
        try:
            record = strict_json.parse(line)
        except strict_json.JsonProblemError:
            continue
        if isinstance(record, dict):
            records.append(record)
    if not records:
        return "it begins like JSON, but neither the whole nor its lines can be parsed"
    fields = _paths(records)
    return _sampled(Shape("jsonl", pl.DataFrame()), JsonLines(fields), file)


def _yaml(text: str, encoding: str | None, file: RawFile) -> Shape | None:
    try:
        document = yaml_document.parse(text)
    except strict_json.JsonProblemError:
        return None
    found = _document("yaml", document, encoding, file)
    return found if isinstance(found, Shape) else None


def _document(reader: str, document: Any, encoding: str | None, file: RawFile) -> Shape | str:
    lists = list(_lists(document, "$"))
    if lists:
        path, records = max(lists, key=lambda found: (len(found[1]), -len(found[0])))
    elif isinstance(document, dict):
        path, records = "$", [document]
    else:
        return "it holds no list of objects"
    if file.inner_path.suffix.lower() == ".geojson" and path == "$.features":
        path = "$.features[*]"
    fields = _paths(records)
    made: Reader = (
        JsonDocument(fields, path) if reader == "json" else yaml_document.YamlDocument(fields, path)
    )
    return _sampled(Shape(reader, pl.DataFrame(), records=path, encoding=encoding), made, file)


def _lists(value: Any, path: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """(path, objects) of every list of objects that a path can name."""
    if isinstance(value, list):
        objects = [item for item in value if isinstance(item, dict)]
        if objects:
            yield path, objects
    elif isinstance(value, dict) and path.count(".") < _DEPTH:
        for key, item in value.items():
            if _STEP.match(key):
                yield from _lists(item, f"{path}.{key}")


def _paths(records: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Dotted paths of all leaves of the records; keys that a path cannot name are left out."""
    found: dict[str, None] = {}

    def walk(record: dict[str, Any], prefix: str, depth: int) -> None:
        for key, value in record.items():
            if not key or "." in key:
                continue
            if isinstance(value, dict) and value and depth < _DEPTH:
                walk(value, f"{prefix}{key}.", depth + 1)
            else:
                found.setdefault(prefix + key)

    for record in records[:SAMPLE]:
        walk(record, "", 1)
    names = list(found)[:MAXIMUM_FIELDS]
    parents = {name[:at] for name in names for at, sign in enumerate(name) if sign == "."}
    return tuple(name for name in names if name not in parents)


# -- tables ---------------------------------------------------------------------------------------
def _workbook(file: RawFile) -> Shape | str:
    names = workbook.sheet_names(file)
    if not names:
        return "it is a zip, but no Excel workbook"
    note = f"the first of {len(names)} sheets; `records` names another" if len(names) > 1 else ""
    return _sampled(Shape("xlsx", pl.DataFrame(), note=note), workbook.Workbook(), file)


def _delimited(text: str, suffix: str, encoding: str | None, file: RawFile) -> Shape | str:
    beginning = text[: 1 << 20]
    widths = {sign: _widths(beginning, sign) for sign in _DELIMITERS}
    sign = max(_DELIMITERS, key=lambda s: (widths[s][1], widths[s][0]))
    width, agreement = widths[sign]
    if width < 2 and suffix not in (".csv", ".tsv"):
        return "its lines are no rows of a table"
    if width < 2:
        sign = "\t" if suffix == ".tsv" else ","
    elif agreement < 0.5:
        return "its lines have too many different widths to be one table"
    reader, delimiter = ("tsv", None) if sign == "\t" else ("csv", None if sign == "," else sign)
    first = next((row for row in csv.reader(io.StringIO(beginning), delimiter=sign) if row), [])
    header = None
    if any(map(_is_value, first)) and not any(key_of(cell) in KNOWN for cell in first):
        header = tuple(f"column_{place}" for place in range(1, len(first) + 1))
    shape = Shape(reader, pl.DataFrame(), delimiter=delimiter, encoding=encoding, header=header)
    given = header
    made = Delimited(delimiter=sign, header=(lambda cells: given) if header else None)
    sampled = _sampled(shape, made, file, encoding)
    if isinstance(sampled, str) or header is not None:
        return sampled
    names = [name.strip("\ufeff \t") for name in first]
    twice = [name for name, count in Counter(names).items() if count > 1]
    return Shape(**{**sampled.__dict__, "sample": sampled.sample.drop(twice, strict=False)})


def _widths(text: str, sign: str) -> tuple[int, float]:
    """The commonest number of cells above one, and the share of rows that have it."""
    counted: Counter[int] = Counter()
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=sign)):
            if row:
                counted[len(row)] += 1
            if number >= 200:
                break
    except csv.Error:
        pass
    wide = {width: count for width, count in counted.items() if width > 1}
    if not wide:
        return 1, 0.0
    width = max(wide, key=lambda w: (wide[w], w))
    return width, wide[width] / sum(counted.values())


def _is_value(cell: str) -> bool:
    """A number or date, which no column is called."""
    return bool(re.match(r"\s*(?:-?\d+(?:[.,]\d+)*|\d{4}[-/]\d{1,2}[-/]\d{1,2}.*)\s*$", cell))


def _sampled(
    shape: Shape, reader: Reader, file: RawFile, encoding: str | None = None
) -> Shape | str:
    """The shape with the first records that its reader gives."""
    frames: list[pl.DataFrame] = []
    for found in reader.read(file, ReadOptions(encoding or shape.encoding)):
        if isinstance(found, pl.DataFrame):
            frames.append(found)
            if sum(frame.height for frame in frames) >= SAMPLE:
                break
    if not frames:
        return "no record can be read from it"
    sample = pl.concat(frames).head(SAMPLE).drop(RECORD, LINE)
    return Shape(**{**shape.__dict__, "sample": sample})
