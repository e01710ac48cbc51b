"""Account lists: one account a row, or a row of addresses in every shape people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from orchestration.cleaning.engine import DeclaredAccount
from orchestration.sources.formats.account_list_csv import FORMAT, MAXIMUM_ADDRESSES
from orchestration.sources.formats.base import Head
from orchestration.sources.readers.base import ReadOptions
from tests.unit.sources import reading

COUNTIES = "Location,Government_Weibo_Acct,Propaganda_Dept_Weibo_Acct,Other_CountyGovt_Weibo_Acct\n"


def read(tmp_path: Path, content: str | bytes, **given: Any) -> reading.Outcome:
    return reading.clean(FORMAT, reading.raw_file(tmp_path, "list.csv", content), **given)


@pytest.mark.parametrize(("address", "account"), [
    ("http://weibo.com/u/1000000001", "1000000001"),
    ("http://weibo.com/1000000001?from=feed&loc=at", "1000000001"),
    ("\thttp://www.weibo.com/examplefabu", "domain:examplefabu"),
    ("ttp://weibo.com/examplefabu/", "domain:examplefabu"),
    ("http://weibo.com/p/1001061000000001/home?x=1#y", "1000000001"),
    ("1000000001", "1000000001"),
    ("http://weibo.com/n/%E7%A4%BA%E4%BE%8B", "name:示例"),
    ("http://weibo.com/410600", "domain:410600"),
])  # fmt: skip
def test_addresses(tmp_path: Path, address: str, account: str) -> None:
    row = read(tmp_path, f"{COUNTIES} 某省 某县 ,{address},,\n").only("account_snapshots")
    assert (row["platform"], row["account_id"]) == ("weibo", account)
    assert (row["scope_evidence"], row["account_kind"]) == ("listed", "unclear")
    assert row["followers_lo"] is None


def test_a_row_of_addresses_is_as_many_accounts(tmp_path: Path) -> None:
    content = COUNTIES + " 某县 ,http://weibo.com/a_b,,http://weibo.com/u/1000000002\n 乙县 ,,,\n"
    outcome = read(tmp_path, content)
    assert outcome.tables["account_snapshots"]["account_id"].to_list() == [
        "domain:a_b", "1000000002",
    ]  # fmt: skip
    assert outcome.reasons == ["nothing_to_load"]


def test_other_platforms_by_their_address(tmp_path: Path) -> None:
    content = "name,url\n甲,https://twitter.com/@example\n乙,http://t.qq.com/example\n"
    rows = read(tmp_path, content).tables["account_snapshots"]
    assert rows.select("platform", "account_id", "account_url").rows() == [
        ("twitter", "example", None), ("tencent_weibo", "example", None),
    ]  # fmt: skip


@pytest.mark.parametrize(("address", "account"), [
    ("https://www.facebook.com/profile.php?id=100000000000001", "100000000000001"),
    ("https://www.facebook.com/pages/Sample/100000000000002/", "100000000000002"),
    ("https://m.facebook.com/SampleCity/about", "SampleCity"),
    ("https://www.facebook.com/groups/neighbours", None),
    ("https://police.example.org/", None),
    ("https://www.zhihu.com/people/sample", None),
])  # fmt: skip
def test_an_address_gives_the_account_it_leads_to_or_none(
    tmp_path: Path, address: str, account: str | None
) -> None:
    outcome = read(tmp_path, f"name,url\n甲,{address}\n")
    found = outcome.tables["account_snapshots"]["account_id"].to_list()
    assert found == ([account] if account else [])
    assert outcome.reasons == ([] if account else ["not_an_address"])


def test_platforms_in_any_words(tmp_path: Path) -> None:
    words = ("新浪微博", "微博", "Weibo", "", "腾讯微博", "火星")
    lines = [f"{word},{n},示例,organ" for n, word in enumerate(words, start=1)]
    outcome = read(tmp_path, "平台,用户id,昵称,类别\n" + "\n".join(lines) + "\n")
    assert outcome.tables["account_snapshots"].select("platform", "account_id").rows() == [
        ("weibo", "1"), ("weibo", "2"), ("weibo", "3"), ("weibo", "4"), ("tencent_weibo", "5"),
    ]  # fmt: skip
    assert outcome.problems.select("reason", "extent").rows() == [("unknown_platform", "record")]


def test_where_row_and_address_name_two_platforms_the_site_wins_and_it_is_said(
    tmp_path: Path,
) -> None:
    content = (
        "platform,weibo_url,twitter_url\n"
        "weibo,https://weibo.com/u/1000000001,https://twitter.com/Sample\n"
        "twitter,https://weibo.com/u/1000000002,@Sample2\n"
        "火星,https://weibo.com/u/1000000003,Sample3\n"
        ",https://weibo.com/u/1000000004,https://x.com/Sample4\n"
    )
    outcome = read(tmp_path, content)
    rows = outcome.tables["account_snapshots"]
    assert sorted(rows.select("record_number", "platform", "account_id").rows()) == [
        (1, "twitter", "Sample"), (1, "weibo", "1000000001"),
        (2, "twitter", "Sample2"), (2, "weibo", "1000000002"),
        (3, "weibo", "1000000003"),
        (4, "twitter", "Sample4"), (4, "weibo", "1000000004"),
    ]  # fmt: skip
    assert sorted(outcome.problems.select("_row", "reason", "extent").rows()) == [
        (0, "platforms_disagree", "field"), (1, "platforms_disagree", "field"),
        (2, "unknown_platform", "field"), (2, "unknown_platform", "field"),
    ]  # fmt: skip


def test_no_address_of_a_wide_row_is_lost(tmp_path: Path) -> None:
    def rows_of(width: int) -> reading.Outcome:
        header = ",".join(f"url{n}" for n in range(width))
        row = ",".join(f"https://weibo.com/u/19{n:08d}" for n in range(width))
        return read(tmp_path, f"{header}\n{row}\n")

    assert rows_of(10).tables["account_snapshots"].height == 10
    assert rows_of(MAXIMUM_ADDRESSES).tables["account_snapshots"].height == MAXIMUM_ADDRESSES
    assert rows_of(MAXIMUM_ADDRESSES + 1).reasons == ["too_many_addresses"]


def test_a_hopeless_address_is_named(tmp_path: Path) -> None:
    content = f"{COUNTIES} 某县 ,http://weibo.com/p/100206/home/x,,http://weibo.com/ok\n"
    outcome = read(tmp_path, content)
    assert outcome.problems.select("reason", "extent").rows() == [("not_an_address", "field")]
    assert outcome.problems["excerpt"].to_list()[0].startswith("http://weibo.com/p/")
    assert outcome.only("account_snapshots")["account_id"] == "domain:ok"


def test_own_ids_with_kind_level_and_name(tmp_path: Path) -> None:
    content = (
        "\ufeff平台,UID,昵称,类别,级别,行政区划代码,注册时间,收录时间\n"
        "weibo,1000000001,示例发布,organ,prefecture,110000,2010-02-03,2011-04-05\n"
        ",1000000002,张警官,officer,county,,,2011-04-05\n"
        ",4.9E+15,示例,organ,county,,,2011-04-05\n"
        ",1000000003,示例,ruler,county,,soon,2011-04-05\n"
    )
    outcome = read(tmp_path, content)
    assert outcome.reasons == ["scientific_id", "unknown_word", "not_a_time"]
    organ, officer, third = outcome.tables["account_snapshots"].to_dicts()
    assert (organ["screen_name"], organ["admin_level"], organ["region_code"]) == (
        "示例发布", "prefecture", "110000",
    )  # fmt: skip
    assert organ["registered_at"] == datetime(2010, 2, 2, 16, tzinfo=UTC)
    assert organ["registered_at_precision"] == "day"
    assert officer["screen_name"] is None
    assert officer["account_id"].startswith("p:")
    assert (third["account_kind"], third["registered_at"]) == ("unclear", None)


def test_listing_time_is_the_observation(tmp_path: Path) -> None:
    (frame,) = FORMAT.reader.read(
        reading.raw_file(tmp_path, "l.csv", "uid,kind,as_of\n1,organ,2011-04-05\n"), ReadOptions()
    )
    assert not hasattr(frame, "reason")
    assert frame["listed_at"].to_list() == ["2011-04-05"]  # type: ignore[index]


def test_ragged_rows_and_encodings(tmp_path: Path) -> None:
    outcome = read(tmp_path, COUNTIES + "x,http://weibo.com/a\ny,http://weibo.com/bc,,\n")
    assert [(r.reason, r.record_number) for r in outcome.rejects] == [("ragged_row", 1)]
    gbk = "账号名称,主页\n示例,http://weibo.com/example\n".encode("gb18030")
    assert read(tmp_path, gbk).reasons == ["encoding"]
    assert read(tmp_path, gbk, encoding="gb18030").only("account_snapshots")["screen_name"] == (
        "示例"
    )


@pytest.mark.parametrize(("name", "content", "score"), [
    ("a.csv", "platform,account_id,account_kind\nweibo,1,organ\n", 0.9),
    ("a.csv", COUNTIES + "x,http://weibo.com/a,http://weibo.com/b,\ny,http://weibo.com/c,,\n", 0.6),
    ("a.csv", "title,url\nx,https://example.cn/1\n", None),
    ("a.json", "account_id,account_kind\n", None),
])  # fmt: skip
def test_sniff(name: str, content: str, score: float | None) -> None:
    found = FORMAT.sniff(Head(PurePosixPath(name), content.encode()))
    assert (found.score if found else None) == score


def test_a_place_beside_the_address_gives_region_and_level(tmp_path: Path) -> None:
    row = read(tmp_path, f"{COUNTIES} 北京 北京市辖区 海淀区 ,http://weibo.com/a_b,,\n").only(
        "account_snapshots"
    )
    assert (row["region_code"], row["region_rule"]) == ("110108", "region_text")
    assert (row["admin_level"], row["level_rule"]) == ("county", "region_code")


def test_a_register_is_what_its_declaration_says_where_it_is_silent(tmp_path: Path) -> None:
    content = "account_id,account_kind,admin_level\n1000000001,,county\n1000000002,organ,\n"
    declared = DeclaredAccount("other_government", "prefecture", None)
    rows = read(tmp_path, content, declared=declared).tables["account_snapshots"]
    assert rows.select("account_kind", "kind_rule", "admin_level").rows() == [
        ("other_government", "listed", "county"), ("organ", "listed", "prefecture"),
    ]  # fmt: skip


def test_no_name_of_an_officer_passes_the_door(tmp_path: Path) -> None:
    """Not in a row, an id or an excerpt, when the list is silent about what the accounts are."""
    names = ("交警王凯", "片警高梦宝", "警察李明", "公安局长陈某某")
    lines = [f"{n},{name},,,{name}" for n, name in enumerate(names, start=1)]
    lines += [f"4.9E+{n},{name},,,soon" for n, name in enumerate(names, start=10)]
    lines += [f",,,http://weibo.com/n/{name}," for name in names]
    content = "uid,昵称,类别,主页,所在地\n" + "\n".join(lines) + "\n"
    outcome = read(tmp_path, content)
    rows = outcome.tables["account_snapshots"]
    assert rows["account_kind"].to_list() == ["officer"] * 8
    assert outcome.reasons == ["scientific_id"] * 4
    found = str(rows.to_dicts()) + str(outcome.problems.to_dicts())
    assert not any(name in found for name in names)
    assert outcome.problems["excerpt"].null_count() == 4


def test_a_region_that_is_none_is_quarantined_and_the_account_stays(tmp_path: Path) -> None:
    codes = ("all", "unknown", "999999", "11", "110105", "１１００００")
    lines = [f"{n},organ,{code}" for n, code in enumerate(codes, start=1000000001)]
    outcome = read(tmp_path, "account_id,account_kind,region_code\n" + "\n".join(lines) + "\n")
    rows = outcome.tables["account_snapshots"]
    assert rows["region_code"].to_list() == [None, None, None, "110000", "110105", "110000"]
    assert outcome.problems.select("extent", "column_name", "reason", "excerpt").rows() == [
        ("field", "region_code", "not_a_region", code) for code in codes[:3]
    ]


def test_an_address_is_no_pseudonym(tmp_path: Path) -> None:
    outcome = read(
        tmp_path, COUNTIES + "x,https://twitter.com/p:10001,,\ny,https://x.com/p%3A1,,\n"
    )
    assert outcome.tables["account_snapshots"].height == 0
    assert outcome.reasons == ["reserved_id"] * 2
