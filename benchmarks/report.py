"""Where a table stands in benchmarks/README.md, and on what machine it was measured."""

from __future__ import annotations

import os
import platform
from importlib import metadata

_PACKAGES = ("duckdb", "polars", "pyarrow", "pandas", "dlt")


def block(topic: str, text: str) -> str:
    """The text between the marks of its topic."""
    begin, end = _marks(topic)
    return f"{begin}\n{text.strip()}\n{end}"


def replaced(document: str, topic: str, text: str) -> str:
    """The document with another text between the marks of a topic; ValueError without them."""
    begin, end = _marks(topic)
    before, found, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"no block {begin} … {end} in the document")
    return before + block(topic, text) + after


def machine(rounds: int) -> str:
    """Cores, system and versions in one line."""
    versions = [f"{name} {_version(name)}" for name in _PACKAGES]
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, {', '.join(versions)}; rounds: {rounds}."
    )


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "absent"


def _marks(topic: str) -> tuple[str, str]:
    return f"<!-- bench {topic} -->", f"<!-- end {topic} -->"
