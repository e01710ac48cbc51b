"""One producer, several containers: the same records as JSON or as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import Found, Located, Reader, ReadOptions


@dataclass(frozen=True)
class ByContent:
    """Reads JSON with one reader and anything else with another, by the first character: names
    of files lie (`.txt`, no suffix). Both readers must give the same fields."""

    json: Reader
    other: Reader

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        yield from self._reader(file).read(file, options)

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        return self._reader(file).locate(file, record_number, options)

    def _reader(self, file: RawFile) -> Reader:
        return self.json if looks_like_json(file.head(4096)) else self.other


def looks_like_json(beginning: bytes) -> bool:
    """Whether the first visible character opens a JSON object or list."""
    encoding = "utf-16" if beginning[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return beginning.decode(encoding, "replace").lstrip()[:1] in ("{", "[")
