"""Half-daily hot lists in Markdown: rank, title, heat, and the lines that are none of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest

from orchestration.sources import formats
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.hot_search_markdown import FORMAT
from tests.unit.sources import reading

NAME = "2020年01月20日11点.md"
TEXT = """#  2020年01月20日11点数据

### 1、甲、乙 #话题#

微博当时热度为： 3122056

### 2、丙

微博当时热度为： 186.9万
"""


def read(tmp_path: Path, content: str | bytes, name: str = NAME) -> reading.Outcome:
    return reading.clean(FORMAT, reading.raw_file(tmp_path, name, content))


def test_list(tmp_path: Path) -> None:
    rows = read(tmp_path, TEXT).tables["hot_topic_slots"]
    assert rows.select("rank", "topic", "heat_lo", "heat_hi").rows() == [
        (1, "甲、乙 #话题#", 3122056, 3122056), (2, "丙", 1868000, 1870000),
    ]  # fmt: skip
    at = datetime(2020, 1, 20, 3, tzinfo=UTC)
    row = rows.to_dicts()[0]
    assert (row["slot_at"], row["seen_lo_at"], row["seen_hi_at"]) == (at, at, at)
    assert (row["list_name"], row["is_ad"], row["is_pinned"]) == ("half-daily", False, False)


def test_a_topic_without_heat_has_none(tmp_path: Path) -> None:
    rows = read(tmp_path, "### 1、甲\n\n### 2、乙\n微博当时热度为： 7\n").tables["hot_topic_slots"]
    assert rows["heat_lo"].to_list() == [None, 7]


def test_headings_that_are_no_topic_are_named(tmp_path: Path) -> None:
    outcome = read(tmp_path, "微博当时热度为： 9\n### 1、\n### 无名\n" + TEXT)
    assert [(r.reason, r.line_number) for r in outcome.rejects] == [
        ("not_a_topic", 1), ("not_a_topic", 2), ("not_a_topic", 3),
    ]  # fmt: skip
    assert outcome.tables["hot_topic_slots"].height == 2


def test_a_heat_belongs_to_the_heading_above_it_and_to_no_other(tmp_path: Path) -> None:
    heat = "微博当时热度为： {}\n"
    content = (
        "### 2、乙\n" + heat.format(200) + "### 3、\n" + heat.format(300)
        + "### 4、丁\n" + heat.format(400) + heat.format(500)
    )  # fmt: skip
    outcome = read(tmp_path, content)
    assert outcome.tables["hot_topic_slots"].select("topic", "heat_lo").rows() == [
        ("乙", 200), ("丁", 400),
    ]  # fmt: skip
    assert [(r.reason, r.line_number) for r in outcome.rejects] == [
        ("not_a_topic", 3), ("not_a_topic", 7),
    ]  # fmt: skip


@pytest.mark.parametrize(("content", "name", "reasons"), [
    ("#  2020年01月20日11点数据\n", NAME, []),
    (TEXT, "2020年13月41日11点.md", ["no_slot_in_path"]),
    (TEXT, "notes.md", ["no_slot_in_path"]),
    (TEXT.encode("gb18030"), NAME, ["encoding"]),
    (TEXT.replace("3122056", "many"), NAME, ["not_a_count"]),
])  # fmt: skip
def test_what_is_none(tmp_path: Path, content: str | bytes, name: str, reasons: list[str]) -> None:
    assert read(tmp_path, content, name).reasons == reasons


def test_sniff() -> None:
    assert formats.sniff(Head(PurePosixPath(NAME), TEXT.encode()))[0][0].id == FORMAT.id
    assert FORMAT.sniff(Head(PurePosixPath("README.md"), TEXT.encode())) is None
