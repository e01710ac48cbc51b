"""Near-duplicate texts: shingles, a few anchors of each text to find candidates, exact overlap.

A shingle is four words in a row (a Chinese character is a word), as a stable 64-bit hash; a title
counts with its text. Anchors are the least hashes of a text: two texts of which most shingles are
common share one almost surely, so that only texts with a common anchor are compared, and those
exactly.
"""

from __future__ import annotations

import polars as pl
import polars_hash as plh

METHOD_VERSION = 2
"""Every change below, in `numbers.py` or `grouping.py` is a new version: texts are read again."""
SHINGLE_WORDS = 4
ANCHORS = 10
MINIMUM_SHINGLES = 40
"""Shorter texts (a headline, a teaser) are alike by chance."""
SIMILAR = 0.6
"""Least share of common shingles (Jaccard) of two texts that tell one story."""

_WORD = r"\p{Han}|[\p{L}\p{N}]+"


def shingles(texts: pl.DataFrame) -> pl.DataFrame:
    """Distinct shingles (article_id, version, shingle) of texts (article_id, version, title, text);
    none of a text that has too few."""
    words = (
        texts.select(
            "article_id",
            "version",
            pl.concat_str(pl.col("title").fill_null(""), pl.lit(" "), pl.col("text").fill_null(""))
            .str.normalize("NFKC")
            .str.to_lowercase()
            .str.extract_all(_WORD)
            .alias("word"),
        )
        .explode("word")
        .with_columns(
            pl.concat_str(
                *(pl.col("word").shift(-n).over("version") for n in range(SHINGLE_WORDS)),
                separator=" ",
            ).alias("phrase")
        )
        .drop_nulls("phrase")
    )
    hashed = words.select(
        "article_id",
        "version",
        # Signed, as a warehouse keeps it.
        plh.col("phrase").nchash.xxhash64().reinterpret(signed=True).alias("shingle"),
    ).unique()
    return hashed.filter(pl.len().over("version") >= MINIMUM_SHINGLES)


def anchors(shingled: pl.DataFrame) -> pl.DataFrame:
    """The anchors (article_id, anchor) of texts."""
    least = shingled.filter(pl.col("shingle").rank("ordinal").over("version") <= ANCHORS)
    return least.select("article_id", pl.col("shingle").alias("anchor")).unique()


def similar_pairs(pairs: pl.DataFrame, shingled: pl.DataFrame) -> pl.DataFrame:
    """Of candidate pairs (article_id, other_article_id) those that are similar, with the
    similarity of their most similar versions."""
    sizes = shingled.group_by("article_id", "version").len("size")
    common = (
        pairs.join(shingled, on="article_id")
        .join(
            shingled.rename({"article_id": "other_article_id", "version": "other_version"}),
            on=["other_article_id", "shingle"],
        )
        .group_by("article_id", "other_article_id", "version", "other_version")
        .len("common")
        .join(sizes, on=["article_id", "version"])
        .join(
            sizes.rename(
                {"article_id": "other_article_id", "version": "other_version", "size": "other_size"}
            ),
            on=["other_article_id", "other_version"],
        )
    )
    union = pl.col("size") + pl.col("other_size") - pl.col("common")
    return (
        common.with_columns((pl.col("common") / union).alias("similarity"))
        .group_by("article_id", "other_article_id")
        .agg(pl.col("similarity").max().round(6))
        .filter(pl.col("similarity") >= SIMILAR)
        .sort("article_id", "other_article_id")
    )
