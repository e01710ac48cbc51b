"""Reads `account_overrides.csv`: what somebody reviewed about accounts, and who.

One row an account: its kind, level and region as far as they were reviewed; an empty field leaves
that code to the evidence. Everything wrong in the file is said at once, with its line, before any
record is read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path

from orchestration.clock import SHANGHAI
from orchestration.sources.declarations import (
    ACCOUNT_KINDS,
    ADMIN_LEVELS,
    DeclarationError,
    Override,
)
from orchestration.sources.platforms import PLATFORMS, nearest

_CODES = ("account_kind", "admin_level", "region_code")
_NEEDED = ("platform", "account_id", "reviewer", "reviewed_at")
COLUMNS = (*_NEEDED, *_CODES, "note")
_RUN = "observatory run"


Problem = tuple[int, str]


def load_overrides(path: Path) -> tuple[Override, ...]:
    """Read and check the file; an absent one reviews nothing.

    Raises DeclarationError with one line for each problem: file, line, account, field, value,
    reason, and what to type next.
    """
    if not path.exists():
        return ()
    found: list[Override] = []
    problems: list[Problem] = []
    for line, row in _records(path, problems):
        wrong = [(line, f"account {row['account_id'] or '?'}: {text}") for text in _wrong(row)]
        problems += wrong
        if not wrong:
            found.append(_override(line, row))
    problems += _twice(found)
    if problems:
        said = [f"{path}:{line}: {text}; type: {_RUN}" for line, text in sorted(problems)]
        if len(said) > 1:
            said.append(f"{len(said)} problems; no record was read")
        raise DeclarationError("\n".join(said))
    return tuple(found)


def _records(path: Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, field to text) of every record; what is wrong with the shape goes to problems."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.append((line, f"byte {error.start} is not UTF-8; save the file as UTF-8"))
        return
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(lines, [])]
        wrong = list(_wrong_header(header))
        problems += [(1, reason) for reason in wrong]
        before = lines.line_num
        for fields in lines if not wrong else ():
            line, before = before + 1, lines.line_num
            if not any(field.strip() for field in fields):
                continue
            if len(fields) != len(header):
                problems.append(
                    (line, f"{len(fields)} fields where the header has {len(header)}; put a text "
                           "with a comma in it into quotes")
                )  # fmt: skip
                continue
            given = dict(zip(header, (field.strip() for field in fields), strict=True))
            yield line, {name: given.get(name, "") for name in COLUMNS}
    except csv.Error as error:
        problems.append((lines.line_num, f"not readable as CSV: {error}"))


def _wrong_header(header: Sequence[str]) -> Iterator[str]:
    for name in header:
        if name not in COLUMNS:
            close = get_close_matches(name, COLUMNS, n=1)
            meant = f"; did you mean {close[0]!r}?" if close else ""
            yield f"column {name!r} is unknown{meant}; allowed: {', '.join(COLUMNS)}"
        elif header.count(name) > 1:
            yield f"column {name!r} stands twice in the header"
    for name in _NEEDED:
        if name not in header:
            yield f"column {name!r} is missing; needed: {', '.join(_NEEDED)}"


def _wrong(row: Mapping[str, str]) -> Iterator[str]:
    for name in _NEEDED:
        if not row[name]:
            yield f"{name}: it is empty"
    if not any(row[name] for name in _CODES):
        yield f"nothing was reviewed: fill {', '.join(_CODES[:-1])} or {_CODES[-1]}"
    for name, check in _CHECKS.items():
        if row[name] and (reason := check(row[name])):
            yield f"{name}: {_shown(row[name])} {reason}"


def _one_of(known: Sequence[str]) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        if value in known:
            return None
        close = get_close_matches(value, known, n=1)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        return f"is unknown{meant}; allowed: {', '.join(known)}"

    return check


def _wrong_platform(value: str) -> str | None:
    if value in PLATFORMS:
        return None
    close = nearest(value)
    meant = f"; did you mean {close!r}?" if close else ""
    return f"is unknown{meant}; allowed: {', '.join(PLATFORMS)}"


def _wrong_region(value: str) -> str | None:
    if re.fullmatch(r"[1-9]\d{5}", value):
        return None
    return "is no GB/T 2260 code of six digits such as 110105"


def _wrong_instant(value: str) -> str | None:
    try:
        _instant(value)
    except ValueError:
        return (
            "is neither a day (2026-01-31) nor an instant with a zone (2026-01-31T09:00:00+08:00)"
        )
    return None


_CHECKS: Mapping[str, Callable[[str], str | None]] = {
    "platform": _wrong_platform,
    "account_kind": _one_of(ACCOUNT_KINDS),
    "admin_level": _one_of(ADMIN_LEVELS),
    "region_code": _wrong_region,
    "reviewed_at": _wrong_instant,
}


def _instant(text: str) -> datetime:
    """A day is its start in Shanghai; an instant must name its zone."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(text)
    return instant.astimezone(UTC)


def _override(line: int, row: Mapping[str, str]) -> Override:
    return Override(
        row["platform"], row["account_id"], row["account_kind"] or None,
        row["admin_level"] or None, row["region_code"] or None, row["reviewer"],
        _instant(row["reviewed_at"]), row["note"] or None, line,
    )  # fmt: skip


def _twice(found: Sequence[Override]) -> Iterator[Problem]:
    first: dict[tuple[str, str], int] = {}
    for row in found:
        line = first.setdefault((row.platform, row.account_id), row.line_number)
        if line != row.line_number:
            yield (
                row.line_number,
                f"account {row.account_id}: account_id: {_shown(row.account_id)} of "
                f"{row.platform} stands in line {line} already; keep one of them",
            )


def _shown(value: str) -> str:
    text = repr(value)
    return text if len(text) <= 62 else text[:60] + "…" + text[-1]
