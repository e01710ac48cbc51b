"""Reads `account_overrides.csv`: what somebody reviewed about accounts, and who.

One row an account: its kind, level and region as far as they were reviewed; an empty field leaves
that code to the evidence. Everything wrong in the file is said at once, with its line, before any
record is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from orchestration.cleaning.regions import NO_REGION, known_codes
from orchestration.sources.declarations import (
    ACCOUNT_KINDS,
    ADMIN_LEVELS,
    KINDS_MEANT,
    Override,
)
from orchestration.sources.platforms import PLATFORMS, nearest
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

_CODES = ("account_kind", "admin_level", "region_code")
_NEEDED = ("platform", "account_id", "reviewer", "reviewed_at")
COLUMNS = (*_NEEDED, *_CODES, "note")


def load_overrides(path: Path) -> tuple[Override, ...]:
    """Read and check the file; an absent one reviews nothing.

    Raises DeclarationError with one line for each problem: file, line, account, field, value,
    reason, and what to type next.
    """
    if not path.exists():
        return ()
    found: list[Override] = []
    problems: list[Problem] = []
    for line, row in records(path, COLUMNS, _NEEDED, problems):
        wrong = [(line, f"account {row['account_id'] or '?'}: {text}") for text in _wrong(row)]
        problems += wrong
        if not wrong:
            found.append(_override(line, row))
    problems += _twice(found)
    refuse(path, problems)
    return tuple(found)


def _wrong(row: Mapping[str, str]) -> Iterator[str]:
    for name in _NEEDED:
        if not row[name]:
            yield f"{name}: it is empty"
    if not any(row[name] for name in _CODES):
        yield f"nothing was reviewed: fill {', '.join(_CODES[:-1])} or {_CODES[-1]}"
    yield from wrong_fields(row, _CHECKS)


def _wrong_platform(value: str) -> str | None:
    if value in PLATFORMS:
        return None
    close = nearest(value)
    meant = f"; did you mean {close!r}?" if close else ""
    return f"is unknown{meant}; allowed: {', '.join(PLATFORMS)}"


def _wrong_region(value: str) -> str | None:
    return None if value in known_codes() else f"is {NO_REGION}"


_CHECKS: Mapping[str, Check] = {
    "platform": _wrong_platform,
    "account_kind": one_of(ACCOUNT_KINDS, KINDS_MEANT),
    "admin_level": one_of(ADMIN_LEVELS),
    "region_code": _wrong_region,
    "reviewed_at": wrong_instant,
}


def _override(line: int, row: Mapping[str, str]) -> Override:
    return Override(
        row["platform"], row["account_id"], row["account_kind"] or None,
        row["admin_level"] or None, row["region_code"] or None, row["reviewer"],
        instant(row["reviewed_at"]), row["note"] or None, line,
    )  # fmt: skip


def _twice(found: Sequence[Override]) -> Iterator[Problem]:
    first: dict[tuple[str, str], int] = {}
    for row in found:
        line = first.setdefault((row.platform, row.account_id), row.line_number)
        if line != row.line_number:
            yield (
                row.line_number,
                f"account {row.account_id}: account_id: {shown(row.account_id)} of "
                f"{row.platform} stands in line {line} already; keep one of them",
            )
