"""Raw frames in, typed rows, problems and repairs out: one batch of one source at a time.

The engine knows no format and no file. It evaluates the mappings of a format over a batch,
quarantines the records whose required fields fail, applies the rules of each core table,
and gives every row its provenance back. `sources/intake.py` feeds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from orchestration.cleaning import accounts, identity, posts, public_talk
from orchestration.cleaning.fields import Context, Field, Parsed, TableMapping
from orchestration.cleaning.people import Door
from orchestration.cleaning.proven_times import are_dated_by_id
from orchestration.cleaning.rows import (
    PROBLEM_SCHEMA,
    REPAIR_SCHEMA,
    ROW,
    Finished,
    ensure,
    problems,
    repairs,
)
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import (
    ACCOUNT_SNAPSHOTS,
    POST_PARENTS,
    PROVENANCE,
    TABLES,
    Table,
)

FINISHERS: Mapping[str, Callable[[pl.DataFrame, Door], Finished]] = {
    "account_snapshots": accounts.finish_account_snapshots,
    "posts": posts.finish_posts,
    "post_metric_snapshots": posts.finish_metrics,
    "comments": public_talk.finish_comments,
    "rulings": public_talk.finish_rulings,
    "repost_timings": public_talk.finish_repost_timings,
    "articles": public_talk.finish_articles,
    "hot_topic_slots": public_talk.finish_hot_topic_slots,
    "inquiries": public_talk.finish_inquiries,
    "deletions": posts.finish_deletions,
}
ACCOUNTS = "account_snapshots"
_PEOPLE_SCHEMA: dict[str, Any] = {
    ROW: pl.UInt32(),
    "platform": pl.String(),
    "account_id": pl.String(),
}


class IncompleteMappingError(LookupError):
    """A format is declared without columns that its table cannot be without."""


@dataclass(frozen=True)
class DeclaredAccount:
    """What a source declares about the authors it holds."""

    kind: str
    level: str
    region: str | None


@dataclass
class Cleaned:
    """One cleaned batch. `problems` and `repairs` carry ROW of the batch; tables carry their
    provenance. `is_used` tells for every record of the batch whether it gave a row; `parents`
    which authors (platform, account_id) each file's rows repost, reply to or comment on; `people`
    of whom the records with a problem or repair tell (ROW, platform, account_id as a pseudonym).
    """

    tables: dict[str, pl.DataFrame]
    problems: pl.DataFrame
    repairs: pl.DataFrame
    is_used: pl.Series
    parents: pl.DataFrame
    people: pl.DataFrame


@dataclass
class _Evaluated:
    """One mapping over the batch before records are refused. `author` identifies how the author
    was read, so that rows of several tables share one look at the door; `left_out`: rows of a
    secondary mapping that cannot be had, while their record stays."""

    mapping: TableMapping
    rows: pl.DataFrame
    author: object = None
    refusals: list[pl.DataFrame] = field(default_factory=list)
    field_problems: list[pl.DataFrame] = field(default_factory=list)
    repairs: list[pl.DataFrame] = field(default_factory=list)
    left_out: list[pl.DataFrame] = field(default_factory=list)


class _Batch:
    """Raw records and what was already worked out about them: formats use one field in several
    tables, and one condition for several fields."""

    def __init__(self, raw: pl.DataFrame, context: Context) -> None:
        self.raw = raw
        self.context = context
        self._chosen: dict[int, pl.DataFrame] = {}
        self._parsed: dict[tuple[int, int], Parsed] = {}

    def chosen(self, mapping: TableMapping) -> pl.DataFrame:
        """The records that have a row in the mapping's table."""
        if mapping.where is None:
            return self.raw
        key = id(mapping.where)
        if key not in self._chosen:
            mask = mapping.where(self.raw)
            self._chosen[key] = self.raw if mask.all() else self.raw.filter(mask)
        return self._chosen[key]

    def parsed(self, rule: Field, chosen: pl.DataFrame) -> Parsed:
        """What a field gives for records that `chosen` returned."""
        key = (id(rule), id(chosen))
        if key not in self._parsed:
            self._parsed[key] = rule.parse(chosen, self.context)
        return self._parsed[key]


def clean_batch(
    raw: pl.DataFrame,
    mappings: tuple[TableMapping, ...],
    context: Context,
    door: Door,
    declared: DeclaredAccount | None = None,
) -> Cleaned:
    """Clean one batch.

    raw: text columns of the format's fields, file facts `@…`, and provenance (source_name,
    file_id, file_sha256, record_number). A record is quarantined when one of its required
    fields fails in any table; a record that yields no row and no problem is quarantined as
    `nothing_to_load`, so that no record can vanish.
    """
    raw = raw.with_row_index(ROW)
    batch = _Batch(raw, context)
    evaluated = [_evaluate(batch, mapping) for mapping in mappings]
    for item in evaluated:
        item.rows = _with_declared_parents(door.recognise(item.rows), item.mapping, declared)
        item.rows = _with_declared_kind(item.rows, item.mapping, declared)
    refusals = [frame for e in evaluated for frame in e.refusals]
    refused = _rows_of(refusals)
    finished: dict[str, list[Finished]] = {}
    kinds: dict[object, pl.Series] = {}
    copied: list[tuple[Finished, pl.DataFrame]] = []
    authors = _DeclaredAuthors(evaluated, declared, refused, door)
    for item in _accounts_first(evaluated):
        if item.rows.is_empty():
            finished.setdefault(item.mapping.table.name, [])
            continue
        rows = item.rows
        if item.author is not None and item.mapping.table.name != ACCOUNTS:
            if item.author not in kinds:
                kinds[item.author] = door.kinds(rows["platform"], rows["account_id"])
            rows = rows.with_columns(kinds[item.author].alias("_kind"))
        rows = _without(rows, refused)
        copies: pl.DataFrame | None = None
        if item.mapping.table.name == ACCOUNTS:
            rows, copies = _once_each(rows, raw)
        done = FINISHERS[item.mapping.table.name](rows, door)
        _refuse_incomplete(done, item.mapping.table)
        if copies is not None:
            _refuse_copies(done, copies)
        if item.mapping.is_secondary:
            item.field_problems += [_of_a_field(frame) for frame in done.problems]
            done.problems = []
        if copies is not None:
            copied.append((done, copies))
        finished.setdefault(item.mapping.table.name, []).append(done)
    results = [f for group in finished.values() for f in group]
    refusals += [frame for f in results for frame in f.problems]
    refused = _rows_of(refusals)
    givers = [_stand_in(done, _without(copies, refused)) for done, copies in copied]
    tables = {
        name: _conform([f.rows for f in group], TABLES[f"core.{name}"], raw, refused)
        for name, group in finished.items()
    }
    noted = [frame for e in evaluated for frame in e.field_problems]
    if refusals or noted:
        private = _rows_of_people(evaluated, door)
        refusals = [_without_excerpts(frame, private) for frame in refusals]
        noted = [_without_excerpts(frame, private) for frame in noted]
    is_used = _mask(raw.height, [*(frame[ROW] for frame in tables.values()), *givers])
    idle = raw[ROW].filter(~(is_used | _mask(raw.height, [refused])))
    refusals += _refuse_idle(idle, noted)
    refused = _rows_of(refusals)
    if (accounts_of_authors := authors.rows(refused)).height:
        frame = _conform([accounts_of_authors], ACCOUNT_SNAPSHOTS, raw, refused)
        tables[ACCOUNTS] = pl.concat([frame, tables[ACCOUNTS]]) if ACCOUNTS in tables else frame
    field_problems = [_without(frame, refused) for frame in noted]
    made = [frame for e in evaluated for frame in e.repairs]
    made += [frame for f in results for frame in f.repairs]
    made = [_without(frame, refused) for frame in made]
    return Cleaned(
        {name: frame.drop(ROW) for name, frame in tables.items()},
        pl.concat([_one_per_record(refusals), *field_problems])
        if refusals or field_problems
        else pl.DataFrame(schema=PROBLEM_SCHEMA),
        pl.concat(made) if made else pl.DataFrame(schema=REPAIR_SCHEMA),
        is_used,
        _parents([frame for f in results for frame in f.parents], raw),
        _told_of(evaluated, _rows_of([*refusals, *field_problems, *made]), door),
    )


def refused(raw: pl.DataFrame, reason: str) -> Cleaned:
    """Records of which nothing is loaded, all for one reason; none is quoted."""
    raw = raw.with_row_index(ROW)
    found = problems(raw[ROW], "record", None, None, pl.lit(reason), None)
    nothing = pl.repeat(False, raw.height, dtype=pl.Boolean(), eager=True)
    return Cleaned(
        {}, found, pl.DataFrame(schema=REPAIR_SCHEMA), nothing,
        pl.DataFrame(schema=polars_schema(POST_PARENTS)), pl.DataFrame(schema=_PEOPLE_SCHEMA),
    )  # fmt: skip


def _parents(found: list[pl.DataFrame], raw: pl.DataFrame) -> pl.DataFrame:
    schema = polars_schema(POST_PARENTS)
    if not found:
        return pl.DataFrame(schema=schema)
    files = raw.select(ROW, "file_id")
    return pl.concat(found).join(files, on=ROW).select(list(schema)).unique()


def _told_of(evaluated: list[_Evaluated], noted: pl.Series, door: Door) -> pl.DataFrame:
    """The accounts that records with a note tell of, whoever they are: who is an officer may be
    learnt later, and what a repeated record gave stands under the file that had it first."""
    told = [pl.DataFrame(schema=_PEOPLE_SCHEMA)]
    for rows in (e.rows for e in evaluated if noted.len()):
        if {"platform", "account_id"} <= set(rows.columns):
            of_notes = rows.filter(pl.col(ROW).is_in(noted.implode())).select(list(_PEOPLE_SCHEMA))
            told.append(of_notes.cast(pl.Schema(_PEOPLE_SCHEMA)).drop_nulls())
    found = pl.concat(told).unique()
    return found.with_columns(
        door.pseudonyms(found["platform"], found["account_id"]).alias("account_id")
    )


def _evaluate(batch: _Batch, mapping: TableMapping) -> _Evaluated:
    chosen, table = batch.chosen(mapping), mapping.table
    if chosen.is_empty():
        return _Evaluated(mapping, chosen.select(ROW))
    columns: dict[str, pl.Series] = {ROW: chosen[ROW]}
    parsed = [batch.parsed(rule, chosen) for rule in mapping.fields]
    for one in parsed:
        columns |= one.columns
    missing = [name for name in table.key if name not in {*columns, *PROVENANCE}]
    if missing:
        raise IncompleteMappingError(
            f"the mapping of {batch.context.source_name} to {table.full_name} does not fill "
            f"{', '.join(missing)}, which make its rows unique; add them to the format's fields"
        )
    result = _Evaluated(mapping, pl.DataFrame(columns), _author(mapping, chosen))
    for rule, one in zip(mapping.fields, parsed, strict=True):
        _note_problems(result, rule, chosen, one.problem)
        result.repairs += [
            repairs(chosen[ROW], table.full_name, done) for done in one.repairs if done.mask.any()
        ]
    if result.left_out:
        left_out = _rows_of(result.left_out)
        result.rows, result.author = _without(result.rows, left_out), None
        result.repairs = [_without(made, left_out) for made in result.repairs]
    return result


def _author(mapping: TableMapping, chosen: pl.DataFrame) -> object:
    """What the reading of the author depends on; None where the table has no author."""
    rules = {rule.column: rule for rule in mapping.fields}
    if "account_id" not in rules or "platform" not in rules:
        return None
    return (id(rules["account_id"]), id(rules["platform"].parse), id(chosen))


def _note_problems(
    result: _Evaluated, rule: Field, raw: pl.DataFrame, problem: pl.Series | None
) -> None:
    reason = problem
    if problem is not None and problem.null_count() == len(problem):
        reason = problem = None
    table = result.mapping.table.full_name
    if rule.required and result.rows[rule.column].has_nulls():
        missing = result.rows[rule.column].is_null()
        dated = are_dated_by_id(result.rows, table, rule.column)
        if dated is not None:
            missing &= ~dated
        reason = pl.repeat(None, len(missing), dtype=pl.String(), eager=True).set(
            missing, f"missing_key:{rule.column}"
        )
        if problem is not None:
            reason = problem.zip_with(problem.is_not_null(), reason)
    if reason is None or not (bad := reason.is_not_null()).any():
        return
    is_refusal = rule.required and not result.mapping.is_secondary
    shown = (
        raw[rule.raw].cast(pl.String).filter(bad)
        if rule.raw in raw.columns
        and rule.raw is not None
        and not rule.is_personal
        and not result.mapping.is_secondary  # whose record it is says nothing about whose value
        else None
    )
    found = problems(
        result.rows[ROW].filter(bad),
        "record" if is_refusal else "field",
        table,
        rule.column,
        reason.filter(bad),
        shown,
    )
    (result.refusals if is_refusal else result.field_problems).append(found)
    if rule.required and result.mapping.is_secondary:
        result.left_out.append(found)


def _of_a_field(problem: pl.DataFrame) -> pl.DataFrame:
    return problem.with_columns(extent=pl.lit("field"))


def _with_declared_parents(
    rows: pl.DataFrame, mapping: TableMapping, declared: DeclaredAccount | None
) -> pl.DataFrame:
    """Comments that a source of declared posts holds stand under those posts."""
    if mapping.table.name != "comments":
        return rows
    is_named = declared is not None and declared.kind != "officer"
    return rows.with_columns(_is_under_declared=pl.lit(is_named))


def _with_declared_kind(
    rows: pl.DataFrame, mapping: TableMapping, declared: DeclaredAccount | None
) -> pl.DataFrame:
    """Listed accounts, and those that a declaration speaks of, are what it says, where the file
    itself is silent."""
    if mapping.table.name != ACCOUNTS or declared is None:
        return rows
    if mapping.is_declared:
        rows = rows.with_columns(scope_evidence=pl.lit("declared"))
    elif "scope_evidence" not in rows.columns:
        return rows
    is_listed = pl.col("scope_evidence").is_in(["listed", "declared"])
    said = {"account_kind": declared.kind, "admin_level": declared.level,
            "region_code": declared.region}  # fmt: skip
    rows = ensure(rows, **dict.fromkeys(said, pl.String))
    return rows.with_columns(
        pl.coalesce(pl.col(name).cast(pl.String), pl.when(is_listed).then(pl.lit(value))).alias(
            name
        )
        for name, value in said.items()
    )


def _accounts_first(evaluated: list[_Evaluated]) -> list[_Evaluated]:
    """Officials must be admitted before anything of theirs is judged."""
    return sorted(evaluated, key=lambda e: e.mapping.table.name != ACCOUNTS)


def _authored(evaluated: list[_Evaluated]) -> list[_Evaluated]:
    """Posts, and where a source has counts of posts only, those."""
    own = [e for e in evaluated if not e.mapping.is_secondary]
    named = {e.mapping.table.name for e in own}
    table = "posts" if "posts" in named else "post_metric_snapshots"
    return [e for e in own if e.mapping.table.name == table and "account_id" in e.rows.columns]


class _DeclaredAuthors:
    """Accounts that a declaration speaks of and no record is about: the authors of posts.

    They are admitted before anything of theirs is judged. Each stands in the first record of his
    that is loaded, and is no reason to call a record loaded.
    """

    def __init__(
        self,
        evaluated: list[_Evaluated],
        declared: DeclaredAccount | None,
        refused: pl.Series,
        door: Door,
    ) -> None:
        self._declared = declared
        self._door = door
        self._authored: list[_Evaluated] = []
        if declared is not None and not any(e.mapping.is_declared for e in evaluated):
            self._authored = _authored(evaluated)
        self._first = self._finished(refused)

    def rows(self, refused: pl.Series) -> pl.DataFrame:
        """Their rows, none of them in a record that is refused."""
        if _without(self._first, refused).height == self._first.height:
            return self._first
        return self._finished(refused)

    def _finished(self, refused: pl.Series) -> pl.DataFrame:
        said = self._declared
        if said is None or not self._authored:
            return pl.DataFrame(schema={ROW: pl.UInt32()})
        rows = [
            accounts.declared_authors(
                _without_persons(_without(e.rows, refused), said), said.kind, said.level,
                said.region,
            )
            for e in self._authored
        ]  # fmt: skip
        every = pl.concat(rows, how="vertical_relaxed")
        return accounts.finish_account_snapshots(every, self._door).rows


def _without_persons(rows: pl.DataFrame, declared: DeclaredAccount) -> pl.DataFrame:
    """A declaration speaks where files do not say whose they are: an author whom the record itself
    calls an ordinary person is none of the accounts it means."""
    if "_author_verified" not in rows.columns or declared.kind == "officer":
        return rows
    return rows.filter(~pl.col("_author_verified").is_in(identity.PERSONS).fill_null(False))


def _once_each(rows: pl.DataFrame, raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Rows that a file repeats, only once: crawlers write the author with every post of theirs.

    Equal rows come out of the finishing equal, whatever it is, so one of them answers for all; and
    of equal rows of one file core keeps the first record's. With the rows kept come the `copies`:
    ROW of every row and `first`, that of the first equal one; None where no row is repeated. Equal
    are rows with the same two 64-bit hashes of all values.
    """
    files = raw["file_id"]
    said = rows.drop(ROW).with_columns(
        _file=files if len(files) == rows.height else files[rows[ROW]]
    )
    marks = pl.DataFrame({ROW: rows[ROW], "a": said.hash_rows(seed=1), "b": said.hash_rows(seed=2)})
    firsts = marks.unique(["a", "b"], keep="first", maintain_order=True)
    if firsts.height == rows.height:
        return rows, None
    copies = marks.join(firsts.rename({ROW: "first"}), on=["a", "b"], maintain_order="left")
    return rows.filter(rows[ROW].is_in(firsts[ROW].implode())), copies.select(ROW, "first")


def _stand_in(done: Finished, copies: pl.DataFrame) -> pl.Series:
    """Let the first record that is not refused give each repeated row; all records that give one.

    copies: as _once_each gives them, without those of refused records.
    """
    given = copies.filter(pl.col("first").is_in(done.rows[ROW].implode()))
    if given.height and (given[ROW] == given["first"]).sum() < done.rows.height:
        standing = given.group_by("first").agg(pl.col(ROW).min().alias("_stands"))
        done.rows = (
            done.rows.join(standing, left_on=ROW, right_on="first")
            .with_columns(pl.col("_stands").alias(ROW))
            .drop("_stands")
            .sort(ROW)
        )
    return given[ROW]


def _refuse_copies(done: Finished, copies: pl.DataFrame) -> None:
    """What refuses a row that was finished once refuses every record that repeats it."""
    done.problems = [
        frame.rename({ROW: "first"}).join(copies, on="first").select(frame.columns)
        for frame in done.problems
    ]


def _refuse_incomplete(done: Finished, table: Table) -> None:
    """What makes a row unique is there, whatever its fields and rules gave: the warehouse takes no
    row without it, and with it no other row of that night."""
    for name in table.required:
        if name in done.rows.columns and name not in PROVENANCE and done.rows[name].has_nulls():
            missing = done.rows[name].is_null()
            done.refuse(missing, table.full_name, name, f"missing_key:{name}", None)


def _conform(
    frames: list[pl.DataFrame], table: Table, raw: pl.DataFrame, refused: pl.Series
) -> pl.DataFrame:
    """Rows with exactly the table's columns and types, plus ROW."""
    schema = polars_schema(table)
    shaped = []
    for frame in frames:
        rows = _without(frame, refused)
        provenance = raw.select(PROVENANCE)
        if rows.height != raw.height or not rows[ROW].equals(raw[ROW]):
            provenance = provenance[rows[ROW]]
        empty = {
            name: pl.repeat(None, rows.height, dtype=dtype, eager=True)
            for name, dtype in schema.items()
            if name not in rows.columns
        }
        columns = {name: rows[name] for name in schema if name in rows.columns}
        whole = {ROW: rows[ROW], **columns, **empty, **provenance.to_dict()}
        shaped.append(
            pl.DataFrame({name: whole[name] for name in (ROW, *schema)}).cast(pl.Schema(schema))
        )
    if not shaped:
        return pl.DataFrame(schema={ROW: pl.UInt32(), **schema})
    return pl.concat(shaped)


def _without(frame: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """A frame without the given records."""
    return frame if rows.is_empty() else frame.filter(~pl.col(ROW).is_in(rows.implode()))


def _mask(height: int, rows: list[pl.Series]) -> pl.Series:
    """True at the given positions of a batch."""
    mask = np.zeros(height, dtype=bool)
    for positions in rows:
        mask[positions.to_numpy()] = True
    return pl.Series(mask)


def _rows_of_people(evaluated: list[_Evaluated], door: Door) -> pl.Series:
    """Records whose author is known and may not be named, or not known at all."""
    found = []
    for rows in (e.rows for e in evaluated):
        if not {"platform", "account_id"} <= set(rows.columns):
            continue
        kind = door.kinds(rows["platform"], rows["account_id"])
        nameable = (kind != "officer").fill_null(False)
        if "scope_evidence" in rows.columns:
            is_listed = rows["scope_evidence"].is_not_null() & kind.is_null()
            nameable |= is_listed & ~identity.may_be_officers(rows)
        found.append(rows.filter(~nameable).select(ROW))
    return _rows_of(found)


def _without_excerpts(problem: pl.DataFrame, private: pl.Series) -> pl.DataFrame:
    """What stood in a person's record is never quoted."""
    return problem.with_columns(
        excerpt=pl.when(~pl.col(ROW).is_in(private.implode())).then("excerpt")
    )


def _refuse_idle(idle: pl.Series, noted: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """No record may vanish: it is refused for the reason its fields gave, or as empty."""
    if not len(idle):
        return []
    reasons = [
        frame.filter(pl.col(ROW).is_in(idle.implode())).with_columns(extent=pl.lit("record"))
        for frame in noted
    ]
    return [*reasons, problems(idle, "record", "", "", pl.lit("nothing_to_load"), None)]


def _rows_of(frames: list[pl.DataFrame]) -> pl.Series:
    if not frames:
        return pl.Series(ROW, [], dtype=pl.UInt32)
    return pl.concat([frame[ROW] for frame in frames]).unique()


def _one_per_record(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """The first reason of each refused record: a record is quarantined once."""
    if not frames:
        return pl.DataFrame(schema=PROBLEM_SCHEMA)
    return pl.concat(frames).unique(ROW, keep="first", maintain_order=True)
