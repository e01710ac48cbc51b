"""Regions by GB/T 2260: which code the names of places at the head of a text stand for.

The codes and names are those of the yearly editions in `administrative_regions.csv`, each with
the first and last edition that has it: names and codes change, so a text is read by the edition
of its own year. A name that several places bear is taken only where what stands before it, or the
place that holds all others of the name, says which is meant.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from orchestration.paths import REGIONS_FILE

_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|"
    "纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|塔吉克|怒|鄂温克|德昂|保安|"
    "裕固|独龙|鄂伦春|各"
)
_PROVINCE_SUFFIX = r"(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)$"
_SUFFIX = rf"(?:(?:(?:{_PEOPLES})族?)*自治[州县旗]|地区|林区|特区|新区|[市区县盟旗])$"
_WORDS = (
    "^(?:平安|公安|新华|光明|东方|长安|解放|友好|爱民|振兴|向阳|前进|东风|红旗|太平|和平|中原|江南|"
    "天山|泰山|城厢|山城|老城|新城|港口|站前)$"
)
"""Short names of places that at the head of an account's name are words or brands."""
_STEPS = 3
"""Province, prefecture, county."""
_BETWEEN = (
    r"^(?:[\s·_-]|自治区直辖县级行政区划|省?直辖|市?辖[区县]|人民政府|市?公安[局厅]|公安|"
    r"交通警察|交警|交通管理|交管|车辆管理所|治安|[总支]队|局)+"
)
"""What may stand between the name of a place and the place inside it."""
_BEFORE = (
    r"^(?:[@\s]|中国共产党|中共|共青团|中国|平安|和谐|美丽|大美|魅力|幸福|文明|阳光|法治|清风|清廉|"
    r"诚信|活力|智慧|青春|健康|网信|微博?|天下|印象|最)+"
)
"""What may stand before the first place: it is left out where no place begins with it."""


def level_of(code: pl.Expr) -> pl.Expr:
    """Level of a code: province, prefecture or county."""
    return (
        pl.when(code.str.ends_with("0000")).then(pl.lit("province"))
        .when(code.str.ends_with("00")).then(pl.lit("prefecture"))
        .when(code.is_not_null()).then(pl.lit("county"))
    )  # fmt: skip


_PADDED = {2: "0000", 4: "00", 6: ""}
"""Digits of a code, and the zeros that producers cut from provinces and prefectures."""


NO_REGION = "no GB/T 2260 code of six digits such as 110105"

_WIDE_DIGITS = {chr(0xFF10 + digit): str(digit) for digit in range(10)}
"""Not NFKC: it makes digits of circled and raised ones too."""


def parse_codes(raw: pl.Series) -> pl.DataFrame:
    """Codes of six digits as `code`, and as `problem` why a text is none (not_a_region).

    Full-width digits are digits; codes of statistics with 9 or 12 digits are those of their county.
    Only a code that some edition has is one. Missing and empty stay NULL.
    """
    text = pl.col("text").str.replace_many(_WIDE_DIGITS).str.strip_chars()
    size = text.str.len_chars()
    six = (
        pl.when(size.is_in(list(_PADDED)))
        .then(pl.concat_str(text, size.replace_strict(_PADDED, default=None)))
        .when(size.is_in([9, 12]))
        .then(text.str.slice(0, 6))
    )
    known = pl.when(text.str.contains("^[0-9]+$") & six.is_in(known_codes().implode())).then(six)
    return pl.DataFrame({"text": raw.cast(pl.String)}).select(
        known.alias("code"),
        pl.when((text != "") & known.is_null()).then(pl.lit("not_a_region")).alias("problem"),
    )


@cache
def known_codes() -> pl.Series:
    """Every code of six digits that some edition has."""
    places = pl.read_csv(REGIONS_FILE, schema_overrides={"region_code": pl.String})
    return places["region_code"].unique().sort()


@cache
def _forms() -> pl.DataFrame:
    """Every way a place is written (whole, and without its suffix), with its code and editions."""
    places = pl.read_csv(REGIONS_FILE, schema_overrides={"region_code": pl.String})
    name = pl.col("region_name")
    short = (
        pl.when(pl.col("region_code").str.ends_with("0000"))
        .then(name.str.replace(_PROVINCE_SUFFIX, ""))
        .otherwise(name.str.replace(_SUFFIX, ""))
    )
    codes = ("region_code", "from_year", "to_year")
    whole = places.select(name.alias("form"), *codes)
    cut = places.select(short.alias("form"), *codes).filter(
        (pl.col("form").str.len_chars() >= 2) & ~pl.col("form").str.contains(_WORDS)
    )
    return pl.concat([whole, cut]).unique(maintain_order=True)


@cache
def _forms_by_length() -> tuple[tuple[int, pl.Series], ...]:
    forms = _forms().select(pl.col("form").unique()).sort("form")["form"]
    lengths = forms.str.len_chars()
    return tuple(
        (length, forms.filter(lengths == length))
        for length in sorted(lengths.unique().to_list(), reverse=True)
    )


def _leading(text: pl.Expr) -> pl.Expr:
    """The longest name of a place that the text begins with."""
    return pl.coalesce(
        pl.when(text.str.slice(0, length).is_in(forms.implode())).then(text.str.slice(0, length))
        for length, forms in _forms_by_length()
    )


def without_places(text: pl.Series) -> pl.Series:
    """What follows the places at the head of each text; NULL where no place stands there."""
    frame = pl.DataFrame({"rest": text.cast(pl.String)}).with_columns(
        bare=pl.col("rest").str.replace(_BEFORE, "")
    )
    rest = pl.when(_leading(pl.col("rest")).is_null()).then("bare").otherwise("rest")
    frame = frame.select(rest=rest).with_columns(begins_with=_leading(pl.col("rest")))
    is_placed = frame["begins_with"].is_not_null()
    for _ in range(_STEPS):
        length = pl.col("begins_with").str.len_chars().fill_null(0)
        frame = frame.with_columns(rest=pl.col("rest").str.slice(length)).with_columns(
            begins_with=_leading(pl.col("rest"))
        )
    return frame.select(pl.when(is_placed).then(pl.col("rest")))["rest"]


def are_places(names: pl.Series, before: pl.Series) -> pl.DataFrame:
    """Of each name: is_place, whether a place is called so, whole or short; is_sure, whether it
    can hardly be a person's as well (江华, 梁平): it is whole, longer than two characters, that of
    a prefecture or province, or of a place inside the one named in the text `before`."""
    forms = _forms()
    is_large = pl.col("region_code").str.ends_with("00")
    is_long = pl.col("form").str.len_chars() > 2
    sure = forms.filter(is_large | is_long | pl.col("form").str.contains("[县区市旗]$"))["form"]
    asked = pl.DataFrame({"name": names, "text": before + " " + names}).with_row_index("chain")
    chains = _followed(_chains(asked.with_columns(year=pl.lit(None, pl.Int32))))
    words, name = pl.col("region_match"), pl.col("name")
    inside = chains.filter(
        words.str.ends_with(name) & (words.str.len_chars() > name.str.len_chars())
    )
    return asked.select(
        is_place=name.is_in(forms["form"].implode()),
        is_sure=name.is_in(sure.implode()) | pl.col("chain").is_in(inside["chain"].implode()),
    )


def named_regions(texts: pl.DataFrame) -> pl.DataFrame:
    """region_code, region_match (the names read) and region_year (their edition) of each text.

    texts: `text` and `year` (of the observation). NULL where no place, or no single one, is named.
    """
    asked = texts.select("text", "year").unique().with_row_index("chain")
    found = _narrowed(_followed(_chains(asked)))
    return (
        texts.select("text", "year")
        .join(
            asked.join(found, on="chain", how="left"),
            on=["text", "year"], how="left", nulls_equal=True, maintain_order="left",
        )
        .select("region_code", "region_match", "region_year")
    )  # fmt: skip


def _chains(asked: pl.DataFrame) -> pl.DataFrame:
    """chain, year and the names of places that stand one behind the other: name_0, name_1, …"""
    rest = pl.col("text").str.replace_all("巿", "市")
    at_head = asked.with_columns(rest=rest).with_columns(name_0=_leading(pl.col("rest")))
    behind = at_head.with_columns(
        rest=pl.when(pl.col("name_0").is_null())
        .then(pl.col("rest").str.replace(_BEFORE, ""))
        .otherwise("rest")
    ).with_columns(name_0=_leading(pl.col("rest")))
    chains = behind.filter(pl.col("name_0").is_not_null())
    for step in range(1, _STEPS):
        read = pl.col(f"name_{step - 1}")
        chains = chains.with_columns(rest=pl.col("rest").str.slice(read.str.len_chars()))
        is_next = _leading(pl.col("rest")).is_not_null()
        chains = chains.with_columns(
            rest=pl.when(is_next).then("rest").otherwise(pl.col("rest").str.replace(_BETWEEN, ""))
        ).with_columns(_leading(pl.col("rest")).alias(f"name_{step}"))
        chains = chains.with_columns(  # a gap in the chain ends it
            pl.when(read.is_not_null()).then(f"name_{step}").alias(f"name_{step}")
        )
    return chains


def _followed(chains: pl.DataFrame) -> pl.DataFrame:
    """Every code a chain may stand for: each name inside the place before it."""
    found = chains.with_columns(region_code=pl.lit(""), region_match=pl.lit(""))
    for step in range(_STEPS):
        name = f"name_{step}"
        inside = (
            found.drop("from_year", "to_year", strict=False)
            .join(_forms(), left_on=name, right_on="form", how="inner", suffix="_of_name")
            .filter(
                pl.col("region_code_of_name").str.starts_with(
                    pl.col("region_code").str.replace("(?:00){1,2}$", "")
                )
            )
        )
        years_off = pl.max_horizontal(
            pl.col("from_year") - pl.col("year"), pl.col("year") - pl.col("to_year"), pl.lit(0)
        ).fill_null(pl.lit(9999) - pl.col("to_year"))
        inside = inside.with_columns(off=years_off).filter(
            pl.col("off") == pl.col("off").min().over("chain")
        )
        inside = inside.with_columns(
            region_match=pl.col("region_match") + pl.col(name),
            region_code="region_code_of_name",
        ).drop("region_code_of_name", "off")
        without = found.join(inside, on="chain", how="anti")
        found = pl.concat([inside, without], how="diagonal")
    return found


def _narrowed(found: pl.DataFrame) -> pl.DataFrame:
    """One code of each chain: the only one, the province, its capital, or the place around the
    others."""
    code = pl.col("region_code")
    ordered = found.unique(["chain", "region_code"], maintain_order=True).sort(
        "chain", level_of(code).replace_strict({"province": 0, "prefecture": 1, "county": 2}),
        "region_code",
    )  # fmt: skip
    first = code.first().over("chain")
    is_inside = code.str.starts_with(first.str.replace("(?:00){1,2}$", ""))
    is_first_city = first.str.contains(r"^\d{2}(?:0000|0100)$")
    decided = ordered.filter(is_inside.all().over("chain") | is_first_city)
    return (
        decided.group_by("chain", maintain_order=True)
        .first()
        .select(
            "chain", "region_code", "region_match",
            region_year=pl.col("year").fill_null(pl.col("to_year"))
            .clip(pl.col("from_year"), pl.col("to_year")),
        )
    )  # fmt: skip


def place_codes() -> pl.DataFrame:
    """form, region_code: names of provinces and prefectures, whole and short. Of several places
    with one name it means the province, else none."""
    above = _forms().filter(pl.col("region_code").str.ends_with("00"))
    is_province = pl.col("region_code").str.ends_with("0000")
    meant = above.filter(is_province | ~is_province.any().over("form"))
    newest = meant.filter(pl.col("to_year") == pl.col("to_year").max().over("form"))
    only = newest.filter(pl.col("region_code").n_unique().over("form") == 1)
    return only.select("form", "region_code").unique("form", maintain_order=True)
