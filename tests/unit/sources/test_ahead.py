"""Reading ahead gives what reading in turns gives."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from orchestration.sources.ahead import ITEMS_AHEAD, ahead


@pytest.fixture
def worker() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


class Steps:
    """Numbers, and what was seen of how they were taken."""

    def __init__(self, count: int, breaks_at: int | None = None) -> None:
        self.taken = 0
        self.threads: set[int] = set()
        self.is_closed = False
        self._count, self._breaks_at = count, breaks_at

    def items(self) -> Generator[int]:
        try:
            for number in range(self._count):
                if number == self._breaks_at:
                    raise OSError("the disk is gone")
                self.taken += 1
                self.threads.add(threading.get_ident())
                yield number
        finally:
            self.is_closed = True


@pytest.mark.parametrize("count", [0, 1, ITEMS_AHEAD, 20])
def test_the_same_items_in_the_same_order(worker: ThreadPoolExecutor, count: int) -> None:
    assert list(ahead(Steps(count).items(), worker)) == list(range(count))


def test_one_other_thread_takes_every_step_and_not_all_at_once(worker: ThreadPoolExecutor) -> None:
    steps = Steps(100)
    items = ahead(steps.items(), worker)
    assert next(items) == 0
    worker.submit(int).result()  # what was asked for before is done
    assert steps.taken == 1 + ITEMS_AHEAD
    assert list(items) == list(range(1, 100))
    assert len(steps.threads) == 1
    assert threading.get_ident() not in steps.threads


def test_an_error_comes_after_what_was_read_before_it(worker: ThreadPoolExecutor) -> None:
    items = ahead(Steps(9, breaks_at=5).items(), worker)
    assert [next(items) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(OSError, match="disk"):
        next(items)


def test_what_is_left_early_is_closed(worker: ThreadPoolExecutor) -> None:
    steps = Steps(100)
    items = ahead(steps.items(), worker)
    next(items)
    items.close()
    assert steps.is_closed
    assert steps.taken <= 1 + ITEMS_AHEAD
