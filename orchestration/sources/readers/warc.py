"""WARC files: every record of the archive is a record of the file, in one pass, in bounded memory.

A record either holds a page that a server answered with 200, or it is named: what can never be
a page (requests, headers of the archive, images) in one reject a reason and file, everything
else in a reject of its own. Nothing is extracted to disk, and no record is held whole unless it
is small enough to be a page.
"""

from __future__ import annotations

import contextlib
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from orchestration.sources.rawfile import DecompressionBombError, RawFile
from orchestration.sources.readers.base import (
    FLAW,
    Found,
    Located,
    ReadOptions,
    Reject,
    noted,
    raw_frame,
    truncation,
)

MAXIMUM_PAGE = 10 * 1024 * 1024
MAXIMUM_HEADER = 1024 * 1024
MAXIMUM_LOCATED = 64 * 1024 * 1024
BATCH_ROWS = 200
BATCH_CHARACTERS = 16 * 1024 * 1024
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
MOST_MEMBERS = 100
"""Of one compressed page; each costs a copy of what follows it."""
_FIRST_CHUNK = re.compile(rb"[0-9a-fA-F]{1,8}[ \t]*(?:;[^\r\n]*)?\r\n")
_LAST_CHUNK = re.compile(rb"(?:^|\r\n)0+[ \t]*(?:;[^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*\s*\Z")
_LAST_BYTES = 4096
_STATUS = re.compile(r"[1-5]\d\d")
_KNOWN_TYPES = ("warcinfo", "request", "metadata", "conversion", "continuation", "resource")


@dataclass(frozen=True)
class Page:
    """An HTML page in a record: its address, when it was fetched (as written), the charset that
    the server named, and its bytes without transfer and content encoding. flaw: why it is known not
    to be whole."""

    address: str | None
    captured_at: str | None
    charset: str | None
    body: bytes
    flaw: str | None = None


@dataclass(frozen=True)
class Aside:
    """A record that can hold no page. `kind` says what it is."""

    reason: str
    kind: str


Outcome = Page | Aside | Reject
Convert = Callable[[Page, RawFile, ReadOptions], "Mapping[str, str | None] | Reject"]


@dataclass(frozen=True)
class Warc:
    """Pages of a WARC, turned into fields by `convert`. Records count from 1 in file order."""

    fields: Sequence[str]
    convert: Convert

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        aside: Counter[Aside] = Counter()
        rows: list[list[Any]] = []
        held, done = 0, 0
        try:
            with file.open() as stream:
                for number, outcome in _outcomes(stream):
                    if isinstance(outcome, Page):
                        fields = self.convert(outcome, file, options)
                        if isinstance(fields, Reject):
                            yield _of_record(fields, number)
                        else:
                            rows.append([number, None, *[fields.get(f) for f in self.fields]])
                            held += sum(len(value or "") for value in fields.values())
                            if flaw := outcome.flaw or fields.get(FLAW):
                                yield noted(flaw, number)
                    elif isinstance(outcome, Aside):
                        aside[outcome] += 1
                    else:
                        yield _of_record(outcome, number)
                    done = number
                    if len(rows) >= BATCH_ROWS or held >= BATCH_CHARACTERS:
                        yield raw_frame(self.fields, rows)
                        rows, held = [], 0
        except DecompressionBombError as error:
            yield Reject("decompression_bomb", str(error), extent="file")
        except (OSError, EOFError) as error:
            yield truncation(error, done)
        if rows:
            yield raw_frame(self.fields, rows)
        yield from _set_aside(aside)

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        del options
        try:
            with file.open() as stream:
                place = _place_of(stream, record_number)
            if place is None:
                return None
            offset, length = place
            with file.open() as stream:
                left = offset
                while left > 0 and (skipped := stream.read(min(left, 1 << 20))):
                    left -= len(skipped)
                return Located(None, offset, stream.read(min(length, MAXIMUM_LOCATED)))
        except (OSError, EOFError, DecompressionBombError):
            return None


def _of_record(reject: Reject, number: int) -> Reject:
    return Reject(reject.reason, reject.detail, number, records=reject.records)


def _set_aside(aside: Counter[Aside]) -> Iterator[Reject]:
    """One reject a reason: an archive has more requests and images than pages."""
    for reason in sorted({item.reason for item in aside}):
        kinds = sorted((item.kind, count) for item, count in aside.items() if item.reason == reason)
        named = ", ".join(f"{count} of {kind}" for kind, count in kinds)
        yield Reject(
            reason,
            f"records that hold no page: {named}",
            records=sum(count for _, count in kinds),
        )


class _HeaderTooLongError(Exception):
    """A header has no end within MAXIMUM_HEADER bytes."""


class _Guarded:
    """The stream under the parser, which reads headers line by line without a limit.

    start: what was read of it already.
    """

    def __init__(self, stream: BinaryIO, start: bytes = b"") -> None:
        self._stream = stream
        self._start = start
        self._place = 0
        self._allowed: int | None = None

    def allow(self, size: int | None) -> None:
        """How many more bytes may be read; None: any."""
        self._allowed = size

    def read(self, size: int = -1) -> bytes:
        if self._allowed is not None:
            if self._allowed <= 0:
                raise _HeaderTooLongError
            self._allowed -= size
        data, self._start = self._start or self._stream.read(size), b""
        self._place += len(data)
        return data

    def tell(self) -> int:
        return self._place


def _outcomes(stream: BinaryIO) -> Iterator[tuple[int, Outcome]]:
    """(record number, what it holds), until the end or the first record that has none."""
    from warcio.archiveiterator import ArchiveIterator

    if not (start := stream.read(5)):
        return
    if start != b"WARC/":
        yield 1, Reject("not_a_warc", "the content does not begin with a WARC record")
        return
    guarded = _Guarded(stream, start)
    iterator = ArchiveIterator(guarded, no_record_parse=True)
    number = 0
    while True:
        number += 1
        record = _next(iterator, guarded)
        if record is None:
            return
        if isinstance(record, Reject):
            yield number, record
            return
        guarded.allow(None)
        outcome = _outcome(record, guarded)
        guarded.allow(None)
        while record.raw_stream.read(65536):
            pass
        if record.raw_stream.limit > 0:
            yield (
                number,
                Reject(
                    "truncated_warc",
                    f"the file ends {record.raw_stream.limit} bytes before the end of its record",
                ),
            )
            return
        yield number, outcome


def _next(iterator: Any, guarded: _Guarded) -> Any | Reject | None:
    """The next record, None at the end, or why nothing after this place can be trusted."""
    from warcio.exceptions import ArchiveLoadFailed

    guarded.allow(MAXIMUM_HEADER)
    rest = "; nothing after it is read"
    try:
        # The parser reports a wrong length on stderr and in a counter.
        with contextlib.redirect_stderr(io.StringIO()):
            record = next(iterator, None)
    except ArchiveLoadFailed:
        return Reject("broken_warc", f"no WARC record begins where one should{rest}")
    except _HeaderTooLongError:
        return Reject("broken_warc", f"a header has no end within {MAXIMUM_HEADER} bytes{rest}")
    if iterator.err_count:
        return Reject(
            "broken_warc", f"the record before it does not end where its length says{rest}"
        )
    if record is None:
        return None
    length = record.rec_headers.get_header("Content-Length") or ""
    if not re.fullmatch(r"\d{1,15}", length) or not record.rec_type:
        return Reject("broken_warc", f"the record has no type or no length{rest}")
    return record


def _outcome(record: Any, guarded: _Guarded) -> Outcome:
    kind = record.rec_type
    if kind == "revisit":
        return Aside("revisit_record", "revisit (the page is in another record)")
    if kind == "response" and "http" in (record.content_type or "application/http"):
        return _response(record, guarded)
    if kind == "resource" and "html" in (record.content_type or "").lower():
        return _page(record, None, record.content_type, None, None)
    if kind == "response":
        return Aside("not_a_page", "response of no web server")
    return Aside("not_a_page", kind if kind in _KNOWN_TYPES else "unknown type")


def _response(record: Any, guarded: _Guarded) -> Outcome:
    from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

    guarded.allow(MAXIMUM_HEADER)
    try:
        headers = StatusAndHeadersParser(["HTTP/"], verify=False).parse(record.raw_stream)
    except (StatusAndHeadersParserException, EOFError, _HeaderTooLongError):
        return Reject("http_header_unreadable", "the response has no HTTP header that ends")
    guarded.allow(None)
    status = (headers.get_statuscode() or "")[:3]
    if not _STATUS.fullmatch(status):
        return Reject("http_header_unreadable", "the response has no status")
    if status != "200":
        return Reject(f"http_status_{status}", f"the server answered {status}, so this is no page")
    media = (headers.get_header("Content-Type") or "").lower()
    if media and "html" not in media:
        return Aside("not_a_page", "response of another media type")
    return _page(
        record,
        headers.get_header("Content-Encoding"),
        media,
        headers.get_header("Transfer-Encoding"),
        headers.get_header("Content-Length"),
    )


def _page(
    record: Any,
    encoding: str | None,
    media: str | None,
    transfer: str | None,
    announced: str | None,
) -> Outcome:
    left = record.raw_stream.limit
    if left > MAXIMUM_PAGE:
        return Reject("document_too_long", f"a page of {left} bytes; at most {MAXIMUM_PAGE}")
    if record.rec_headers.get_header("WARC-Truncated"):
        return Reject("truncated_page", "the crawler kept only the beginning of the page")
    content, cut = _dechunked(record.raw_stream, transfer)
    body = _decoded(content, (encoding or "").strip().lower())
    if isinstance(body, Reject):
        return body
    if not media and b"<html" not in body[:4096].lower():
        return Aside("not_a_page", "response of no media type and without HTML")
    if not body.strip():
        return Reject("no_article_text", "the page is empty")
    charset = _CHARSET.search(media or "")
    return Page(
        record.rec_headers.get_header("WARC-Target-URI"),
        record.rec_headers.get_header("WARC-Date"),
        charset[1] if charset else None,
        body,
        cut if transfer else _missing(announced, left),
    )


def _missing(announced: str | None, came: int) -> str | None:
    """What a server announced and did not send."""
    if announced is None or not re.fullmatch(r"\d{1,15}", announced) or int(announced) <= came:
        return None
    return f"the server announced {announced} bytes and sent {came}"


def _dechunked(stream: Any, transfer: str | None) -> tuple[bytes, str | None]:
    """The body without chunk marks, and why it is known not to be whole; crawlers often take the
    marks off and keep the header."""
    from warcio.bufferedreaders import ChunkedDataReader

    raw: bytes = stream.read(MAXIMUM_PAGE + 1)
    if "chunked" not in (transfer or "").lower() or not _FIRST_CHUNK.match(raw):
        return raw, None
    data: bytes = ChunkedDataReader(io.BytesIO(raw)).read(MAXIMUM_PAGE + 1)
    is_whole = _LAST_CHUNK.search(raw[-_LAST_BYTES:])
    return data, None if is_whole else "the server's last chunk is missing"


def _decoded(body: bytes, encoding: str) -> bytes | Reject:
    """The body without content encoding; one that is none is taken as it is, for crawlers also
    decode and keep the header."""
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip", "deflate"):
        return Reject("content_encoding", "the page is compressed in a way that cannot be read")
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        try:
            return _inflated(body, window)
        except zlib.error:
            continue
    return body


def _inflated(body: bytes, window: int) -> bytes | Reject:
    """What was compressed, of all gzip members in a row (RFC 1952). Raises zlib.error where the
    first holds nothing of the kind."""
    data = b""
    for _ in range(MOST_MEMBERS):
        machine = zlib.decompressobj(window)
        try:
            data += machine.decompress(body, MAXIMUM_PAGE + 1 - len(data))
        except zlib.error:
            if not data:
                raise
            return Reject("truncated_page", "a later member of the compressed page is damaged")
        if len(data) > MAXIMUM_PAGE:
            return Reject("document_too_long", f"a page expands beyond {MAXIMUM_PAGE} bytes")
        if not machine.eof:
            return Reject("truncated_page", "the compressed page ends before its end")
        body = machine.unused_data.lstrip(b"\0")
        if not body.startswith(_GZIP):
            return data
    return Reject("content_encoding", f"the page is compressed in over {MOST_MEMBERS} members")


def _place_of(stream: BinaryIO, record_number: int) -> tuple[int, int] | None:
    """(offset, length) of a record in the content."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    guarded = _Guarded(stream)
    iterator = ArchiveIterator(guarded, no_record_parse=True)
    with contextlib.suppress(ArchiveLoadFailed, _HeaderTooLongError):
        for number, record in enumerate(iterator, start=1):
            if number == record_number:
                guarded.allow(None)
                del record
                return iterator.get_record_offset(), iterator.get_record_length()
    return None
