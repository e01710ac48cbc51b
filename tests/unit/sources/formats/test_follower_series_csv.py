"""Follower histories: whose they are, their unit and resolution, and days without a count."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest

from orchestration.sources.formats.base import Head
from orchestration.sources.formats.follower_series_csv import FORMAT
from tests.unit.sources import reading

WAN = "Date (YYYY-MM-DD),Followers (tens of thousands)\n"


def read(tmp_path: Path, content: str, name: str) -> reading.Outcome:
    return reading.clean(FORMAT, reading.raw_file(tmp_path, name, content))


def test_history_in_tens_of_thousands(tmp_path: Path) -> None:
    content = WAN + "2022-04-01,\n2022-04-02,3047.9\n2022-04-03,3065\n"
    rows = read(tmp_path, content, "weibo_1000000001_2022.txt").tables["account_snapshots"]
    assert rows.select("platform", "account_id").unique().rows() == [("weibo", "1000000001")]
    assert rows.select("followers_lo", "followers_hi").rows() == [
        (None, None), (30_478_000, 30_480_000), (30_649_000, 30_651_000),
    ]  # fmt: skip
    assert rows["observed_at"][1] == datetime(2022, 4, 1, 16, tzinfo=UTC)
    assert rows["scope_evidence"].unique().to_list() == ["listed"]


def test_exact_counts_with_a_memento(tmp_path: Path) -> None:
    content = "date,count,URL-M\n2013-09-21,4381,http://a.org/x\n2013-10-31,0,http://a.org/y\n"
    rows = read(tmp_path, content, "fch_example.csv").tables["account_snapshots"]
    assert rows.select("account_id", "followers_lo", "followers_hi").rows() == [
        ("example", 4381, 4381), ("example", 0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "platform", "account"), [
    ("weibo_1000000001_2022.csv", "weibo", "1000000001"),
    ("新浪微博_1000000001.csv", "weibo", "1000000001"),
    ("tencent_example.csv", "tencent_weibo", "example"),
    ("Tencent_Weibo_example.csv", "tencent_weibo", "example"),
    ("x_police.csv", "unknown", "x_police"),
    ("news_of_a_city.csv", "unknown", "news_of_a_city"),
])  # fmt: skip
def test_the_platform_in_a_file_s_name_is_one_there_is(
    tmp_path: Path, name: str, platform: str, account: str
) -> None:
    row = read(tmp_path, "date,count\n2013-12-05,10\n", name).only("account_snapshots")
    assert (row["platform"], row["account_id"]) == (platform, account)


def test_without_a_header_the_first_line_is_a_record(tmp_path: Path) -> None:
    rows = read(tmp_path, "2009-01-10,51\n2009-02-01,475\n", "fch_example.csv").tables
    assert rows["account_snapshots"]["followers_lo"].to_list() == [51, 475]


def test_lines_that_are_no_count_are_refused(tmp_path: Path) -> None:
    content = (
        "date,count\n2013-12-01,redirect\n2013-12-02,-5\n2013-12-03,1.5\n"
        "soon,7\n,8\n2013-12-04,9,a,b\n2013-12-05,10\n"
    )
    outcome = read(tmp_path, content, "fch_example.csv")
    assert sorted(outcome.reasons) == [
        "fractional_count", "missing_key:observed_at", "negative_count", "not_a_count",
        "not_a_time", "ragged_row",
    ]  # fmt: skip
    assert outcome.only("account_snapshots")["followers_lo"] == 10


@pytest.mark.parametrize("header", ["date,count,URL-M\n", "date,count\n", ""])
def test_a_count_that_its_comma_cut_in_two_is_refused(tmp_path: Path, header: str) -> None:
    quoted = '2012-01-03,"12,347"' + (",http://a.org/x" if "URL" in header else "")
    content = f"{header}2012-01-01,12,345\n2012-01-02,12,346\n{quoted}\n"
    outcome = read(tmp_path, content, "fch_example.csv")
    assert outcome.reasons == ["ragged_row", "ragged_row"]
    assert outcome.only("account_snapshots")["followers_lo"] == 12_347


@pytest.mark.parametrize("third", ["http://a.org/x", "", " "])
def test_without_a_header_a_third_cell_is_an_address_or_blank(tmp_path: Path, third: str) -> None:
    outcome = read(tmp_path, f"2012-01-01,5,{third}\n2012-01-02,6\n", "fch_example.csv")
    assert outcome.tables["account_snapshots"]["followers_lo"].to_list() == [5, 6]


@pytest.mark.parametrize(("name", "content", "score"), [
    ("a.txt", WAN + "2022-04-01,\n2022-04-02,3047.9\n", 0.95),
    ("a.csv", "date,count\n2013-09-21,4381\n", 0.95),
    ("a.csv", "2013-09-21,4381\n2013-09-22,4382\n", 0.6),
    ("a.csv", "date,title\n2013-09-21,A bureau opens\n", None),
    ("a.csv", "id,text\n1,x\n", None),
    ("a.json", "date,count\n2013-09-21,4381\n", None),
])  # fmt: skip
def test_sniff(name: str, content: str, score: float | None) -> None:
    found = FORMAT.sniff(Head(PurePosixPath(name), content.encode()))
    assert (found.score if found else None) == score
