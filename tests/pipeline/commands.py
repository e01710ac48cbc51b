"""The console script as a test runs it: a process of its own, over a data root of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from orchestration.paths import PROJECT_ROOT


def observatory(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `observatory` with these arguments and wait for its end."""
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *arguments],
        cwd=PROJECT_ROOT,
        env={**os.environ, "OBSERVATORY_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=900,
    )
