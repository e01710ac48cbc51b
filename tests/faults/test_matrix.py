"""The matrix itself: every case has its test, and the page is current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.faults.matrix import ARTICLES, CONTENT, FAULTS, FILES, NETWORK, PAGE, page

pytestmark = pytest.mark.faults


def test_every_case_is_tested_and_none_stands_twice() -> None:
    assert len(FAULTS) == len(CONTENT) + len(FILES) + len(NETWORK) + len(ARTICLES) == 61
    tests = "".join(
        (Path(__file__).parent / name).read_text(encoding="utf-8")
        for name in ("test_content.py", "test_files.py", "test_live.py", "test_articles.py")
    )
    tested = {name.upper() for name in re.findall(r"^def test_([abcd]\d+)_", tests, re.MULTILINE)}
    assert tested == set(FAULTS)


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
