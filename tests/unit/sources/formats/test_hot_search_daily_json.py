"""Daily unions of hot lists: a day without time or rank, and files that only look like them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from orchestration.sources import formats
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.hot_search_daily_json import FORMAT
from tests.unit.sources import reading


def topic(title: str, marks: str = "Refer=top") -> dict[str, str]:
    return {"url": f"/weibo?q=%23{title}%23&{marks}", "title": title}


def read(tmp_path: Path, content: Any, name: str = "raw/2021-07-20.json") -> reading.Outcome:
    data = content if isinstance(content, str) else json.dumps(content)
    return reading.clean(FORMAT, reading.raw_file(tmp_path, name, data))


def test_a_topic_was_there_at_some_time_of_the_day(tmp_path: Path) -> None:
    rows = read(tmp_path, [
        topic("pinned", "Refer=new_time"), topic("甲"), topic("乙", "t=31&band_rank=7&Refer=top"),
    ]).tables["hot_topic_slots"]  # fmt: skip
    assert rows["topic"].to_list() == ["pinned", "甲", "乙"]
    assert rows["is_pinned"].to_list() == [True, False, False]
    assert rows["rank"].null_count() == rows["heat_lo"].null_count() == 3
    start, end = (
        datetime(2021, 7, 19, 16, tzinfo=UTC),
        datetime(2021, 7, 20, 15, 59, 59, tzinfo=UTC),
    )
    row = rows.to_dicts()[1]
    assert (row["slot_at"], row["seen_lo_at"], row["seen_hi_at"]) == (start, start, end)
    assert row["list_name"] == "daily union"


@pytest.mark.parametrize(("content", "name", "reasons"), [
    ("[]", "2021-07-20.json", []),
    ([topic("")], "2021-07-20.json", ["missing_key:topic"]),
    (["x"], "2021-07-20.json", ["not_an_object"]),
    ([topic("甲")], "today.json", ["no_slot_in_path"]),
    ([topic("甲")], "2021-13-45.json", ["no_slot_in_path"]),
    ("<html>", "2021-07-20.json", ["html_not_json"]),
])  # fmt: skip
def test_what_is_none(tmp_path: Path, content: Any, name: str, reasons: list[str]) -> None:
    assert read(tmp_path, content, name).reasons == reasons


CARRIED = {"url": "https://s.weibo.com/weibo?q=%23x%23", "text": "甲", "textEn": "A",
           "count": 427000, "firstSeen": "2025-06-01T02:00:00.000Z", "peakCount": 427000,
           "prevCount": 427000, "velocity": 0, "status": "steady"}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "known"), [
    ("2021-07-20.json", [topic("甲")], True),
    ("2021-07-20.json", [], True),
    ("today.json", [topic("甲")], False),
    ("2025-06-01.json", [CARRIED], False),
    ("2021-07-20.csv", [topic("甲")], False),
])  # fmt: skip
def test_sniff(name: str, content: Any, known: bool) -> None:
    """A list whose counts are carried from hour to hour is another producer's: not recognised."""
    found = formats.sniff(Head(PurePosixPath("raw") / name, json.dumps(content).encode()))
    assert [f.id for f, e in found if e.score >= formats.RECOGNISED] == (
        ["hot_search_daily_json"] if known else []
    )
