"""The repair catalogue: every repair that cleaning may make, what proves it, what it changes.

A repair is made only where the record itself proves it; what cannot be proven is quarantined or
left as it is. Each application is one row of quality.repairs with the value before and after.
The catalogue is data: docs/repairs.md and quality.repair_rules are rendered from it, and a rule
that does not stand here cannot be applied.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Repair:
    """One rule: what is wrong in the file, how the record proves it, what is changed."""

    rule: str
    wrong: str
    proof: str
    change: str


@dataclass(frozen=True)
class Repaired:
    """A rule applied to the rows under a mask. `before` and `after` are whole columns."""

    rule: str
    column: str
    mask: pl.Series
    before: pl.Series
    after: pl.Series


_RULES = (
    Repair(
        "time_from_id_clock",
        "A Weibo post has no publication time.",
        "Its 16-digit id carries the second of its creation (id clock).",
        "posted_at is the second inside the id.",
    ),
    Repair(
        "second_from_id_clock",
        "A publication time is cut to the minute, hour or day.",
        "The id clock lies within the precision that the text has.",
        "posted_at is the second inside the id.",
    ),
    Repair(
        "zone_shift_8h",
        "A publication time was read in the wrong zone.",
        "It differs from the id clock by exactly eight hours, within its precision and 60 s.",
        "posted_at is the second inside the id.",
    ),
    Repair(
        "create_time_8h_late",
        "MediaCrawler's create_time is 28,800 s late (versions 2023-12-24 to 2026-07-30).",
        "create_date_time of the same record is exactly 28,800 s earlier; without it, the id clock "
        "is, within 60 s.",
        "The time is create_time less 28,800 s.",
    ),
    Repair(
        "created_at_back_dated",
        "A client declared a Bluesky post to be older than it is.",
        "The clock inside the post's record key lies within ten minutes of indexedAt, and "
        "createdAt more than ten minutes before both.",
        "posted_at is indexedAt.",
    ),
    Repair(
        "created_at_after_indexing",
        "A client declared a Bluesky post to be younger than it is.",
        "createdAt is more than 60 s later than indexedAt: the post was seen before it.",
        "posted_at is indexedAt.",
    ),
)

CATALOGUE: dict[str, Repair] = {repair.rule: repair for repair in _RULES}


def catalogue_markdown(notice: str) -> str:
    """docs/repairs.md."""
    parts = [
        "# Repairs\n",
        f"{notice}\n",
        "A repair is made only where the record itself proves it. Each application is one row of "
        "`quality.repairs` with file, record, column, value before and value after.\n",
        "| rule | what is wrong | what proves it | what is changed |",
        "|---|---|---|---|",
    ]
    parts += [f"| `{r.rule}` | {r.wrong} | {r.proof} | {r.change} |" for r in CATALOGUE.values()]
    return "\n".join(parts) + "\n"
