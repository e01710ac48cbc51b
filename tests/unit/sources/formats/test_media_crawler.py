"""MediaCrawler: three containers, three kinds of record, two kinds of author, one late clock."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl
import pytest

from orchestration.cleaning.engine import DeclaredAccount
from orchestration.cleaning.people import Door
from orchestration.sources import formats
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.media_crawler import FORMAT
from tests.unit.sources import reading

SEEN = 1722500000000
POSTED = datetime(2023, 12, 23, 9, 12, 54, tzinfo=UTC)
EPOCH = int(POSTED.timestamp())
MID = str((EPOCH - 515483463) << 22)
"""A synthetic id whose clock says POSTED."""
UID = "9900010021"
HASH = hashlib.sha256(UID.encode()).hexdigest()[:16]
ORGAN = DeclaredAccount("organ", "county", None)

CONTENT: dict[str, Any] = {
    "note_id": MID, "content": "#政务微博# 通报", "create_time": str(EPOCH),
    "create_date_time": "2023-12-23 17:12:54+08:00", "liked_count": "100万+",
    "comments_count": "1.2万", "shared_count": "", "last_modify_ts": SEEN,
    "note_url": f"https://m.weibo.cn/detail/{MID}", "creator_hash": HASH, "nickname": "样***安",
    "source_keyword": "",
}  # fmt: skip
OLD = {k: v for k, v in CONTENT.items() if k != "creator_hash"} | {
    "user_id": UID, "gender": "女", "avatar": "http://a/b.jpg", "ip_location": "样省",
}  # fmt: skip
COMMENT: dict[str, Any] = {
    "comment_id": "9000000000000001", "create_time": EPOCH + 60,
    "create_date_time": "2023-12-23 17:13:54+08:00", "note_id": MID, "content": "好",
    "sub_comment_count": "0", "comment_like_count": "3", "last_modify_ts": SEEN,
    "parent_comment_id": "9000000000000001", "creator_hash": "0123456789abcdef",
    "nickname": "张***三",
}  # fmt: skip
CREATOR: dict[str, Any] = {
    "user_id": UID, "nickname": "样城发布", "gender": "Male", "avatar": "x", "desc": "bio",
    "ip_location": "样省", "follows": "12", "fans": "3.4万", "tag_list": "{}",
    "last_modify_ts": SEEN,
}  # fmt: skip


def as_csv(*records: dict[str, Any]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(records[0]))
    writer.writeheader()
    writer.writerows(records)
    return "\ufeff" + out.getvalue()


def as_json(*records: dict[str, Any]) -> str:
    return json.dumps(list(records), ensure_ascii=False, indent=4)


def as_lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


CONTAINERS = {"csv": as_csv, "json": as_json, "jsonl": as_lines}


def read(tmp_path: Path, content: str, **given: Any) -> reading.Outcome:
    return reading.clean(FORMAT, reading.raw_file(tmp_path, "file", content), **given)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize(("record", "name"), [
    (CONTENT, "contents"), (OLD, "contents"), (COMMENT, "comments"), (CREATOR, "creators"),
])  # fmt: skip
def test_every_container_and_kind_is_recognised(
    container: str, record: dict[str, Any], name: str
) -> None:
    data = CONTAINERS[container](record).encode()
    (found, evidence), *_ = formats.sniff(Head(PurePosixPath(f"search_x.{container}"), data))
    assert found.id == "media_crawler"
    assert name in evidence.why


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_post_is_the_same_from_each_container(tmp_path: Path, container: str) -> None:
    found = read(tmp_path, CONTAINERS[container](CONTENT), declared=ORGAN)
    post, counts = found.only("posts"), found.only("post_metric_snapshots")
    assert found.reasons == []
    assert (post["post_id"], post["posted_at"], post["text"]) == (MID, POSTED, "#政务微博# 通报")
    assert post["hashtags"] == ["政务微博"]
    assert post["observed_at"] == datetime.fromtimestamp(SEEN / 1000, UTC)
    assert (counts["likes_lo"], counts["likes_hi"]) == (1_000_000, None)
    assert (counts["comments_lo"], counts["comments_hi"]) == (11_000, 13_000)
    assert counts["reposts_lo"] is None


def test_a_hash_is_an_id_like_any_other_and_does_not_pass(tmp_path: Path) -> None:
    post = read(tmp_path, as_lines(CONTENT)).only("posts")
    assert str(post["account_id"]).startswith("p:")
    assert str(post["post_id"]).startswith("p:")
    assert (post["text"], post["is_official"]) == (None, False)
    assert HASH not in str(post)


def test_an_official_may_be_declared_by_hash_or_by_id(tmp_path: Path) -> None:
    by_hash = read(tmp_path, as_lines(CONTENT), declared=ORGAN).only("posts")
    by_id = read(tmp_path, as_lines(OLD), declared=ORGAN).only("posts")
    assert (by_hash["account_id"], by_id["account_id"]) == (f"hash:{HASH}", UID)


def test_an_official_known_by_id_is_recognised_by_its_hash(tmp_path: Path) -> None:
    scope = {"platform": ["weibo"], "account_id": [UID], "account_kind": ["organ"]}
    post = read(tmp_path, as_lines(CONTENT), door=Door(reading.KEY, pl.DataFrame(scope))).only(
        "posts"
    )
    assert (post["account_id"], post["is_official"]) == (UID, True)


def late(record: dict[str, Any], seconds: int = 28_800) -> dict[str, Any]:
    return record | {"create_time": int(record["create_time"]) + seconds}


def test_a_late_create_time_is_proven_by_the_text_beside_it(tmp_path: Path) -> None:
    file = reading.raw_file(tmp_path, "file", as_lines(late(CONTENT)))
    found = reading.clean(FORMAT, file, declared=ORGAN)
    post = found.only("posts")
    assert (post["posted_at"], post["posted_at_source"]) == (POSTED, "api")
    (repair,) = found.repairs.to_dicts()
    assert (repair["rule"], repair["column_name"]) == ("create_time_8h_late", "posted_at")
    assert repair["before"].startswith("2023-12-23 17:12:54")
    assert repair["after"].startswith("2023-12-23 09:12:54")


def test_without_the_text_the_id_clock_proves_it(tmp_path: Path) -> None:
    record = late(CONTENT) | {"create_date_time": ""}
    found = read(tmp_path, as_lines(record), declared=ORGAN)
    assert found.only("posts")["posted_at"] == POSTED
    assert found.repairs["rule"].to_list() == ["create_time_8h_late"]


def test_a_right_create_time_is_left_alone(tmp_path: Path) -> None:
    found = read(tmp_path, as_lines(CONTENT | {"create_date_time": ""}), declared=ORGAN)
    assert found.only("posts")["posted_at"] == POSTED
    assert found.repairs.is_empty()


@pytest.mark.parametrize(("change", "reason"), [
    ({"create_date_time": "", "note_id": "17"}, "create_time_unproven"),
    ({"create_time": str(EPOCH + 7200), "note_id": "17"}, "times_disagree"),
    ({"create_date_time": "", "create_time": "x"}, "not_a_time"),
    ({"create_date_time": "", "create_time": "", "note_id": "17"}, "missing_key:posted_at"),
    ({"create_time": str(EPOCH + 3600), "create_date_time": "2023-12-23 16:00:00+08:00"},
     "times_disagree"),
])  # fmt: skip
def test_what_nothing_proves_is_refused(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    found = read(tmp_path, as_lines(CONTENT | change), declared=ORGAN)
    assert found.reasons == [reason]
    assert found.tables["posts"].is_empty()


def test_a_wrong_create_time_beside_a_text_that_the_clock_confirms(tmp_path: Path) -> None:
    found = read(tmp_path, as_lines(late(CONTENT, 3600)), declared=ORGAN)
    assert found.only("posts")["posted_at"] == POSTED


def test_a_comment_is_an_anonymous_instant_and_its_post_is_hidden(tmp_path: Path) -> None:
    row = read(tmp_path, as_lines(late(COMMENT))).only("comments")
    assert row["commented_at"] == datetime(2023, 12, 23, 9, 13, 54, tzinfo=UTC)
    assert (row["text"], row["reply_to_comment_id"], row["likes_lo"]) == (None, None, 3)
    assert all(str(row[name]).startswith("p:") for name in ("comment_id", "account_id", "post_id"))


def test_a_comment_under_a_declared_post_names_the_post(tmp_path: Path) -> None:
    found = read(tmp_path, as_lines(COMMENT), declared=ORGAN)
    row = found.only("comments")
    assert row["post_id"] == MID
    assert str(row["account_id"]).startswith("p:")
    assert row["text"] is None


def test_a_reply_names_what_it_answers(tmp_path: Path) -> None:
    row = read(tmp_path, as_lines(COMMENT | {"parent_comment_id": "9000000000000007"})).only(
        "comments"
    )
    assert str(row["reply_to_comment_id"]).startswith("p:")


def test_a_creator_is_an_account_without_personal_fields(tmp_path: Path) -> None:
    scope = {"platform": ["weibo"], "account_id": [UID], "account_kind": ["organ"]}
    door = Door(reading.KEY, pl.DataFrame(scope))
    row = read(tmp_path, as_csv(CREATOR), door=door).only("account_snapshots")
    assert (row["screen_name"], row["followers_lo"], row["followers_hi"]) == (
        "样城发布", 33_000, 35_000,
    )  # fmt: skip
    assert row["following_lo"] == 12
    hidden = read(tmp_path, as_csv(CREATOR)).only("account_snapshots")
    assert (hidden["screen_name"], str(hidden["account_id"])[:2]) == (None, "p:")


def test_a_long_post_is_marked_as_cut(tmp_path: Path) -> None:
    record = CONTENT | {"content": "通报如下 ...全文"}
    assert read(tmp_path, as_json(record), declared=ORGAN).only("posts")["is_truncated"] is True


def test_kinds_mixed_in_one_file_and_a_record_of_no_kind(tmp_path: Path) -> None:
    found = read(tmp_path, as_lines(CONTENT, COMMENT, CREATOR, {"foo": 1}))
    assert [found.tables[t].height for t in ("posts", "comments", "account_snapshots")] == [1] * 3
    assert found.reasons == ["nothing_to_load"]
