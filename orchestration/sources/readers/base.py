"""What every reader gives: frames of raw text, and rejects that name their place.

A frame has one row a record: RECORD (1-based position in the file), LINE (physical line, NULL
where lines mean nothing) and one text column per field, exactly as the file has it: numbers
keep their digits, objects and lists become JSON text, absent is NULL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import polars as pl

from orchestration.sources.rawfile import (
    BrokenContentError,
    DecompressionBombError,
    RawFile,
    TrailingGarbageError,
)

RECORD = "_record"
LINE = "_line"


@dataclass(frozen=True)
class Reject:
    """Something that is no record. `records`: how many records it stands for."""

    reason: str
    detail: str
    record_number: int | None = None
    line_number: int | None = None
    records: int = 1
    extent: Literal["record", "file"] = "record"


@dataclass(frozen=True)
class Located:
    """Where one record lies in the decompressed content. Offsets count from 0, lines from 1."""

    line_number: int | None
    offset: int
    raw: bytes


@dataclass(frozen=True)
class ReadOptions:
    """What a declaration adds to what the file says."""

    encoding: str | None = None


Found = pl.DataFrame | Reject


class Reader(Protocol):
    """Turns one file into frames and rejects, in bounded memory where the form allows it."""

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        """Frames and rejects in file order; never raises for bad content."""
        ...

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        """Find one record's bytes again."""
        ...


def raw_schema(fields: Sequence[str]) -> dict[str, Any]:
    """Schema of a raw frame with these fields."""
    return {RECORD: pl.Int64(), LINE: pl.Int64(), **{name: pl.String() for name in fields}}


def raw_frame(fields: Sequence[str], rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    """Rows of (record, line, *values) as a raw frame."""
    return pl.DataFrame(rows, schema=raw_schema(fields), orient="row")


FLAW = "_flaw"
"""Of a record that is loaded although it is not whole: why. A reader names it beside the row."""


def noted(flaw: str, number: int) -> Reject:
    """The note in quarantine beside a row that was loaded."""
    return Reject(
        "truncated_page",
        f"{flaw}; what came before was loaded. Save the page again; it will stand beside this one.",
        number,
        records=0,
        extent="file",
    )


def truncation(error: BaseException, records_before: int, line: int | None = None) -> Reject:
    """The reject for a stream that ends or breaks before its end, or goes on after it."""
    if isinstance(error, TrailingGarbageError):
        return Reject(
            error.reason,
            f"{error}; every record before it was read",
            line_number=line,
            records=0,
            extent="file",
        )
    return Reject(
        error.reason if isinstance(error, BrokenContentError) else "unreadable_content",
        f"the stream breaks after record {records_before} ({error}); records before the break "
        "were read. Deliver the complete file again; it will supersede this one.",
        record_number=records_before + 1,
        line_number=line,
    )


def whole_content(file: RawFile, notes: list[Reject], limit: int | None = None) -> bytes | Reject:
    """The content of a document that only makes sense whole, or why it cannot be had.

    limit: bytes beyond which it is refused. Notes get a reject for what follows a complete
    compressed stream: the document before it is read.
    """
    try:
        with file.open() as stream:
            data = b""
            while piece := stream.read(-1 if limit is None else limit + 1 - len(data)):
                data += piece
                if limit is not None and len(data) > limit:
                    return Reject("document_too_long", f"more than {limit} bytes", extent="file")
    except DecompressionBombError as error:
        return Reject("decompression_bomb", str(error), extent="file")
    except TrailingGarbageError as error:
        notes.append(truncation(error, 0))
        return data + error.content
    except (OSError, EOFError) as error:
        return truncation(error, 0)
    return data


def decode_strictly(data: bytes, options: ReadOptions) -> tuple[str, str] | Reject:
    """Decode by byte order mark, declared encoding or UTF-8; never by guess.

    Returns text and the encoding's name.
    """
    encoding = options.encoding or "utf-8"
    if data.startswith(b"\xef\xbb\xbf"):
        encoding = "utf-8-sig"
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Reject(
            "encoding",
            f"byte {error.start} (line {line}) is not {encoding}. Declare the encoding of this "
            "source in sources.yaml, for example `encoding: gb18030`.",
            line_number=line,
            extent="file",
        )


def flatten(record: Mapping[str, Any], fields: Sequence[str]) -> list[str | None]:
    """Values of dotted field paths as raw text."""
    return [_as_text(_value_at(record, name)) for name in fields]


def _value_at(record: Mapping[str, Any], path: str) -> Any:
    if path in record:
        return record[path]
    if "." not in path:
        return None
    value: Any = record
    for part in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        from orchestration.sources.readers.strict_json import dump

        return dump(value)
    return str(value)
