"""Follower histories: one account a file, a day and a count a line.

Two dialects: FollowerCountHistory (`fch_<account>.csv`: date,count[,URL-M], sometimes without a
header) and registers in 万 (`Date (…),Followers (tens of thousands)`). The account stands in
the file's name, with its platform in front where known (`weibo_1792951112_…`, `腾讯微博_…`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from orchestration.cleaning import counts
from orchestration.cleaning import fields as f
from orchestration.schemas import tables
from orchestration.sources.formats.base import Evidence, FileFacts, Format, FromRecord, Head, Naming
from orchestration.sources.platforms import ALIASES, PLATFORMS, called
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import Reject
from orchestration.sources.readers.delimited import Delimited, are_links, is_link

_WITHOUT_ACCOUNTS = ("web", "news")
_PLATFORM_NAMES = "|".join(
    re.escape(name)
    for name in sorted((*PLATFORMS, *ALIASES), key=len, reverse=True)
    if len(name) > 1 and called(name) not in _WITHOUT_ACCOUNTS
)
"""Not x, which begins the name of many an account."""
_PLATFORM_AND_ID = re.compile(rf"^({_PLATFORM_NAMES})_([^_]+)", re.IGNORECASE)
_PREFIX = re.compile(r"^fch_")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_IN_WAN = re.compile(r"tens of thousands|万", re.IGNORECASE)


def _facts(file: RawFile, zone: str) -> FileFacts | Reject:
    del zone
    stem = file.inner_path.stem
    named = _PLATFORM_AND_ID.match(stem)
    header = file.head(400).decode("utf-8-sig", "replace").split("\n", 1)[0]
    return {
        "@platform": called(named[1]) if named else None,
        "@account": named[2] if named else _PREFIX.sub("", stem),
        "@unit": "万" if _IN_WAN.search(header) else "",
    }


def _positions(header: Sequence[str], row: Sequence[str]) -> dict[str, int] | None:
    """A row is no wider than the header, and its third cell is an address or blank: anything else
    there is the rest of a count whose comma no quote guards (12,346)."""
    fits = 2 <= len(row) <= min(len(header), 3) and all(map(is_link, row[2:]))
    return {"date": 0, "count": 1} if fits else None


def _signature(cells: pl.DataFrame) -> pl.Series:
    """Whether the third cell is what it should be."""
    if cells.width <= 2:
        return pl.repeat("", cells.height, dtype=pl.String, eager=True)
    return cells.select(are_links(pl.col("2")).cast(pl.String).alias("signature"))["signature"]


def _without_header(first: Sequence[str]) -> Sequence[str] | None:
    is_day = bool(first) and _DAY.match(first[0].strip()) is not None
    return ("date", "count", "link")[: len(first)] if is_day else None


def _followers(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """Counts file by file, because a file's finest decimal tells its resolution."""
    value = frame["count"].str.strip_chars()
    filled = value.is_not_null() & (value != "")
    texts = (value + frame["@unit"]).set(~filled, None)
    rows = pl.DataFrame({"text": texts, "file": frame["file_id"]}).with_row_index("row")
    parts = []
    for part in rows.partition_by("file", maintain_order=True):
        found = counts.parse_counts(part["text"], finest_of_column=True)
        parts.append(
            part.select("row").with_columns(lo=found.lo, hi=found.hi, problem=found.problem)
        )
    every = pl.concat(parts).sort("row") if parts else rows.select("row")
    return f.Parsed({"followers_lo": every["lo"], "followers_hi": every["hi"]}, every["problem"])


def _account(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    return f.Parsed(
        {
            "platform": frame["@platform"].cast(pl.String).fill_null(context.platform),
            "account_id": frame["@account"],
        }
    )


def _refused_count(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    """A line whose count is no count is refused whole: nothing else stands in it."""
    problem = _followers(frame, context).problem
    assert problem is not None
    refused = problem.is_not_null()
    return f.Parsed({"_counted": (~refused).set(refused, None)}, problem)


def _sniff(head: Head) -> Evidence | None:
    lines = [line.strip() for line in head.text.splitlines()[:6] if line.strip()]
    if not lines or head.suffix not in (".csv", ".txt"):
        return None
    header = lines[0].lower()
    body = lines[1:] or lines
    dated = [line for line in body if _DAY.match(line.split(",")[0])]
    if len(dated) != len(body) or any(line.count(",") > 2 for line in body):
        return None
    if "follower" in header or header.startswith("date,count"):
        return Evidence(0.95, "dates and follower counts under a header that says so")
    if _DAY.match(header.split(",")[0]):
        return Evidence(0.6, "lines of a date and one value, without a header")
    return None


FORMAT = Format(
    id="follower_series_csv",
    producer="FollowerCountHistory and any follower history",
    becomes=("account snapshots",),
    reader=Delimited(
        ("date", "count"), layout=_positions, header=_without_header, signature=_signature
    ),
    platform="unknown",
    observation=(FromRecord("date"),),
    facts=_facts,
    sniff=_sniff,
    naming=Naming.LISTS,
    mappings=(
        f.TableMapping(
            tables.ACCOUNT_SNAPSHOTS,
            (
                f.computed("account_id", _account, raw="@account", required=True),
                f.computed("followers_lo", _followers, raw="count", is_personal=False),
                f.computed(
                    "_counted", _refused_count, raw="count", required=True, is_personal=False
                ),
                f.const("scope_evidence", "listed"),
                *f.observed(),
            ),
        ),
    ),
)
