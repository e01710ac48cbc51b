"""justjavac/weibo-trending-hot-search: `YYYY-MM-DD.json`, the union of a day's lists.

No heat and no time of day: a topic was on the list at some time of that Shanghai day. The order is
not a rank. The entry marked `Refer=new_time` is placed editorially.
"""

from __future__ import annotations

from datetime import UTC, timedelta

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.cleaning.times import INSTANT
from orchestration.schemas import tables
from orchestration.sources.formats.base import (
    Evidence,
    FileFacts,
    Format,
    FromFileName,
    Head,
    time_in_name,
)
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import Reject
from orchestration.sources.readers.json_document import JsonDocument


def _facts(file: RawFile, zone: str) -> FileFacts | Reject:
    day = time_in_name(file.inner_path, zone)
    if day is None:
        return Reject("no_slot_in_path", "the name is not YYYY-MM-DD.json", extent="file")
    return {"@slot_at": day.astimezone(UTC)}


def _slot(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    slot = frame["@slot_at"].cast(INSTANT)
    pinned = frame["url"].str.contains("Refer=new_time", literal=True).fill_null(False)
    return f.Parsed(
        {
            "slot_at": slot,
            "seen_lo_at": slot,
            "seen_hi_at": slot + timedelta(days=1, seconds=-1),
            "is_pinned": pinned,
        }
    )


def _sniff(head: Head) -> Evidence | None:
    if head.suffix != ".json" or time_in_name(head.path, "UTC") is None:
        return None
    is_hourly = '"ads"' in head.text and '"hot"' in head.text
    if '"title"' in head.text and "/weibo?q=" in head.text and not is_hourly:
        return Evidence(0.95, "JSON list of title and /weibo?q= addresses, named by its day")
    if head.text.strip() == "[]":
        return Evidence(0.4, "empty JSON list named by its day")
    return None


FORMAT = Format(
    id="hot_search_daily_json",
    producer="justjavac/weibo-trending-hot-search",
    becomes=("hot topics",),
    reader=JsonDocument(("title", "url")),
    observation=(FromFileName(),),
    facts=_facts,
    platform="weibo",
    sniff=_sniff,
    mappings=(
        f.TableMapping(
            tables.HOT_TOPIC_SLOTS,
            (
                f.platform(),
                f.const("list_name", "daily union"),
                f.text("topic", "title", required=True, is_personal=False),
                f.computed("slot_at", _slot, required=True),
                f.const("is_ad", False),
            ),
        ),
    ),
)
