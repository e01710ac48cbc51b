"""Media Cloud: days, two times of its own, and several queries in one file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest

from orchestration.sources import formats
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.media_cloud_csv import FORMAT
from tests.unit.sources import reading

HEADER = "id,indexed_date,language,media_name,media_url,publish_date,title,url"
ROW = (
    'abc1,2024-03-14 05:06:07.123456,en,example.cn,example.cn,2024-03-13,"Bureau, ""open""",'
    "https://www.example.cn/a?id=1&utm_medium=rss"
)


def read(tmp_path: Path, content: str | bytes, **given: str) -> reading.Outcome:
    return reading.clean(FORMAT, reading.raw_file(tmp_path, "mc-content.csv", content), **given)


def test_story(tmp_path: Path) -> None:
    row = read(tmp_path, f"\ufeff{HEADER}\r\n{ROW}\r\n").only("articles")
    assert row["url"] == "https://www.example.cn/a?id=1"
    assert (row["title"], row["outlet"], row["language"]) == ('Bureau, "open"', "example.cn", "en")
    assert row["published_at"] == datetime(2024, 3, 12, 16, tzinfo=UTC)
    assert (row["published_at_precision"], row["published_at_source"]) == ("day", "publish_date")
    assert row["is_zone_assumed"] is True
    assert row["observed_at"] == datetime(2024, 3, 14, 5, 6, 7, 123456, tzinfo=UTC)
    assert row["text"] is None


def test_full_text(tmp_path: Path) -> None:
    header = HEADER.replace("title,", "text,title,")
    row = ROW.replace('"Bureau', '"line one\nline two","Bureau')
    assert read(tmp_path, f"{header}\n{row}\n").only("articles")["text"] == "line one\nline two"


def test_several_queries_in_one_file(tmp_path: Path) -> None:
    wide = ROW.replace("abc1", "abc3").replace('"Bureau', '"the text","Bureau')
    other = ROW.replace("abc1", "abc2").replace("id=1", "id=2")
    outcome = read(tmp_path, "\n".join([HEADER, ROW, HEADER, other, wide, "abc4,2024"]))
    assert {(r.reason, r.record_number, r.line_number) for r in outcome.rejects} == {
        ("ragged_row", 4, 5), ("ragged_row", 5, 6), ("repeated_header", 2, 3),
    }  # fmt: skip
    assert outcome.tables["articles"]["record_number"].to_list() == [1, 3]


@pytest.mark.parametrize(("before", "after", "reasons", "rows"), [
    ("2024-03-13,", ",", [], 1),
    ("2024-03-13,", "someday,", ["not_a_time"], 1),
    ("https://www.example.cn/a?id=1&utm_medium=rss", "", ["missing_key:url"], 0),
])  # fmt: skip
def test_missing_and_bad_values(
    tmp_path: Path, before: str, after: str, reasons: list[str], rows: int
) -> None:
    outcome = read(tmp_path, f"{HEADER}\n{ROW.replace(before, after)}\n")
    assert outcome.reasons == reasons
    articles = outcome.tables.get("articles")
    assert (0 if articles is None else articles.height) == rows
    if rows and articles is not None:
        assert articles["published_at"].to_list() == [None]


def test_encodings_and_empty_files(tmp_path: Path) -> None:
    chinese = f"{HEADER}\n{ROW.replace('Bureau', '公安局')}\n".encode("gb18030")
    assert read(tmp_path, chinese).reasons == ["encoding"]
    row = read(tmp_path, chinese, encoding="gb18030").only("articles")
    assert row["title"] == '公安局, "open"'
    assert read(tmp_path, HEADER + "\n").tables == {}
    assert read(tmp_path, "").reasons == []


def test_sniff() -> None:
    head = Head(PurePosixPath("mc-onlinenews-mediacloud-20240314-content.csv"), HEADER.encode())
    assert formats.sniff(head)[0][0].id == "media_cloud_csv"
    assert FORMAT.sniff(Head(PurePosixPath("a.csv"), b"id,title,url")) is None
