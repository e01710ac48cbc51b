"""Which region a text names, by the edition of its own year."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cleaning.regions import named_regions, parse_codes
from orchestration.paths import REGIONS_FILE
from tests.examples import DEAR


def asked(texts: list, year: int) -> pl.DataFrame:
    return pl.DataFrame(
        {"text": texts, "year": [year] * len(texts)}, schema={"text": pl.String, "year": pl.Int32}
    )


def region(text: str | None, year: int = 2016) -> tuple:
    return named_regions(asked([text], year)).row(0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("平安北京", "110000"),
        ("北京市公安局朝阳分局官方微博", "110105"),
        ("辽宁朝阳公安", "211300"),
        ("长沙警事", "430100"),  # a city and a county in it: the city
        ("吉林公安", "220000"),  # a province and a city in it: the province
        ("海南网警", "460000"),  # the province before districts of that name elsewhere
        ("西双版纳警方", "532800"),
        ("中共山西省高平市委宣传部官方微博", "140581"),
        ("新疆 自治区直辖县级行政区划 石河子市", "659001"),
        ("河南 许昌市 禹州巿", "411081"),  # 巿 for 市
        ("@和谐宜阳", "410327"),
    ],
)
def test_a_text_that_begins_with_places_names_the_innermost(text, code):
    assert region(text)[0] == code


@pytest.mark.parametrize(
    "text",
    [
        "平安朝阳",
        "中山分局",
        "鼓楼区公安",
        "平安人寿",
        "公安部刑侦局",
        "新华网",
        "王二在北京",
        "",
        None,
    ],
)
def test_what_names_no_single_place_has_no_region(text):
    assert region(text) == (None, None, None)


def test_a_name_is_read_by_the_edition_of_its_year():
    assert region("贵州 毕节地区 金沙县", 2010) == ("522424", "贵州毕节地区金沙县", 2010)
    assert region("贵州 毕节市 金沙县", 2019) == ("520523", "贵州毕节市金沙县", 2019)
    assert region("大足公安", 2009)[0] == "500225"
    assert region("大足公安", 2016)[0] == "500111"
    # Named by an old name later on: the last edition that had it.
    assert region("襄樊公安", 2016) == ("420600", "襄樊", 2009)


def test_every_code_has_its_province_and_no_year_twice():
    places = pl.read_csv(REGIONS_FILE, schema_overrides={"region_code": pl.String})
    codes = set(places["region_code"])
    assert all(code[:2] + "0000" in codes for code in codes)
    assert places["region_code"].str.contains(r"^[1-9]\d{5}$").all()
    overlaps = places.join(places, on="region_code").filter(
        (pl.col("region_name") != pl.col("region_name_right"))
        & (pl.col("from_year") <= pl.col("to_year_right"))
        & (pl.col("from_year_right") <= pl.col("to_year"))
    )
    assert overlaps.is_empty(), overlaps
    now = places.filter(pl.col("to_year") == 2019)["region_code"]
    assert now.str.ends_with("0000").sum() == 34
    assert (now.str.ends_with("00") & ~now.str.ends_with("0000")).sum() == 333


@DEAR
@given(st.lists(st.text("北京上海市区公安朝阳分局河南县 ", max_size=12) | st.none(), max_size=8))
def test_order_and_repetition_change_nothing(texts):
    alone = [region(text) for text in texts]
    assert named_regions(asked(texts * 2, 2016)).rows() == alone * 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("110105", "110105"),
        ("１１０１０５", "110105"),
        (" 11 ", "110000"),
        ("4403", "440300"),
        ("110105001", "110105"),  # a township
        ("110105001001", "110105"),  # a village
        ("", None),
        (None, None),
    ],
)
def test_a_code_is_brought_to_six_digits(text: str | None, code: str | None) -> None:
    assert parse_codes(pl.Series([text], dtype=pl.String)).row(0) == (code, None)


@pytest.mark.parametrize(
    "text",
    ["all", "unknown", "999999", "000000", "1", "110", "1101050", "11010A", "北京", "①①"],
)
def test_what_no_edition_has_is_no_code(text: str) -> None:
    assert parse_codes(pl.Series([text])).row(0) == (None, "not_a_region")
