"""Zip files at the door: archived, their members read back as they were hashed."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from pathlib import Path

from orchestration.clock import FixedClock
from orchestration.sources.archive import Archive
from orchestration.sources.rawfile import DecompressionBombError
from tests.fuzz.inputs import WHEN

MAXIMUM_BYTES = 1024


def _zip(method: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as container:
        for name, content in members.items():
            container.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


SEEDS = (
    _zip(a=b'{"id": 1}\n' * 9, folder__b=b"x,y\n1,2\n"),
    _zip(zipfile.ZIP_STORED, a=b"stored", a__=b""),
    _zip(zipfile.ZIP_BZIP2, a=b"bzip2" * 40),
    _zip(zipfile.ZIP_LZMA, a=b"lzma" * 40),
    _zip(**{"样.csv": b"x", "..__..__x": b"y"}),
    _zip(a=b"z" * 400)[:-30],
    b"PK\x05\x06" + b"\0" * 18,
    _zip(b=b"first", c=b"second").replace(b"c", b"b"),
)


def check(data: bytes) -> None:
    with tempfile.TemporaryDirectory(dir=_fast_folder()) as name:
        folder = Path(name)
        inbox = folder / "a.zip"
        inbox.write_bytes(data)
        archive = Archive(folder / "archive")
        files = archive.add(inbox, "a.zip", "source", FixedClock(WHEN))
        assert archive.blob(hashlib.sha256(data).hexdigest()).read_bytes() == data
        for file in files:
            assert "\n" not in file.path
            file.head(16)
            try:
                content = file.read_content()
            except (OSError, EOFError, DecompressionBombError):
                assert file.is_compressed, "a member that was hashed cannot be read again"
                continue
            if not file.is_compressed:
                assert hashlib.sha256(content).hexdigest() == file.sha256
        assert not archive.add(inbox, "a.zip", "source", FixedClock(WHEN)), "delivered twice"
        assert [f.file_id for f in archive.deliveries()] == [f.file_id for f in files]


def _fast_folder() -> str | None:
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() else None
