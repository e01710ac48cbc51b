"""One delivery of raw bytes, and how its content is opened as a stream.

Compressed files and zip members are read as streams and never extracted. What a file means
is decided by a format (`formats/`); how its records are found, by a reader (`readers/`).
"""

from __future__ import annotations

import hashlib
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
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


class BrokenContentError(OSError):
    """A compressed stream that cannot be read to its end; `reason` is its quarantine code."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class CutContentError(BrokenContentError):
    """The stream ends before its own end: the file was cut, or is still being written."""


class TrailingGarbageError(BrokenContentError):
    """Every member was read to its end, and what follows is none. A read of the whole content
    gives it in `content`; a read of a piece has given it before."""

    def __init__(self, detail: str) -> None:
        super().__init__("trailing_garbage", detail)
        self.content = b""


@dataclass(frozen=True)
class RawFile:
    """One file as it was delivered. `path` is relative to the inbox, escaped, with `/`;
    a member of a zip is `archive.zip!/member`. `blob` holds the bytes of the file or of the
    zip that contains it. `flaw`: what was wrong with how it came, as reason and sentence."""

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
    flaw: tuple[str, str] | None = None

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
            container = _container(self.blob)
            member = _member(container, self.member, self.sha256)
            yield cast(BinaryIO, stack.enter_context(container.open(member)))

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The content, decompressed; raises DecompressionBombError, and BrokenContentError
        where a compressed stream is cut, damaged or followed by something else."""
        with self.open_raw() as raw:
            if not self.is_compressed:
                yield raw
                return
            content = Decompressed(raw, PurePosixPath(self.path).suffix)
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


@lru_cache(maxsize=1)
def _container(blob: Path) -> zipfile.ZipFile:
    """A zip of the archive, whose members are read one after the other: what stands under the name
    of its content never changes, and its list of members is long."""
    return zipfile.ZipFile(blob)


def _member(container: zipfile.ZipFile, name: str, sha256: str) -> zipfile.ZipInfo:
    """The member of this name; of several, which a zip may hold, the one with this content."""
    named = [info for info in container.infolist() if info.filename == name]
    for info in named[:-1]:
        with container.open(info) as stream:
            if hashlib.file_digest(cast(Any, stream), "sha256").hexdigest() == sha256:
                return info
    return named[-1] if named else container.getinfo(name)


class _Decompressor(Protocol):
    """One member of a compressed stream (zlib's and zstandard's objects alike)."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


@dataclass(frozen=True)
class _Codec:
    """How members of one compression begin, and what reads one. `piece`: so many compressed
    bytes are fed at a time that even the densest expand to little."""

    name: str
    beginnings: tuple[bytes, ...]
    start: Callable[[], _Decompressor]
    piece: int
    padding: bytes = b""


def _start_gzip() -> _Decompressor:
    return zlib.decompressobj(zlib.MAX_WBITS | 16)


def _start_zstd() -> _Decompressor:
    import zstandard

    return cast(_Decompressor, zstandard.ZstdDecompressor().decompressobj())


_CODECS = {
    ".gz": _Codec("gzip", (b"\x1f\x8b",), _start_gzip, 16384, padding=b"\x00"),
    ".zst": _Codec(
        "zstd",
        (b"\x28\xb5\x2f\xfd", *(bytes([low]) + b"\x2a\x4d\x18" for low in range(0x50, 0x60))),
        _start_zstd,
        4096,
    ),
}


class Decompressed:
    """The members of a gzip or zstd stream as one stream.

    Raises BrokenContentError with reason truncated_gzip or truncated_zstd where the last member
    is cut, damaged_gzip or damaged_zstd where one is no such thing or fails its checksum, and
    trailing_garbage where something else follows the last one.
    """

    def __init__(self, raw: BinaryIO, suffix: str) -> None:
        self._raw = raw
        self._codec = _CODECS[suffix]
        self._member: _Decompressor | None = None
        self._members = 0
        self._waiting = b""
        self._ready = b""

    def read1(self, size: int = -1, /) -> bytes:
        """Some bytes of the content, at most `size`; b"" at its end."""
        while not self._ready and self._advance():
            pass
        if size < 0:
            size = len(self._ready)
        data, self._ready = self._ready[:size], self._ready[size:]
        return data

    def _advance(self) -> bool:
        """Decompress one piece; False at the end of the content."""
        if self._member is None:
            if not self._starts_member():
                return False
            self._member = self._codec.start()
        piece = self._waiting or self._raw.read(self._codec.piece)
        self._waiting = b""
        if not piece:
            raise CutContentError(
                f"truncated_{self._codec.name}",
                f"the {self._codec.name} stream ends without the end of its member",
            )
        try:
            self._ready = self._member.decompress(piece)
        except Exception as error:  # zstandard's own error, known only once it is imported
            raise BrokenContentError(f"damaged_{self._codec.name}", str(error)) from error
        if self._member.eof:
            self._waiting, self._member = self._member.unused_data, None
            self._members += 1
        return True

    def _starts_member(self) -> bool:
        """Whether another member begins here; False at the end of the stream."""
        longest = max(map(len, self._codec.beginnings))
        while True:
            if self._members:
                self._waiting = self._waiting.lstrip(self._codec.padding)
            if len(self._waiting) >= longest or not (more := self._raw.read(self._codec.piece)):
                break
            self._waiting += more
        start = self._waiting
        if not start:
            return False
        if any(start.startswith(b) or b.startswith(start) for b in self._codec.beginnings):
            return True
        if self._members:
            raise TrailingGarbageError(
                f"after {self._members} complete {self._codec.name} members, bytes follow that "
                "begin none"
            )
        raise BrokenContentError(
            f"damaged_{self._codec.name}", f"the content does not begin like {self._codec.name}"
        )


class _Bounded(io.RawIOBase):
    """A decompressed stream that refuses to expand without bound.

    A damaged stream first gives everything before the damage, then raises.
    """

    def __init__(self, inner: Decompressed, compressed_bytes: int) -> None:
        self._inner = inner
        self._left = max(EXPANSION_FLOOR, compressed_bytes * MAXIMUM_EXPANSION)
        self._limit = self._left
        self._failure: OSError | None = None

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
        except OSError as error:
            self._failure = error
            whole = size is None or size < 0
            if whole and isinstance(error, TrailingGarbageError):
                error.content = b"".join(pieces)
            if not pieces or whole:
                raise
        data = b"".join(pieces)
        self._left -= len(data)
        if self._left < 0:
            raise DecompressionBombError(f"content expands beyond {self._limit} bytes")
        return data
