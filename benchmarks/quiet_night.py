"""A night with nothing new on the demo's warehouse: the whole job, which says so and stops."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Cost, interleaved, run_child, table
from orchestration.paths import SAMPLE

_IMPORT = "import dagster"
_RUN = "import sys; from orchestration.cli import main; sys.exit(main(['run']))"


def run(folder: Path, rounds: int) -> Iterator[tuple[str, str]]:
    """Publish the sample once, then run again and again; the rival is importing Dagster.

    Gives (topic, Markdown table).
    """
    home = folder / "quiet"
    shutil.copytree(SAMPLE, home)
    environment = {"OBSERVATORY_HOME": str(home)}
    first = run_child(["-c", _RUN], environment)

    def quiet() -> Cost:
        return run_child(["-c", _RUN], environment)

    def bare_import() -> Cost:
        return run_child(["-c", _IMPORT])

    costs = interleaved({"import dagster": bare_import, "night with nothing new": quiet}, rounds)
    loaded = f"\nThe night that loaded the sample: {first.cpu_seconds:.1f} CPU s.\n"
    yield "quiet", table("A night with nothing new", costs, "import dagster") + loaded
