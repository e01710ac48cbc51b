"""What editors say beside the model: reviewed links and other wordings of titles, as CSV files
of the data root.

`reviewed_links.csv` has platform, post_id, title_key, decision (yes or no), reviewer and note;
`observatory links review` writes it. `event_alias.csv` has title (as published, or an event_id) and
alias, one wording a line, and is written by hand. A line whose fields cannot be read stops the run;
one that names an event which is not there, or a rumour, is set aside and told, since events come
and go with the files and an editor may not notice.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.cleaning.text import match_key
from orchestration.paths import DataRoot
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import EVENT_ALIASES, REVIEWED_LINKS

DECISIONS = ("yes", "no")
_EVENT_ID = re.compile("[a-z_]{1,20}:[0-9a-f]{1,64}")
NEXT = "mend the line and run again: observatory run"


class EditorsError(ValueError):
    """A file of the editors that cannot be used: file, line, field, value, reason, what to do."""


UNKNOWN_EVENT = "unknown_event"
ALIAS_OF_A_RUMOUR = "alias_of_a_rumour"
_ADVICE = {
    UNKNOWN_EVENT: "no event of the last build has this id; the line is tried again in every "
    "build. An id changes when a file brings an earlier sighting: write the title as published",
    ALIAS_OF_A_RUMOUR: "posts are compared with titles of hot topics and articles, not with "
    "rumours: name the topic or article that carries it, or remove the line",
}


@dataclass(frozen=True)
class SetAside:
    """A line of event_alias.csv that has no effect: where it stands, its title, why."""

    line_number: int
    title: str
    reason: str

    @property
    def event_id(self) -> str | None:
        """The title where it is an event's id; what else stands there may name a person."""
        return self.title if _EVENT_ID.fullmatch(self.title) else None

    @property
    def detail(self) -> str:
        """What is wrong and what to do."""
        return f"event_alias.csv: line {self.line_number}: title: {_ADVICE[self.reason]}"


@dataclass(frozen=True)
class Known:
    """What aliases may name.

    key_of_event: title key of an event of the last build by its id, None where there is none.
    rumours: match keys of claims that are no title of a topic or article.
    """

    key_of_event: Callable[[str], str | None]
    rumours: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Editors:
    """The editors' files, checked."""

    decisions: pl.DataFrame
    aliases: pl.DataFrame
    hash: str
    set_aside: tuple[SetAside, ...] = ()


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


def read_editors(root: DataRoot, known: Known) -> Editors:
    """Both files, empty where there is none. Raises EditorsError."""
    decisions = read_decisions(root.reviewed_links)
    aliases, set_aside = read_aliases(root.event_aliases, known)
    return Editors(decisions, aliases, editors_hash(root), tuple(set_aside))


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


def read_aliases(path: Path, known: Known) -> tuple[pl.DataFrame, list[SetAside]]:
    """core.event_aliases as the editors' file has it, and the lines that have no effect."""
    lines = list(csv_lines(path, ("title", "alias")))
    titles = match_key(pl.Series([line.values["title"] for line in lines], dtype=pl.String))
    aliases = match_key(pl.Series([line.values["alias"] for line in lines], dtype=pl.String))
    rows: dict[tuple[str, str], dict[str, str]] = {}
    set_aside = []
    for line, title_key, alias_key in zip(lines, titles, aliases, strict=True):
        title = line.values["title"]
        if title_key is None:
            raise line.refuse("title", "is empty")
        if alias_key is None or len(alias_key) < 2:
            raise line.refuse("alias", "must have two characters at least")
        key, reason = _titled(title, title_key, known)
        if key is None:
            set_aside.append(SetAside(line.number, title, reason))
        elif alias_key != key:
            rows[key, alias_key] = {
                "title_key": key, "alias_key": alias_key, "title": title,
                "alias": line.values["alias"],
            }  # fmt: skip
    return pl.DataFrame(list(rows.values()), schema=polars_schema(EVENT_ALIASES)), set_aside


def _titled(title: str, title_key: str, known: Known) -> tuple[str | None, str]:
    """Title key that a title or an event's id means; None, and why, where it means none."""
    kind, colon, _ = title.partition(":")
    if colon and kind in ("hot_topic", "article"):
        return known.key_of_event(title), UNKNOWN_EVENT
    is_rumour = (colon and kind == "rumor") or title_key in known.rumours
    return None if is_rumour else title_key, ALIAS_OF_A_RUMOUR


def csv_lines(
    path: Path, required: tuple[str, ...], what_next: str = NEXT, *, long: Collection[str] = ()
) -> Iterator[Line]:
    """Lines of a CSV file with a header, stripped; a file that is not there has none.

    UTF-8, GB18030 as Chinese spreadsheets save it, or UTF-16 with a byte order mark, which
    spreadsheets call Unicode text and part by tabs. long: columns whose text may go over several
    lines; elsewhere such a field is a quote that was not closed and took in what follows it. Raises
    EditorsError for that, for more fields than headings, and for a header that lacks a required
    column; what_next says what to do then.
    """
    if not path.exists():
        return
    text = _decoded(path.read_bytes())
    first = text.partition("\n")[0]
    parted = "\t" if "\t" in first and "," not in first else ","
    rows = _rows(path, csv.reader(io.StringIO(text, newline=""), delimiter=parted, strict=True))
    _, _, header = next(rows, (1, 1, []))
    missing = [name for name in required if name not in header]
    if missing:
        if not text.strip():
            return
        raise EditorsError(
            f"{path}: line 1: the header {','.join(header)!r} lacks {', '.join(missing)}; it must "
            f"name {', '.join(required)}; {what_next}"
        )
    for first_line, number, values in rows:
        if not any(values):
            continue
        if any(values[len(header) :]):
            raise EditorsError(
                f"{path}: line {number}: {len(values)} fields stand under {len(header)} headings: "
                f"put text that holds {parted!r} in quotes; {NEXT}"
            )
        named = dict(zip(header, map(_unguarded, values), strict=False))
        if any("\n" in value for name, value in named.items() if name not in long):
            raise EditorsError(
                f"{path}: line {first_line}: a field goes on to line {number}: close the quotes, "
                f"or write it in one line; {NEXT}"
            )
        yield Line(path, number, dict.fromkeys(required, "") | named)


def _rows(path: Path, reader: Any) -> Iterator[tuple[int, int, list[str]]]:
    """Stripped fields of each row with the numbers of its first and last line."""
    before = 0
    while True:
        try:
            values = [value.strip() for value in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise EditorsError(
                f"{path}: line {before + 1}: {error}: close the quotes; {NEXT}"
            ) from error
        yield before + 1, reader.line_num, values
        before = reader.line_num


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", "replace")


def _unguarded(value: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running a text as a formula."""
    return value[1:] if value[:1] == "'" and value[1:2] in tuple("=+-@") else value
