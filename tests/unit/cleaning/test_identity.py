"""Kind, level and region by rules, with the words they rest on."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cleaning.accounts import finish_account_snapshots
from orchestration.cleaning.identity import KIND_RULES, LEVEL_RULES
from orchestration.cleaning.people import Door
from orchestration.cleaning.rows import ROW
from tests.examples import DEAR

AT = datetime(2020, 1, 1, tzinfo=UTC)


def cleaned(*accounts: dict) -> list[dict]:
    """Rows of core.account_snapshots of accounts with ids 1, 2, …"""
    texts = (
        "screen_name", "verified_type", "_verified_reason", "_region_text", "account_kind",
        "admin_level", "region_code", "scope_evidence", "account_id",
    )  # fmt: skip
    rows = pl.DataFrame(
        [{"account_id": str(n), **account} for n, account in enumerate(accounts, start=1)],
        schema=dict.fromkeys(texts, pl.String),
    ).with_columns(platform=pl.lit("weibo"), observed_at=pl.lit(AT))
    rows = rows.with_columns(pl.int_range(rows.height, dtype=pl.UInt32).alias(ROW))
    return finish_account_snapshots(rows, Door("k" * 64)).rows.to_dicts()


def one(**account: str) -> dict:
    return cleaned(account)[0]


def test_a_verified_organ_has_kind_level_and_region_with_evidence():
    row = one(
        screen_name="长沙警事", verified_type="1", _verified_reason="湖南省长沙市公安局官方微博"
    )
    assert (row["account_kind"], row["kind_rule"], row["kind_match"]) == (
        "organ", "name_has_police_word", "警事",
    )  # fmt: skip
    assert (row["admin_level"], row["level_rule"], row["level_match"]) == (
        "prefecture", "region_code", "430100",
    )  # fmt: skip
    assert (row["region_code"], row["region_rule"], row["region_match"], row["region_year"]) == (
        "430100", "reason_names_place", "湖南省长沙市", 2019,
    )  # fmt: skip
    assert row["scope_evidence"] == "verified"


@pytest.mark.parametrize(
    ("account", "kind", "rule"),
    [
        ({"screen_name": "上海发布", "verified_type": "1"},
         "other_government", "name_has_government_word"),
        ({"screen_name": "美丽高平", "verified_type": "1"}, "other_government", "verified_type_1"),
        ({"screen_name": "平安北京", "verified_type": "1"}, "organ", "name_is_safe_place"),
        ({"screen_name": "平安浙江", "verified_type": "1",
          "_verified_reason": "浙江省委政法委官方微博"},
         "other_government", "reason_names_government_body"),
        ({"screen_name": "例市晚报", "scope_evidence": "listed"},
         "state_media", "name_of_state_outlet"),
        ({"screen_name": "人民公安报", "verified_type": "3", "scope_evidence": "listed"},
         "state_media", "name_of_state_outlet"),
        ({"screen_name": "例市公安", "scope_evidence": "listed", "account_kind": "unclear"},
         "organ", "name_has_police_word"),
        ({"screen_name": "例市公安", "scope_evidence": "listed", "account_kind": "state_media"},
         "state_media", "listed"),
        ({"screen_name": "平安人寿", "scope_evidence": "listed", "verified_type": "2"},
         "unclear", None),
        ({"screen_name": "民警之家在线", "scope_evidence": "listed"},
         "organ", "name_has_police_word"),
        ({"verified_type": "1"}, "unclear", None),
    ],
)  # fmt: skip
def test_kinds(account, kind, rule):
    row = one(**account)
    assert (row["account_kind"], row["kind_rule"]) == (kind, rule)


@pytest.mark.parametrize(
    ("name", "reason", "level"),
    [
        ("例市公安望京派出所", None, "station"),
        ("例州交警一大队", None, "station"),
        ("例州交警", "例州市公安局交警支队官方微博", "prefecture"),
        ("海淀交警", "北京市海淀区公安交警支队", "county"),  # the district says more than the team
        ("例省交警", "例省公安厅交警总队", "province"),
        ("例山分局", None, "county"),
        ("例省刑侦", "公安部刑事侦查局", "ministry"),
        ("平安北京", None, "province"),
        ("例市公安", None, None),  # a city may be a prefecture or a county: unknown
    ],
)
def test_levels_come_from_bodies_and_codes(name, reason, level):
    account = {"screen_name": name, "verified_type": "1"} | (
        {"_verified_reason": reason} if reason else {}
    )
    assert one(**account)["admin_level"] == level


def test_what_a_file_says_of_itself_stays():
    row = one(
        screen_name="长沙警事", scope_evidence="listed", admin_level="station", region_code="110000"
    )
    assert (row["admin_level"], row["level_rule"], row["level_match"]) == (
        "station",
        "listed",
        None,
    )
    assert (row["region_code"], row["region_rule"], row["region_match"]) == (
        "110000",
        "listed",
        None,
    )


def test_nobody_comes_into_scope_by_name():
    row = one(screen_name="平安例市", verified_type="-1")
    assert (row["scope_evidence"], row["account_kind"], row["region_code"]) == (None, None, None)
    assert (row["kind_rule"], row["level_rule"], row["screen_name"]) == (None, None, None)


def test_the_evidence_of_an_officer_shows_the_post_and_no_name():
    row = one(
        screen_name="望京派出所民警王小明", verified_type="0",
        _verified_reason="王小明，北京市公安局朝阳分局望京派出所民警",
    )  # fmt: skip
    assert (row["account_kind"], row["kind_rule"]) == ("officer", "reason_names_police_post")
    assert (row["admin_level"], row["level_match"]) == ("station", "派出所")
    assert "王小明" not in str({**row, "_verified_reason": None})
    assert row["region_code"] is row["region_match"] is row["screen_name"] is None


def test_an_officer_listed_as_an_organ_elsewhere_shows_no_name_either():
    """The same account: verified as an officer in one row, listed in another."""
    rows = cleaned(
        {"account_id": "7", "screen_name": "平安王小明", "scope_evidence": "listed"},
        {"account_id": "7", "screen_name": "王小明", "verified_type": "0",
         "_verified_reason": "国家一级英模王小明公安局民警"},
    )  # fmt: skip
    assert all("王小明" not in str({**row, "_verified_reason": None}) for row in rows)
    assert all(row["account_id"].startswith("p:") for row in rows)


_WORDS = st.lists(
    st.sampled_from(
        (
            "王小明",
            "民警",
            "公安局",
            "派出所",
            "北京市",
            "国家",
            "平安",
            "镇",
            "发布",
            "局",
            "总队",
            "人民日报",
            "朝阳分局",
            "，",
        )
    ),
    max_size=7,
).map("".join)


@DEAR
@given(_WORDS, _WORDS, st.sampled_from([None, "0", "1", "3", "-1"]), st.booleans())
def test_no_evidence_about_a_person_holds_more_than_words_of_posts(name, reason, verified, listed):
    row = one(
        screen_name=name, _verified_reason=reason, verified_type=verified,
        scope_evidence="listed" if listed else None,
    )  # fmt: skip
    if row["account_kind"] == "officer" or row["scope_evidence"] is None:
        shown = {k: v for k, v in row.items() if k != "_verified_reason"}
        assert "王小明" not in str(shown)
    if row["account_kind"] not in (None, "unclear"):
        assert row["kind_rule"] is not None
    assert (row["admin_level"] is None) == (row["level_rule"] is None)


PEOPLE = (
    "交警王凯", "缉毒警察阿力", "警察李明", "公安局长陈某某", "刑警李强", "特警张三", "女警丽丽",
    "片警高梦宝", "户籍警王芳", "民警老孙在线", "反诈老孙在线", "公安王凯", "北京交警王凯",
    "交警王凯发布", "派出所所长老李", "王凯交警",
)  # fmt: skip
BODIES = (
    "平安北京", "江宁公安在线", "广州交警", "上海网警", "北京交警", "深圳特警", "中国禁毒",
    "民警之家在线", "东莞交警虎门大队", "国家反诈中心", "警民直通车-上海", "西安网警巡查执法",
)  # fmt: skip


@pytest.mark.parametrize("name", PEOPLE)
def test_a_person_who_names_the_trade_is_an_officer_and_nameless(name):
    """In a register that does not say what the accounts are, by name or by address."""
    for row in (
        one(screen_name=name, scope_evidence="listed", account_kind="unclear"),
        one(account_id=f"name:{name}", scope_evidence="listed"),
    ):
        assert row["account_kind"] == "officer"
        assert row["account_id"].startswith("p:")
        assert name not in str(row)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_of_the_police_keeps_its_name(name):
    for verified in (None, "1"):
        row = one(screen_name=name, scope_evidence="listed", verified_type=verified)
        assert (row["account_kind"], row["screen_name"]) == ("organ", name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("铁警小刘", "郑州铁路公安处副处长"),
        ("老张说案", "看守所副所长"),
        ("王海说", "北京市巡警大队教导员"),
        ("路上小周", "某市交管局小周副局长"),
        ("老胡", "禁毒办副主任"),
        ("小秦", "物证鉴定法医"),
    ],
)
def test_a_post_named_by_the_platform_makes_an_officer(name, reason):
    row = one(screen_name=name, verified_type="0", _verified_reason=reason)
    assert (row["account_kind"], row["screen_name"]) == ("officer", None)
    assert name not in str(row)


@pytest.mark.parametrize(
    "account",
    [
        {"screen_name": "警视厅小王", "verified_type": "-1"},
        {"screen_name": "老张说案", "verified_type": "0", "_verified_reason": "禁毒志愿者老张"},
        {"screen_name": "老张说案", "_verified_reason": "看守所副所长老张"},
        {"screen_name": "治安小王", "verified_type": "0", "account_kind": "organ"},
        {"screen_name": "交警王凯", "account_kind": "organ"},
        {"screen_name": "公安王凯", "account_kind": "organ"},
        {"screen_name": "禁毒王凯在线", "account_kind": "organ"},
    ],
)
def test_whoever_may_be_an_officer_is_nameless_whatever_the_kind(account):
    row = one(**account, scope_evidence="listed")
    assert row["account_kind"] in ("unclear", "organ")
    assert row["account_id"].startswith("p:")
    shown = str({**row, "_verified_reason": None})
    assert not any(word in shown for word in ("小王", "老张", "王凯"))


@pytest.mark.parametrize(
    "name", ["某某公安金盾", "某某公安高速", "某某公安江南派出所", "公安万家灯火"]
)
def test_words_that_begin_like_a_surname_are_no_persons(name):
    row = one(screen_name=name, account_kind="organ", scope_evidence="listed")
    assert (row["account_kind"], row["screen_name"]) == ("organ", name)


@pytest.mark.parametrize(
    "name",
    [
        "重庆公安江津", "上海公安黄浦", "深圳公安龙岗", "交警马鞍山", "警察博物馆", "特警突击队",
        "民警风采", "交警海淀", "公安沈丘县", "北京公安交警海淀发布", "重庆公安梁平",
        "铁警徐州",
    ],
)  # fmt: skip
def test_a_listed_organ_whose_name_ends_in_a_place_or_a_body_keeps_it(name):
    row = one(screen_name=name, account_kind="organ", scope_evidence="listed")
    assert (row["account_kind"], row["screen_name"]) == ("organ", name)


@pytest.mark.parametrize(
    "name",
    [
        "公安王凯", "民警李四", "交警张三丰", "特警王刚",
        "公安江华", "北京公安梁平",  # counties elsewhere, and names of persons
        "民警建平", "民警吴忠", "民警王凯风采", "王凯交警风采", "王凯交警马鞍山", "刑警张队",
    ],
)  # fmt: skip
def test_a_listed_organ_that_may_be_a_person_is_nameless(name):
    row = one(screen_name=name, account_kind="organ", scope_evidence="listed")
    assert row["screen_name"] is None
    assert name not in str(row)


_MADE_ONES_OWN = (
    "{}", "{}2", "{}1987", "{}V", "{}_", "{}_2", "{}-", "{}-武汉", "{}😀", "{}２", "{}~", "{}！",
    "{}Police", "{}日记", "{}的微博", "{}说", "_{}", "1{}\u200b", "{}110",
)  # fmt: skip


_NAMES_OF_OFFICERS = (
    "民警王小明", "民警2王小明", "民警 王小明", "民警_王小明", "民 警·王小明", "王小明民警",
    "武汉公安王小明", "武汉公安局王小明", "武汉市公安局民警王小明", "片警李建国", "警花小丽",
    "样城民警小王", "派出所老李", "武汉交警王凯", "王凯交警", "法医秦明", "公安小王",
)  # fmt: skip
_INSTITUTIONS_WITH_SIGNS = (
    "平安北京", "平安北京2", "武汉公安交管", "武汉公安交管01", "中国警方在线", "民警风采",
    "民警风采2", "样城公安局2", "某某派出所01", "福州110", "青岛公安110", "110指挥中心",
    "武汉公安V", "江宁公安在线_", "武汉交警Online", "警民直通车-上海", "武汉女警",
    "公安金盾2", "重庆公安江津2", "特警突击队007", "样城交警2", "钱塘交警", "民警之家-在线",
)  # fmt: skip


def declared(names: list[str]) -> dict[str, dict]:
    """Rows of accounts with these names in a folder that is declared an organ's, by name."""
    account = {"account_kind": "organ", "scope_evidence": "declared"}
    rows = cleaned(*({"screen_name": name, **account} for name in names))
    return dict(zip(names, rows, strict=True))


def test_what_is_put_at_a_name_takes_no_protection_away():
    """Years, letters, signs and blanks at the name, or between post and name."""
    called = [own.format(name) for name in _NAMES_OF_OFFICERS for own in _MADE_ONES_OWN]
    rows = declared(called)
    assert [name for name, row in rows.items() if not row["account_id"].startswith("p:")] == []
    assert [name for name, row in rows.items() if name in str(row)] == []


def test_a_name_in_other_letters_or_of_a_room_called_so_is_a_persons():
    rows = declared(["武汉民警Wang", "民警 Li Ming", "武汉民警王小明警务室"])
    assert [row["screen_name"] for row in rows.values()] == [None, None, None]
    assert all(row["account_id"].startswith("p:") for row in rows.values())


def test_an_institution_with_digits_letters_or_signs_keeps_its_name():
    rows = declared([*_INSTITUTIONS_WITH_SIGNS])
    assert [name for name, row in rows.items() if row["screen_name"] != name] == []
    assert not any(row["account_id"].startswith("p:") for row in rows.values())


def test_a_name_is_withheld_in_every_later_row_of_the_account():
    rows = cleaned(
        {"account_id": "7", "screen_name": "老王", "scope_evidence": "listed"},
        {"account_id": "7", "screen_name": "交警老王", "scope_evidence": "listed"},
    )
    assert [row["screen_name"] for row in rows] == [None, None]


def test_rules_have_names_of_their_own():
    ids = [rule.id for rule in (*KIND_RULES, *LEVEL_RULES)]
    assert len(ids) == len(set(ids))
