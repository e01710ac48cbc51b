"""Memory that was freed, given back to the system.

The C library keeps what was freed in small pieces, which after a few large batches is several times
what a batch needs; a night on a small machine should not hold on to it.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache

KEPT_BYTES = 640 << 20
"""What the process may hold without being asked: giving memory back and taking it again costs a
fifth of reading a large file."""


def release() -> None:
    """Give freed memory back once the process holds more than KEPT_BYTES, where the C library
    offers that (glibc); elsewhere do nothing."""
    trim = _trim()
    if trim is not None and _resident_bytes() > KEPT_BYTES:
        trim(0)


def _resident_bytes() -> int:
    """Memory of this process that is in RAM, shared pages of files left out."""
    with open("/proc/self/statm", encoding="ascii") as counts:
        _, resident, shared, *_ = map(int, counts.read().split())
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE")


@cache
def _trim() -> ctypes._NamedFuncPointer | None:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
