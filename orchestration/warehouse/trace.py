"""From a published row back to the raw file, record and bytes it rests on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import duckdb
import polars as pl

from orchestration.paths import PROJECT_ROOT, SEEDS
from orchestration.schemas.tables import TABLES
from orchestration.settings import Settings
from orchestration.sources import formats
from orchestration.sources.archive import Archive
from orchestration.sources.extract import read_declarations
from orchestration.sources.formats.base import Head
from orchestration.sources.mapping import mapped_format
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import RECORD, Located, ReadOptions
from orchestration.sources.readers.delimited import Delimited

ROWS_SHOWN = 5


@dataclass(frozen=True)
class Behind:
    """Rows of a cleaned table that a derived row rests on.

    where: with the derived row's own columns as parameters, `$name`; a row in which one of them is
    NULL rests on none.
    """

    table: str
    where: str


def _local_day(instant: str) -> str:
    """The local day of an instant, as the models reckon it (dbt_project/macros/time.sql)."""
    return f"cast(make_timestamp(epoch_us({instant}) + 28800000000) as date)"


def _event(kind: str, key: str) -> str:
    """Whether a row's key is what an event's id was made of (int_*_events.sql)."""
    return f"$event_id = '{kind}:' || left(sha256({key}), 16)"


def _of_asking(row: str) -> str:
    """What sources agree in that saw one asking, beside its number and time: more of it where the
    time is told by the day or the hour (int_public_questions.sql)."""
    region = f"coalesce({row}region_code, {row}region_text, '')"
    weak = f"coalesce({row}asked_at_precision in ('hour', 'day'), false)"
    told = f"concat({row}addressee_text, chr(31), {row}channel)"
    untold = f"{weak} and {region} = '' and {told} = chr(31)"
    return f"""concat_ws(chr(30), {region}, case when {weak} then {told} else '' end,
        case when {untold} then {row}source_name else '' end)"""


_ACCOUNT = "platform = $platform and account_id = $account_id"
_POST = (Behind("core.posts", "platform = $platform and post_id = $post_id"),)
_TOPIC = "s.platform || chr(31) || s.topic_key || chr(31) || cast(s.slot_date as varchar)"
_LISTED = f"""topic_key = $topic_key and seen_hi_at between $onset_hi_at and $last_seen_at
    and not coalesce(is_ad, false) and not coalesce(is_pinned, false)
    and platform in (
        select s.platform
        from (
            select platform, topic_key, {_local_day("slot_at")} as slot_date
            from core.hot_topic_slots where topic_key = $topic_key
        ) as s
        where {_event("hot_topic", _TOPIC)}
    )"""
_INQUIRY = "coalesce(s.platform, 'web') || chr(31) || s.source_name || chr(31) || s.inquiry_id"
_ASKED = f"""(
        coalesce(platform, 'web'), inquiry_id, asked_at, {_of_asking("")}
    ) in (
        select (coalesce(s.platform, 'web'), s.inquiry_id, s.asked_at, {_of_asking("s.")})
        from core.inquiries as s where {_event("inquiry", _INQUIRY)}
    )"""
"""All that its board's source saw of it, and what other sources saw of the same asking."""
_EVENT = (
    Behind("core.hot_topic_slots", _LISTED),
    Behind(
        "core.articles",
        "article_id in (select article_id from main.event_articles where event_id = $event_id)",
    ),
    Behind("core.rulings", _event("rumor", "platform || chr(31) || ruling_id")),
    Behind("core.inquiries", _ASKED),
)

ORIGINS: Mapping[str, tuple[Behind, ...]] = {
    "main.accounts": (Behind("core.account_snapshots", _ACCOUNT),),
    "main.account_days": (
        Behind(
            "core.account_snapshots",
            f"{_ACCOUNT} and {_local_day('observed_at')} = $observed_date",
        ),
        Behind("core.posts", f"{_ACCOUNT} and {_local_day('posted_at')} = $observed_date"),
    ),
    "main.account_history": (
        Behind(
            "core.account_snapshots",
            f"{_ACCOUNT} and observed_at between $first_seen_at and $last_seen_at",
        ),
    ),
    "main.posts": _POST,
    "main.post_edits": _POST,
    "main.post_engagement": (
        Behind("core.post_metric_snapshots", "platform = $platform and post_id = $post_id"),
    ),
    "main.event_responses": _POST,
    "main.level_race": _POST,
    "main.rebuttals": _POST,
    "core.event_links": _POST,
    "core.text_links": _POST,
    "main.event_articles": (Behind("core.articles", "article_id = $article_id"),),
    "main.events": _EVENT,
    "main.silence_ledger": _EVENT,
}
"""Derived table to the rows that each of its rows rests on."""

SEEDED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "main.reported_claims": ("reported_figures.csv", ("figure_id",)),
    "main.regions": ("administrative_regions.csv", ("region_code", "region_name")),
}
"""Tables whose rows are lines of a file of this project: the file and its key."""

REVIEWED: Mapping[str, str] = {
    "quality.account_overrides": "account_overrides.csv",
    "quality.claim_reviews": "claims_review.csv",
    "core.reviewed_links": "reviewed_links.csv",
    "core.event_aliases": "event_alias.csv",
    "meta.sources": "sources.yaml",
}
"""Tables whose rows stand in a file of the data root that a person wrote."""
_REVIEWED_CLAIM = "review:"
"""What the id of a published figure begins with that a person confirmed (reported_claims.sql)."""


_ACCOUNTS = "select platform, account_id from main.accounts where account_kind = 'organ'"
_ANSWERS = "select platform, post_id, event_id from main.event_responses where post_id is not null"
_EVENTS = "select event_id from main.events where event_type = 'hot_topic'"
_QUESTIONS = "select event_id from main.events where event_type = 'inquiry'"
_POSTS = "select platform, post_id from main.posts"
_FIGURES = "select figure_id from main.reported_claims"
MEMBERS: Mapping[str, tuple[str, str]] = {
    "main.account_growth": (_ACCOUNTS, "main.accounts"),
    "main.diffusion_fits": (_ACCOUNTS, "main.accounts"),
    "main.response_timing": (_ANSWERS, "main.event_responses"),
    "main.response_curves": (_ANSWERS, "main.event_responses"),
    "main.timing_sensitivity": (_ANSWERS, "main.event_responses"),
    "main.topic_coverage": (_EVENTS, "main.events"),
    "main.statutory_timing": (_QUESTIONS, "main.events"),
    "main.reply_timing": (_QUESTIONS, "main.events"),
    "main.post_survival": (_POSTS, "main.posts"),
    "main.claim_checks": (_FIGURES, "main.reported_claims"),
}
"""Table of sums to a query that lists what is in them, to be narrowed to the row's own group, and
the table by which each of these is traced."""


class TraceError(LookupError):
    """The row cannot be found or followed; the message says what can be asked."""


@dataclass(frozen=True)
class Origin:
    """One raw record behind a row."""

    table: str
    key: dict[str, object]
    path: str | None
    file_sha256: str
    record_number: int | None
    located: Located | None
    is_collected: bool = True
    """False for a line of a file that this project or its reviewers wrote."""


@dataclass(frozen=True)
class Traced:
    """The records behind a row, and what is not shown of them."""

    origins: tuple[Origin, ...]
    remarks: tuple[str, ...] = ()


def trace(
    connection: duckdb.DuckDBPyConnection, settings: Settings, table_name: str, key: str
) -> Traced:
    """The raw records behind a row of a published table, at most ROWS_SHOWN of a cleaned table,
    the earliest first.

    key: the value of the table's identifying column, or `column=value,column=value`.
    Raises TraceError when nothing matches.
    """
    table = TABLES.get(table_name) or TABLES.get(f"main.{table_name}")
    if table is None:
        raise TraceError(f"{table_name!r} is not a published table; try one of: {_names()}")
    search = _Search(connection, settings)
    rows = search.given(table.full_name, key)
    if "file_id" in table.column_names:
        return search.result([search.origin(table.full_name, row) for row in rows])
    if table.full_name in SEEDED:
        return search.result([_written_line(settings, table.full_name, row) for row in rows])
    if table.full_name not in ORIGINS:
        raise TraceError(_why_not(table.full_name))
    return search.result([o for row in rows for o in search.behind(table.full_name, row)])


def _why_not(name: str) -> str:
    """Why rows of a table are not followed, and what is."""
    reason = f"rows of {name} aggregate many records"
    if name in MEMBERS:
        query, table = MEMBERS[name]
        keys = " and ".join(TABLES[table].key)
        reason += (
            f"; list what is in them, with the row's own group as condition, by "
            f'`observatory sql "{query}"`, and trace one by one: observatory trace {table} KEY '
            f"({keys})"
        )
    if name == "main.claim_growth":
        reason = f"a row of {name} compares two published figures, whose ids it names"
    elif name in REVIEWED:
        reason = f"rows of {name} stand in {REVIEWED[name]} of the data root"
    elif TABLES[name].writer == "run":
        reason = f"rows of {name} are written by the run, not read from a file"
    return f"{reason}; what can be traced: {', '.join((*ORIGINS, *SEEDED))}, core.*"


class _Search:
    """One question: rows found so far, and what was cut off."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings
        self._remarks: list[str] = []

    def result(self, origins: Sequence[Origin]) -> Traced:
        return Traced(tuple(origins), tuple(self._remarks))

    def given(self, name: str, key: str) -> list[dict[str, object]]:
        """The rows a person asks for; values travel as parameters, names are the schema's own."""
        asked = _conditions(name, key)
        where = " and ".join(f"cast({column} as varchar) = ${column}" for column in asked)
        rows = self._matching(name, where, asked)
        if not rows:
            raise TraceError(f"{name} has no row with {key!r}")
        return rows

    def behind(self, name: str, row: Mapping[str, object]) -> list[Origin]:
        origins = []
        for link in ORIGINS[name]:
            needed = set(re.findall(r"\$(\w+)", link.where))
            if all(row.get(column) is not None for column in needed):
                values = {column: row[column] for column in needed}
                origins += [
                    self.origin(link.table, found)
                    for found in self._matching(link.table, link.where, values)
                ]
        if not origins:
            self._remarks.append(_nothing_behind(name, row))
        return origins

    def _matching(
        self, name: str, where: str, values: Mapping[str, object]
    ) -> list[dict[str, object]]:
        """The earliest rows, at most ROWS_SHOWN, noting how many there are."""
        total = self._connection.execute(
            f"select count(*) from {name} where {where}", dict(values)
        ).fetchone()
        cursor = self._connection.execute(
            f"select * from {name} where {where} order by {_order(name)} limit {ROWS_SHOWN}",
            dict(values),
        )
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        if total and total[0] > len(rows):
            self._remarks.append(f"{name}: {len(rows)} of {total[0]} shown, the earliest first")
        return rows

    def origin(self, name: str, row: Mapping[str, object]) -> Origin:
        file = self._deliveries.get(str(row["file_id"]))
        number = row.get("record_number")
        record_number = int(str(number)) if number is not None else None
        located = None
        if file is not None and record_number is not None:
            located = _locate(self._settings, file, record_number)
        return Origin(
            name,
            {column: row.get(column) for column in TABLES[name].key},
            file.path if file is not None else None,
            str(row["file_sha256"]),
            record_number,
            located,
        )

    @cached_property
    def _deliveries(self) -> dict[str, RawFile]:
        return {file.file_id: file for file in Archive(self._settings.root.archive).deliveries()}


def _order(name: str) -> str:
    """By time, and among equals by what makes the answer the same every time."""
    table = TABLES[name]
    times = [c for c in ("seen_hi_at", "observed_at") if c in table.column_names]
    times += [table.bucket] if table.bucket is not None else []
    places = [c for c in ("file_id", "record_number") if c in table.column_names]
    return ", ".join(dict.fromkeys((*times, *table.key, *places)))


def _nothing_behind(name: str, row: Mapping[str, object]) -> str:
    """What it means that no record stands behind a row."""
    if name == "main.account_days":
        return "no record: the account was not observed on that day (a gap, not zero)"
    if name == "main.event_responses" and row.get("post_id") is None:
        return f"no post answered it; the event itself: trace main.events {row['event_id']}"
    if str(row.get("account_id", "")).startswith("p:"):
        return "records of people are not published; the work file has them (docs/adr/0026)"
    return "no record behind it was found"


def _written_line(settings: Settings, name: str, row: Mapping[str, object]) -> Origin:
    """The line that a row was read from, of a file that this project or a reviewer wrote."""
    file_name, columns = SEEDED[name]
    path, sought = SEEDS / file_name, {column: row[column] for column in columns}
    figure = str(row.get("figure_id"))
    if figure.startswith(_REVIEWED_CLAIM):
        path = settings.root.claims_review_file
        sought = {"candidate_id": figure.removeprefix(_REVIEWED_CLAIM)}
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    now = datetime.fromtimestamp(0, UTC)
    is_ours = path.is_relative_to(PROJECT_ROOT)
    shown = path.relative_to(PROJECT_ROOT if is_ours else settings.root.home).as_posix()
    file = RawFile("", sha256, shown, len(content), now, now, "", path)
    number = _record_of(file, sought)
    located = None
    if number is not None:
        located = Delimited().locate(file, number, ReadOptions())
    key = {column: row[column] for column in columns}
    return Origin(name, key, shown, sha256, number, located, is_collected=False)


def _record_of(file: RawFile, sought: Mapping[str, object]) -> int | None:
    """The record of a CSV file that has these values; None where there is none any longer."""
    for frame in Delimited(tuple(sought)).read(file, ReadOptions()):
        if isinstance(frame, pl.DataFrame):
            for record in frame.iter_rows(named=True):
                if all(record[column] == value for column, value in sought.items()):
                    return int(record[RECORD])
    return None


def _conditions(table_name: str, key: str) -> dict[str, object]:
    table = TABLES[table_name]
    if "=" in key:
        pairs = dict(part.split("=", 1) for part in key.split(",") if "=" in part)
        unknown = [name for name in pairs if name not in table.column_names]
        if unknown:
            raise TraceError(
                f"{table_name} has no column {unknown[0]!r}; it has: "
                f"{', '.join(table.column_names)}"
            )
        return dict(pairs)
    identifying = [name for name in table.key if name.endswith("_id")] or list(table.key)
    return {identifying[-1]: key}


def _locate(settings: Settings, file: RawFile, record_number: int) -> Located | None:
    declaration = read_declarations(settings).for_source(file.source_name)
    if declaration.format == "mapped":
        file_format = mapped_format(declaration)
    elif declaration.format is not None:
        file_format = formats.formats()[declaration.format]
    else:
        candidates = formats.sniff(Head(file.inner_path, file.head()))
        if not candidates:
            return None
        file_format = candidates[0][0]
    return file_format.reader.locate(file, record_number, ReadOptions(declaration.encoding))


def _names() -> str:
    return ", ".join(TABLES)
