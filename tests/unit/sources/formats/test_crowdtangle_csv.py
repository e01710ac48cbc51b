"""CrowdTangle: zones by abbreviation, followers at the moment of the post, groups as no author."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from orchestration.cleaning.engine import DeclaredAccount
from orchestration.sources import formats
from orchestration.sources.formats.base import Head, time_in_name
from orchestration.sources.formats.crowdtangle_csv import FORMAT
from tests.unit.sources import reading

SCORE = "Overperforming Score (weighted  —  Likes 1x Shares 1x Comments 1x Love 1x )"
ORGAN = DeclaredAccount("organ", "county", None)
PAGE: dict[str, str] = {
    "Page Name": "Sample City Police", "User Name": "SampleCityPolice",
    "Facebook Id": "100000000000001", "Page Category": "GOVERNMENT_ORGANIZATION",
    "Page Created": "2010-05-06 07:08:09 EDT", "Likes at Posting": "900",
    "Followers at Posting": "1,234", "Post Created": "2021-03-01 12:00:00 EST",
    "Post Created Date": "2021-03-01", "Post Created Time": "12:00:00", "Type": "Link",
    "Total Interactions": "2,345", "Likes": "1,200", "Comments": "34", "Shares": "N/A",
    "Love": "3", "URL": "https://www.facebook.com/100000000000001/posts/4000000000000001",
    "Message": "Road closed #traffic and #snow", "Description": "of the linked page", SCORE: "1.5",
}  # fmt: skip
GRAM: dict[str, str] = {
    "Account": "Sample City", "User Name": "SampleCity", "Followers at Posting": "5,000",
    "Post Created": "2021-07-01 12:00:00 CEST", "Type": "Photo", "Total Interactions": "10",
    "Likes": "9", "Comments": "1", "Views": "0", "URL": "https://www.instagram.com/p/AbC-1_x2y/",
    "Title": "", "Description": "A day at the river", SCORE: "1",
}  # fmt: skip


def as_csv(*records: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(records[0]))
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


def read(tmp_path: Path, *records: dict[str, str], **given: Any) -> reading.Outcome:
    given = {"declared": ORGAN} | given
    return reading.clean(FORMAT, reading.raw_file(tmp_path, "ct.csv", as_csv(*records)), **given)


@pytest.mark.parametrize("record", [PAGE, GRAM])
def test_it_is_recognised(record: dict[str, str]) -> None:
    head = Head(PurePosixPath("x.csv"), as_csv(record).encode())
    assert formats.sniff(head)[0][0].id == "crowdtangle_csv"


def test_a_page_s_post(tmp_path: Path) -> None:
    found = read(tmp_path, PAGE)
    post, counts = found.only("posts"), found.only("post_metric_snapshots")
    assert found.reasons == []
    assert post["platform"] == "facebook"
    assert post["post_id"] == "100000000000001_4000000000000001"
    assert post["posted_at"] == datetime(2021, 3, 1, 17, tzinfo=UTC)
    assert (post["posted_at_text"], post["is_zone_assumed"]) == (PAGE["Post Created"], False)
    assert (post["text"], post["hashtags"]) == (PAGE["Message"], ["traffic", "snow"])
    assert (counts["likes_lo"], counts["comments_lo"], counts["reposts_lo"]) == (1200, 34, None)
    assert counts["observed_at"] == reading.MODIFIED


def test_followers_are_those_of_the_moment_of_the_post(tmp_path: Path) -> None:
    rows = read(tmp_path, PAGE).tables["account_snapshots"].to_dicts()
    then = [r for r in rows if r["followers_lo"] is not None]
    (now,) = [r for r in rows if r["screen_name"] is not None]
    assert [(r["observed_at"], r["observed_at_source"], r["followers_lo"]) for r in then] == [
        (datetime(2021, 3, 1, 17, tzinfo=UTC), "record", 1234)
    ]
    assert then[0]["screen_name"] is None
    assert now["observed_at"] == reading.MODIFIED
    assert now["registered_at"] == datetime(2010, 5, 6, 11, 8, 9, tzinfo=UTC)


@pytest.mark.parametrize(("written", "zone", "reason"), [
    ("2021-03-01 12:00:00 CST", None, "ambiguous_zone"),
    ("2021-03-01 12:00:00 IST", "Asia/Shanghai", "ambiguous_zone"),
    ("2021-03-01 12:00:00 QQQ", "Asia/Shanghai", "unknown_zone"),
    ("2021-03-01 12:00:00 CST", "Europe/Berlin", "ambiguous_zone"),
    ("N/A", "Asia/Shanghai", "missing_key:posted_at"),
])  # fmt: skip
def test_a_zone_that_means_several_things_is_refused(
    tmp_path: Path, written: str, zone: str | None, reason: str
) -> None:
    found = read(tmp_path, PAGE | {"Post Created": written}, zone=zone)
    assert found.reasons == [reason]
    assert found.tables["posts"].is_empty()


@pytest.mark.parametrize(("zone", "hour"), [("America/Chicago", 18), ("Asia/Shanghai", 4)])
def test_a_declared_zone_decides_its_own_abbreviation(tmp_path: Path, zone: str, hour: int) -> None:
    found = read(tmp_path, PAGE | {"Post Created": "2021-03-01 12:00:00 CST"}, zone=zone)
    assert found.only("posts")["posted_at"] == datetime(2021, 3, 1, hour, tzinfo=UTC)


def test_a_destroyed_number_of_a_page_is_not_replaced_by_its_name(tmp_path: Path) -> None:
    """By its name the page would be a second account, beside the one with the number."""
    found = read(tmp_path, PAGE | {"Facebook Id": "1.00E+14"})
    assert found.reasons == ["scientific_id"]
    assert all(rows.is_empty() for rows in found.tables.values())
    named = read(tmp_path, PAGE | {"Facebook Id": " "})
    assert named.only("posts")["account_id"] == "samplecitypolice"


def test_an_instagram_export(tmp_path: Path) -> None:
    found = read(tmp_path, GRAM)
    post = found.only("posts")
    assert (post["platform"], post["post_id"], post["account_id"]) == (
        "instagram", "AbC-1_x2y", "samplecity",
    )  # fmt: skip
    assert post["posted_at"] == datetime(2021, 7, 1, 10, tzinfo=UTC)
    assert post["text"] == "A day at the river"


def test_a_group_s_posts_are_its_members(tmp_path: Path) -> None:
    group = {"Group Name": "Neighbours"} | {k: v for k, v in PAGE.items() if k != "Page Name"}
    group["URL"] = "https://www.facebook.com/groups/100000000000001/permalink/4000000000000002"
    found = read(tmp_path, group)
    post = found.only("posts")
    assert (post["account_id"], post["text"], post["is_official"]) == (None, None, False)
    assert str(post["post_id"]).startswith("p:")
    assert found.tables["account_snapshots"].is_empty()


@pytest.mark.parametrize(("url", "expected"), [
    ("https://www.facebook.com/story.php?story_fbid=4000000000000003&id=1", "4000000000000003"),
    ("https://www.facebook.com/Some.Page/videos/4000000000000004/", "4000000000000004"),
    ("https://www.facebook.com/Page/photos/a.1.2/4000000000000005/?type=3", "4000000000000005"),
    ("https://www.facebook.com/Page/posts/pfbid02abcDEF", "pfbid02abcDEF"),
    ("https://www.facebook.com/Page", None),
])  # fmt: skip
def test_the_post_s_id_stands_in_its_address(
    tmp_path: Path, url: str, expected: str | None
) -> None:
    found = read(tmp_path, PAGE | {"URL": url})
    if expected is None:
        assert found.reasons == ["no_post_id_in_url"]
    else:
        assert found.only("posts")["post_id"] == f"100000000000001_{expected}"


def test_people_pass_without_name(tmp_path: Path) -> None:
    found = read(tmp_path, PAGE, declared=None)
    assert found.only("posts")["text"] is None
    assert found.tables["account_snapshots"]["screen_name"].null_count() == 2


@pytest.mark.parametrize(("name", "expected"), [
    ("2021-03-15-12-30-22-EST-Historical.csv", datetime(2021, 3, 15, 17, 30, 22, tzinfo=UTC)),
    ("2021-03-15-12-30-22-CSV-Export.csv", datetime(2021, 3, 15, 4, 30, 22, tzinfo=UTC)),
    ("2021-01-01--2021-03-01.csv", None),
])  # fmt: skip
def test_the_export_s_time_in_its_name(name: str, expected: datetime | None) -> None:
    assert time_in_name(PurePosixPath(name), "Asia/Shanghai", needs_clock=True) == expected
