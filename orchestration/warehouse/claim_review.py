"""Reviewing candidates: what is open, and decisions written to claims_review.csv.

Candidates are read from the published file, decisions from the CSV, which the next night takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.settings import Settings
from orchestration.sources import claim_reviews
from orchestration.sources.claim_reviews import (
    COLUMNS,
    DECISION_FIELDS,
    load_claim_reviews,
    write_claim_reviews,
)
from orchestration.sources.reviewed_csv import refuse
from orchestration.warehouse.connect import open_published

Row = dict[str, Any]
_FIELDS = tuple(n for n in COLUMNS if n not in ("candidate_id", *DECISION_FIELDS))


def open_candidates(settings: Settings) -> list[Row]:
    """Candidates that nobody decided on, in the order of their articles; columns of the CSV."""
    decided = {
        review.candidate_id for review in load_claim_reviews(settings.root.claims_review_file)
    }
    return [row for row in _candidates(settings) if row["candidate_id"] not in decided]


def decide(
    settings: Settings,
    candidate_ids: Sequence[str],
    *,
    confirmed: bool,
    reviewer: str,
    changes: Mapping[str, str],
    note: str | None,
) -> list[Row]:
    """Write a decision on candidates; a later one replaces an earlier one.

    Raises LookupError for an id that is no candidate, and for a field or value that cannot be.
    """
    if changes and not confirmed:
        raise LookupError("a rejected figure is not corrected; leave out --set, or say --confirm")
    unknown = sorted(changes.keys() - set(_FIELDS))
    if unknown:
        raise LookupError(f"{unknown[0]!r} is no field of a figure; fields: {', '.join(_FIELDS)}")
    known = {row["candidate_id"]: row for row in _candidates(settings)}
    decision = ("corrected" if changes else "confirmed") if confirmed else "rejected"
    # A changed value has bounds of its own, by its qualifier.
    freed = {"value_lo", "value_hi"} if {"value", "qualifier"} & changes.keys() else set()
    rows = []
    for candidate_id in candidate_ids:
        if candidate_id not in known:
            raise LookupError(
                f"{candidate_id!r} is no candidate; the open ones: observatory claims review"
            )
        row = known[candidate_id] | dict.fromkeys(freed) | dict(changes)
        row |= {"note": note or row.get("note")}
        row = claim_reviews.reviewed_now(row, decision, reviewer, settings.clock.now())
        rows.append(dict(claim_reviews.checked(row).row))
    _replace(settings, rows)
    return rows


def take(settings: Settings, path: Path) -> list[Row]:
    """Take the decided rows of an edited CSV; raises DeclarationError for what is wrong in it.

    A confirmed row whose cells are not those of its candidate is a corrected one.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such file")
    reviews = load_claim_reviews(path)
    known = {row["candidate_id"]: row for row in _candidates(settings)}
    decided = {r.candidate_id for r in load_claim_reviews(settings.root.claims_review_file)}
    refuse(
        path,
        [
            (int(review.row["line_number"]),
             f"candidate_id: {review.candidate_id!r} is no candidate and no figure that was "
             "reviewed before")
            for review in reviews
            if review.candidate_id not in known.keys() | decided
        ],
        "observatory claims review --export FILE",
    )  # fmt: skip
    rows = [_as_edited(dict(r.row), known.get(r.candidate_id)) for r in reviews]
    _replace(settings, rows)
    return rows


def _as_edited(row: Row, candidate: Row | None) -> Row:
    """A row of an edited CSV, which its editor may call confirmed whatever they changed."""
    if candidate is None or row["decision"] == "rejected":
        return row
    read = claim_reviews.unedited(candidate, row)
    changed = {name for name in _FIELDS if name != "note" and row[name] != read[name]}
    if {"value", "qualifier"} & changed and not {"value_lo", "value_hi"} & changed:
        # Bounds that were left as exported are those of the figure before.
        row = row | {"value_lo": None, "value_hi": None}
    return row | {"decision": "corrected"} if changed - {"confidence"} else row


def export(settings: Settings, path: Path) -> int:
    """Write the open candidates, to be decided on with an editor; returns how many."""
    rows = open_candidates(settings)
    write_claim_reviews(path, rows)
    return len(rows)


def lines(rows: Sequence[Row]) -> list[str]:
    """Candidates as text: the figure, what it counts, and the sentence."""
    shown = []
    for row in rows:
        bounds = " to ".join(
            "?" if b is None else f"{b:,.10g}" for b in (row["value_lo"], row["value_hi"])
        )
        scope = " | ".join(
            str(row[n] or "?")
            for n in ("metric", "actor_scope", "sector", "platform_scope", "region_code")
        )
        shown += [
            f"{row['candidate_id']}  {row['figure_text']}  ({bounds})  {scope}",
            f"    as of {row['as_of_date'] or 'unknown'} ({row['as_of_basis'] or 'nothing says'}), "
            f"said by {_speaker(row)}, in {row['outlet'] or '?'}",
            f"    {row['quote']}",
        ]
    return [*shown, f"{len(rows)} open candidates"]


def _speaker(row: Row) -> str:
    """Who said it. People have no names here, not even to the reviewer."""
    somebody = "somebody" if row["speaker_kind"] == "person" else "?"
    if row["speaker_kind"] == "person" and row["publisher"]:
        return f"{somebody} of {row['publisher']}"
    return row["publisher"] or somebody


def _replace(settings: Settings, rows: Sequence[Row]) -> None:
    path = settings.root.claims_review_file
    kept = {review.candidate_id: dict(review.row) for review in load_claim_reviews(path)}
    kept |= {row["candidate_id"]: row for row in rows}
    write_claim_reviews(path, list(kept.values()))


def _candidates(settings: Settings) -> list[Row]:
    with open_published(settings.root.published) as connection:
        cursor = connection.execute(
            """select candidate_id, value, qualifier, value_lo, value_hi, claim_unit, metric,
                      actor_scope, sector, platform_scope, region_code, as_of_text, as_of_date,
                      date_precision, as_of_basis, speaker as publisher, speaker_kind,
                      coalesce(quoted_outlet, outlet) as outlet,
                      url as source_url,
                      timezone('Asia/Shanghai', published_at)::date::varchar as published_text,
                      quote, figure_text
               from quality.claim_candidates
               order by published_at nulls last, article_id, figure_start"""
        )
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
