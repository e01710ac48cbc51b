"""Column lineage of what Python writes; that of dbt's models is read from their SQL (`lineage.py`).

No SQL leads from a raw file to a cleaned row: a format does. So the columns of `core` are traced
to the archive as a whole, to the three things a format may read: the bytes (`content`), the
`path`, and the time of the file (`modified_at`). That is the most that is true of every row;
which file, record and bytes *one* value rests on is answered by `observatory trace`.

A column without a parent comes from no table: from the code, from sources.yaml, from
account_overrides.csv, claims_review.csv or from the run itself, as every build_id does.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import dagster as dg

from orchestration.defs.lineage import Lineage
from orchestration.quality.audit import examined
from orchestration.schemas.columns import COLUMNS
from orchestration.schemas.render import DUCKDB_TYPES, column_comment
from orchestration.schemas.tables import (
    ACCOUNT_OVERRIDES,
    BUILDS,
    CHECK_RESULTS,
    CLAIM_REVIEWS,
    COLUMN_DICTIONARY,
    DIFFUSION_FITS,
    EVENT_ALIASES,
    FILE_LEDGER,
    REPAIR_RULES,
    REVIEWED_LINKS,
    SOURCES,
    TABLES,
    TOUCHED_BUCKETS,
    TOUCHED_DAYS,
    Table,
)

ARCHIVE = "archive.files"
_INDEXED = (
    "file_id", "file_sha256", "path", "source_name", "bytes", "container_sha256", "archived_at",
)  # fmt: skip
_STORED = MappingProxyType(
    {
        "modified_at": ("timestamp with time zone", "Modification time of the file in the inbox."),
        "content": ("blob", "The delivered bytes, under their SHA-256."),
    }
)
ARCHIVE_COLUMNS = (*_INDEXED, *_STORED)
"""One delivery as the archive keeps it: a line of its index, and the bytes the line names."""

_READ = ("content", "path")
_DATED = ("content", "path", "modified_at")
_OBSERVATION = (
    "observed_at",
    "state_observed_at",
    "looked_at",
    "observed_at_source",
    "observed_date",
    "observed_from",
    "observed_to",
)
_FROM_NO_TABLE = {
    ACCOUNT_OVERRIDES.full_name: ACCOUNT_OVERRIDES.column_names,
    CLAIM_REVIEWS.full_name: CLAIM_REVIEWS.column_names,
    REPAIR_RULES.full_name: REPAIR_RULES.column_names,
    COLUMN_DICTIONARY.full_name: COLUMN_DICTIONARY.column_names,
    SOURCES.full_name: tuple(n for n in SOURCES.column_names if n != "source_name"),
    TOUCHED_DAYS.full_name: ("table_name",),
    TOUCHED_BUCKETS.full_name: ("table_name",),
}


def archive_schema() -> dg.TableSchema:
    """The columns of the archive."""
    indexed = [
        dg.TableColumn(name, DUCKDB_TYPES[COLUMNS[name].type].lower(), column_comment(name))
        for name in _INDEXED
    ]
    return dg.TableSchema(
        indexed + [dg.TableColumn(name, kind, text) for name, (kind, text) in _STORED.items()]
    )


def archive_lineage() -> Lineage:
    """The archive is where everything begins."""
    return {name: [] for name in ARCHIVE_COLUMNS}


def cleaned_lineage(table: Table) -> Lineage:
    """Every column of a table that the clean stage writes, traced to the archive."""
    return {name: _in_archive(table, name) for name in table.column_names}


def _in_archive(table: Table, name: str) -> list[tuple[str, str]]:
    if name == "build_id" or name in _FROM_NO_TABLE.get(table.full_name, ()):
        return []
    if name in ARCHIVE_COLUMNS:
        return [(ARCHIVE, name)]
    return [(ARCHIVE, parent) for parent in (_DATED if name in _OBSERVATION else _READ)]


def fits_lineage() -> Lineage:
    """Fits: the scope is that of the growth series, everything else is computed from it."""
    growth = "main.account_growth"
    scope = ("platform", "account_kind", "admin_level", "region_code", "period")
    series = [(growth, "accounts_registered"), (growth, "period_start")]
    named = {name: [(growth, name)] for name in scope}
    fixed: Lineage = {"diffusion_model": [], "build_id": []}
    return dict.fromkeys(DIFFUSION_FITS.column_names, series) | named | fixed


def linking_lineage(table: Table) -> Lineage:
    """Links by text: posts and titles decide, and the touched days which of them are looked at.
    What editors say comes from their files, which are no tables."""
    posts, titles = (
        "core.posts",
        [("core.hot_topic_slots", "topic_key"), ("core.articles", "title_key")],
    )
    compared = [(posts, "text"), (posts, "posted_at"), ("core.hot_topic_slots", "seen_hi_at"),
                ("core.articles", "published_at"), ("core.articles", "url"), *titles]  # fmt: skip
    made: Lineage = {
        "platform": [(posts, "platform")],
        "post_id": [(posts, "post_id")],
        "posted_date": [(posts, "posted_at")],
        "title_key": titles,
        "link_state": compared,
        "link_probability": compared,
        "evidence": compared,
        "days_linked": [(TOUCHED_DAYS.full_name, "observed_date")],
        "posts_compared": [(posts, "post_id")],
    }
    written = table.full_name in (REVIEWED_LINKS.full_name, EVENT_ALIASES.full_name)
    return {name: [] if written else made.get(name, []) for name in table.column_names}


def results_lineage(audited: Sequence[Table]) -> Lineage:
    """Check results: the answers rest on what is looked at, the questions are written down."""
    looked_at = [(table.full_name, name) for table in audited for name in examined(table)]
    answers = ("passed", "observed")
    return {name: looked_at if name in answers else [] for name in CHECK_RESULTS.column_names}


def builds_lineage() -> Lineage:
    """Builds: what a build was made of, how far it reaches and whether it was let through."""
    results = CHECK_RESULTS.full_name
    rests_on = {
        "inputs": [(FILE_LEDGER.full_name, "file_id")],
        "data_through_at": [("intermediate.int_observation_bounds", "data_through_at")],
        "outcome": [(results, "passed"), (results, "severity")],
        "message": [(results, "passed"), (results, "severity"), (results, "observed")],
    }
    return {name: rests_on.get(name, []) for name in BUILDS.column_names}


def published_lineage() -> Lineage:
    """The published file is a copy: its `schema.table.column` is the warehouse's column."""
    return {
        f"{table.full_name}.{name}": [(table.full_name, name)]
        for table in TABLES.values()
        for name in table.column_names
    }
