"""lxw15337674/weibo-trending-hot-history: `YYYY-MM-DD/HH.json`, one list an hour, Shanghai time.

The exact capture time stands in the entries' addresses (`display_time`). `summary.json` repeats
the hours of its day and is set aside.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.cleaning.times import INSTANT
from orchestration.schemas import tables
from orchestration.sources.formats.base import Evidence, FileFacts, Format, FromFileName, Head
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import Reject
from orchestration.sources.readers.json_document import JsonDocument

_FIELDS = ("title", "category", "url", "hot", "ads", "readCount", "discussCount")
_DAY = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")
_NO_CATEGORY = ("暂无", "")


def _facts(file: RawFile, zone: str) -> FileFacts | Reject:
    path = file.inner_path
    if path.stem == "summary":
        return Reject(
            "repeats_other_files",
            "summary.json repeats the hourly lists of its day; the hours themselves are read",
            extent="file",
        )
    day = _DAY.match(path.parent.name)
    if day is None or not re.fullmatch(r"[01]\d|2[0-3]", path.stem):
        return Reject(
            "no_slot_in_path", "the path does not end in YYYY-MM-DD/HH.json", extent="file"
        )
    year, month, date = (int(part) for part in day.groups())
    try:
        slot = datetime(year, month, date, int(path.stem), tzinfo=ZoneInfo(zone))
    except ValueError:
        return Reject("no_slot_in_path", f"{path.parent.name} is not a day", extent="file")
    return {"@slot_at": slot.astimezone(UTC)}


def _slot(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """The capture instant where the address has it, else somewhere within the hour."""
    epoch = frame["url"].str.extract(r"display_time(?:=|%3D|%253D)(\d{10})", 1).cast(pl.Int64)
    captured = (epoch * 1_000_000).cast(INSTANT)
    slot = frame["@slot_at"].cast(INSTANT)
    near = ((captured - slot).dt.total_hours().abs() <= 24).fill_null(False)
    captured = captured.set(~near, None)
    return f.Parsed(
        {
            "slot_at": slot,
            "seen_lo_at": captured.fill_null(slot),
            "seen_hi_at": captured.fill_null(slot + timedelta(hours=1)),
            "rank": frame["record_number"],
            "is_pinned": (frame["hot"].is_null() | (frame["hot"] == "0")),
        }
    )


def _category(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    value = frame["category"].str.strip_chars(" \u00a0\t\n")
    return f.Parsed({"category": value.set(value.is_in(_NO_CATEGORY).fill_null(False), None)})


def _sniff(head: Head) -> Evidence | None:
    if head.suffix == ".json" and '"ads"' in head.text and '"hot"' in head.text:
        return Evidence(0.95, "JSON list with title, hot and ads")
    if head.suffix == ".json" and _DAY.match(head.path.parent.name) and head.text.strip() == "[]":
        return Evidence(0.5, "empty JSON list under YYYY-MM-DD/")
    return None


FORMAT = Format(
    id="hot_search_hourly_json",
    producer="lxw15337674/weibo-trending-hot-history",
    becomes=("hot topics",),
    reader=JsonDocument(_FIELDS),
    observation=(FromFileName(),),
    facts=_facts,
    sniff=_sniff,
    mappings=(
        f.TableMapping(
            tables.HOT_TOPIC_SLOTS,
            (
                f.platform(),
                f.const("list_name", "realtime"),
                f.text("topic", "title", required=True, is_personal=False),
                f.computed("slot_at", _slot, required=True),
                f.count("heat", "hot"),
                f.count("reads", "readCount"),
                f.count("discussions", "discussCount"),
                f.computed("category", _category),
                f.flag("is_ad", "ads", absent=False),
            ),
        ),
    ),
)
