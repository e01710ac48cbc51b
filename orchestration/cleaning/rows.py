"""What cleaning a batch yields: rows, problems and repairs, as frames of fixed shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from orchestration.cleaning.repairs import CATALOGUE, Repaired

ROW = "_row"
"""Index of the raw record within its batch; every frame on the way carries it."""

PROBLEM_SCHEMA: dict[str, Any] = {
    ROW: pl.UInt32(),
    "extent": pl.String(),
    "table_name": pl.String(),
    "column_name": pl.String(),
    "reason": pl.String(),
    "excerpt": pl.String(),
}
REPAIR_SCHEMA: dict[str, Any] = {
    ROW: pl.UInt32(),
    "table_name": pl.String(),
    "column_name": pl.String(),
    "rule": pl.String(),
    "before": pl.String(),
    "after": pl.String(),
}
EXCERPT_LENGTH = 60


@dataclass
class Finished:
    """Rows of one table after the table's own rules.

    parents: ROW, platform and account_id, as the door lets it pass, of the authors of posts that
    rows repost, reply to or comment on.
    """

    rows: pl.DataFrame
    problems: list[pl.DataFrame] = field(default_factory=list)
    repairs: list[pl.DataFrame] = field(default_factory=list)
    parents: list[pl.DataFrame] = field(default_factory=list)

    def refuse(
        self, mask: pl.Series, table: str, column: str, reason: str, shown: pl.Series | None
    ) -> None:
        """Quarantine the records under the mask and take their rows out."""
        if not mask.any():
            return
        bad = self.rows.filter(mask)
        excerpt = None if shown is None else shown.filter(mask).cast(pl.String)
        self.problems.append(problems(bad[ROW], "record", table, column, pl.lit(reason), excerpt))
        self.rows = self.rows.filter(~mask)

    def repair(
        self,
        mask: pl.Series,
        table: str,
        column: str,
        rule: str,
        before: pl.Series,
        after: pl.Series,
    ) -> None:
        """Log that values under the mask were changed by a rule of the catalogue."""
        if mask.any():
            self.repairs.append(
                repairs(self.rows[ROW], table, Repaired(rule, column, mask, before, after))
            )


def repairs(rows: pl.Series, table: str, done: Repaired) -> pl.DataFrame:
    """Applications of one rule, one row each; a rule that is not in the catalogue is a bug."""
    found = pl.DataFrame(
        {
            ROW: rows.filter(done.mask),
            "before": done.before.filter(done.mask).cast(pl.String),
            "after": done.after.filter(done.mask).cast(pl.String),
        }
    ).with_columns(
        table_name=pl.lit(table),
        column_name=pl.lit(done.column),
        rule=pl.lit(CATALOGUE[done.rule].rule),
    )
    return found.select(list(REPAIR_SCHEMA)).cast(pl.Schema(REPAIR_SCHEMA))


def problems(
    rows: pl.Series,
    extent: str,
    table: str | None,
    column: str | None,
    reason: pl.Expr | pl.Series,
    excerpt: pl.Series | None,
) -> pl.DataFrame:
    """Problems of one column of one table, one row each."""
    frame = pl.DataFrame({ROW: rows}).with_columns(
        extent=pl.lit(extent),
        table_name=pl.lit(table),
        column_name=pl.lit(column),
        reason=reason,
        excerpt=pl.lit(None, dtype=pl.String)
        if excerpt is None
        else excerpt.str.slice(0, EXCERPT_LENGTH),
    )
    return frame.select(list(PROBLEM_SCHEMA)).cast(pl.Schema(PROBLEM_SCHEMA))


def ensure(frame: pl.DataFrame, **defaults: pl.DataType | type[pl.DataType]) -> pl.DataFrame:
    """Add the columns a mapping did not fill, as NULL of the given type."""
    missing = [
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in defaults.items()
        if name not in frame.columns
    ]
    return frame.with_columns(missing) if missing else frame


def lists_at(height: int, each: pl.DataFrame) -> pl.Series:
    """A list per row from single values (at: number of the row, value); NULL where it has none."""
    lists = each.group_by("at", maintain_order=True).agg("value").cast({"at": pl.UInt32})
    every = pl.DataFrame({"at": pl.int_range(height, dtype=pl.UInt32, eager=True)})
    return every.join(lists, on="at", how="left", maintain_order="left")["value"]
