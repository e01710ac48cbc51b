"""CSV files under the data root in which people write down what they reviewed.

What is wrong with a file is collected with its line, so that everything is said at once.
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
from orchestration.sources.declarations import DeclarationError

Problem = tuple[int, str]
Check = Callable[[str], str | None]
_RUN = "observatory run"


def records(
    path: Path, columns: Sequence[str], needed: Sequence[str], problems: list[Problem]
) -> Iterator[tuple[int, dict[str, str]]]:
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
        wrong = list(_wrong_header(header, columns, needed))
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
            yield line, {name: given.get(name, "") for name in columns}
    except csv.Error as error:
        problems.append((lines.line_num, f"not readable as CSV: {error}"))


def refuse(path: Path, problems: Sequence[Problem], advice: str = _RUN) -> None:
    """Raise DeclarationError with one line for each problem, where there are any."""
    if not problems:
        return
    said = [f"{path}:{line}: {text}; type: {advice}" for line, text in sorted(problems)]
    if len(said) > 1:
        said.append(f"{len(said)} problems; no record was read")
    raise DeclarationError("\n".join(said))


def wrong_fields(row: Mapping[str, str], checks: Mapping[str, Check]) -> Iterator[str]:
    """What is wrong with the fields that are filled."""
    for name, check in checks.items():
        if row[name] and (reason := check(row[name])):
            yield f"{name}: {shown(row[name])} {reason}"


def one_of(known: Sequence[str], meant_by: Mapping[str, str] | None = None) -> Check:
    """meant_by: words for one of the known that are not spelt like it."""

    def check(value: str) -> str | None:
        if value in known:
            return None
        close = get_close_matches((meant_by or {}).get(value, value), known, n=1)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        return f"is unknown{meant}; allowed: {', '.join(known)}"

    return check


def wrong_instant(value: str) -> str | None:
    try:
        instant(value)
    except ValueError:
        return (
            "is neither a day (2026-01-31) nor an instant with a zone (2026-01-31T09:00:00+08:00)"
        )
    return None


def instant(text: str) -> datetime:
    """A day is its start in Shanghai; an instant must name its zone."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found.astimezone(UTC)


def shown(value: str) -> str:
    text = repr(value)
    return text if len(text) <= 62 else text[:60] + "…" + text[-1]


def _wrong_header(
    header: Sequence[str], columns: Sequence[str], needed: Sequence[str]
) -> Iterator[str]:
    for name in header:
        if name not in columns:
            close = get_close_matches(name, columns, n=1)
            meant = f"; did you mean {close[0]!r}?" if close else ""
            yield f"column {name!r} is unknown{meant}; allowed: {', '.join(columns)}"
        elif header.count(name) > 1:
            yield f"column {name!r} stands twice in the header"
    for name in needed:
        if name not in header:
            yield f"column {name!r} is missing; needed: {', '.join(needed)}"
