"""Bytes of the files: gzip, zip, CSV and JSON without clocks, and comparison of contents."""

from __future__ import annotations

import csv
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

Files = dict[str, bytes]
"""Path below data/sample, with `/` → content."""

_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
"""No name, modification time 0, best compression, unknown system."""
_RAW_DEFLATE = -15
_GZIP = 31
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)


def gzip_bytes(data: bytes) -> bytes:
    """A gzip file that depends on its content only."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW_DEFLATE)
    body = packer.compress(data) + packer.flush()
    return _GZIP_HEADER + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def cut_gzip_bytes(data: bytes) -> bytes:
    """A gzip file whose transfer broke off: all of data can be read, then the stream ends.

    The cut lies at a flush point, so what can be read does not depend on the zlib version.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, _RAW_DEFLATE)
    return _GZIP_HEADER + packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)


def zip_bytes(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip file with fixed dates and modes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, _FIXED_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            archive.writestr(info, data, compresslevel=9)
    return buffer.getvalue()


def csv_text(rows: Iterable[Sequence[object]], line_end: str = "\r\n") -> str:
    """Rows as CSV, quoted where needed."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=line_end).writerows(rows)
    return buffer.getvalue()


def json_line(record: dict[str, Any]) -> bytes:
    """One compact JSON object and a newline, Chinese characters unescaped."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def json_document(value: Any) -> bytes:
    """One JSON document, indented by two."""
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def same_content(name: str, one: bytes, other: bytes) -> bool:
    """Whether two files hold the same, however they were compressed."""
    return one == other or _content(name, one) == _content(name, other)


def _content(name: str, data: bytes) -> object:
    try:
        if name.endswith(".gz"):
            unpacker = zlib.decompressobj(_GZIP)
            content = unpacker.decompress(data)
            return content, unpacker.eof, unpacker.unused_data
        if name.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return [(m.filename, m.date_time, archive.read(m)) for m in archive.infolist()]
    except (zlib.error, zipfile.BadZipFile):
        return None, data
    return data
