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
        "A Weibo post, comment or repost has no time: its place is blank.",
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
    Repair(
        "clock_of_relative_time",
        'weibo-crawler computed a publication time from "昨天 08:15" or "3小时前": the moment of '
        "the crawl minus a day or some hours.",
        "The second inside the id lies on the same local day, or less than an hour before.",
        "posted_at is the second inside the id.",
    ),
    Repair(
        "columns_shifted_2022",
        "The header of a weibo-crawler CSV lacks the column 完整日期 that its rows have since "
        "2022-04-09: every cell after @用户 stands one column too far right.",
        "The number of the row's cells, with a time where that layout has the full date and "
        "True or False where it has the flag of an original.",
        "Every value is taken from the cell of the row's own layout.",
    ),
    Repair(
        "columns_shifted_2025",
        "The header of a weibo-crawler CSV lacks the column Live Photo视频url that its rows have "
        "since 2025-04-06: likes stand under 评论数, comments under 转发数, reposts under 话题.",
        "The number of the row's cells, with times where that layout has the two dates and "
        "True or False where it has the flag of an original.",
        "Every value is taken from the cell of the row's own layout.",
    ),
    Repair(
        "columns_shifted_edits",
        "An older header of a weibo-crawler CSV lacks the columns 是否编辑过 and 编辑次数 that "
        "rows appended since 2025-12-03 have.",
        "The number of the row's cells, with a time where that layout has the full date and "
        "True or False where it has the flag of an original.",
        "Every value is taken from the cell of the row's own layout.",
    ),
    Repair(
        "columns_shifted_older_rows",
        "Rows of an older weibo-crawler stand below a newer header, because files were put "
        "together.",
        "The number of the row's cells, with a time where that layout has a date and True or "
        "False where it has the flag of an original.",
        "Every value is taken from the cell of the row's own layout.",
    ),
    Repair(
        "columns_shifted_users",
        "An older header of weibo-crawler's users.csv lacks the column IP属地 that appended rows "
        "have.",
        "The number of the row's cells, with an account id in the first and True or False where "
        "that layout has the verification.",
        "Every value is taken from the cell of the row's own layout.",
    ),
    Repair(
        "columns_shifted_search",
        "An older header of a weibo-search CSV lacks the column 头条文章url that appended rows "
        "have: every count stands one column too far right.",
        "The number of the row's cells, with a time where that layout has the publication time.",
        "Every value is taken from the cell of the row's own layout.",
    ),
    Repair(
        "count_cut_below_yi",
        "weibo-crawler multiplied a count displayed in 亿 with floating point and cut the result: "
        "2.3亿 became 229999999.",
        "The value plus one is a display in 亿 with at most two decimals, and that arithmetic "
        "gives exactly the value.",
        "The count is the interval that the display stands for.",
    ),
    Repair(
        "zero_means_missing",
        "A producer that writes 0 where a label has no number wrote 0 for one metric throughout "
        "a file.",
        "In its file (by stretches of 50,000 records) the metric is 0 in at least 95 % of at "
        "least 20 records, and at least half of the records with 0 have 100 or more in another "
        "metric.",
        "The zeros of this metric in this file are NULL: not observed.",
    ),
)

CATALOGUE: dict[str, Repair] = {repair.rule: repair for repair in _RULES}


def catalogue_markdown() -> str:
    """docs/repairs.md."""
    parts = [
        "# Repairs\n",
        "Generated by `make render` from orchestration/cleaning/repairs.py; do not edit.\n",
        "A repair is made only where the record itself proves it. Each application is one row of "
        "`quality.repairs` with file, record, column, value before and value after.\n",
        "| rule | what is wrong | what proves it | what is changed |",
        "|---|---|---|---|",
    ]
    parts += [f"| `{r.rule}` | {r.wrong} | {r.proof} | {r.change} |" for r in CATALOGUE.values()]
    return "\n".join(parts) + "\n"
