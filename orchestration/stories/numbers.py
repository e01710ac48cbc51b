"""The numbers and dates of texts, by which a serial's next report is told from a copy of its last.

An outlet that reports the same thing every day writes nearly the same text every day: only its
figures and dates differ. A number counts with the word before and behind it (`6日`, `确诊病例3例`),
so that a 6 that is a day is not one that is a count.
"""

from __future__ import annotations

import polars as pl

_GAP = r"[ \t]?"
_WORD = r"(?:\p{Han}{1,4}|\p{Latin}+)"
_DIGITS = r"\d+(?:[.,:]\d+)*"
_UNIT = r"(?:\p{Han}|%|\p{Latin}+)"
_CHINESE = r"[〇零一二三四五六七八九十百千万两]+[年月日号时分例人名起件岁户元]"
"""Chinese numerals count before a unit alone: most others are parts of words (一个, 统一)."""
_NUMBER = rf"{_WORD}?{_GAP}{_DIGITS}{_GAP}{_UNIT}?|{_CHINESE}"


def numbers(texts: pl.DataFrame) -> pl.DataFrame:
    """Distinct numbers (article_id, version, number) of texts (article_id, version, title, text),
    each with the words around it; folded by NFKC and case."""
    return (
        texts.select(
            "article_id",
            "version",
            pl.concat_str(pl.col("title").fill_null(""), pl.lit("\n"), pl.col("text").fill_null(""))
            .str.normalize("NFKC")
            .str.to_lowercase()
            .str.extract_all(_NUMBER)
            .alias("number"),
        )
        .explode("number")
        .drop_nulls("number")
        .with_columns(pl.col("number").str.replace_all(r"[\s,]", ""))
        .unique()
    )


def differing_pairs(pairs: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Of pairs (article_id, other_article_id) those whose texts differ in numbers: each has some
    that the other has not, whichever of their versions are compared.

    A text that only lacks numbers of the other is a shorter copy of it.
    """
    versions = texts.select("article_id", "version")
    compared = pairs.join(versions, on="article_id").join(
        versions.rename({"article_id": "other_article_id", "version": "other_version"}),
        on="other_article_id",
    )
    found = numbers(texts)
    sizes = found.group_by("article_id", "version").len("size")
    others = {"article_id": "other_article_id", "version": "other_version"}
    common = (
        compared.join(found, on=["article_id", "version"])
        .join(found.rename(others), on=["other_article_id", "other_version", "number"])
        .group_by(*_COMPARED)
        .len("common")
    )
    counted = (
        compared.join(common, on=_COMPARED, how="left")
        .join(sizes, on=["article_id", "version"], how="left")
        .join(
            sizes.rename({**others, "size": "other_size"}),
            on=["other_article_id", "other_version"],
            how="left",
        )
        .with_columns(pl.col("common", "size", "other_size").fill_null(0))
    )
    fewest = pl.min_horizontal("size", "other_size")
    return (
        counted.group_by("article_id", "other_article_id")
        .agg((pl.col("common") < fewest).all().alias("differs"))
        .filter("differs")
        .select("article_id", "other_article_id")
    )


_COMPARED = ["article_id", "other_article_id", "version", "other_version"]
