"""ARCHITECTURE.md says of every part of orchestration/ what belongs there."""

from __future__ import annotations

import re

from orchestration.paths import PROJECT_ROOT


def test_every_file_and_folder_of_orchestration_has_its_row() -> None:
    text = (PROJECT_ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]+`[^|]*) \|", text, re.MULTILINE)
    told = {
        name.removeprefix("orchestration/").rstrip("/")
        for row in rows
        for name in re.findall("`([^`]+)`", row)
    }
    there = {
        path.name
        for path in (PROJECT_ROOT / "orchestration").iterdir()
        if not path.name.startswith(("_", "."))
    }
    assert there - told == set()
