"""Social Feed Manager: two widths of rows, UTC times, counts of an unknown harvest."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from orchestration.cleaning.engine import DeclaredAccount
from orchestration.sources import formats
from orchestration.sources.formats.base import FromFileName, FromModificationTime, Head
from orchestration.sources.formats.sfm_weibo_csv import FORMAT
from tests.unit.sources import reading

HEADER = (
    "created_at,weibo_id,screen_name,followers_count,friends_count,reposts_count,topics,"
    "in_reply_to_screen_name,weibo_url,text,url1,url2,retweeted_text,retweeted_url1,retweeted_url2"
)
POSTED = datetime(2016, 11, 29, 2, 51, 12, tzinfo=UTC)
MID = str((int(POSTED.timestamp()) - 515483463) << 22)
ORGAN = DeclaredAccount("organ", "county", None)


def row(at: str = "2016-11-29T02:51:12+00:00", url: str = "", mid: str = MID) -> str:
    url = url or f"http://m.weibo.cn/9900010021/{mid}"
    return f"{at},{mid},样城发布,12345,67,8,政务,,{url},#政务微博# 通报,,"


def read(tmp_path: Path, *lines: str, **given: Any) -> reading.Outcome:
    file = reading.raw_file(tmp_path, "export_001.csv", "\n".join((HEADER, *lines)) + "\n")
    return reading.clean(FORMAT, file, **({"declared": ORGAN} | given))


def test_it_is_recognised() -> None:
    head = Head(PurePosixPath("a.csv"), f"{HEADER}\n{row()}\n".encode())
    assert formats.sniff(head)[0][0].id == "sfm_weibo_csv"


def test_a_post_of_twelve_cells(tmp_path: Path) -> None:
    found = read(tmp_path, row())
    post, counts = found.only("posts"), found.only("post_metric_snapshots")
    (account,) = found.tables["account_snapshots"].filter(
        found.tables["account_snapshots"]["followers_lo"].is_not_null()
    ).to_dicts()  # fmt: skip
    assert found.reasons == []
    assert (post["post_id"], post["account_id"]) == (MID, "9900010021")
    assert (post["posted_at"], post["is_zone_assumed"]) == (POSTED, False)
    assert (post["is_repost"], post["kind"], post["hashtags"]) == (False, "original", ["政务微博"])
    assert (counts["reposts_lo"], counts["comments_lo"], counts["likes_lo"]) == (8, None, None)
    assert (account["followers_lo"], account["following_lo"]) == (12345, 67)
    assert account["screen_name"] == "样城发布"
    assert account["observed_at"] == reading.MODIFIED


@pytest.mark.parametrize("reposted", ["原文,,", ",,"])
def test_a_repost_has_fifteen_cells_even_when_its_source_is_gone(
    tmp_path: Path, reposted: str
) -> None:
    post = read(tmp_path, f"{row()},{reposted}").only("posts")
    assert (post["is_repost"], post["kind"]) == (True, "repost")


@pytest.mark.parametrize("at", [
    "2016-11-29T02:51:12+00:00", "2016-11-29T02:51:12Z", "2016-11-29T02:51:12",
    "2016-11-29 02:51:12", "2016-11-29T10:51:12+08:00",
])  # fmt: skip
def test_times_are_utc_with_or_without_an_offset(tmp_path: Path, at: str) -> None:
    found = read(tmp_path, row(at))
    assert found.only("posts")["posted_at"] == POSTED
    assert found.only("posts")["posted_at_text"] == at
    assert found.repairs.is_empty()


@pytest.mark.parametrize("url", [
    "http://weibo.com/9900010021/EiG1234ab", "https://weibo.com/u/9900010021",
])  # fmt: skip
def test_the_author_stands_in_any_address(tmp_path: Path, url: str) -> None:
    assert read(tmp_path, row(url=url)).only("posts")["account_id"] == "9900010021"


def test_a_row_of_another_width_and_one_without_author_are_refused(tmp_path: Path) -> None:
    found = read(tmp_path, row() + ",x", row(url="http://weibo.com/somebody"), row())
    assert found.reasons == ["ragged_row", "no_account_in_url"]
    assert found.rejects[0].line_number == 2
    assert found.tables["posts"].height == 1


def test_people_pass_as_pseudonyms(tmp_path: Path) -> None:
    found = read(tmp_path, row(), declared=None)
    assert found.only("posts")["text"] is None
    account = found.only("account_snapshots")
    assert (account["screen_name"], str(account["account_id"])[:2]) == (None, "p:")


def test_the_harvest_is_dated_by_name_with_a_clock_or_by_the_file() -> None:
    assert FORMAT.observation == (FromFileName(needs_clock=True), FromModificationTime())
