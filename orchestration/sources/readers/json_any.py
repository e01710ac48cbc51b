"""JSON as it comes: one document or JSON Lines, told apart by the content.

Collectors save what an interface answered as a list, as a single object, or as one answer a
line, under any suffix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from orchestration.sources.rawfile import DecompressionBombError, RawFile
from orchestration.sources.readers import strict_json
from orchestration.sources.readers.base import (
    Found,
    Located,
    ReadOptions,
    Reject,
    flatten,
    raw_frame,
    truncation,
)
from orchestration.sources.readers.json_document import JsonDocument
from orchestration.sources.readers.json_lines import JsonLines, long_line, parse_line
from orchestration.sources.readers.lines import LineBlock, LongLine, line_blocks

BATCH_ROWS = 50_000

Unfold = Callable[[Any], Iterator["dict[str, Any] | Reject"]]
"""One parsed value (a line, or an element of the document's list) to the records it holds."""


@dataclass(frozen=True)
class JsonAny:
    """Records in a JSON document (a list or one object) or in JSON Lines.

    unfold: takes the records out of an answer that nests them; they are counted from 1 through
    the file. Without it every object is one record, numbered as the plain readers do.
    """

    fields: tuple[str, ...]
    unfold: Unfold | None = None

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        if self.unfold is None:
            yield from self._plain(file).read(file, options)
            return
        rows: list[list[Any]] = []
        for number, line, item in self._items(file, options):
            if isinstance(item, Reject):
                yield item
                continue
            rows.append([number, line, *flatten(item, self.fields)])
            if len(rows) >= BATCH_ROWS:
                yield raw_frame(self.fields, rows)
                rows = []
        if rows:
            yield raw_frame(self.fields, rows)

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        if self.unfold is None:
            return self._plain(file).locate(file, record_number, options)
        for number, line, item in self._items(file, options):
            if number == record_number and not isinstance(item, Reject):
                return Located(line, 0, strict_json.dump(item).encode())
        return None

    def _plain(self, file: RawFile) -> JsonLines | JsonDocument:
        return JsonLines(self.fields) if is_json_lines(file.head()) else JsonDocument(self.fields)

    def _items(
        self, file: RawFile, options: ReadOptions
    ) -> Iterator[tuple[int, int | None, dict[str, Any] | Reject]]:
        """Records and rejects of the file with their number and physical line."""
        assert self.unfold is not None
        number = 0
        for line, value in self._values(file, options):
            if isinstance(value, Reject) and value.extent == "file":
                yield number, line, value
                continue
            found = iter((value,)) if isinstance(value, Reject) else self.unfold(value)
            for item in found:
                number += 1
                if isinstance(item, Reject):
                    item = Reject(item.reason, item.detail, number, item.line_number or line)
                yield number, line, item

    def _values(
        self, file: RawFile, options: ReadOptions
    ) -> Iterator[tuple[int | None, Any | Reject]]:
        if is_json_lines(file.head()):
            yield from self._lines(file)
            return
        found = JsonDocument(()).find(file, options)
        if isinstance(found, Reject):
            yield found.line_number, found
        else:
            yield from ((None, value) for value in found)

    def _lines(self, file: RawFile) -> Iterator[tuple[int | None, Any | Reject]]:
        last = 0
        try:
            with file.open() as stream:
                for part in line_blocks(stream):
                    if isinstance(part, LineBlock):
                        last = part.first_line + part.data.count(b"\n") - 1
                        for number, line in enumerate(part.data.split(b"\n"), part.first_line):
                            if line.strip():
                                yield number, parse_line(line, number, self.fields)
                    elif isinstance(part, LongLine):
                        yield part.line_number, long_line(part)
                    else:
                        yield part.line_number, truncation(part.error, last, part.line_number)
        except DecompressionBombError as error:
            yield None, Reject("decompression_bomb", str(error), extent="file")
        except (OSError, EOFError) as error:
            yield last + 1, truncation(error, last, last + 1)


def is_json_lines(beginning: bytes) -> bool:
    """Whether content that begins so is JSON Lines: an object stands alone in one of its first
    two lines, or its first line is longer than what is seen of it."""
    text = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith(b"{"):
        return False
    first, newline, rest = text.partition(b"\n")
    if not newline:
        return True
    second, complete, _ = rest.lstrip().partition(b"\n")
    return _is_object(first) or (second.startswith(b"{") and (_is_object(second) or not complete))


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(strict_json.parse(line.decode(), ()), dict)
    except (UnicodeDecodeError, strict_json.JsonProblemError):
        return False
