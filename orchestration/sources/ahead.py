"""Reading ahead: while records are cleaned, the next ones of their file are read."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from concurrent.futures import Executor, Future
from typing import TypeVar

T = TypeVar("T")
ITEMS_AHEAD = 3
"""Blocks of a file that wait to be cleaned, each of some 16 MiB."""


def ahead(items: Generator[T], worker: Executor) -> Generator[T]:
    """The same items in the same order; what iterating raises is raised where it would stand.

    worker: an executor of one thread, in which every step is taken, as connections of SQLite belong
    to the thread that opened them. items may not give None.
    """
    waiting: deque[Future[T | None]] = deque()
    try:
        for _ in range(ITEMS_AHEAD):
            waiting.append(worker.submit(next, items, None))
        while (item := waiting.popleft().result()) is not None:
            waiting.append(worker.submit(next, items, None))
            yield item
    finally:
        for step in waiting:
            step.cancel()
        worker.submit(items.close).result()
