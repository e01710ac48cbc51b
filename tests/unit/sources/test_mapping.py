"""Mapped sources: what a declaration may say, what it is refused for, what becomes of files."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.cleaning.engine import DeclaredAccount
from orchestration.cleaning.people import Door
from orchestration.schemas import tables
from orchestration.sources import mapping
from orchestration.sources.declarations import DeclarationError, SourceDeclaration
from orchestration.sources.mapping import mapped_format
from orchestration.sources.readers.base import ReadOptions
from orchestration.sources.vocabulary import TIME_PATTERNS
from tests.unit.sources import reading

INQUIRIES = {
    "inquiry_id": "replyID",
    "asked_at": "replyDate",
    "answered_at": "handleTime",
    "status": {
        "from": "stateInfo",
        "map": {"已办理": "answered", "办理中": "in_progress", "待回复": "open"},
    },
    "region_text": "province",
}
BOARD = (
    "replyID,replyDate,handleTime,stateInfo,province,note\n"
    "31,2021-07-20 08:00:00,2021-07-22 10:30:00,已办理,河南,a\n"
    "32,2021-07-20 09:00,,待回复,河南,b\n"
    "33,2021-07-21,,已转办,北京,c\n"
)


def declare(**given: Any) -> SourceDeclaration:
    return SourceDeclaration.model_validate({"name": "test", "format": "mapped", **given})


def board(**given: Any) -> SourceDeclaration:
    return declare(**{"reader": "csv", "table": "inquiries", "columns": INQUIRIES} | given)


def read(tmp_path: Path, declaration: SourceDeclaration, content: str | bytes, name: str = "x.csv",
         **given: Any) -> reading.Outcome:  # fmt: skip
    return reading.clean(
        mapped_format(declaration),
        reading.raw_file(tmp_path, name, content),
        zone=declaration.timezone,
        **given,
    )


def refusal(declaration: SourceDeclaration) -> str:
    with pytest.raises(DeclarationError) as caught:
        mapped_format(declaration)
    return str(caught.value)


# -- what becomes of files ------------------------------------------------------------------------
def test_message_board_of_the_design(tmp_path: Path) -> None:
    outcome = read(tmp_path, board(), BOARD)
    first, second, third = outcome.tables["inquiries"].to_dicts()
    assert first["inquiry_id"] == "31"
    assert first["asked_at"] == datetime(2021, 7, 20, 0, 0, tzinfo=UTC)
    assert first["answered_at"] == datetime(2021, 7, 22, 2, 30, tzinfo=UTC)
    assert (first["status"], first["region_text"]) == ("answered", "河南")
    assert first["is_zone_assumed"] is True
    assert first["platform"] == "web"
    assert (second["status"], second["answered_at"]) == ("open", None)
    assert third["status"] is None
    assert outcome.problems.select("column_name", "reason", "excerpt", "extent").rows() == [
        ("status", "unknown_word", "已转办", "field")
    ]


@pytest.mark.parametrize(
    ("reader", "name", "content"),
    [
        ("tsv", "x.tsv", BOARD.replace(",", "\t")),
        ("csv", "x.csv.gz", gzip.compress(BOARD.encode())),
        ("jsonl", "x.jsonl", "\n".join(
            json.dumps(dict(zip(BOARD.split("\n")[0].split(","), line.split(","), strict=True)))
            for line in BOARD.split("\n")[1:4])),
    ],
)  # fmt: skip
def test_every_reader_gives_the_same_rows(
    tmp_path: Path, reader: Any, name: str, content: str | bytes
) -> None:
    plain = read(tmp_path, board(), BOARD).tables["inquiries"].drop("file_id", "file_sha256")
    other = read(tmp_path, board(reader=reader), content, name).tables["inquiries"]
    assert other.drop("file_id", "file_sha256").equals(plain)


def test_inquiries_say_how_precisely_they_are_dated(tmp_path: Path) -> None:
    """Each time by its own text; a board known to print midnight for a day may declare it."""
    lines = (
        "id,asked,answered\n1,2021-07-20 08:00:00,2021-07-22\n2,2021-07-20,2021-07-22 08:00\n"
        "3,2021-07-20,\n"
    )
    columns: dict[str, Any] = {"inquiry_id": "id", "asked_at": "asked", "answered_at": "answered"}
    rows = read(tmp_path, board(columns=columns), lines).tables["inquiries"]
    assert rows["asked_at_precision"].to_list() == ["second", "day", "day"]
    assert rows["answered_at_precision"].to_list() == ["day", "minute", None]
    columns["answered_at_precision"] = {"const": "day"}
    rows = read(tmp_path, board(columns=columns), lines).tables["inquiries"]
    assert rows["answered_at_precision"].to_list() == ["day", "day", None]
    new_york = read(tmp_path, board(columns=columns, timezone="America/New_York"), lines)
    answered = new_york.tables["inquiries"]["answered_at"].to_list()
    # A clock on a declared day (the second answer) begins with that day, where the board is.
    assert answered == [datetime(2021, 7, 22, 4, tzinfo=UTC)] * 2 + [None]
    columns["answered_at_precision"] = {"const": "year"}
    assert "year" in refusal(board(columns=columns))


def test_comments_say_how_precisely_they_are_dated(tmp_path: Path) -> None:
    """By their text; to the second where the id has a clock, and as declared where it has none."""
    clocked = "4826279188108038"
    lines = f"id,at\n1,2021-07-20 08:00:00\n2,2021-07-20\n{clocked},2022-10-19\n"
    columns: dict[str, Any] = {"comment_id": "id", "commented_at": "at"}
    of_weibo = declare(reader="csv", table="comments", platform="weibo", columns=columns)
    rows = read(tmp_path, of_weibo, lines).tables["comments"]
    assert rows["commented_at_precision"].to_list() == ["second", "day", "second"]
    columns["commented_at_precision"] = {"const": "day"}
    declared = declare(reader="csv", table="comments", platform="bluesky", columns=columns)
    rows = read(tmp_path, declared, "id,at\n1,2021-07-20 08:00:00\n").tables["comments"]
    assert rows["commented_at_precision"].to_list() == ["day"]
    assert rows["commented_at"].to_list() == [datetime(2021, 7, 19, 16, tzinfo=UTC)]


def test_records_inside_a_document(tmp_path: Path) -> None:
    document = {
        "features": [{"properties": {"id": 7, "at": 1626739200}}, {"properties": {"id": 8}}]
    }
    declaration = board(
        reader="json", records="$.features[*].properties",
        columns={"inquiry_id": "id", "asked_at": {"from": "at", "parse": "epoch_s"}},
    )  # fmt: skip
    outcome = read(tmp_path, declaration, json.dumps(document), "x.json")
    assert outcome.only("inquiries")["asked_at"] == datetime(2021, 7, 20, tzinfo=UTC)
    assert outcome.reasons == ["missing_key:asked_at"]


def test_error_page_in_place_of_the_list(tmp_path: Path) -> None:
    declaration = board(reader="json", records="$.data.items", columns={"inquiry_id": "id",
                        "asked_at": "at"})  # fmt: skip
    assert read(tmp_path, declaration, '{"error": "login"}', "x.json").reasons == [
        "records_not_found"
    ]
    assert read(tmp_path, declaration, "<html>", "x.json").reasons == ["html_not_json"]
    assert read(tmp_path, declaration, '{"data": {"items": []}}', "x.json").reasons == []


def test_followers_become_an_interval_and_the_account_is_in_scope(tmp_path: Path) -> None:
    declaration = declare(
        reader="csv", table="account_snapshots", platform="weibo", observed_at="column:day",
        columns={"uid": "id", "followers": "fans", "screen_name": "name",
                 "account_kind": {"from": "type", "map": {1: "organ", 0: "officer"}}},
    )  # fmt: skip
    outcome = read(
        tmp_path, declaration,
        "id,fans,name,type,day\n2803301701,22.5万,平安北京,1,2021-07-20\n1,12,张警官,0,2021-07-20\n",
    )  # fmt: skip
    organ, officer = outcome.tables["account_snapshots"].to_dicts()
    assert (organ["followers_lo"], organ["followers_hi"]) == (224_000, 226_000)
    assert (organ["account_id"], organ["screen_name"]) == ("2803301701", "平安北京")
    assert organ["scope_evidence"] == "listed"
    assert organ["observed_at"] == datetime(2021, 7, 19, 16, tzinfo=UTC)
    assert officer["account_id"].startswith("p:")
    assert officer["screen_name"] is None


def test_declared_account_of_snapshots(tmp_path: Path) -> None:
    declaration = declare(
        reader="csv", table="account_snapshots", platform="weibo",
        account={"kind": "organ", "level": "county", "region": "110105"},
        columns={"account_id": {"const": 123}, "followers": "n"},
    )  # fmt: skip
    row = read(tmp_path, declaration, "n\n10\n").only("account_snapshots")
    assert (row["account_id"], row["account_kind"], row["admin_level"], row["region_code"]) == (
        "123", "organ", "county", "110105",
    )  # fmt: skip
    assert row["scope_evidence"] == "declared"


REGIONS = {"account_id": "id", "region_code": "place"}


def test_a_mapped_region_is_a_code_of_an_edition(tmp_path: Path) -> None:
    declaration = declare(
        reader="csv", table="account_snapshots", platform="weibo",
        account={"kind": "organ"}, columns=REGIONS,
    )  # fmt: skip
    outcome = read(tmp_path, declaration, "id,place\n1,all\n2,４４\n3,440300000000\n")
    assert outcome.tables["account_snapshots"]["region_code"].to_list() == [
        None, "440000", "440300",
    ]  # fmt: skip
    assert outcome.reasons == ["not_a_region"]


@pytest.mark.parametrize("place", [{"const": "all"}, {"from": "place", "map": {"x": "999999"}}])
def test_a_declared_region_is_a_code_of_an_edition(place: dict[str, object]) -> None:
    with pytest.raises(DeclarationError, match="no GB/T 2260 code"):
        mapped_format(
            declare(
                reader="csv",
                table="account_snapshots",
                platform="weibo",
                columns={"account_id": "id", "region_code": place},
            )
        )


POSTS = {"post_id": "id", "uid": "user", "posted_at": "at", "text": "text", "hashtags": "tags"}


def test_posts_of_a_declared_account(tmp_path: Path) -> None:
    declaration = declare(reader="jsonl", table="posts", platform="mastodon", columns=POSTS)
    lines = [
        {"id": "1", "user": "u", "at": "2021-07-20T08:00:00Z", "text": "hello", "tags": ["a", "b"]},
        {"id": "2", "user": "u", "at": "2021-07-20T08:00:00Z", "text": "#x# y", "tags": ""},
    ]
    outcome = read(
        tmp_path, declaration, "\n".join(json.dumps(line) for line in lines), "x.jsonl",
        declared=DeclaredAccount("organ", "county", None),
    )  # fmt: skip
    first, second = outcome.tables["posts"].to_dicts()
    assert (first["post_id"], first["text"], first["hashtags"]) == ("1", "hello", ["a", "b"])
    assert (first["is_repost"], first["kind"], first["is_official"]) == (False, "original", True)
    assert first["is_zone_assumed"] is False
    assert second["hashtags"] == ["x"]


def test_ordinary_peoples_posts_are_pseudonyms_without_text(tmp_path: Path) -> None:
    declaration = declare(reader="csv", table="posts", platform="web", columns=POSTS)
    row = read(tmp_path, declaration, "id,user,at,text,tags\n1,u,2021-07-20,secret,\n").only(
        "posts"
    )
    assert row["text"] is None
    assert str(row["post_id"]).startswith("p:")


def test_weibo_post_without_a_time_needs_a_clock_in_its_id(tmp_path: Path) -> None:
    columns = {"post_id": "id", "uid": "user"}
    declaration = declare(reader="csv", table="posts", platform="weibo", columns=columns)
    mid = (1_626_739_200 - 515_483_463) << 22
    form = mapped_format(declaration)
    outcome = reading.clean(form, reading.raw_file(tmp_path, "x", f"id,user\n{mid},u\nabc,u\n"))
    assert outcome.only("posts")["posted_at"] == datetime(2021, 7, 20, tzinfo=UTC)
    assert outcome.reasons == ["missing_key:posted_at"]


def test_metrics_bring_their_declared_author_into_scope(tmp_path: Path) -> None:
    declaration = declare(
        reader="csv", table="post_metric_snapshots", platform="weibo",
        account={"kind": "organ"},
        columns={"post_id": "id", "account_id": {"const": "9"}, "likes": "likes",
                 "reposts": {"from": "shares", "parse": "(\\d+) times"}},
    )  # fmt: skip
    content = "id,likes,shares\na,1,3 times\nb,,none\nc,2,\n"
    outcome = read(
        tmp_path, declaration, content, declared=DeclaredAccount("organ", "unclear", None)
    )
    rows = outcome.tables["post_metric_snapshots"]
    assert rows["post_id"].to_list() == ["a", "c"]
    assert rows["reposts_lo"].to_list() == [3, None]
    assert outcome.tables["account_snapshots"].height == 1
    assert outcome.reasons == ["pattern_not_found"]


# -- platforms in data ----------------------------------------------------------------------------
LISTED = (
    "uid,pf,n,kd\n1,新浪微博,5,organ\n2,Weibo,6,organ\n3,qq,7,organ\n4,,8,organ\n5,火星,9,organ\n"
)
"""Accounts in three spellings of two platforms, one without a platform and one of none known."""


def listed(**given: Any) -> SourceDeclaration:
    columns = {"account_id": "uid", "platform": "pf", "followers": "n", "account_kind": "kd"}
    given = {"columns": columns} | given
    return declare(reader="csv", table="account_snapshots", **given)


def test_platforms_in_data_are_those_there_are(tmp_path: Path) -> None:
    outcome = read(tmp_path, listed(), LISTED)
    rows = outcome.tables["account_snapshots"]
    assert rows.select("account_id", "platform").rows() == [
        ("1", "weibo"), ("2", "weibo"), ("3", "tencent_weibo"),
    ]  # fmt: skip
    refused = outcome.problems.select("reason", "extent", "column_name").rows()
    assert sorted(refused) == [
        ("missing_key:platform", "record", "platform"), ("unknown_platform", "record", "platform"),
    ]  # fmt: skip
    assert outcome.people["platform"].null_count() == 0


def test_where_a_row_names_no_platform_it_is_the_declared_one(tmp_path: Path) -> None:
    outcome = read(tmp_path, listed(platform="twitter"), LISTED)
    assert outcome.tables["account_snapshots"]["platform"].to_list() == [
        "weibo", "weibo", "tencent_weibo", "twitter",
    ]  # fmt: skip
    assert outcome.reasons == ["unknown_platform"]


def test_a_map_goes_before_the_names_known(tmp_path: Path) -> None:
    pf = {"from": "pf", "map": {"火星": "mastodon", "qq": "wechat"}}
    columns = {"account_id": "uid", "platform": pf, "account_kind": "kd"}
    outcome = read(tmp_path, listed(columns=columns), LISTED)
    assert outcome.tables["account_snapshots"]["platform"].to_list() == [
        "weibo", "weibo", "wechat", "mastodon",
    ]  # fmt: skip


@pytest.mark.parametrize("platform", [
    {"from": "pf", "map": {"火星": "mars"}}, {"const": "mars"},
])  # fmt: skip
def test_a_declaration_cannot_name_a_platform_that_is_none(platform: dict[str, Any]) -> None:
    said = refusal(listed(columns={"account_id": "uid", "platform": platform}))
    assert "'mars'" in said
    assert "tencent_weibo" in said


@pytest.mark.parametrize("table", [t for t in tables.CORE_TABLES if "platform" in t.key],
                         ids=lambda table: table.name)  # fmt: skip
def test_no_table_takes_a_row_without_a_platform(tmp_path: Path, table: tables.Table) -> None:
    kinds = mapping._kinds(table)
    needed = {*table.key, table.bucket, "account_id", "likes"} & set(kinds)
    columns = {n: "day" if kinds[n] == "instant" else "n" for n in needed} | {"platform": "pf"}
    content = "day,n,pf\n2021-07-20,12345,微博\n2021-07-20,12346,\n2021-07-20,12347,火星\n"
    outcome = read(tmp_path, declare(reader="csv", table=table.name, columns=columns), content)
    assert outcome.tables[table.name]["platform"].to_list() == ["weibo"]
    assert outcome.reasons == ["missing_key:platform", "unknown_platform"]


# -- declared authors -----------------------------------------------------------------------------
def test_a_declared_author_is_no_use_of_a_record_whose_count_is_refused(tmp_path: Path) -> None:
    """His account row would stand for a record that is quarantined, and the ledger disagree."""
    declaration = declare(
        reader="csv", table="post_metric_snapshots", platform="weibo", account={"kind": "organ"},
        columns={"post_id": "id", "account_id": {"const": "9"}, "likes": "n"},
    )  # fmt: skip
    declared = DeclaredAccount("organ", "unclear", None)
    outcome = read(tmp_path, declaration, "id,n\na,-5\nb,3\nc,-7\n", declared=declared)
    assert outcome.problems.select("_row", "reason", "extent").rows() == [
        (0, "negative_count", "record"), (2, "negative_count", "record"),
    ]  # fmt: skip
    assert outcome.is_used.to_list() == [False, True, False]
    assert outcome.only("post_metric_snapshots")["account_id"] == "9"
    account = outcome.only("account_snapshots")
    assert (account["account_id"], account["record_number"]) == ("9", 2)
    assert (account["scope_evidence"], account["account_kind"]) == ("declared", "organ")


@pytest.mark.parametrize(("first", "reason"), [
    ("1,u,soon,a,", "not_a_time"),
    ("5040394697965569,u,2021-01-20 08:00:00,a,", "id_clock_contradiction"),
])  # fmt: skip
def test_a_declared_author_stays_one_where_his_first_post_is_refused(
    tmp_path: Path, first: str, reason: str
) -> None:
    declaration = declare(reader="csv", table="posts", platform="weibo", columns=POSTS)
    content = f"id,user,at,text,tags\n{first}\n2,u,2021-07-20,b,\n"
    declared = DeclaredAccount("organ", "county", None)
    outcome = read(tmp_path, declaration, content, declared=declared)
    assert reason in outcome.reasons
    post = outcome.only("posts")
    assert (post["post_id"], post["account_id"], post["text"]) == ("2", "u", "b")
    assert outcome.only("account_snapshots")["record_number"] == 2


def test_hot_list_with_only_a_slot_was_seen_at_that_instant(tmp_path: Path) -> None:
    declaration = declare(
        reader="csv", table="hot_topic_slots", platform="weibo",
        columns={"topic": "t", "list_name": {"const": "realtime"}, "heat": "h", "rank": "r",
                 "slot_at": {"from": "at", "parse": "%d/%m/%Y %H:%M"},
                 "is_ad": {"from": "ad", "map": {"广告": "true", "-": "false"}}},
    )  # fmt: skip
    row = read(tmp_path, declaration, "t,h,r,at,ad\n#洪水#,1.2万,3,20/07/2021 20:00,广告\n").only(
        "hot_topic_slots"
    )
    slot = datetime(2021, 7, 20, 12, tzinfo=UTC)
    assert (row["slot_at"], row["seen_lo_at"], row["seen_hi_at"]) == (slot, slot, slot)
    assert (row["heat_lo"], row["heat_hi"], row["rank"], row["is_ad"]) == (11_000, 13_000, 3, True)
    assert row["topic_key"] == "#洪水#"


def test_articles_are_known_by_their_address(tmp_path: Path) -> None:
    declaration = declare(
        reader="csv", table="articles",
        columns={"url": "url", "title": "title", "published_at": "publish_date"},
    )  # fmt: skip
    rows = read(
        tmp_path, declaration,
        "url,title,publish_date\nhttps://a.cn/1?utm_source=x,T,2021-07-20\nhttps://A.cn/1,T,\n,U,\n",
    )  # fmt: skip
    ids = rows.tables["articles"]["article_id"].to_list()
    assert ids[0] == ids[1]
    assert rows.tables["articles"]["published_at_precision"].to_list() == ["day", None]
    assert rows.reasons == ["missing_key:article_id"]


def test_comments_rulings_and_timings(tmp_path: Path) -> None:
    door = Door(reading.KEY)
    at = "2021-07-20 08:00:00"
    comments = declare(reader="csv", table="comments", platform="weibo", columns={
        "comment_id": "id", "post_id": "post", "uid": "user", "commented_at": "at", "text": "text",
    })  # fmt: skip
    row = read(tmp_path, comments, f"id,post,user,at,text\n1,2,3,{at},x\n", door=door).only(
        "comments"
    )
    assert (row["text"], row["is_official"], row["post_id"][:2]) == (None, False, "p:")
    door.admit(pl.DataFrame({"platform": ["weibo"], "account_id": ["9"],
                             "account_kind": ["organ"]}))  # fmt: skip
    of_an_office = declare(reader="csv", table="comments", platform="weibo", columns={
        "comment_id": "id", "post_id": "post", "post_account_id": "author", "uid": "user",
        "commented_at": "at",
    })  # fmt: skip
    row = read(tmp_path, of_an_office, f"id,post,author,user,at\n1,2,9,3,{at}\n", door=door).only(
        "comments"
    )
    assert (row["post_id"], row["comment_id"][:2]) == ("2", "p:")
    rulings = declare(reader="csv", table="rulings", platform="weibo", columns={
        "ruling_id": "id", "claimed_at": "at", "verdict": {"const": "false"},
        "claim_text": "claim", "cited_account_ids": "cited",
    })  # fmt: skip
    row = read(tmp_path, rulings, f'id,at,claim,cited\n1,{at},"@某人 #洪水# 假","1,2"\n').only(
        "rulings"
    )
    assert (row["claim_text"], row["hashtag_keys"]) == ("@… #洪水# 假", ["洪水"])
    assert len(row["cited_account_ids"]) == 2
    assert all(cited.startswith("p:") for cited in row["cited_account_ids"])
    timings = declare(reader="csv", table="repost_timings", platform="weibo", columns={
        "post_id": "post", "repost_id": "id", "reposted_at": "at",
    })  # fmt: skip
    row = read(tmp_path, timings, f"post,id,at\n2,1,{at}\n").only("repost_timings")
    assert str(row["repost_id"]).startswith("p:")


def test_a_ruling_on_weibo_is_about_the_post_of_its_bid(tmp_path: Path) -> None:
    """Bids of posts and rulings are stored as the mids they encode; digits and other platforms' ids
    are what they are."""
    written = ("z0JH2lOMb", "zudhTB", "3501756485200075", "123456789")
    expected = ["3501756485200075", "bid:zudhTB", "3501756485200075", "123456789"]
    at = "2012-10-17 08:00:00"
    lines = "id,at\n" + "".join(f"{name},{at}\n" for name in written)
    for table, column, time in (
        ("rulings", "ruling_id", "claimed_at"), ("deletions", "post_id", "seen_until_at"),
    ):  # fmt: skip
        columns = {
            column: "id",
            time: "at",
            **({"verdict": {"const": "false"}} if column == "ruling_id" else {}),
        }
        for platform, names in (("weibo", expected), ("bluesky", list(written))):
            declaration = declare(reader="csv", table=table, platform=platform, columns=columns)
            rows = read(tmp_path, declaration, lines).tables[table]
            hidden = Door(reading.KEY).pseudonyms(
                pl.Series([platform] * len(names)), pl.Series(names)
            )
            assert rows[column].to_list() == hidden.to_list(), (table, platform)


def test_a_ruling_on_weibo_cites_the_posts_of_its_bids(tmp_path: Path) -> None:
    declaration = declare(reader="csv", table="rulings", platform="weibo", columns={
        "ruling_id": "id", "claimed_at": "at", "verdict": {"const": "false"},
        "cited_post_ids": "cites",
    })  # fmt: skip
    at = "2012-10-17 08:00:00"
    lines = f'id,at,cites\n1,{at},"z0JH2lOMb, zudhTB"\n2,{at},\n3,{at},123456789\n'
    rows = read(tmp_path, declaration, lines).tables["rulings"].sort("record_number")
    door = Door(reading.KEY)
    expected: list[list[str] | None] = [
        door.pseudonyms(pl.Series(["weibo"] * len(names)), pl.Series(names)).to_list()
        for names in (["3501756485200075", "bid:zudhTB"], ["123456789"])
    ]
    cited = rows["cited_post_ids"].to_list()
    assert [cited[0], cited[2]] == expected
    assert not cited[1]


def test_records_left_out_by_where_are_counted_once_a_file(tmp_path: Path) -> None:
    outcome = read(tmp_path, board(where={"province": "河南"}), BOARD)
    assert outcome.tables["inquiries"]["inquiry_id"].to_list() == ["31", "32"]
    (left,) = outcome.rejects
    assert (left.reason, left.records) == ("not_selected", 1)


@pytest.mark.parametrize(("reader", "name", "content"), [
    ("csv", "x.csv", "replyID,when\n1,2021-07-20\n2\n"),
    ("json", "x.json", '[{"replyID": 1, "when": "2021-07-20"}, {"replyID": 2}]'),
    ("jsonl", "x.jsonl", '{"replyID": 1, "when": "2021-07-20"}\n{"replyID": 2}\n'),
])  # fmt: skip
def test_column_that_the_file_does_not_have(
    tmp_path: Path, reader: Any, name: str, content: str
) -> None:
    columns = {"inquiry_id": "replyID", "asked_at": "replyDate"}
    (reject,) = read(tmp_path, board(reader=reader, columns=columns), content, name).rejects
    assert (reject.reason, reject.extent, reject.records) == ("missing_column", "file", 2)
    assert "'replyDate'" in reject.detail
    assert "replyID, when" in reject.detail


@pytest.mark.parametrize(("reader", "content"), [
    ("csv", "replyID,when\n" + "1,2021-07-20\n" * 20_000),
    ("jsonl", '{"replyID": 1, "when": "2021-07-20"}\n' * 20_000),
])  # fmt: skip
def test_a_cut_file_without_a_declared_column_is_said_to_be_both(
    tmp_path: Path, reader: Any, content: str
) -> None:
    columns = {"inquiry_id": "replyID", "asked_at": "replyDate"}
    cut = gzip.compress(content.encode())[:-20]
    outcome = read(tmp_path, board(reader=reader, columns=columns), cut, f"x.{reader}.gz")
    assert outcome.reasons == ["missing_column", "truncated_gzip"]


def test_column_that_one_record_has_is_not_missing(tmp_path: Path) -> None:
    columns = {"inquiry_id": "id", "asked_at": "at", "region_text": "where"}
    lines = '{"id": 1, "at": "2021-07-20"}\n{"id": 2, "at": "2021-07-20", "where": null}\n'
    outcome = read(tmp_path, board(reader="jsonl", columns=columns), lines, "x.jsonl")
    assert outcome.tables["inquiries"].height == 2
    assert outcome.reasons == []


def test_column_named_twice_is_ambiguous(tmp_path: Path) -> None:
    columns = {"inquiry_id": "id", "asked_at": "at"}
    assert read(tmp_path, board(columns=columns), "id,at,at\n1,2021-07-20,\n").reasons == [
        "ambiguous_column"
    ]


def test_wrong_charset_is_refused_and_a_declared_one_read(tmp_path: Path) -> None:
    data = BOARD.encode("gb18030")
    assert set(read(tmp_path, board(), data).reasons) == {"encoding"}
    assert read(tmp_path, board(), data, encoding="gb18030").tables["inquiries"].height == 3


@pytest.mark.parametrize("content", ["", "\n", BOARD.split("\n")[0] + "\n"])
def test_nothing_to_read(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, board(), content).reasons == []


def test_a_record_is_found_again(tmp_path: Path) -> None:
    file = reading.raw_file(tmp_path, "x.csv", BOARD)
    located = mapped_format(board()).reader.locate(file, 2, ReadOptions())
    assert located is not None
    assert located.raw.startswith(b"32,")


def test_version_follows_the_declaration() -> None:
    assert mapped_format(board()).version == mapped_format(board()).version
    assert mapped_format(board()).version != mapped_format(board(where={"note": "a"})).version


@settings(deadline=None)  # the machine may be busy with other things
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=6))
def test_every_record_is_loaded_or_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, records: list[tuple[str, str]]
) -> None:
    columns = {"inquiry_id": "id", "asked_at": "at", "status": {"from": "id", "map": {"1": "open"}}}
    lines = "".join(json.dumps({"id": i, "at": a}, ensure_ascii=True) + "\n" for i, a in records)
    outcome = read(
        tmp_path_factory.mktemp("mapped"), board(reader="jsonl", columns=columns), lines, "x.jsonl"
    )
    loaded = outcome.tables["inquiries"].height if outcome.tables else 0
    refused = outcome.problems.filter(pl.col("extent") == "record").height if outcome.tables else 0
    assert loaded + refused + sum(r.records for r in outcome.rejects) == len(records)


# -- what a declaration is refused for ------------------------------------------------------------
@pytest.mark.parametrize(("given", "said"), [
    ({"table": "inquries"}, ["'inquries' is unknown", "mean 'inquiries'", "hot_topic_slots"]),
    ({"table": None}, ["`table` is missing"]),
    ({"reader": None}, ["`reader` is missing", "jsonl"]),
    ({"columns": None}, ["`columns` is missing"]),
    ({"columns": {}}, ["`columns` is missing"]),
    ({"records": "$.data"}, ["`records` is for reader json"]),
    ({"reader": "json", "records": "data"}, ["'data' is no path", "$.data.items"]),
    ({"reader": "yaml", "records": "data"}, ["'data' is no path"]),
    ({"reader": "parquet", "records": "data"}, ["`records` is for reader json or yaml"]),
    ({"reader": "json", "delimiter": ";"}, ["`delimiter` is for readers csv and tsv"]),
    ({"header": ["a", "a"]}, ["names a column twice"]),
    ({"header": ["replyID"]}, ["`header` has no column 'replyDate'"]),
    ({"observed_at": {"from": "a", "parse": "%H"}}, ["no time pattern with year"]),
])  # fmt: skip
def test_impossible_sources(given: dict[str, Any], said: list[str]) -> None:
    message = refusal(board(**given))
    assert message.startswith("source 'test'")
    assert all(part in message for part in said), message


@pytest.mark.parametrize(("columns", "said"), [
    ({"inqury_id": "a"}, ["'inqury_id'", "did you mean 'inquiry_id'"]),
    ({"inquiry_id": None}, ["'inquiry_id'", "needs it"]),
    ({"asked_at": None}, ["'asked_at'", "needs it"]),
    ({"observed_at": "a"}, ["observed_at: column:NAME"]),
    ({"source_name": "a"}, ["filled by the system"]),
    ({"status": {"from": "a", "parse": "epoch_s"}}, ["'status'", "gives an instant", "holds text"]),
    ({"status": {"from": "a", "parse": "%Y-%m-%d"}}, ["gives an instant"]),
    ({"status": {"from": "a", "parse": "count"}}, ["gives a count"]),
    ({"asked_at": {"from": "a", "parse": "count"}}, ["holds an instant", "epoch_ms"]),
    ({"asked_at": {"from": "a", "parse": "%H:%M"}}, ["no time pattern with year"]),
    ({"asked_at": {"from": "a", "parse": "%Q %Y"}}, ["no time pattern"]),
    ({"status": {"from": "a", "parse": "abc"}}, ["has 0 groups", "exactly one group"]),
    ({"status": {"from": "a", "parse": "(a)(b)"}}, ["has 2 groups"]),
    ({"status": {"from": "a", "parse": "(a"}}, ["is no regular expression"]),
    ({"asked_at": {"from": "a", "map": {"x": "y"}}}, ["`map` cannot give an instant"]),
    ({"asked_at": {"const": "yesterday"}}, ["const 'yesterday' is not an instant"]),
    ({"status": {"const": "x", "map": {"x": "y"}}}, ["`map` needs `from`"]),
])  # fmt: skip
def test_impossible_columns(columns: dict[str, Any], said: list[str]) -> None:
    merged = {name: spec for name, spec in (INQUIRIES | columns).items() if spec is not None}
    message = refusal(board(columns=merged))
    assert all(part in message for part in said), message


@pytest.mark.parametrize(("parse", "said"), [
    ("%Y-%m-%d %H:%M:%S %Z", "%Z, but the parser skips"),
    ("%s.%f", "epoch_s"), ("%Y-%m-%d %s", "epoch_s"),
    ("%Y-%m-%d %H:%M:%S,%f", "%3f, %6f or %9f"),
    ("%Y-%m-%d %I:%M", "%p beside %I"), ("%Y-%m-%dT%H:%M:%S%::z", "can be read back"),
])  # fmt: skip
def test_notations_that_would_be_read_as_something_else(parse: str, said: str) -> None:
    columns = {"inquiry_id": "a", "asked_at": {"from": "b", "parse": parse}}
    assert said in refusal(board(columns=columns))
    assert said in refusal(board(observed_at={"from": "b", "parse": parse}))


@pytest.mark.parametrize(("parse", "text", "precision"), [
    ("%Y-%m-%d %H", "2021-07-20 16", "hour"), ("%Y/%m/%d %H", "2021/07/20 16", "hour"),
    ("%Y-%m-%d %H%:z", "2021-07-20 10+02:00", "hour"), ("%-d.%-m.%Y %Hh", "20.7.2021 16h", "hour"),
    ("%s", "1626768000", "second"), ("%+", "2021-07-20T16:00:00+08:00", "second"),
    ("%Y-%m-%d %H:%M:%S,%3f", "2021-07-20 16:00:00,000", "second"),
])  # fmt: skip
def test_notations_of_hours_offsets_and_fractions(
    tmp_path: Path, parse: str, text: str, precision: str
) -> None:
    columns = {"post_id": "id", "uid": "user", "posted_at": {"from": "at", "parse": parse}}
    declaration = declare(reader="tsv", table="posts", platform="web", columns=columns)
    row = read(tmp_path, declaration, f"id\tuser\tat\n1\tu\t{text}\n").only("posts")
    assert row["posted_at"] == datetime(2021, 7, 20, 8, tzinfo=UTC)
    assert row["posted_at_precision"] == precision


@pytest.mark.parametrize("parse", [*TIME_PATTERNS, "%Y-%m-%d", "%Y年%m月%d日"])
def test_every_notation_that_is_proposed_may_be_declared(parse: str) -> None:
    assert mapping.notation_problem(parse) is None


def test_everything_wrong_with_a_declaration_is_told_at_once() -> None:
    columns = INQUIRIES | {"inqury_id": "a", "status": {"const": 1, "map": {"x": "y"}}}
    message = refusal(board(columns=columns, records="$.x"))
    assert len(message.splitlines()) == 3


def test_other_delimiters_and_files_without_a_header(tmp_path: Path) -> None:
    plain = read(tmp_path, board(), BOARD).tables["inquiries"].drop("file_id", "file_sha256")
    header, body = BOARD.split("\n", 1)
    bare = board(delimiter=";", header=header.split(","))
    outcome = read(tmp_path, bare, body.replace(",", ";"))
    same = outcome.tables["inquiries"].drop("file_id", "file_sha256")
    assert same.equals(plain)
    located = mapped_format(bare).reader.locate(
        reading.raw_file(tmp_path, "y.csv", body.replace(",", ";")), 1, ReadOptions()
    )
    assert located is not None
    assert located.raw.startswith(b"31;")


def test_keys_with_a_dot_in_them_and_fields_inside_objects(tmp_path: Path) -> None:
    columns = {"inquiry_id": "a.b", "asked_at": "at"}
    for line in ('{"a.b": 7, "at": "2021-07-20"}', '{"a": {"b": 7}, "at": "2021-07-20"}'):
        outcome = read(tmp_path, board(reader="jsonl", columns=columns), line, "x.jsonl")
        assert outcome.only("inquiries")["inquiry_id"] == "7"


@pytest.mark.parametrize(("table", "columns", "said"), [
    ("account_snapshots", {"uid": "a", "followers_lo": "b"}, "without its bounds: 'followers'"),
    ("account_snapshots", {"uid": "a", "account_id": "b"}, "name the same"),
    ("account_snapshots", {"followers": "b"}, "(or `uid`)"),
    ("account_snapshots", {"uid": "a", "followers": {"from": "b", "parse": "epoch_s"}},
     "holds a count"),
    ("account_snapshots", {"uid": "a", "account_kind": {"from": "b", "map": {"x": "police"}}},
     "allowed: organ, officer"),
    ("account_snapshots", {"uid": "a", "account_kind": {"const": "police"}}, "allowed: organ"),
    ("posts", {"post_id": "a", "posted_at": "b"}, "'account_id'"),
    ("posts", {"post_id": "a", "uid": "c"}, "'posted_at'"),
    ("hot_topic_slots", {"topic": "a", "slot_at": "b"}, "'list_name'"),
    ("articles", {"title": "a"}, "'article_id'"),
    ("articles", {"url": "a", "title_key": "b"}, "filled by the system"),
])  # fmt: skip
def test_impossible_tables(table: str, columns: dict[str, Any], said: str) -> None:
    assert said in refusal(declare(reader="csv", table=table, columns=columns))


def test_a_column_read_whole_and_by_a_part_of_it() -> None:
    columns = {"inquiry_id": "a", "asked_at": "a.b"}
    assert "'a' cannot be read whole" in refusal(board(reader="jsonl", columns=columns))


@pytest.mark.parametrize("table", tables.CORE_TABLES, ids=lambda table: table.name)
def test_every_core_column_can_be_mapped(tmp_path: Path, table: tables.Table) -> None:
    columns = dict.fromkeys(mapping._kinds(table), "x")
    form = mapped_format(declare(reader="csv", table=table.name, columns=columns))
    outcome = reading.clean(form, reading.raw_file(tmp_path, "x.csv", "x\n2021-07-20\n"))
    assert outcome.problems.height or outcome.tables[table.name].height
