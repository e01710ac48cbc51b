"""`inbox/hot_hourly` (a zip a day, lxw15337674 schema) and `inbox/hot_daily` (a list a day,
justjavac schema)."""

from __future__ import annotations

import json
from random import Random
from typing import Any
from urllib.parse import quote

from .files import Files, zip_bytes
from .hot_list import HTML_HOUR, Row, Slot
from .study_period import DAYS
from .world import World, stream

HTML_DAY = "2026-07-23"
"""The daily list of this date is an HTML error page."""
DISPLAYED_COUNT = ("2026-07-21", 10)
"""In this hour two numbers are display strings."""
_NO_CATEGORY = "暂无"
_SUMMARY_EVERY = 6
_ERROR_PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n"
    b"<body><center><h1>502 Bad Gateway</h1></center><hr><center>example</center></body></html>\n"
)


def hot_hourly(world: World) -> Files:
    """One zip a day with a member an hour; some hold a day's summary as well."""
    rng = stream("hot hourly")
    files: Files = {}
    for number, day in enumerate(DAYS):
        name = day.isoformat()
        slots = [slot for slot in world.slots if slot.day == day]
        members = [
            (f"{name}/{slot.hour:02d}.json", _hour(slot, rng))
            for slot in slots
            if slot.is_kept or (name, slot.hour) == HTML_HOUR
        ]
        if number % _SUMMARY_EVERY == 0:
            members.append((f"{name}/summary.json", _summary(slots, rng)))
        files[f"inbox/hot_hourly/{name}.zip"] = zip_bytes(members)
    return files


def _hour(slot: Slot, rng: Random) -> bytes:
    key = (slot.day.isoformat(), slot.hour)
    if key == HTML_HOUR:
        return _ERROR_PAGE
    records = [_record(row, slot, rng) for row in slot.rows]
    if key == DISPLAYED_COUNT:
        records[1]["readCount"], records[2]["hot"] = "100万+", "30.1万"
    return _lines(records)


def _record(row: Row, slot: Slot, rng: Random) -> dict[str, Any]:
    topic = row.topic
    category = topic.category if topic.category == _NO_CATEGORY else f"{topic.category}\u00a0"
    record: dict[str, Any] = {"title": topic.title, "category": category}
    if rng.random() < 0.03:
        record["description"] = f"{topic.title}，网友热议。"
    record["url"] = (
        "https://m.weibo.cn/search?containerid=231522&extparam="
        f"filter_type%3Drealtimehot%26display_time%3D{slot.captured_at}"
    )
    record |= {"hot": row.heat, "ads": topic.kind == "advertised"}
    if rng.random() < 0.06:
        record |= {"readCount": row.heat // 1000 * 37_000, "discussCount": row.heat // 300}
    return record


def _summary(slots: list[Slot], rng: Random) -> bytes:
    """Every topic of the day at its hottest: an aggregate, not an hour."""
    hottest: dict[str, tuple[Row, Slot]] = {}
    for slot in slots:
        for row in slot.rows:
            best = hottest.get(row.topic.title)
            if best is None or row.heat > best[0].heat:
                hottest[row.topic.title] = (row, slot)
    ranked = sorted(hottest.values(), key=lambda pair: -pair[0].heat)
    return _lines([_record(row, slot, rng) for row, slot in ranked])


def hot_daily(world: World) -> Files:
    """One list a day: titles only, in order of appearance, the pinned one first."""
    files: Files = {}
    for day in DAYS:
        name = f"inbox/hot_daily/{day.isoformat()}.json"
        rows = [row for slot in world.slots if slot.day == day for row in slot.rows]
        titles = dict.fromkeys(
            row.topic.title for row in rows if row.topic.kind in ("incident", "noise")
        )
        pinned = dict.fromkeys(row.topic.title for row in rows if row.topic.kind == "pinned")
        records = [_daily_record(title, "Refer=new_time") for title in list(pinned)[:1]]
        records += [
            _daily_record(title, f"t=31&band_rank={rank % 50 + 1}&Refer=top")
            for rank, title in enumerate(titles)
        ]
        files[name] = _ERROR_PAGE if day.isoformat() == HTML_DAY else _lines(records)
    return files


def _daily_record(title: str, parameters: str) -> dict[str, Any]:
    return {"url": f"/weibo?q=%23{quote(title)}%23&{parameters}", "title": title}


def _lines(records: list[dict[str, Any]]) -> bytes:
    """A JSON array with one record a line."""
    lines = [json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in records]
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()
