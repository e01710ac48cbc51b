"""Columns that a file has and its format does not read: named once, never copied.

A column that nobody knows may be about a private person, so its values stay in the archive. What is
looked at is the header of a CSV, and the keys of the first records of JSON Lines: enough to see
that a producer changed, cheap enough for every file. Documents, workbooks, databases and pages are
not looked at.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import ReadOptions
from orchestration.sources.readers.by_content import ByContent, looks_like_json
from orchestration.sources.readers.converted import Converted
from orchestration.sources.readers.declared import DeclaredReader
from orchestration.sources.readers.delimited import Delimited
from orchestration.sources.readers.json_any import JsonAny, is_json_lines
from orchestration.sources.readers.json_lines import JsonLines
from orchestration.sources.readers.line_rows import LineRows

RECORDS_SEEN = 50
HEAD_BYTES = 512 * 1024
COLUMNS_NAMED = 50
"""Columns named of one file; a file with more has data where names should be."""
NAME_LENGTH = 60


@dataclass(frozen=True)
class UnreadColumn:
    """A column, with the record (of a CSV: none, its header) and line where it first stands."""

    name: str
    record_number: int | None
    line_number: int


def unread_columns(file: RawFile, reader: Any, options: ReadOptions) -> list[UnreadColumn]:
    """Columns at the beginning of a file that the reader leaves out, as they first stand."""
    while isinstance(reader, (DeclaredReader, Converted, ByContent)):
        if isinstance(reader, ByContent):
            reader = reader.json if looks_like_json(file.head(4096)) else reader.other
        else:
            reader = reader.inner
    if isinstance(reader, JsonAny):
        if reader.unfold is not None or not is_json_lines(file.head()):
            return []
        reader = JsonLines(reader.fields)
    found: Iterator[UnreadColumn] = iter(())
    if isinstance(reader, JsonLines):
        found = _of_lines(file.head(HEAD_BYTES), reader.fields)
    elif isinstance(reader, (Delimited, LineRows)):
        found = _of_header(file.head(HEAD_BYTES), reader, options)
    first: dict[str, UnreadColumn] = {}
    for column in found:
        first.setdefault(column.name, column)
    return list(islice(first.values(), COLUMNS_NAMED))


def shown_name(name: str) -> str:
    """A column's name for people: printable, short, and with no number that may be an account's."""
    bare = "".join(c if c.isprintable() else " " for c in name)
    return re.sub(r"\d{5,}", "#", bare).strip()[:NAME_LENGTH]


def _of_lines(head: bytes, fields: tuple[str, ...]) -> Iterator[UnreadColumn]:
    known = _tree(fields)
    whole = head[: head.rfind(b"\n") + 1] or head
    seen: set[str] = set()
    for number, line in islice(enumerate(whole.split(b"\n"), start=1), RECORDS_SEEN):
        try:
            record = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            continue  # the reader refuses it, and says why
        if isinstance(record, dict) and not known.keys().isdisjoint(record):
            for path in _unknown(record, known):
                if path not in seen:
                    seen.add(path)
                    yield UnreadColumn(shown_name(path), number, number)


def _tree(fields: tuple[str, ...]) -> dict[str, Any]:
    """Dotted names as nested mappings; a name that is read whole has no children."""
    tree: dict[str, Any] = {}
    for name in fields:
        node = tree
        for part in name.split("."):
            node = node.setdefault(part, {})
        tree.setdefault(name, {})
    return tree


def _unknown(record: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    """Keys beside those that are read, in objects into which the format looks."""
    for key, value in record.items():
        if key not in known:
            yield key
        elif known[key] and isinstance(value, dict):
            yield from (f"{key}.{path}" for path in _unknown(value, known[key]))


def _of_header(
    head: bytes, reader: Delimited | LineRows, options: ReadOptions
) -> Iterator[UnreadColumn]:
    if reader.fields is None:
        return
    text = _decoded(head, options)
    lines = text.splitlines(keepends=True)
    delimiter = reader.delimiter if isinstance(reader, Delimited) else ","
    rows = csv.reader(lines, delimiter=delimiter)
    try:
        header = next(row for row in rows if row)
        line = rows.line_num
        row = next((row for row in rows if row), header)
    except (StopIteration, csv.Error):
        return
    read = set(reader.fields)
    names = [name.strip("\ufeff \t") for name in header]
    if isinstance(reader, Delimited):
        if reader.header is not None and reader.header(header):
            return  # the file has no header: what stands there is a record
        places = reader.layout(names, row)
        if not isinstance(places, Mapping):
            return  # rows of no known layout are refused, and told so
        at = [places.get(field) for field in reader.fields]
        read |= {names[place] for place in at if isinstance(place, int) and place < len(names)}
    if not read & set(names):
        return  # no header of this format
    for name in names:
        if name and name not in read:
            yield UnreadColumn(shown_name(name), None, line)


def _decoded(head: bytes, options: ReadOptions) -> str:
    encoding = options.encoding or "utf-8-sig"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    return head.decode(encoding, "replace")
