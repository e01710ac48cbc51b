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
        "A Weibo post, comment or repost has no time.",
        "Its 16-digit id carries the second of its creation (id clock).",
        "The time is the second inside the id.",
    ),
    Repair(
        "second_from_id_clock",
        "The time of a post, comment or repost is cut to the minute, hour or day.",
        "The id clock lies within what the text leaves open, give or take 60 s.",
        "The time is the second inside the id.",
    ),
    Repair(
        "zone_shift_8h",
        "The time of a post, comment or repost was read in the wrong zone.",
        "It differs from the id clock by exactly eight hours, within its precision and 60 s; a "
        "time that is only a day cannot show this.",
        "The time is the second inside the id.",
    ),
    Repair(
        "year_from_id_clock",
        "The time of a post, comment or repost has a wrong year, or had none and was given the "
        "wrong one.",
        "Month, day and clock time agree with the id clock within their precision and 60 s, and "
        "only the year differs.",
        "The time is the second inside the id.",
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
