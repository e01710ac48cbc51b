"""Reads and writes `claims_review.csv`: which figures found in articles are facts, and who says so.

One row a candidate. A row without a decision is still open and says nothing; the cells of a
confirmed or corrected row are the figure, whatever the rule had read. A rejected row says only that
its candidate is no figure: its other cells need not be right, and those that are not are left out.
Everything wrong in the file is said at once, with its line.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from orchestration.schemas.tables import CLAIM_REVIEWS
from orchestration.sources.reviewed_csv import (
    Check,
    Problem,
    instant,
    one_of,
    records,
    refuse,
    shown,
    wrong_fields,
    wrong_instant,
)

DECISIONS = ("confirmed", "corrected", "rejected")
QUALIFIERS = ("=", ">", ">=", "<", "<=", "~")
METRICS = (
    "accounts", "followers", "posts", "comments", "reposts", "likes", "reads", "questions",
    "users", "share", "growth", "decline",
)  # fmt: skip
"""Of a stock; what came, went, or came in a time has one of the endings of the rules behind it."""
UNITS = (
    "account", "follower", "post", "comment", "repost", "like", "read", "question", "user",
    "percent",
)  # fmt: skip
ACTORS = ("organ", "officer", "organ+officer")
PRECISIONS = ("day", "month", "year")
CONFIDENCES = ("A", "A-", "B", "C", "M")
SPEAKERS = ("body", "outlet", "person", "unclear")

COLUMNS = tuple(name for name in CLAIM_REVIEWS.column_names if name != "line_number")
DECISION_FIELDS = ("decision", "reviewer", "reviewed_at")
_NEEDED = ("candidate_id", *DECISION_FIELDS)
_OF_A_FIGURE = ("value", "qualifier", "metric", "claim_unit", "platform_scope", "quote")
_NUMBERS = ("value", "value_lo", "value_hi")
_ADVICE = "observatory claims review"


@dataclass(frozen=True)
class ClaimReview:
    """One decided row: the columns of quality.claim_reviews."""

    row: Mapping[str, Any]

    @property
    def candidate_id(self) -> str:
        return str(self.row["candidate_id"])

    @property
    def line_number(self) -> int:
        return int(self.row["line_number"])


def load_claim_reviews(path: Path) -> tuple[ClaimReview, ...]:
    """Read and check the file; an absent one decides nothing.

    Raises DeclarationError with one line for each problem: file, line, candidate, field, value,
    reason, and what to type next.
    """
    if not path.exists():
        return ()
    found: list[ClaimReview] = []
    problems: list[Problem] = []
    for line, given in records(path, COLUMNS, _NEEDED, problems):
        row = {name: _bare(text) for name, text in given.items()}
        if not row["decision"]:
            continue
        wrong = [(line, f"candidate {row['candidate_id'] or '?'}: {text}") for text in _wrong(row)]
        problems += wrong
        if not wrong:
            found.append(_review(line, row))
    problems += _twice(found)
    refuse(path, problems, _ADVICE)
    return tuple(found)


def write_claim_reviews(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the file whole, under its name only when it is complete."""
    temporary = path.with_suffix(".incoming")
    with temporary.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({name: _cell(row.get(name)) for name in COLUMNS} for row in rows)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def checked(row: Mapping[str, Any]) -> ClaimReview:
    """A decision made on the command line, held to the rules of the file."""
    texts = _texts(row)
    problems = [f"candidate {texts['candidate_id']}: {text}" for text in _wrong(texts)]
    if problems:
        raise LookupError("; ".join(problems))
    return _review(0, texts)


def unedited(candidate: Mapping[str, Any], decided: Mapping[str, Any]) -> dict[str, Any]:
    """What the file would say of a candidate if its editor had typed the decision alone.

    Nothing is refused here: what a rule could not read is for the editor to fill in. decided: a
    row of the file, confirmed or corrected.
    """
    texts = _texts({**candidate, **{name: decided[name] for name in DECISION_FIELDS}})
    return dict(_review(0, texts).row)


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    """The cells of a row as they are read from the file."""
    return {name: _bare(_cell(row.get(name)).strip()) for name in COLUMNS}


def _cell(value: Any) -> str:
    """A value as one cell. What a spreadsheet would run as a formula gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, float):
        text = repr(int(value)) if value.is_integer() else repr(value)
    elif isinstance(value, date):
        text = value.isoformat()
    else:
        text = str(value)
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text


def _bare(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@") else text


def _wrong(row: Mapping[str, str]) -> Iterator[str]:
    for name in _NEEDED:
        if not row[name]:
            yield f"{name}: it is empty"
    if row["decision"] == "rejected":
        yield from wrong_fields(row, _CHECKS_OF_A_DECISION)
        return
    yield from wrong_fields(row, _CHECKS)
    if row["decision"] not in DECISIONS:
        return
    for name in _OF_A_FIGURE:
        if not row[name]:
            yield f"{name}: it is empty, and a figure needs it; reject the candidate instead"
    if not (row["publisher"] or row["outlet"]):
        yield "publisher: it is empty and so is outlet; say who published the figure"
    bounds = [_number(row[name]) for name in ("value_lo", "value", "value_hi")]
    known = [bound for bound in bounds if bound is not None]
    # Several hundred: the bounds lie above the unit that is printed.
    if len(known) == 3 and known[0] > known[2]:
        yield f"value_lo: {shown(row['value_lo'])} is above value_hi {shown(row['value_hi'])}"
    if bounds[1] is not None and bounds[2] is not None and bounds[1] > bounds[2]:
        yield f"value: {shown(row['value'])} is above value_hi {shown(row['value_hi'])}"


def _wrong_number(value: str) -> str | None:
    found = _number(value)
    if found is None:
        return "is no number; write digits without commas, such as 4000 or 47.5"
    return "is negative" if found < 0 else None


def _number(value: str) -> float | None:
    try:
        found = float(value)
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None


def _wrong_day(value: str) -> str | None:
    try:
        date.fromisoformat(value)
    except ValueError:
        return "is no day such as 2011-09-26; a spreadsheet may have written it in its own way"
    return None


# The rules are imported where their words are needed: their patterns are dear to compile.
def _wrong_metric(value: str) -> str | None:
    from orchestration.claims.assertions import ENDINGS, stock_of

    if stock_of(value) in METRICS:
        return None
    reason = one_of(METRICS)(value)
    return f"{reason}, or one of them with an ending: {', '.join('_' + end for end in ENDINGS)}"


def _wrong_unit(value: str) -> str | None:
    from orchestration.claims.assertions import ENDINGS

    unit, _, time = value.partition(" per ")
    if unit in UNITS and (not time or f"per_{time}" in ENDINGS):
        return None
    return one_of(UNITS)(value)


def _wrong_address(value: str) -> str | None:
    if re.fullmatch(r"https?://\S+", value):
        return None
    return "is no address that begins with http:// or https://"


def _wrong_platforms(value: str) -> str | None:
    from orchestration.claims.scope import PLATFORM_PARTS

    for part in value.split("+"):
        if reason := one_of(PLATFORM_PARTS)(part):
            return f"names {part!r}, which {reason}; join several with +"
    return None


def _wrong_id(value: str) -> str | None:
    if re.fullmatch(r"[0-9a-f]{16}", value):
        return None
    return (
        "is no id of 16 hex digits; a spreadsheet may have made a number of it: export anew, and "
        "open the file with that column as text"
    )


_CHECKS_OF_A_DECISION: Mapping[str, Check] = {
    "candidate_id": _wrong_id,
    "decision": one_of(DECISIONS),
    "reviewed_at": wrong_instant,
}
_CHECKS: Mapping[str, Check] = {
    **_CHECKS_OF_A_DECISION,
    "qualifier": one_of(QUALIFIERS),
    "metric": _wrong_metric,
    "claim_unit": _wrong_unit,
    "source_url": _wrong_address,
    "actor_scope": one_of(ACTORS),
    "platform_scope": _wrong_platforms,
    "region_code": lambda value: (
        None if re.fullmatch(r"\d{6}", value) else "is no code of six digits such as 440000"
    ),
    "speaker_kind": one_of(SPEAKERS),
    "date_precision": one_of(PRECISIONS),
    "confidence": one_of(CONFIDENCES),
    "as_of_date": _wrong_day,
    **dict.fromkeys(_NUMBERS, _wrong_number),
}


def _review(line: int, row: Mapping[str, str]) -> ClaimReview:
    if row["decision"] == "rejected":
        # What was typed into a field of fixed words, and is none of them, may be anybody's name.
        row = {n: "" if n in _CHECKS and _CHECKS[n](text) else text for n, text in row.items()}
    values: dict[str, Any] = {name: text or None for name, text in row.items()}
    values |= {name: _number(row[name]) for name in _NUMBERS}
    values["as_of_date"] = date.fromisoformat(row["as_of_date"]) if row["as_of_date"] else None
    values["reviewed_at"] = instant(row["reviewed_at"])
    return ClaimReview(values | {"line_number": line})


def reviewed_now(
    row: Mapping[str, Any], decision: str, reviewer: str, now: datetime
) -> dict[str, Any]:
    """A candidate's row with a decision."""
    return {**row, "decision": decision, "reviewer": reviewer, "reviewed_at": now.isoformat()}


def _twice(found: Sequence[ClaimReview]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for review in found:
        line = first.setdefault(review.candidate_id, review.line_number)
        if line != review.line_number:
            yield (
                review.line_number,
                f"candidate {review.candidate_id}: candidate_id: it stands in line {line} already; "
                "keep one of them",
            )
