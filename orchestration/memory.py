"""Memory that was freed, given back to the system.

The C library keeps what was freed in small pieces, which after a few large batches is several times
what a batch needs; a night on a small machine should not hold on to it.
"""

from __future__ import annotations

import ctypes
from functools import cache


def release() -> None:
    """Give freed memory back, where the C library offers that (glibc); elsewhere do nothing."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> ctypes._NamedFuncPointer | None:
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
