"""lxw15337674/weibo-trending-hot-history: `YYYY-MM-DD/HH.json`, one list an hour, Shanghai time.

The exact capture time and the shown rank stand in the entries' addresses (`display_time`,
`realpos`). Advertising and the pinned entry are between the ranks, and their `hot` of 0 means
that none is shown. `summary.json` repeats the hours of its day and is set aside.
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
    is_ad = frame["ads"].str.strip_chars().str.to_lowercase().is_in(["true", "1"]).fill_null(False)
    is_placed = is_ad | _has_no_heat(frame)
    shown = frame["url"].str.extract(r"realpos(?:=|%3D|%253D)(\d{1,4})", 1).cast(pl.Int64)
    near = ((captured - slot).dt.total_hours().abs() <= 24).fill_null(False)
    captured = captured.set(~near, None)
    return f.Parsed(
        {
            "slot_at": slot,
            "seen_lo_at": captured.fill_null(slot),
            "seen_hi_at": captured.fill_null(slot + timedelta(hours=1)),
            "rank": shown.fill_null(frame["record_number"].cast(pl.Int64)).set(is_placed, None),
            "is_pinned": is_placed & ~is_ad,
        }
    )


def _has_no_heat(frame: pl.DataFrame) -> pl.Series:
    return frame["hot"].str.strip_chars().is_in(["0", ""]).fill_null(True)


def _heat(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    shown = frame.with_columns(frame["hot"].set(_has_no_heat(frame), None))
    return f.count("heat", "hot").parse(shown, context)


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
    platform="weibo",
    sniff=_sniff,
    mappings=(
        f.TableMapping(
            tables.HOT_TOPIC_SLOTS,
            (
                f.platform(),
                f.const("list_name", "realtime"),
                f.text("topic", "title", required=True, is_personal=False),
                f.computed("slot_at", _slot, required=True),
                f.computed("heat_lo", _heat, raw="hot", is_personal=False),
                f.count("reads", "readCount"),
                f.count("discussions", "discussCount"),
                f.computed("category", _category),
                f.flag("is_ad", "ads", absent=False),
            ),
        ),
    ),
)
