"""Posts that name the address of an article: no words need to be compared."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import polars as pl

from orchestration.linking.as_modelled import ARTICLES

METHOD = "address_v1"
_ADDRESS = r"https?://[\w.-]+\.[a-z]{2,}(?::[0-9]+)?(?:/[\w./?=&%:~+,;@!-]*)?"


def address_keys(addresses: pl.Series) -> pl.Series:
    """Addresses without what makes no other page: scheme, www., fragment, a slash at the end."""
    return (
        addresses.str.replace(r"^https?://(?:www\.)?", "").str.replace(r"#.*$", "")
        .str.strip_chars_end("/.,;:!")
    )  # fmt: skip


def read_addresses(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Addresses of articles with title key and the latest time of publication (microseconds)."""
    frame = connection.execute(
        f"""select distinct url, title_key, epoch_us(published_hi_at) as onset from {ARTICLES}
           where url like 'http%://%' and title_key is not null and published_at is not null"""
    ).pl()
    keyed = frame.with_columns(address=address_keys(frame["url"]))
    return keyed.filter(pl.col("address").str.contains("/", literal=True)).select(
        "address", "title_key", "onset"
    )


def address_links(
    posts: pl.DataFrame, addresses: pl.DataFrame, before: int, after: int
) -> list[dict[str, Any]]:
    """Links of posts that name an article's address within so many microseconds of it."""
    naming = posts.filter(pl.col("text").str.contains("://", literal=True))
    if naming.is_empty() or addresses.is_empty():
        return []
    named = (
        naming.select("platform", "post_id", "posted", url=pl.col("text").str.extract_all(_ADDRESS))
        .explode("url").drop_nulls("url")
    )  # fmt: skip
    found = (
        named.with_columns(address=address_keys(named["url"]))
        .join(addresses, on="address")
        .filter((pl.col("posted") - pl.col("onset")).is_between(-before, after))
        .unique(["platform", "post_id", "title_key"], keep="first", maintain_order=True)
    )
    return [
        {
            "platform": row["platform"],
            "post_id": row["post_id"],
            "title_key": row["title_key"],
            "link_state": "linked",
            "link_method": METHOD,
            "link_probability": 1.0,
            "evidence": json.dumps({"rule": METHOD, "matched": row["address"]}, ensure_ascii=False),
        }
        for row in found.iter_rows(named=True)
    ]
