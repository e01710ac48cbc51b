"""One run at a time: an operating-system lock that dies with its process."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.clock import Clock


class WarehouseBusyError(Exception):
    """Another run holds the warehouse; the message names its process and start."""


@contextmanager
def run_lock(path: Path, clock: Clock) -> Iterator[None]:
    """Hold the warehouse for this process; raises WarehouseBusyError when another one has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WarehouseBusyError(_describe_holder(path)) from None
        file.seek(0)
        file.truncate()
        json.dump({"pid": os.getpid(), "started_at": clock.now().isoformat()}, file)
        file.flush()
        try:
            yield
        finally:
            file.seek(0)
            file.truncate()
            fcntl.flock(file, fcntl.LOCK_UN)


def _describe_holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        who = f"process {holder['pid']} since {holder['started_at']}"
    except (ValueError, KeyError, OSError):
        who = "another process that is just starting"
    return f"the warehouse is held by {who}; wait for it, or end it and run again"
