"""Registers of official accounts: any CSV with an account id or an address a row.

Columns are recognised by name in English or Chinese; every column whose name speaks of an
address may hold one, so a row of a county register with three addresses gives three accounts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.cleaning import ids
from orchestration.cleaning.people import PSEUDONYM_PREFIX
from orchestration.schemas import tables
from orchestration.sources.declarations import ACCOUNT_KINDS, ADMIN_LEVELS
from orchestration.sources.formats.base import (
    Evidence,
    Format,
    FromFileName,
    FromModificationTime,
    FromRecord,
    Head,
    Naming,
)
from orchestration.sources.readers.delimited import Delimited

MAXIMUM_ADDRESSES = 8
_NAMES: dict[str, tuple[str, ...]] = {
    "platform": ("platform", "平台"),
    "account_id": ("account_id", "uid", "user_id", "用户id", "账号id"),
    "screen_name": ("screen_name", "name", "nickname", "昵称", "账号名称", "名称"),
    "account_kind": ("account_kind", "kind", "类别"),
    "admin_level": ("admin_level", "level", "级别"),
    "region_code": ("region_code", "region", "行政区划代码"),
    "region_text": ("region_text", "location", "地区", "所在地", "行政区划"),
    "registered_at": ("registered_at", "注册时间"),
    "listed_at": ("listed_at", "as_of", "收录时间"),
}
_ADDRESS = re.compile(r"url|acct|account|weibo|twitter|link|href|主页|链接|地址", re.IGNORECASE)
_ADDRESSES = tuple(f"address_{number}" for number in range(1, MAXIMUM_ADDRESSES + 1))
_FIELDS = (*_NAMES, *_ADDRESSES)
_SITES = {"twitter.com": "twitter", "x.com": "twitter", "facebook.com": "facebook",
          "t.qq.com": "tencent"}  # fmt: skip


def _layout(header: Sequence[str], row: Sequence[str]) -> dict[str, int] | None:
    if len(row) != len(header):
        return None
    plain = [name.strip().lower() for name in header]
    places = {
        field: plain.index(name)
        for field, names in _NAMES.items()
        for name in names
        if name in plain
    }
    taken = set(places.values())
    addresses = [
        place for place, name in enumerate(plain) if place not in taken and _ADDRESS.search(name)
    ]
    return places | dict(zip(_ADDRESSES, addresses, strict=False))


def _has_own_id(frame: pl.DataFrame) -> pl.Series:
    return (frame["account_id"].str.strip_chars() != "").fill_null(False)


def _has_only_address(name: str):  # type: ignore[no-untyped-def]
    def where(frame: pl.DataFrame) -> pl.Series:
        filled = (frame[name].str.strip_chars() != "").fill_null(False)
        return filled & ~_has_own_id(frame)

    return where


def _from_address(name: str) -> f.Field:
    def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
        found = ids.weibo_account(frame[name])
        address = frame[name].str.strip_chars()
        site = address.str.extract(r"^(?i)(?:h?t?t?ps?://)?(?:www\.|m\.)?([^/]+)/", 1)
        elsewhere = site.str.to_lowercase().replace_strict(
            _SITES, default=None, return_dtype=pl.String()
        )
        handle = address.str.extract(r"^(?i)(?:h?t?t?ps?://)?[^/]+/@?([^/?#\s]+)", 1)
        account = handle.zip_with(elsewhere.is_not_null(), found["account_id"])
        problem = found["problem"].set(elsewhere.is_not_null() & handle.is_not_null(), None)
        declared = pl.repeat(
            context.platform if context.platform != "unknown" else "weibo",
            frame.height, eager=True,
        )  # fmt: skip
        platform = frame["platform"].cast(pl.String).fill_null(elsewhere).fill_null(declared)
        decoded = pl.Series([unquote(a) if a else a for a in account.to_list()], dtype=pl.String())
        is_reserved = decoded.str.starts_with(PSEUDONYM_PREFIX).fill_null(False)
        return f.Parsed(
            {
                "platform": platform,
                "account_id": decoded.set(is_reserved, None),
                "account_url": found["account_url"].set(elsewhere.is_not_null(), None),
            },
            problem.set(is_reserved, "reserved_id"),
        )

    return f.computed("account_id", parse, raw=name, is_personal=False)


def _named_platform(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    declared = context.platform if context.platform != "unknown" else "weibo"
    return f.Parsed({"platform": frame["platform"].cast(pl.String).fill_null(declared)})


def _known(words: Sequence[str]) -> dict[str, str]:
    return {word: word for word in words}


_COMMON = (
    f.choice("account_kind", "account_kind", _known(ACCOUNT_KINDS)),
    f.choice("admin_level", "admin_level", _known(ADMIN_LEVELS)),
    f.region("region_code", "region_code"),
    f.text("_region_text", "region_text", is_personal=False),
    f.instant("registered_at", "registered_at"),
    f.const("scope_evidence", "listed"),
    f.const("account_state", None),
    *f.observed(),
)


def _sniff(head: Head) -> Evidence | None:
    if head.suffix not in (".csv", ".tsv"):
        return None
    header = [name.strip().strip('"').lower() for name in head.first_line.split(",")]
    if "account_id" in header and "account_kind" in header:
        return Evidence(0.9, "header with account_id and account_kind")
    body = head.text.split("\n", 1)[-1]
    cells = [c for line in body.splitlines()[:40] for c in line.split(",") if c.strip()]
    addresses = [c for c in cells if re.search(r"(weibo|twitter|facebook)\.com/", c)]
    if len(header) <= 12 and len(addresses) >= max(3, len(cells) // 5):
        return Evidence(0.6, f"{len(addresses)} of {len(cells)} cells are account addresses")
    return None


FORMAT = Format(
    id="account_list_csv",
    producer="any register of accounts",
    becomes=("accounts",),
    reader=Delimited(_FIELDS, layout=_layout),
    platform="unknown",
    observation=(FromRecord("listed_at"), FromFileName(), FromModificationTime()),
    sniff=_sniff,
    naming=Naming.LISTS,
    mappings=(
        f.TableMapping(
            tables.ACCOUNT_SNAPSHOTS,
            (
                f.computed("platform", _named_platform),
                f.ident("account_id", "account_id", required=True),
                f.text("screen_name", "screen_name"),
                *_COMMON,
            ),
            where=_has_own_id,
        ),
        *(
            f.TableMapping(
                tables.ACCOUNT_SNAPSHOTS,
                (_from_address(name), f.text("screen_name", "screen_name"), *_COMMON),
                where=_has_only_address(name),
            )
            for name in _ADDRESSES
        ),
    ),
)
