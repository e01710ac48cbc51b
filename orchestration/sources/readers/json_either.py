"""JSON that may come as one document or as one object a line, whatever the file is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.sources.rawfile import DecompressionBombError, RawFile
from orchestration.sources.readers import strict_json
from orchestration.sources.readers.base import Found, Located, ReadOptions
from orchestration.sources.readers.json_document import JsonDocument
from orchestration.sources.readers.json_lines import JsonLines
from orchestration.sources.readers.lines import MAXIMUM_LINE_BYTES


@dataclass(frozen=True)
class DocumentOrLines:
    """Records with these fields: those at `records` of an object, the elements of a list, or
    one a line."""

    fields: tuple[str, ...]
    records: str = "$"

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        yield from self._reader(file).read(file, options)

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        return self._reader(file).locate(file, record_number, options)

    def _reader(self, file: RawFile) -> JsonDocument | JsonLines:
        start = _start(file)
        if start.startswith(b"["):
            return JsonDocument(self.fields)
        return JsonLines(self.fields) if _is_lines(start) else JsonDocument(
            self.fields, self.records
        )  # fmt: skip


def _start(file: RawFile) -> bytes:
    try:
        with file.open() as stream:
            return stream.read(MAXIMUM_LINE_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    except (OSError, EOFError, DecompressionBombError):
        return b""


def _is_lines(start: bytes) -> bool:
    """Whether more follows a first line that is a whole object, or that looks like one: neither
    can be the beginning of a document."""
    first, _, rest = start.partition(b"\n")
    if not first.startswith(b"{") or not (rest := rest.lstrip()):
        return False
    if rest.startswith(b"{"):
        return True
    try:
        return isinstance(strict_json.parse(first.decode()), dict)
    except (UnicodeDecodeError, strict_json.JsonProblemError):
        return False
