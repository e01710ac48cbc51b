"""Files read by declaration: refused without the declared columns, their records selected.

What a known producer's file has is known; of a declared file it is only claimed. A column that
is not there would otherwise look like a file full of unobserved values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import chain
from typing import Any

import polars as pl

from orchestration.sources.rawfile import DecompressionBombError, RawFile
from orchestration.sources.readers.base import Found, Located, ReadOptions, Reject
from orchestration.sources.readers.delimited import Delimited
from orchestration.sources.readers.json_document import JsonDocument
from orchestration.sources.readers.json_lines import JsonLines, parse_line
from orchestration.sources.readers.lines import LineBlock, line_blocks
from orchestration.sources.readers.parquet import Parquet
from orchestration.sources.readers.workbook import Workbook
from orchestration.sources.readers.yaml_document import YamlDocument

DeclarableReader = Delimited | JsonDocument | JsonLines | Parquet | Workbook | YamlDocument


@dataclass(frozen=True)
class DeclaredReader:
    """A reader that refuses a file without the declared columns, and keeps selected records.

    Records that `where` leaves out are counted in one reject a file, so none vanishes.
    """

    inner: DeclarableReader
    needed: tuple[str, ...]
    where: Mapping[str, str]

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        left_out = 0
        for found in self._checked(file, options):
            if isinstance(found, Reject) or not self.where:
                yield found
                continue
            kept = found.filter(
                pl.col(name).str.strip_chars().eq(value).fill_null(False)
                for name, value in self.where.items()
            )
            left_out += found.height - kept.height
            if kept.height:
                yield kept
        if left_out:
            condition = " and ".join(f"{name} = {value!r}" for name, value in self.where.items())
            yield Reject(
                "not_selected", f"records left out by `where: {condition}`", records=left_out
            )

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        return self.inner.locate(file, record_number, options)

    def _checked(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        if isinstance(self.inner, Delimited):
            yield from self._checked_rows(self.inner, file, options)
        elif isinstance(self.inner, (Parquet, Workbook)):
            yield from self._checked_columns(self.inner, file, options)
        elif isinstance(self.inner, (JsonDocument, YamlDocument)):
            notes: list[Reject] = []
            records = self.inner.find(file, options, notes)
            yield from notes
            if isinstance(records, Reject):
                yield records
                return
            missing = self._absent(records)
            yield from self.inner.frames(records) if missing is None else (missing,)
        else:
            missing = self._absent(_line_records(file))
            found = self.inner.read(file, options)
            if missing is not None:
                yield missing
                yield from filter(_is_of_the_stream, found)
            else:
                yield from found

    def _checked_columns(
        self, reader: Parquet | Workbook, file: RawFile, options: ReadOptions
    ) -> Iterator[Found]:
        """Records of a file whose columns are known before its records are."""
        columns = reader.columns(file, options)
        if isinstance(columns, Reject):
            yield columns
            return
        refusal = self._misfit(columns) if columns else None
        if refusal is None:
            yield from reader.read(file, options)
            return
        yield from _refused_whole(refusal, reader.read(file, options))

    def _checked_rows(
        self, reader: Delimited, file: RawFile, options: ReadOptions
    ) -> Iterator[Found]:
        """Rows of a CSV whose header, seen first, has every column once."""
        header: list[str] = []

        def note_header(cells: Sequence[str]) -> Sequence[str] | None:
            given = reader.header(cells) if reader.header is not None else None
            header.extend(given or [name.strip("\ufeff \t") for name in cells])
            return given

        rows = replace(reader, header=note_header).read(file, options)
        first = next(rows, None)
        if first is None and header and (refusal := self._misfit(header)) is not None:
            # A header that runs over lines has swallowed what stood below it.
            yield replace(refusal, records=int(any("\n" in name for name in header)))
            return
        for found in chain(() if first is None else (first,), rows):
            refusal = self._misfit(header) if header else None
            if refusal is not None:
                yield from _refused_whole(refusal, chain((found,), rows))
                return
            yield found

    def _misfit(self, header: Sequence[str]) -> Reject | None:
        absent = [name for name in self.needed if name not in header]
        if absent:
            return _missing_column(absent, header)
        twice = [name for name in self.needed if header.count(name) > 1]
        if twice:
            return Reject(
                "ambiguous_column", f"the header names {twice[0]!r} more than once", extent="file"
            )
        return None

    def _absent(self, records: Iterable[Any]) -> Reject | None:
        """The reject for columns that no record has; looks no further than it must."""
        absent = list(self.needed)
        there: dict[str, None] = {}
        count = 0
        for record in records:
            if not isinstance(record, dict):
                continue
            count += 1
            absent = [name for name in absent if not _has(record, name)]
            if not absent:
                return None
            there |= dict.fromkeys(_paths(record))
        return replace(_missing_column(absent, list(there)), records=count) if count else None


_OF_THE_STREAM = ("truncated_", "damaged_", "trailing_garbage", "unreadable_content")


def _is_of_the_stream(found: Found) -> bool:
    """Whether something says that the file itself is not whole."""
    return isinstance(found, Reject) and found.reason.startswith(_OF_THE_STREAM)


def _refused_whole(refusal: Reject, content: Iterable[Found]) -> Iterator[Found]:
    """The refusal for every record there is, and what is wrong with the file beside that."""
    of_the_stream: list[Found] = []
    records = 0
    for found in content:
        if _is_of_the_stream(found):
            of_the_stream.append(found)
        else:
            records += _records(found)
    yield replace(refusal, records=records)
    yield from of_the_stream


def _records(found: Found) -> int:
    return found.records if isinstance(found, Reject) else found.height


def _missing_column(absent: Sequence[str], there: Sequence[str]) -> Reject:
    named = [_with_nearest(name, there) for name in absent]
    listed = ", ".join(_short(name) for name in there[:40])
    return Reject(
        "missing_column",
        f"the file has no column {', '.join(named)}; it has: {listed}. Correct `columns` in "
        "sources.yaml (`observatory sniff PATH` proposes an entry), or deliver a complete file.",
        extent="file",
    )


def _with_nearest(name: str, there: Sequence[str]) -> str:
    """A missing name, and the one the file has that it may be a slip of."""
    close = get_close_matches(name, there, n=1)
    return repr(name) + (f" (did you mean {_short(close[0])!r}?)" if close else "")


def _short(name: str) -> str:
    return name if len(name) <= 40 else name[:39] + "…"


def _paths(record: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[str]:
    """Dotted paths of a record, as far down as declarations usually reach."""
    for key, value in record.items():
        if isinstance(value, Mapping) and value and depth < 3:
            yield from _paths(value, f"{prefix}{key}.", depth + 1)
        else:
            yield prefix + str(key)


def _has(record: Mapping[str, Any], path: str) -> bool:
    if path in record:
        return True
    value: Any = record
    for part in path.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return False
        value = value[part]
    return True


def _line_records(file: RawFile) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file, one by one; what is none is the reader's to report."""
    try:
        with file.open() as stream:
            for part in line_blocks(stream):
                if not isinstance(part, LineBlock):
                    continue
                for number, line in enumerate(part.data.split(b"\n"), start=part.first_line):
                    record = parse_line(line, number, ()) if line.strip() else None
                    if isinstance(record, dict):
                        yield record
    except (OSError, EOFError, DecompressionBombError):
        return
