"""Hourly hot lists: capture time, ranks, what is placed between them, and what is no hour."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from orchestration.sources.formats.base import Head
from orchestration.sources.formats.hot_search_hourly_json import FORMAT
from tests.unit.sources import reading

SLOT = datetime(2024, 8, 13, 9, tzinfo=UTC)
CAPTURED = datetime(2024, 8, 13, 9, 24, 2, tzinfo=UTC)


def address(**marks: int) -> str:
    inner = "".join(f"%26{name}%3D{value}" for name, value in marks.items())
    return f"https://m.weibo.cn/search?q=%23x%23&extparam=seat%3D1{inner}%26pre_seqid%3D17"


def topic(title: str, **changes: Any) -> dict[str, Any]:
    return {
        "title": title, "category": "社会\u00a0", "hot": 1534616, "ads": False,
        "url": address(realpos=1, display_time=int(CAPTURED.timestamp())),
    } | changes  # fmt: skip


def read(tmp_path: Path, content: Any, name: str = "2024-08-13/17.json") -> reading.Outcome:
    data = content if isinstance(content, str) else json.dumps(content)
    return reading.clean(FORMAT, reading.raw_file(tmp_path, name, data))


def test_topic(tmp_path: Path) -> None:
    row = read(tmp_path, [topic("甲", readCount=36527000, discussCount=10000)]).only(
        "hot_topic_slots"
    )
    assert (row["topic"], row["category"], row["rank"]) == ("甲", "社会", 1)
    assert (row["slot_at"], row["seen_lo_at"], row["seen_hi_at"]) == (SLOT, CAPTURED, CAPTURED)
    assert (row["heat_lo"], row["heat_hi"], row["reads_lo"]) == (1534616, 1534616, 36527000)
    assert (row["discussions_hi"], row["is_ad"], row["is_pinned"]) == (10000, False, False)


def test_placed_entries_have_no_rank_and_no_heat(tmp_path: Path) -> None:
    rows = read(tmp_path, [
        topic("pinned", hot=0, url=address(pos=0)),
        topic("first"),
        topic("ad", hot=0, ads=True, url=address(band_rank=4)),
        topic("paid", hot=77, ads=True, url=address(band_rank=5)),
        topic("second", url=address(realpos=2)),
        {k: v for k, v in topic("bare", category="暂无").items() if k not in ("hot", "url")},
    ]).tables["hot_topic_slots"].select(
        "topic", "rank", "heat_lo", "is_ad", "is_pinned", "category"
    ).rows()  # fmt: skip
    assert rows == [
        ("pinned", None, None, False, True, "社会"),
        ("first", 1, 1534616, False, False, "社会"),
        ("ad", None, None, True, False, "社会"),
        ("paid", None, 77, True, False, "社会"),
        ("second", 2, 1534616, False, False, "社会"),
        ("bare", None, None, False, True, None),
    ]


@pytest.mark.parametrize("seconds", [0, 90_000 * 10])
def test_a_capture_time_far_from_its_slot_is_not_believed(tmp_path: Path, seconds: int) -> None:
    url = address(display_time=int(CAPTURED.timestamp()) + seconds)
    row = read(tmp_path, [topic("甲", url=url)]).only("hot_topic_slots")
    assert (row["seen_lo_at"] == CAPTURED) is (seconds == 0)
    assert (row["seen_hi_at"] == SLOT.replace(hour=10)) is (seconds != 0)


@pytest.mark.parametrize(("name", "reason"), [
    ("2024-08-13/summary.json", "repeats_other_files"),
    ("2024-08-13/24.json", "no_slot_in_path"),
    ("2024-13-40/08.json", "no_slot_in_path"),
    ("08.json", "no_slot_in_path"),
])  # fmt: skip
def test_files_that_are_no_hour(tmp_path: Path, name: str, reason: str) -> None:
    assert read(tmp_path, [topic("甲")], name).reasons == [reason]


def test_bad_content(tmp_path: Path) -> None:
    assert read(tmp_path, "[]").tables == {}
    assert read(tmp_path, "<html>").reasons == ["html_not_json"]
    outcome = read(tmp_path, [topic(""), topic("甲", hot="many"), topic("乙", ads="perhaps")])
    assert sorted(outcome.reasons) == ["missing_key:topic", "not_a_count", "not_a_flag"]
    assert outcome.tables["hot_topic_slots"]["topic"].to_list() == ["甲", "乙"]


def test_sniff() -> None:
    path = PurePosixPath("api/2024-08-13/17.json")
    found = FORMAT.sniff(Head(path, json.dumps([topic("x")]).encode()))
    assert found is not None
    assert found.score == 0.95
    assert FORMAT.sniff(Head(path, b"[]")) is not None
    assert FORMAT.sniff(Head(PurePosixPath("x/2024-08-13.json"), b"[]")) is None
