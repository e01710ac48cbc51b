"""Raw frames in, typed rows, problems and repairs out: one batch of one source at a time.

The engine knows no format and no file. It evaluates the mappings of a format over a batch,
quarantines the records whose required fields fail, applies the rules of each core table,
and gives every row its provenance back. `sources/intake.py` feeds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from orchestration.cleaning import accounts, posts, public_talk
from orchestration.cleaning.fields import Context, Field, TableMapping
from orchestration.cleaning.people import Door
from orchestration.cleaning.rows import (
    PROBLEM_SCHEMA,
    REPAIR_SCHEMA,
    ROW,
    Finished,
    problems,
    repairs,
)
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import ACCOUNT_SNAPSHOTS, PROVENANCE, TABLES, Table

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
    provenance."""

    tables: dict[str, pl.DataFrame]
    problems: pl.DataFrame
    repairs: pl.DataFrame


@dataclass
class _Evaluated:
    """One mapping over the batch before records are refused. `left_out`: rows of a secondary
    mapping that cannot be had, while their record stays."""

    mapping: TableMapping
    rows: pl.DataFrame
    refusals: list[pl.DataFrame] = field(default_factory=list)
    field_problems: list[pl.DataFrame] = field(default_factory=list)
    repairs: list[pl.DataFrame] = field(default_factory=list)
    left_out: list[pl.DataFrame] = field(default_factory=list)


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
    evaluated = [_evaluate(raw, mapping, context) for mapping in mappings]
    refusals = [frame for e in evaluated for frame in e.refusals]
    refused = _rows_of(refusals)
    finished: dict[str, list[Finished]] = {}
    for item in _accounts_first(evaluated, declared):
        kept = item.rows.filter(~pl.col(ROW).is_in(refused.implode()))
        done = FINISHERS[item.mapping.table.name](kept, door)
        if item.mapping.is_secondary:
            item.field_problems += [_of_a_field(frame) for frame in done.problems]
            done.problems = []
        finished.setdefault(item.mapping.table.name, []).append(done)
    results = [f for group in finished.values() for f in group]
    refusals += [frame for f in results for frame in f.problems]
    refused = _rows_of(refusals)
    tables = {
        name: _conform([f.rows for f in group], TABLES[f"core.{name}"], raw, refused)
        for name, group in finished.items()
    }
    private = _rows_of_people(evaluated, door)
    refusals = [_without_excerpts(frame, private) for frame in refusals]
    noted = [_without_excerpts(frame, private) for e in evaluated for frame in e.field_problems]
    idle = _without_rows(raw, tables, refused)
    refusals += _refuse_idle(idle, noted)
    refused = _rows_of(refusals)
    field_problems = [frame.filter(~pl.col(ROW).is_in(refused.implode())) for frame in noted]
    made = [frame for e in evaluated for frame in e.repairs]
    made += [frame for f in results for frame in f.repairs]
    made = [frame.filter(~pl.col(ROW).is_in(refused.implode())) for frame in made]
    return Cleaned(
        {name: frame.drop(ROW) for name, frame in tables.items()},
        pl.concat([_one_per_record(refusals), *field_problems])
        if refusals or field_problems
        else pl.DataFrame(schema=PROBLEM_SCHEMA),
        pl.concat(made) if made else pl.DataFrame(schema=REPAIR_SCHEMA),
    )


def _evaluate(raw: pl.DataFrame, mapping: TableMapping, context: Context) -> _Evaluated:
    chosen = raw if mapping.where is None else raw.filter(mapping.where(raw))
    result = _Evaluated(mapping, chosen.select(ROW))
    for rule in mapping.fields:
        parsed = rule.parse(chosen, context)
        result.rows = result.rows.with_columns(
            series.alias(name) for name, series in parsed.columns.items()
        )
        _note_problems(result, rule, chosen, parsed.problem)
        result.repairs += [
            repairs(chosen[ROW], mapping.table.full_name, done)
            for done in parsed.repairs
            if done.mask.any()
        ]
    if result.left_out:
        stays = ~pl.col(ROW).is_in(_rows_of(result.left_out).implode())
        result.rows = result.rows.filter(stays)
        result.repairs = [made.filter(stays) for made in result.repairs]
    table = mapping.table
    missing = [name for name in table.key if name not in {*result.rows.columns, *PROVENANCE}]
    if missing:
        raise IncompleteMappingError(
            f"the mapping of {context.source_name} to {table.full_name} does not fill "
            f"{', '.join(missing)}, which make its rows unique; add them to the format's fields"
        )
    return result


def _note_problems(
    result: _Evaluated, rule: Field, raw: pl.DataFrame, problem: pl.Series | None
) -> None:
    table = result.mapping.table.full_name
    reason = problem
    if rule.required:
        missing = result.rows[rule.column].is_null()
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
        if rule.raw in raw.columns and rule.raw is not None and not rule.is_personal
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


def _accounts_first(
    evaluated: list[_Evaluated], declared: DeclaredAccount | None
) -> list[_Evaluated]:
    """Officials must be admitted before anything of theirs is judged."""
    ordered = sorted(evaluated, key=lambda e: e.mapping.table.name != ACCOUNTS)
    if declared is None:
        return ordered
    authored = [e for e in ordered if e.mapping.table.name == "posts"]
    rows = [
        accounts.declared_authors(e.rows, declared.kind, declared.level, declared.region)
        for e in authored
    ]
    mapping = TableMapping(ACCOUNT_SNAPSHOTS, ())
    return [*(_Evaluated(mapping, frame) for frame in rows), *ordered]


def _conform(
    frames: list[pl.DataFrame], table: Table, raw: pl.DataFrame, refused: pl.Series
) -> pl.DataFrame:
    """Rows with exactly the table's columns and types, plus ROW."""
    schema = polars_schema(table)
    provenance = raw.select(ROW, *PROVENANCE)
    shaped = []
    for frame in frames:
        known = [name for name in schema if name in frame.columns and name not in PROVENANCE]
        rows = frame.filter(~pl.col(ROW).is_in(refused.implode())).select(
            ROW,
            *known,
            *[
                pl.lit(None, dtype=dtype).alias(name)
                for name, dtype in schema.items()
                if name not in known and name not in PROVENANCE
            ],
        )
        joined = rows.join(provenance, on=ROW, how="left", maintain_order="left")
        shaped.append(joined.select(ROW, *schema).cast(pl.Schema(schema)))
    return pl.concat(shaped)


def _rows_of_people(evaluated: list[_Evaluated], door: Door) -> pl.Series:
    """Records whose author is known and may not be named, or not known at all."""
    found = []
    for rows in (e.rows for e in evaluated):
        if not {"platform", "account_id"} <= set(rows.columns):
            continue
        kind = door.kinds(rows["platform"], rows["account_id"])
        nameable = (kind != "officer").fill_null(False)
        if "scope_evidence" in rows.columns:
            nameable |= rows["scope_evidence"].is_not_null()
        found.append(rows.filter(~nameable).select(ROW))
    return _rows_of(found)


def _without_excerpts(problem: pl.DataFrame, private: pl.Series) -> pl.DataFrame:
    """What stood in a person's record is never quoted."""
    return problem.with_columns(
        excerpt=pl.when(~pl.col(ROW).is_in(private.implode())).then("excerpt")
    )


def _without_rows(
    raw: pl.DataFrame, tables: Mapping[str, pl.DataFrame], refused: pl.Series
) -> pl.Series:
    """Records that are neither loaded nor refused."""
    used = pl.concat([refused, *[frame[ROW] for frame in tables.values()]])
    return raw.filter(~pl.col(ROW).is_in(used.unique().implode()))[ROW]


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
