"""Documents name only commands that the command line has."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from orchestration.cli import _parser

REPOSITORY = Path(__file__).parents[2]
DOCUMENTS = [
    *REPOSITORY.glob("*.md"),
    *(REPOSITORY / "docs").rglob("*.md"),
    REPOSITORY / "data" / "README.md",
]


def test_every_command_that_a_document_names_exists() -> None:
    actions = [a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction)]
    commands = {name for action in actions for name in action.choices}
    missing = [
        f"{document.relative_to(REPOSITORY)}: observatory {name}"
        for document in DOCUMENTS
        for name in re.findall(r"`observatory ([a-z]+)", document.read_text(encoding="utf-8"))
        if name not in commands
    ]
    assert not missing
