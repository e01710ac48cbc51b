"""Fixtures for every test: where the real inputs are, and a data root of one's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from orchestration.clock import FixedClock
from orchestration.paths import PROJECT_ROOT, DataRoot
from orchestration.settings import Settings

NOW = datetime(2026, 9, 1, 0, 0, tzinfo=UTC)
KEY = "0123456789abcdef" * 4

# How fast a machine is, or how busy, says nothing about the code: a limit of 200 ms an example
# failed six sound tests on a machine with other work.
settings.register_profile(
    "unhurried", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


MODELS = "tests/models"
DEAREST = (
    MODELS,
    "tests/pipeline/test_nightly.py",
    "tests/pipeline/test_real_data.py",
    "tests/faults/test_published.py",
    "tests/pipeline/test_registries_over_time.py",
    "tests/pipeline/test_demo.py",
    "tests/pipeline/test_kill.py",
)
"""What takes minutes, the longest first: begun last, it would run on one worker alone."""


def on_one_worker(nodeid: str) -> str:
    """What runs on one worker: a file, for its fixtures; all of tests/models, for the dbt and the
    built warehouse that they share."""
    file = nodeid.split("::", 1)[0]
    return MODELS if file.startswith(f"{MODELS}/") else file


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: place for place, name in enumerate(DEAREST)}
    items.sort(key=lambda item: order.get(on_one_worker(item.nodeid), len(DEAREST)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """`--dist loadfile`, with the order and the groups of this suite."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return on_one_worker(nodeid)

    config.option.loadscopereorder = False  # it would begin with the files of most tests
    return Scheduling(config, log)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no test: compressed ones hold the second in which they were made, and workers
    that collect apart must find the same names."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with real inputs beside the checkout; tests that need it are skipped without."""
    folder = PROJECT_ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real inputs are not beside this checkout (../shared/data)")
    return folder


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    """Settings over a fresh data root, with a fixed clock and key."""

    def make(home: Path | None = None, now: datetime = NOW) -> Settings:
        root = DataRoot(home or tmp_path / "home")
        root.inbox.mkdir(parents=True, exist_ok=True)
        return Settings(root, clock=FixedClock(now), declared_key=KEY)

    return make
