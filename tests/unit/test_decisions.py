"""docs/adr: who reads a decision that was overturned is led to the one that holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.paths import PROJECT_ROOT

ADRS = {path.name[:4]: path for path in (PROJECT_ROOT / "docs" / "adr").glob("[0-9]*.md")}


def changed_by(path: Path) -> list[str]:
    """Numbers of the decisions that a paragraph "This overturns …" or "This narrows …" names."""
    paragraphs = path.read_text(encoding="utf-8").split("\n\n")
    changes = [text for text in paragraphs if re.match(r"This (overturns|narrows)\b", text)]
    return sorted({number for text in changes for number in re.findall(r"\b\d{4}\b", text)})


CHANGES = [(number, old) for number, path in sorted(ADRS.items()) for old in changed_by(path)]


@pytest.mark.parametrize(("number", "old"), CHANGES)
def test_a_decision_that_was_changed_names_its_successor(number: str, old: str) -> None:
    text = ADRS[old].read_text(encoding="utf-8")
    successors = re.findall(
        r"\(?(?:Overturned|[Nn]arrowed)[^.]*?\[\d{4}\][^\n]*(?:\n[^\n]+)*", text
    )
    assert any(f"[{number}](" in line for line in successors), (
        f"{ADRS[old].name} needs a line that begins: Overturned by [{number}]({ADRS[number].name})"
    )


def test_every_decision_has_a_row_in_the_index() -> None:
    index = (PROJECT_ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    assert {path.name for path in ADRS.values()} == set(re.findall(r"\]\((\d{4}-.*?\.md)\)", index))
