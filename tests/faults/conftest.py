"""What the fault tests share: a fresh site, and a check that no case is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An empty observatory."""
    return Site(tmp_path / "home")
