"""gzip and Zstandard streams: what can be read is read, a break is an OSError or EOFError."""

from __future__ import annotations

import gzip
import io

import zstandard

from orchestration.sources.rawfile import DecompressionBombError
from orchestration.sources.readers.base import RECORD
from orchestration.sources.readers.json_lines import JsonLines
from tests.fuzz.inputs import memory_file, read_all

MAXIMUM_BYTES = 1024
FIELDS = ("id",)
READER = JsonLines(FIELDS)
_LINES = b'{"id": 1}\n{"id": 2}\n'
SEEDS = (
    gzip.compress(_LINES),
    gzip.compress(_LINES)[:-6],
    gzip.compress(_LINES) + gzip.compress(_LINES),
    gzip.compress(_LINES) + b"trailing",
    gzip.compress(b"x" * 100_000),
    zstandard.compress(_LINES),
    zstandard.compress(_LINES) + zstandard.compress(_LINES),
    zstandard.compress(b"x" * 100_000)[:-2],
    b"",
)


def check(data: bytes) -> None:
    for suffix in ("gz", "zst"):
        file = memory_file(f"a.jsonl.{suffix}", data)
        file.head(64)
        whole = _content(file.read_content)
        pieces = _content(lambda f=file: _in_pieces(f))
        assert whole is None or whole == pieces, "the pieces are not the whole"
        if suffix == "gz" and whole is not None and data:
            with gzip.open(io.BytesIO(data)) as plain:
                assert plain.read() == whole, "another content than the standard library reads"
        frames, rejects = read_all(READER, file, FIELDS)
        if whole is None:
            assert rejects, "a broken stream was not reported"
        else:
            expected = sum(bool(line.strip()) for line in whole.split(b"\n"))
            numbers = [n for frame in frames for n in frame[RECORD]]
            assert len(numbers) + len(rejects) == expected


def _in_pieces(file: object) -> bytes:
    pieces = []
    with file.open() as stream:
        while piece := stream.read(997):
            pieces.append(piece)
    return b"".join(pieces)


def _content(read: object) -> bytes | None:
    try:
        return read()
    except (OSError, EOFError, DecompressionBombError):
        return None
