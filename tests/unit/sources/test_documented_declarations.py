"""Every declaration that data/README.md shows can work, and every reader is shown."""

from __future__ import annotations

import re

import yaml

from orchestration.paths import PROJECT_ROOT
from orchestration.sources import formats
from orchestration.sources.declarations import (
    FETCHED_FORMATS,
    MAPPED_FIELDS,
    READERS,
    SourceDeclaration,
)
from orchestration.sources.extract import problems_of
from orchestration.sources.mapping import mapped_format
from orchestration.sources.sources_file import load

TEXT = (PROJECT_ROOT / "data" / "README.md").read_text(encoding="utf-8")
ENTRIES = [
    SourceDeclaration.model_validate(entry)
    for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.S)
    for entry in yaml.safe_load(f"sources:\n{block}")["sources"]
]


def test_every_documented_declaration_can_work() -> None:
    assert len(ENTRIES) >= 6
    for entry in ENTRIES:
        if entry.format == "mapped":
            mapped_format(entry)
        assert list(problems_of(entry)) == []
    assert {entry.format for entry in ENTRIES if entry.fetch} == set(FETCHED_FORMATS)


def test_every_reader_and_every_field_is_documented() -> None:
    assert all(f"`{name}`" in TEXT for name in (*READERS, *SourceDeclaration.model_fields))
    assert {entry.reader for entry in ENTRIES} >= set(READERS) - {"tsv", "jsonl"}
    assert all(f"`{name}`" in TEXT for name in MAPPED_FIELDS)


def test_the_example_of_a_whole_observatory_can_work() -> None:
    path = PROJECT_ROOT / "docs" / "example_sources.yaml"
    declared = load(path, formats.formats(), problems_of).by_name
    assert len(declared) > 20
    assert {entry.format for entry in declared.values()} >= {"mapped", None, "ced_json"}
