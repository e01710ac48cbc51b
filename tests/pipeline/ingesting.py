"""`python -m tests.pipeline.ingesting HOME`: one night up to the core tables, in its own process.

It says on standard output how far it is, one line a stage, so that whoever started it can end it
at a moment of his choice.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from orchestration.clock import FixedClock
from orchestration.paths import DataRoot
from orchestration.settings import Settings
from orchestration.sources.extract import extract, read_declarations
from orchestration.warehouse import builds
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.ingest import ingest

BEGUN, ARCHIVED, READ, ENDED = "begun", "archived", "read", "ended"
STAGES = (BEGUN, ARCHIVED, READ, ENDED)
"""Lines of a night, in their order; READ also begins the line that tells how much was read."""


def settings_of(home: Path) -> Settings:
    """A data root with a fixed time and key, the same in every process."""
    clock = FixedClock(datetime(2026, 9, 1, tzinfo=UTC))
    return Settings(DataRoot(home), clock=clock, declared_key="0123456789abcdef" * 4)


def night(settings: Settings) -> None:
    """Archive what lies in the inbox and bring it into lake and core tables."""
    _say(BEGUN)
    declarations = read_declarations(settings)
    extract(settings, declarations)
    _say(ARCHIVED)
    with open_work(settings.root.warehouse) as connection:
        build = builds.start_build(connection, settings.clock, synthetic=True)
        ingest(connection, settings, declarations, build, _say)
    _say(ENDED)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    night(settings_of(Path(sys.argv[1])))
