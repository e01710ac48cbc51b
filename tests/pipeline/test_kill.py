"""A process is ended with SIGKILL at any moment: the next leaves what an undisturbed one does.

tests/unit/warehouse/test_invariance.py stops at chosen calls, inside one process; here nothing is
unwound, no `finally` runs, and files and the warehouse stay as the kernel left them.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from orchestration.paths import PROJECT_ROOT
from orchestration.schemas.tables import CORE_TABLES
from orchestration.settings import Settings
from tests.pipeline.ingesting import ARCHIVED, BEGUN, READ, STAGES, night, settings_of
from tests.unit.warehouse.test_invariance import Delivery, all_at_once, content, deliver

pytestmark = pytest.mark.slow

KILLS_A_STAGE = 2
Moment = tuple[str, float]
"""A line that was seen, and the share of the time to the next line that passes after it."""


def moments(seed: int) -> list[Moment]:
    """Moments spread over every stage, one in each part of it, in the order of a night: what a
    process left that was killed is where the next begins. The last stage also begins with one: on a
    machine that is less busy than when it was timed, a night may end before the others."""
    chance = random.Random(seed)
    spread = [
        (stage, (part + chance.random()) / KILLS_A_STAGE)
        for stage in (BEGUN, ARCHIVED, READ)
        for part in range(KILLS_A_STAGE)
    ]
    return sorted([*spread, (READ, 0.0)], key=lambda m: (STAGES.index(m[0]), m[1]))


def nights() -> list[Delivery]:
    """Two nights: the second brings authors of the first into scope, so files are read again."""
    (everything,) = all_at_once()
    late = {n: c for n, c in everything.items() if "user_spider" in n or n.startswith("registry")}
    return [{n: c for n, c in everything.items() if n not in late}, late]


def left_by(settings: Settings) -> dict[str, object]:
    """What must be the same: the hash of every core table, the lake's rows, no file left over."""
    root = settings.root
    left_over = [path for path in root.home.rglob("*") if ".incoming" in path.name]
    left_over += [path for path in (root.staging, root.settled_scope) if path.exists()]
    lake = {table.name: _lake_rows(root.lake / table.name) for table in CORE_TABLES}
    return {**content(settings, provenance=True), "lake": lake, "left over": left_over}


def _lake_rows(folder: Path) -> Counter[str]:
    """Every row below a table's folder, as text, with how often it stands there."""
    rows: Counter[str] = Counter()
    for path in folder.rglob("*.parquet"):
        frame = pl.read_parquet(path, hive_partitioning=False)
        rows.update(map(repr, frame.select(sorted(frame.columns)).rows()))
    return rows


def ingesting(settings: Settings) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.pipeline.ingesting", str(settings.root.home)],
        stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT,
    )  # fmt: skip


def undisturbed(settings: Settings) -> dict[str, float]:
    """Run one night to its end; seconds that each stage took."""
    with ingesting(settings) as process:
        assert process.stdout is not None
        began: dict[str, float] = {}
        for line in process.stdout:
            if (said := line.split()[0]) in STAGES:
                began.setdefault(said, time.monotonic())
    assert process.returncode == 0
    assert tuple(began) == STAGES
    times = list(began.values())
    return {
        stage: after - before
        for stage, before, after in zip(STAGES, times[:-1], times[1:], strict=False)
    }


def killed(settings: Settings, moment: Moment, lasts: dict[str, float]) -> bool:
    """Run one night and end it at a moment; whether it was still at work."""
    stage, share = moment
    with ingesting(settings) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(stage):
                time.sleep(share * lasts[stage])
                process.send_signal(signal.SIGKILL)
                break
    assert process.returncode in (0, -signal.SIGKILL)
    return process.returncode != 0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Settings]:
    def make() -> Settings:
        settings = settings_of(tmp_path_factory.mktemp("killed"))
        settings.root.inbox.mkdir(parents=True)
        return settings

    return make


@pytest.fixture(scope="module")
def whole(home: Callable[[], Settings]) -> tuple[dict[str, object], list[dict[str, float]]]:
    """What two undisturbed nights leave, and how long their stages last."""
    settings = home()
    lasts = []
    for delivery in nights():
        deliver(settings, delivery)
        lasts.append(undisturbed(settings))
    return left_by(settings), lasts


def test_a_process_killed_at_any_moment_changes_nothing(
    home: Callable[[], Settings], whole: tuple[dict[str, object], list[dict[str, float]]]
) -> None:
    expected, lasts = whole
    settings = home()
    for number, delivery in enumerate(nights()):
        deliver(settings, delivery)
        kills = [m for m in moments(number) if killed(settings, m, lasts[number])]
        assert {stage for stage, _ in kills} == {BEGUN, ARCHIVED, READ}
        night(settings)
    assert left_by(settings) == expected
