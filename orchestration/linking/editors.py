"""What editors say beside the model: reviewed links and other wordings of titles, as CSV files
of the data root.

`reviewed_links.csv` has platform, post_id, title_key, decision (yes or no), reviewer and note;
`observatory links review` writes it. `event_alias.csv` has title (as published, or an event_id) and
alias, one wording a line, and is written by hand.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from orchestration.cleaning.text import match_key
from orchestration.paths import DataRoot
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import EVENT_ALIASES, REVIEWED_LINKS

DECISIONS = ("yes", "no")
NEXT = "mend the line and run again: observatory run"


class EditorsError(ValueError):
    """A file of the editors that cannot be used: file, line, field, value, reason, what to do."""


@dataclass(frozen=True)
class Editors:
    """The editors' files, checked."""

    decisions: pl.DataFrame
    aliases: pl.DataFrame
    hash: str


@dataclass(frozen=True)
class Line:
    """One line of a CSV file with where it stands."""

    path: Path
    number: int
    values: Mapping[str, str]

    def refuse(self, field: str, reason: str, what_next: str = NEXT) -> EditorsError:
        """The error of one field of this line."""
        value = self.values.get(field, "")
        return EditorsError(
            f"{self.path}: line {self.number}: {field} {value!r}: {reason}; {what_next}"
        )


def read_editors(root: DataRoot, key_of_event: Callable[[str], str | None]) -> Editors:
    """Both files, empty where there is none. Raises EditorsError."""
    return Editors(
        read_decisions(root.reviewed_links),
        read_aliases(root.event_aliases, key_of_event),
        editors_hash(root),
    )


def editors_hash(root: DataRoot) -> str:
    """Hash of both files; empty files and absent ones are the same."""
    hasher = hashlib.sha256()
    for path in (root.reviewed_links, root.event_aliases):
        content = path.read_bytes() if path.exists() else b""
        hasher.update(f"{len(content)}:".encode() + content)
    return hasher.hexdigest()[:16]


def read_decisions(path: Path) -> pl.DataFrame:
    """core.reviewed_links as the editors' file has it."""
    rows: dict[tuple[str, str, str], dict[str, str | None]] = {}
    for line in csv_lines(path, ("platform", "post_id", "title_key", "decision")):
        for field in ("platform", "post_id", "title_key"):
            if not line.values[field]:
                raise line.refuse(field, "is empty")
        if line.values["decision"] not in DECISIONS:
            raise line.refuse("decision", "must be yes or no")
        key = (line.values["platform"], line.values["post_id"], line.values["title_key"])
        if key in rows:
            raise line.refuse("post_id", "stands with this title on an earlier line already")
        rows[key] = {name: line.values.get(name) or None for name in REVIEWED_LINKS.column_names}
    return pl.DataFrame(list(rows.values()), schema=polars_schema(REVIEWED_LINKS))


def read_aliases(path: Path, key_of_event: Callable[[str], str | None]) -> pl.DataFrame:
    """core.event_aliases as the editors' file has it."""
    lines = list(csv_lines(path, ("title", "alias")))
    titles = match_key(pl.Series([line.values["title"] for line in lines], dtype=pl.String))
    aliases = match_key(pl.Series([line.values["alias"] for line in lines], dtype=pl.String))
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for line, title_key, alias_key in zip(lines, titles, aliases, strict=True):
        title = line.values["title"]
        is_id = title.split(":")[0] in ("hot_topic", "article", "rumor") and ":" in title
        key = key_of_event(title) if is_id else title_key
        if key is None:
            reason = "no event of the last build has this id and a title" if is_id else "is empty"
            raise line.refuse("title", reason)
        if alias_key is None or len(alias_key) < 2:
            raise line.refuse("alias", "must have two characters at least")
        if alias_key != key:
            rows[key, alias_key] = {
                "title_key": key, "alias_key": alias_key, "title": title,
                "alias": line.values["alias"],
            }  # fmt: skip
    return pl.DataFrame(list(rows.values()), schema=polars_schema(EVENT_ALIASES))


def csv_lines(path: Path, required: tuple[str, ...]) -> Iterator[Line]:
    """Lines of a CSV file with a header, stripped; a file that is not there has none.

    UTF-8, or GB18030 as Chinese spreadsheets save it.
    """
    if not path.exists():
        return
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip() for name in next(reader, [])]
    missing = [name for name in required if name not in header]
    if missing:
        if not text.strip():
            return
        raise EditorsError(
            f"{path}: line 1: the header {','.join(header)!r} lacks {', '.join(missing)}; it must "
            f"name {', '.join(required)}; {NEXT}"
        )
    for values in reader:
        if any(value.strip() for value in values):
            stripped = (_unguarded(value.strip()) for value in values)
            named = dict(zip(header, stripped, strict=False))
            yield Line(path, reader.line_num, dict.fromkeys(required, "") | named)


def _unguarded(value: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running a text as a formula."""
    return value[1:] if value[:1] == "'" and value[1:2] in tuple("=+-@") else value
