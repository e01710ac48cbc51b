"""CHECKED: posts under pseudonymised ids, counts as text, and rulings without their author."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from orchestration.cleaning.engine import DeclaredAccount
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.checked_jsonl import FORMAT
from tests.unit.sources import reading

MEDIA = DeclaredAccount("state_media", "ministry", None)


def post(**changes: Any) -> dict[str, Any]:
    return {
        "label": "real", "id": "97c643e4cc3aae62", "date": "2019-12-31 11:56",
        "user_id": "43a971db6364", "text": "【最新#话题#】@某人 内容", "pic_url": [],
        "video_url": "", "comment_num": "1203", "repost_num": "1.2万", "like_num": "100万+",
    } | changes  # fmt: skip


def read(tmp_path: Path, *posts: Any, **given: Any) -> reading.Outcome:
    lines = [p if isinstance(p, str) else json.dumps(p, ensure_ascii=False) for p in posts]
    return reading.clean(
        FORMAT, reading.raw_file(tmp_path, "checked.jsonl", "\n".join(lines)), **given
    )


def test_post_of_a_declared_source(tmp_path: Path) -> None:
    outcome = read(tmp_path, post(), declared=MEDIA)
    row = outcome.only("posts")
    assert row["posted_at"] == datetime(2019, 12, 31, 3, 56, tzinfo=UTC)
    assert (row["posted_at_precision"], row["is_zone_assumed"]) == ("minute", True)
    assert (row["hashtags"], row["is_official"]) == (["话题"], True)
    counts = outcome.only("post_metric_snapshots")
    assert (counts["comments_lo"], counts["comments_hi"]) == (1203, 1203)
    assert (counts["reposts_lo"], counts["reposts_hi"]) == (11000, 13000)
    assert (counts["likes_lo"], counts["likes_hi"]) == (1_000_000, None)
    assert outcome.tables["rulings"].is_empty()


def test_counts_that_are_missing_are_unknown(tmp_path: Path) -> None:
    outcome = read(tmp_path, post(comment_num="", repost_num=None, like_num="0"), declared=MEDIA)
    counts = outcome.only("post_metric_snapshots")
    assert (counts["comments_lo"], counts["reposts_lo"], counts["likes_lo"]) == (None, None, 0)


def test_ruling_keeps_the_claim_and_nobody(tmp_path: Path) -> None:
    analysis = "见 https://weibo.com/1000000001/IzZZZ0aaa 的辟谣"
    outcome = read(tmp_path, post(label="fake", analysis=analysis))
    row = outcome.only("rulings")
    assert (row["verdict"], row["claim_text"]) == ("false", "【最新#话题#】@… 内容")
    assert row["claimed_at"] == datetime(2019, 12, 31, 3, 56, tzinfo=UTC)
    assert str(row["ruling_id"]).startswith("p:")
    (cited,) = row["cited_post_ids"]  # type: ignore[misc]
    assert cited.startswith("p:")
    assert "1000000001" not in str(row)
    post_row = outcome.only("posts")
    assert (post_row["text"], post_row["hashtags"]) == (None, None)


@pytest.mark.parametrize(("line", "reason"), [
    (post(date="yesterday"), "not_a_time"),
    (post(date=""), "missing_key:posted_at"),
    (post(id=None), "missing_key:post_id"),
    ('{"label": "real", "id": ', "not_json"),
    ("[]", "not_an_object"),
])  # fmt: skip
def test_bad_lines(tmp_path: Path, line: Any, reason: str) -> None:
    outcome = read(tmp_path, line, post(), declared=MEDIA)
    assert outcome.reasons == [reason]
    assert outcome.only("posts")["record_number"] == 2


def test_a_bad_count_costs_only_itself(tmp_path: Path) -> None:
    outcome = read(tmp_path, post(comment_num="-3"), declared=MEDIA)
    assert outcome.reasons == ["negative_count"]
    assert outcome.only("post_metric_snapshots")["comments_lo"] is None


def test_sniff() -> None:
    path = PurePosixPath("x.jsonl")
    assert FORMAT.sniff(Head(path, json.dumps(post()).encode())) is not None
    assert FORMAT.sniff(Head(path, b'{"id": 1, "date": ""}')) is None
    assert FORMAT.sniff(Head(path, b"[]")) is None
