"""What cleaning a batch yields: rows, problems and repairs, as frames of fixed shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

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
    "repair_id": pl.String(),
    "before": pl.String(),
    "after": pl.String(),
}
EXCERPT_LENGTH = 60


@dataclass
class Finished:
    """Rows of one table after the table's own rules."""

    rows: pl.DataFrame
    problems: list[pl.DataFrame] = field(default_factory=list)
    repairs: list[pl.DataFrame] = field(default_factory=list)

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
        repair_id: str,
        before: pl.Series,
        after: pl.Series,
    ) -> None:
        """Log that values under the mask were changed."""
        if not mask.any():
            return
        self.repairs.append(
            pl.DataFrame(
                {
                    ROW: self.rows[ROW].filter(mask),
                    "before": before.filter(mask).cast(pl.String),
                    "after": after.filter(mask).cast(pl.String),
                }
            )
            .with_columns(
                table_name=pl.lit(table),
                column_name=pl.lit(column),
                repair_id=pl.lit(repair_id),
            )
            .select(list(REPAIR_SCHEMA))
            .cast(pl.Schema(REPAIR_SCHEMA))
        )


def problems(
    rows: pl.Series,
    extent: str,
    table: str,
    column: str,
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
