"""Registers of official accounts: any CSV with an account id or an address a row.

Columns are recognised by name in English or Chinese; every column whose name speaks of an
address may hold one, so a row of a county register with three addresses gives three accounts.
A platform is named in any words that are known (`platforms.py`); where a row names none it is the
site's of its address, else the declared one, else Weibo. An address says itself where it leads.
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
from orchestration.sources.platforms import HOSTS, Platforms, parse_platforms
from orchestration.sources.readers.delimited import Delimited

MAXIMUM_ADDRESSES = 32
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
_SCHEME = r"^(?i)(?:h?t?t?ps?:/+)?"
_SITE = _SCHEME + r"(?:(?:www|m|mobile|tw|e|[a-z]{2}-[a-z]{2})\.)?([^/?#\s]+)(?:[/?#]|$)"
_PATH_IS_HANDLE = ("tencent_weibo", "twitter", "facebook", "instagram")
"""Platforms whose addresses begin with the account; Weibo's have rules of their own (`ids.py`)."""
_HANDLE = _SCHEME + r"[^/?#]+/@?([^/?#\s]+)"
_NO_HANDLE = ("profile.php", "pages", "people", "groups", "home", "home.php", "search", "hashtag",
              "intent", "share", "i", "p")  # fmt: skip
"""Words that stand in the place of an account and are none."""
_NUMBER_IN_ADDRESS = r"(?:[?&]id=|/(?:pages|people)/[^/?#]+/)([0-9]{5,})/?(?:[?&#]|$)"
_SCHEME_AT_ALL = r"^(?i)h?t?t?ps?:/"
_BARE_HANDLE = r"^@?([0-9A-Za-z_.\-]+)$"


def _layout(header: Sequence[str], row: Sequence[str]) -> dict[str, int] | str | None:
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
    if len(addresses) > MAXIMUM_ADDRESSES:
        return "too_many_addresses"
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
        """The account of an address. Where the site is known it decides; else the row's word."""
        address = frame[name].cast(pl.String).str.strip_chars()
        site = address.str.extract(_SITE, 1).str.to_lowercase()
        by_site = site.replace_strict(HOSTS, default=None, return_dtype=pl.String())
        named = parse_platforms(frame["platform"], _default_platform(context))
        platform = by_site.fill_null(named.value).fill_null(_default_platform(context))
        on_weibo = ids.weibo_account(frame[name])
        is_weibo = platform == "weibo"
        elsewhere = _elsewhere(address, by_site)
        account = on_weibo["account_id"].zip_with(is_weibo, elsewhere)
        is_lost = by_site.is_null() & (
            named.problem.is_not_null() | address.str.contains(_SCHEME_AT_ALL)
        )
        account = account.set(is_lost.fill_null(False), None)
        decoded = pl.Series([unquote(a) if a else a for a in account.to_list()], dtype=pl.String())
        is_reserved = decoded.str.starts_with(PSEUDONYM_PREFIX).fill_null(False)
        decoded = decoded.set(is_reserved, None)
        return f.Parsed(
            {
                "platform": platform,
                "account_id": decoded,
                "account_url": on_weibo["account_url"].set(~is_weibo | decoded.is_null(), None),
            },
            _problems(decoded, frame["platform"], by_site, named).set(is_reserved, "reserved_id"),
        )

    return f.computed("account_id", parse, raw=name, is_personal=False)


def _elsewhere(address: pl.Series, by_site: pl.Series) -> pl.Series:
    """Accounts outside Weibo: the head of a known site's path, or a handle without any site."""
    handle = address.str.extract(_HANDLE, 1)
    handle = handle.set(handle.str.to_lowercase().is_in(_NO_HANDLE).fill_null(False), None)
    handle = handle.set(~by_site.is_in(_PATH_IS_HANDLE).fill_null(False), None)
    number = address.str.extract(_NUMBER_IN_ADDRESS, 1)
    number = number.set((by_site != "facebook").fill_null(True), None)
    bare = address.str.extract(_BARE_HANDLE, 1).set(by_site.is_not_null(), None)
    return number.fill_null(handle).fill_null(bare)


def _problems(
    account: pl.Series, words: pl.Series, by_site: pl.Series, named: Platforms
) -> pl.Series:
    """Why an address gives no account, or gives one that the row's platform contradicts."""
    is_filled = (words.cast(pl.String).str.strip_chars() != "").fill_null(False)
    disagrees = is_filled & (by_site != named.value).fill_null(False)
    none = pl.repeat(None, len(account), dtype=pl.String(), eager=True)
    problem = none.set(disagrees, "platforms_disagree").set(account.is_null(), "not_an_address")
    return problem.zip_with(named.problem.is_null(), named.problem)


def _default_platform(context: f.Context) -> str:
    return context.platform if context.platform != "unknown" else "weibo"


def _named_platform(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    found = parse_platforms(frame["platform"], _default_platform(context))
    return f.Parsed({"platform": found.value}, found.problem)


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
                f.computed(
                    "platform", _named_platform, raw="platform", required=True, is_personal=False
                ),
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
