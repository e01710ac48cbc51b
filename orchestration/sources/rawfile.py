"""One delivery of raw bytes, and how its content is opened as a stream.

Compressed files and zip members are read as streams and never extracted. What a file means
is decided by a format (`formats/`); how its records are found, by a reader (`readers/`).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Protocol, cast

COMPRESSED_SUFFIXES = (".gz", ".zst")
MAXIMUM_EXPANSION = 200
EXPANSION_FLOOR = 64 * 1024 * 1024
"""A stream may always expand to this many bytes; beyond, only MAXIMUM_EXPANSION-fold."""


ZIP_FAILURES = (
    zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError,
    IndexError, OverflowError, zlib.error, lzma.LZMAError, struct.error,
)  # fmt: skip
"""What the zip module raises on archives that are damaged, encrypted or hostile."""


class DecompressionBombError(Exception):
    """The content expands beyond any ratio that real text reaches."""


@dataclass(frozen=True)
class RawFile:
    """One file as it was delivered. `path` is relative to the inbox, escaped, with `/`;
    a member of a zip is `archive.zip!/member`. `blob` holds the bytes of the file or of the
    zip that contains it."""

    file_id: str
    sha256: str
    path: str
    size: int
    modified_at: datetime
    archived_at: datetime
    source_name: str
    blob: Path
    container_sha256: str | None = None
    member: str | None = None

    @property
    def inner_path(self) -> PurePosixPath:
        """The path without container marks and compression suffix: names and dates stand here."""
        path = PurePosixPath(self.path.replace("!/", "/"))
        return path.with_suffix("") if path.suffix in COMPRESSED_SUFFIXES else path

    @property
    def is_compressed(self) -> bool:
        return PurePosixPath(self.path).suffix in COMPRESSED_SUFFIXES

    @contextmanager
    def open_raw(self) -> Iterator[BinaryIO]:
        """The delivered bytes, still compressed where they were."""
        with ExitStack() as stack:
            if self.member is None:
                yield stack.enter_context(self.blob.open("rb"))
                return
            container = stack.enter_context(zipfile.ZipFile(self.blob))
            member = _member(container, self.member, self.sha256)
            yield cast(BinaryIO, stack.enter_context(container.open(member)))

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The content, decompressed; raises DecompressionBombError, and EOFError or OSError
        where a compressed stream is cut or damaged."""
        with self.open_raw() as raw:
            if not self.is_compressed:
                yield raw
                return
            with _decompressed(raw, PurePosixPath(self.path).suffix) as content:
                yield cast(BinaryIO, _Bounded(content, self.size))

    def read_content(self) -> bytes:
        """The whole content; for readers of small documents."""
        with self.open() as stream:
            return stream.read()

    def head(self, size: int = 65536) -> bytes:
        """The first bytes of the content, as far as they can be read."""
        try:
            with self.open() as stream:
                return stream.read(size)
        except (OSError, EOFError, DecompressionBombError):
            return b""


def _member(container: zipfile.ZipFile, name: str, sha256: str) -> zipfile.ZipInfo:
    """The member of this name; of several, which a zip may hold, the one with this content."""
    named = [info for info in container.infolist() if info.filename == name]
    for info in named[:-1]:
        with container.open(info) as stream:
            if hashlib.file_digest(cast(Any, stream), "sha256").hexdigest() == sha256:
                return info
    return named[-1] if named else container.getinfo(name)


class _Inner(Protocol):
    """A decompressed stream; raises EOFError or OSError where the compressed one is damaged."""

    def read1(self, size: int = -1, /) -> bytes: ...


@contextmanager
def _decompressed(raw: BinaryIO, suffix: str) -> Iterator[_Inner]:
    if suffix == ".gz":
        with gzip.open(raw) as content:
            yield cast(_Inner, content)
    else:
        yield _Zstandard(raw)


class _Zstandard:
    """Concatenated Zstandard frames as one stream; raises EOFError where the last one is cut.

    The compressed bytes are fed in pieces so small that even the densest expand to little.
    """

    _PIECE = 4096

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._frame: Any = None
        self._waiting = b""
        self._ready = b""

    def read1(self, size: int = -1, /) -> bytes:
        while not self._ready and self._advance():
            pass
        if size < 0:
            size = len(self._ready)
        data, self._ready = self._ready[:size], self._ready[size:]
        return data

    def _advance(self) -> bool:
        """Decompress one piece; False at the end of the content."""
        import zstandard

        piece = self._waiting or self._raw.read(self._PIECE)
        self._waiting = b""
        if not piece:
            if self._frame is not None:
                raise EOFError("the zstd stream ends without the end of its frame")
            return False
        if self._frame is None:
            self._frame = zstandard.ZstdDecompressor().decompressobj()
        try:
            self._ready = self._frame.decompress(piece)
        except zstandard.ZstdError as error:
            raise OSError(str(error)) from error
        if self._frame.eof:
            self._waiting, self._frame = self._frame.unused_data, None
        return True


class _Bounded(io.RawIOBase):
    """A decompressed stream that refuses to expand without bound.

    A damaged stream first gives everything before the damage, then raises.
    """

    def __init__(self, inner: _Inner, compressed_bytes: int) -> None:
        self._inner = inner
        self._left = max(EXPANSION_FLOOR, compressed_bytes * MAXIMUM_EXPANSION)
        self._limit = self._left
        self._failure: Exception | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._failure is not None:
            raise self._failure
        wanted = self._left + 1 if size is None or size < 0 else size
        pieces: list[bytes] = []
        try:
            while wanted > 0 and (piece := self._inner.read1(min(wanted, 1 << 20))):
                pieces.append(piece)
                wanted -= len(piece)
        except (OSError, EOFError, zlib.error) as error:
            self._failure = error if isinstance(error, (OSError, EOFError)) else OSError(error)
            if not pieces or size is None or size < 0:
                raise self._failure from None
        data = b"".join(pieces)
        self._left -= len(data)
        if self._left < 0:
            raise DecompressionBombError(f"content expands beyond {self._limit} bytes")
        return data
