"""Writeup007/weibo_Hot_Search_Data: `YYYY年MM月DD日HH点.md`, one list at that Shanghai hour.

Each topic is a heading `### rank、title` followed by a line with its heat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC

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
from orchestration.sources.readers.base import ReadOptions, Reject, decode_strictly
from orchestration.sources.readers.whole_file import WholeFile

_NAME = re.compile(r"^\d{4}年\d{2}月\d{2}日\d{2}点$")
_TOPIC = re.compile(r"^###\s*(\d+)[、.\s]\s*(\S.*)$")
_HEAT = re.compile(r"热度为[:：]\s*(\S+)")


def _split(
    data: bytes, file: RawFile, options: ReadOptions
) -> Iterator[dict[str, str | None] | Reject]:
    del file
    decoded = decode_strictly(data, options)
    if isinstance(decoded, Reject):
        yield decoded
        return
    current: dict[str, str | None] | None = None
    is_heat_due = False
    for number, line in enumerate(decoded[0].splitlines(), start=1):
        if line.startswith("###"):
            if current is not None:
                yield current
            topic, is_heat_due = _TOPIC.match(line), True
            current = {"rank": topic[1], "title": topic[2], "_line": str(number)} if topic else None
            if current is None:  # and the heat below it is of the same record
                yield Reject("not_a_topic", "no rank and title where a topic begins", None, number)
        elif heat := _HEAT.search(line):
            if not is_heat_due:
                yield Reject("not_a_topic", "a heat that stands under no topic", None, number)
            elif current is not None:
                current["heat"] = heat[1]
            is_heat_due = False
    if current is not None:
        yield current


def _facts(file: RawFile, zone: str) -> FileFacts | Reject:
    at = time_in_name(file.inner_path, zone) if _NAME.match(file.inner_path.stem) else None
    if at is None:
        return Reject("no_slot_in_path", "the name is not YYYY年MM月DD日HH点.md", extent="file")
    return {"@slot_at": at.astimezone(UTC)}


def _slot(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    slot = frame["@slot_at"].cast(INSTANT)
    return f.Parsed({"slot_at": slot, "seen_lo_at": slot, "seen_hi_at": slot})


def _sniff(head: Head) -> Evidence | None:
    if head.suffix == ".md" and _NAME.match(head.path.stem):
        return Evidence(0.95, "Markdown named YYYY年MM月DD日HH点")
    return None


FORMAT = Format(
    id="hot_search_markdown",
    producer="Writeup007/weibo_Hot_Search_Data",
    becomes=("hot topics",),
    reader=WholeFile(("rank", "title", "heat"), _split),
    observation=(FromFileName(),),
    facts=_facts,
    platform="weibo",
    sniff=_sniff,
    mappings=(
        f.TableMapping(
            tables.HOT_TOPIC_SLOTS,
            (
                f.platform(),
                f.const("list_name", "half-daily"),
                f.text("topic", "title", required=True, is_personal=False),
                f.computed("slot_at", _slot, required=True),
                f.whole_number("rank", "rank"),
                f.count("heat", "heat"),
                f.const("is_ad", False),
                f.const("is_pinned", False),
            ),
        ),
    ),
)
