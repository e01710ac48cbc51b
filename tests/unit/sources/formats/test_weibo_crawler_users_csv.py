"""weibo-crawler users.csv: frozen snapshots, and the lines its crawler broke."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from orchestration.sources.formats import sniff
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.weibo_crawler_users_csv import FORMAT
from tests.unit.sources.formats.weibo_posts import ORGAN, PERSON, STATION, table
from tests.unit.sources.reading import MODIFIED, clean, raw_file

OLDEST = [
    "用户id", "昵称", "性别", "生日", "所在地", "学习经历", "公司", "注册时间", "阳光信用",
    "微博数", "粉丝数", "关注数", "简介", "主页", "头像", "高清头像", "微博等级", "会员等级",
    "是否认证", "认证类型", "认证信息",
]  # fmt: skip
WITH_LAST = [*OLDEST, "上次记录微博信息"]
NEWEST = [*WITH_LAST[:5], "IP属地", *WITH_LAST[5:]]
LAST = "4990000000000001 2024-03-05"


def row(header: list[str], uid: str = ORGAN, **other: object) -> list[object]:
    values = {
        "用户id": uid, "昵称": "平安例市", "性别": "m", "生日": "1999-01-01", "所在地": "例省",
        "IP属地": "例省", "学习经历": "例大学", "公司": "例公司", "注册时间": "2011-09-26",
        "阳光信用": "", "微博数": 9001, "粉丝数": 3047000, "关注数": 120, "简介": "为民服务",
        "主页": "https://m.weibo.cn/u/9", "头像": "https://x/a.jpg", "高清头像": "https://x/b.jpg",
        "微博等级": 40, "会员等级": 6, "是否认证": True, "认证类型": 1,
        "认证信息": "例市公安局官方微博", "上次记录微博信息": LAST,
    } | other  # fmt: skip
    return [values[name] for name in header]


def cut_by_crawler(text: str, uid: str) -> str:
    """What the crawler does to the last column: it cuts the physical line at commas."""
    lines = []
    for line in text.splitlines(keepends=True):
        if line.split(",")[0].strip("\ufeff") == uid:
            line = line.replace(line.split(",")[-1], LAST + "\n")
        lines.append(line)
    return "".join(lines)


@pytest.mark.parametrize("header", [OLDEST, WITH_LAST, NEWEST])
def test_every_version_gives_the_same_snapshot(tmp_path, header):
    outcome = clean(FORMAT, raw_file(tmp_path, "users.csv", table([header, row(header)])))
    assert outcome.reasons == []
    account = outcome.only("account_snapshots")
    assert (account["account_id"], account["screen_name"]) == (ORGAN, "平安例市")
    assert (account["statuses_lo"], account["followers_lo"], account["following_lo"]) == (
        9001, 3_047_000, 120,
    )  # fmt: skip
    assert (account["verified_type"], account["account_kind"]) == ("1", "organ")
    assert account["registered_at_precision"] == "day"
    assert account["registered_at"].date().isoformat() == "2011-09-25"  # midnight in Beijing
    assert outcome.repairs.is_empty()
    for personal in ("1999", "例大学", "例公司", "为民服务", "jpg"):
        assert personal not in str(account)


def test_the_time_is_an_upper_bound(tmp_path):
    outcome = clean(FORMAT, raw_file(tmp_path, "users.csv", table([NEWEST, row(NEWEST)])))
    account = outcome.only("account_snapshots")
    assert (account["observed_at"], account["observed_at_source"]) == (MODIFIED, "upper_bound")


def test_a_wider_row_under_an_older_header_is_realigned_and_logged(tmp_path):
    text = table([WITH_LAST, row(WITH_LAST), row(NEWEST, STATION)])
    outcome = clean(FORMAT, raw_file(tmp_path, "users.csv", text))
    assert outcome.reasons == []
    assert outcome.tables["account_snapshots"]["followers_lo"].to_list() == [3_047_000] * 2
    logged = outcome.repairs.sort("column_name")
    assert logged.select("_row", "rule", "column_name", "before", "after").rows() == [
        (1, "columns_shifted_users", "followers_lo", "9001", "3047000"),
        (1, "columns_shifted_users", "following_lo", "3047000", "120"),
        (1, "columns_shifted_users", "statuses_lo", None, "9001"),
    ]


def test_a_line_that_the_crawler_cut_is_refused_with_its_line(tmp_path):
    broken = row(NEWEST, STATION, 简介="第一行\n第二行")
    text = table([NEWEST, row(NEWEST), broken, row(NEWEST, PERSON, 认证类型=-1)])
    cut = cut_by_crawler(text, STATION)
    assert cut != text
    outcome = clean(FORMAT, raw_file(tmp_path, "users.csv", cut))
    found = [(r.reason, r.record_number, r.line_number) for r in outcome.rejects if r.records]
    assert found == [("line_cut_by_crawler", 2, 3), ("line_cut_by_crawler", 3, 4)]
    assert outcome.tables["account_snapshots"].height == 2
    assert outcome.problems.is_empty()


def test_commas_in_quotes_survive_the_cut(tmp_path):
    text = cut_by_crawler(table([NEWEST, row(NEWEST, 简介="一,二", 上次记录微博信息="")]), ORGAN)
    outcome = clean(FORMAT, raw_file(tmp_path, "users.csv", text))
    assert outcome.reasons == []
    assert outcome.only("account_snapshots")["followers_lo"] == 3_047_000


def test_a_line_without_its_verification_is_not_trusted(tmp_path):
    text = table([NEWEST, row(NEWEST, 是否认证="40")])
    outcome = clean(FORMAT, raw_file(tmp_path, "users.csv", text))
    assert outcome.reasons == ["layout_not_proven"]


def test_people_pass_without_a_name(tmp_path):
    text = table([NEWEST, row(NEWEST, PERSON, 昵称="路人甲", 认证类型=-1, 认证信息="")])
    outcome = clean(FORMAT, raw_file(tmp_path, "users.csv", text))
    account = outcome.only("account_snapshots")
    assert account["account_id"].startswith("p:")
    assert account["screen_name"] is None


def test_it_is_recognised():
    found = sniff(Head(PurePosixPath("weibo/users.csv"), table([NEWEST, row(NEWEST)]).encode()))
    assert (found[0][0].id, len(found)) == ("weibo_crawler_users_csv", 1)
