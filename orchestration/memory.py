"""How the process holds memory: kept while files are read, given back to the system afterwards.

The C library keeps what was freed in small pieces, which after a few large batches is several times
what a batch needs; a night on a small machine should not hold on to it.
"""

from __future__ import annotations

import ctypes
import gc
import os
from functools import cache

KEPT_BYTES = 640 << 20
"""What the process may hold without being asked: giving memory back and taking it again costs a
fifth of reading a large file."""


_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of malloc.h
_BLOCK_BYTES = 32 << 20
"""Pieces up to this size come from memory that stays, the largest that the C library allows."""


def prepare() -> None:
    """Before much is read: blocks of a file are put where the last ones were, instead of memory
    taken from the system anew, and what was imported is not looked through for garbage."""
    gc.freeze()
    adjust = _of_c_library("mallopt")
    if adjust is not None:
        adjust(_MMAP_THRESHOLD, _BLOCK_BYTES)
        adjust(_TRIM_THRESHOLD, 4 * _BLOCK_BYTES)


def release() -> None:
    """Give freed memory back once the process holds more than KEPT_BYTES, where the C library
    offers that (glibc); elsewhere do nothing."""
    trim = _of_c_library("malloc_trim")
    if trim is not None and _resident_bytes() > KEPT_BYTES:
        trim(0)


def _resident_bytes() -> int:
    """Memory of this process that is in RAM, shared pages of files left out."""
    with open("/proc/self/statm", encoding="ascii") as counts:
        _, resident, shared, *_ = map(int, counts.read().split())
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE")


@cache
def _of_c_library(name: str) -> ctypes._NamedFuncPointer | None:
    """A function of the C library, where it has it."""
    try:
        found: ctypes._NamedFuncPointer = getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError, TypeError):
        return None
    return found
