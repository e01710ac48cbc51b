"""`format: mapped`: any table or list of records into a core table, declared, without code.

A declaration becomes a Format like those in `formats/`, of the same fields, so a mapped file
gets the same counts, times, ids and privacy as a known producer's. Everything that can be wrong
with a declaration is found here, before a record is read; what only the file can show (a column
it does not have, a word the map does not list) becomes a reject or a problem like any other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import partial
from typing import Literal, TypeVar

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.cleaning import notations, times
from orchestration.cleaning.regions import NO_REGION, known_codes
from orchestration.schemas import tables
from orchestration.schemas.columns import ColumnType
from orchestration.schemas.tables import IDENTITY_EVIDENCE, PROVENANCE, Table
from orchestration.sources.declarations import (
    ACCOUNT_KINDS,
    ADMIN_LEVELS,
    COUNTS,
    READERS,
    ColumnSource,
    DeclarationError,
    Problem,
    SourceDeclaration,
)
from orchestration.sources.formats.base import (
    Evidence,
    Format,
    FromFileName,
    FromModificationTime,
    FromRecord,
    Head,
    Naming,
    Observation,
)
from orchestration.sources.mapping_rules import Declared, TableRules
from orchestration.sources.platforms import PLATFORMS, parse_platforms
from orchestration.sources.readers.declared import DeclarableReader, DeclaredReader
from orchestration.sources.readers.delimited import Delimited
from orchestration.sources.readers.json_document import JsonDocument
from orchestration.sources.readers.json_lines import JsonLines
from orchestration.sources.readers.parquet import Parquet
from orchestration.sources.readers.workbook import Workbook
from orchestration.sources.readers.yaml_document import YamlDocument

T = TypeVar("T")
Kind = Literal["count", "id"] | ColumnType

DEFAULT_PLATFORM = "web"
_BY_ENGINE = frozenset((*PROVENANCE, "observed_at", "observed_at_source"))
_DERIVED = frozenset(
    ("topic_key", "title_key", "hashtag_keys", "is_official", "addressed_names",
     "state_observed_at", "looked_at", *IDENTITY_EVIDENCE)
)  # fmt: skip
"""What the tables' own rules compute; a declaration cannot overrule them."""

_WORKING: Mapping[str, Mapping[str, str]] = {
    "account_snapshots": {"verified_reason": "_verified_reason", "region_text": "_region_text"},
    "posts": {
        "repost_of_account_id": "_repost_of_account_id",
        "reply_to_account_id": "_reply_to_account_id",
    },
    "comments": {"post_account_id": "_author_id"},
    "rulings": {"claim_text": "_claim"},
    "repost_timings": {"account_id": "_author_id"},
}
"""Names a declaration may fill for a table's rules to use, and the working columns they fill."""

_IDS = frozenset(
    ("account_id", "post_id", "repost_of_post_id", "reply_to_post_id", "comment_id",
     "reply_to_comment_id", "repost_id", "inquiry_id", "article_id", "ruling_id",
     "repost_of_account_id", "reply_to_account_id", "post_account_id")
)  # fmt: skip
_POST_IDS = frozenset(
    ("post_id", "repost_of_post_id", "reply_to_post_id", "repost_id", "ruling_id", "cited_post_ids")
)  # fmt: skip
"""Of these, what names a post; a ruling is known by the post that it is about."""
_PRECISIONS = ("second", "minute", "hour", "day")
_CODES: Mapping[str, Sequence[str]] = {
    "account_kind": ACCOUNT_KINDS,
    "admin_level": ADMIN_LEVELS,
    "account_state": (
        "present", "hidden", "permission_denied", "deleted_by_author", "removed_by_platform",
        "not_found", "moved", "fetch_failed",
    ),
    "kind": ("original", "repost", "reply"),
    "commented_at_precision": _PRECISIONS,
    "asked_at_precision": _PRECISIONS,
    "answered_at_precision": _PRECISIONS,
    "platform": PLATFORMS,
}  # fmt: skip
_DETAILS = {
    "posted_at": "posted_at", "published_at": "published_at", "claimed_at": "posted_at",
    "reposted_at": "posted_at", "asked_at": "asked_at",
}  # fmt: skip
"""Instants whose precision and zone their table keeps, and under which prefix."""
_ACCOUNT_TABLES = ("posts", "post_metric_snapshots")
"""Tables whose rows mean nothing without an author: all of them would become pseudonyms."""
_EPOCHS = notations.EPOCHS
_CLOCKED_TABLES = (tables.POSTS, tables.COMMENTS, tables.REPOST_TIMINGS)
_RECORDS = re.compile(r"^\$(?:\.[^.\[\]]+|\[\*\])*$")
_TIME_DIRECTIVE = re.compile(r"%[-_.:#0-9]*[A-Za-z+]")
_SNIFF = "observatory sniff PATH"


def mapped_format(declaration: SourceDeclaration) -> Format:
    """The format that a declaration describes.

    Raises DeclarationError naming source, column, what is wrong and what is allowed.
    """
    return _Plan(declaration).format()


class _ImpossibleError(Exception):
    """One thing that cannot work; the plan collects them."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


class _Plan:
    """One declaration being checked and turned into fields; everything wrong is found at once."""

    def __init__(self, declaration: SourceDeclaration) -> None:
        self.declaration = declaration
        self.problems: list[Problem] = []
        try:
            self.table = self._known_table()
        except _ImpossibleError as error:
            raise self._refusal([*self.problems, error.problem]) from None
        self.kinds = _kinds(self.table)
        self.declared_as: dict[str, str] = {}
        self.columns = self._known_columns()
        self._check_keys()
        self.fields: dict[str, f.Field] = {}
        for name, spec in self.columns.items():
            field = self._tried(partial(self._field, name, spec))
            if field is not None:
                self.fields[name] = field
        self.reader = self._tried(self._reader)
        self._tried(self._check_observation)
        if self.problems:
            raise self._refusal(self.problems)

    def format(self) -> Format:
        assert self.reader is not None
        declared = Declared(
            self.declaration, self.table, self.kinds, self.columns, self.fields,
            self._has_id_clock(),
        )  # fmt: skip
        return Format(
            id="mapped",
            producer=f"declared as {self.declaration.name} in sources.yaml",
            becomes=(self.table.name,),
            reader=self.reader,
            mappings=TableRules(declared).mappings(),
            sniff=_never,
            platform=self.declaration.platform or DEFAULT_PLATFORM,
            version=hashlib.sha256(self.declaration.as_json().encode()).hexdigest()[:8],
            observation=self._observation(),
            naming=Naming.LISTS if self.table is tables.ACCOUNT_SNAPSHOTS else Naming.NOTHING,
        )

    def _tried(self, step: Callable[[], T]) -> T | None:
        """The result of a step, or None with its problem noted."""
        try:
            return step()
        except _ImpossibleError as error:
            self.problems.append(error.problem)
            return None

    def _refusal(self, problems: Sequence[Problem]) -> DeclarationError:
        place = f"source {self.declaration.name!r}: "
        return DeclarationError("\n".join(place + p.text for p in problems), tuple(problems))

    # -- what is declared ---------------------------------------------------------------------
    def _fail(
        self,
        column: str | None,
        problem: str,
        allowed: Iterable[str],
        *,
        at: str | None = None,
        advice: str = Problem.advice,
    ) -> _ImpossibleError:
        """at: the field of the entry, or of the column, on whose line the problem stands."""
        if column is not None:
            column = self.declared_as.get(column, column)
        place = f"column {column!r}: " if column is not None else ""
        listed = ", ".join(allowed)
        path: tuple[str, ...] = ("columns",) if column is not None or at is None else ()
        path += (column,) if column is not None else ()
        path += (at,) if at is not None else ()
        text = f"{place}{problem}" + (f"; allowed: {listed}" if listed else "")
        return _ImpossibleError(Problem(path, text, advice))  # fmt: skip

    def _known_table(self) -> Table:
        """The table; of one that is unknown the nearest, so that its columns are looked at too."""
        by_name = {table.name: table for table in tables.CORE_TABLES}
        name = (self.declaration.table or "").removeprefix("core.")
        if name not in by_name:
            given = f"table {self.declaration.table!r} is unknown" if name else "`table` is missing"
            unknown = self._fail(
                None, given + _suggestion(name, by_name), by_name, at="table",
                advice=Problem.advice if name else _SNIFF,
            )  # fmt: skip
            meant = get_close_matches(name, by_name, n=1)
            if not meant:
                raise unknown
            self.problems.append(unknown.problem)
            name = meant[0]
        if not self.declaration.columns:
            raise self._fail(
                None, f"`columns` is missing: it says what fills {name}", _kinds(by_name[name]),
                at="columns", advice=_SNIFF,
            )  # fmt: skip
        return by_name[name]

    def _known_columns(self) -> dict[str, ColumnSource]:
        found: dict[str, ColumnSource] = {}
        for name, spec in (self.declaration.columns or {}).items():
            known = "account_id" if name == "uid" and "account_id" in self.kinds else name
            problem = None
            if known in found:
                problem = self._fail(name, "`uid` and `account_id` name the same", ())
            elif known not in self.kinds:
                problem = self._unknown(name)
            if problem is not None:
                self.problems.append(replace(problem.problem, stands=True))
            else:
                found[known] = spec
                self.declared_as[known] = name
        return found

    def _unknown(self, name: str) -> _ImpossibleError:
        """A column that the table does not have: a count, perhaps, that stands in another."""
        count = re.sub(r"_(lo|hi)$", "", name)
        others = [table for table, counts in COUNTS.items() if count in counts]
        if others and count not in self.kinds:
            return self._fail(
                name,
                f"core.{self.table.name} has no such count; {count!r} stands in "
                f"{' and in '.join(others)}: give that table an entry of its own, and its folder "
                "the file too",
                (),
            )
        return self._fail(name, self._why_unknown(name), self.kinds)

    def _why_unknown(self, name: str) -> str:
        stem = re.sub(r"_(lo|hi)$", "", name)
        if stem != name and self.kinds.get(stem) == "count":
            return f"a count is named without its bounds: {stem!r} fills {stem}_lo and {stem}_hi"
        if name in ("observed_at", "observed_at_source"):
            return "say when the collector looked with `observed_at: column:NAME` on the source"
        if name in _BY_ENGINE or name in _DERIVED:
            return "is filled by the system itself"
        return f"is no column of core.{self.table.name}" + _suggestion(name, self.kinds)

    def _check_keys(self) -> None:
        needed = [name for name in self.table.key if name in self.kinds and name != "platform"]
        if self._dated_by in self.kinds and not self._has_id_clock():
            needed.append(str(self._dated_by))
        if self.table.name in _ACCOUNT_TABLES:
            needed.append("account_id")
        for name in dict.fromkeys(needed):
            if name in self.columns or self._can_derive(name):
                continue
            also = " (or `uid`)" if name == "account_id" else ""
            problem = self._fail(
                name,
                f"core.{self.table.name} needs it{also}: name the column it is read `from`, or a "
                f"`const`; columns declared: {', '.join(self.declaration.columns or {})}",
                (), advice=_SNIFF,
            )  # fmt: skip
            self.problems.append(problem.problem)

    def _has_id_clock(self) -> bool:
        """Whether the ids of the table's records tell when they were made."""
        return self.table in _CLOCKED_TABLES and self.declaration.platform == "weibo"

    def _can_derive(self, name: str) -> bool:
        return name == "article_id" and ("url" in self.columns or "text" in self.columns)

    # -- fields -------------------------------------------------------------------------------
    def _field(self, name: str, spec: ColumnSource) -> f.Field:
        kind = self.kinds[name]
        raw = spec.from_ if spec.from_ is not None else "const"
        self._check_map(name, kind, spec)
        pattern, regex = self._parse_of(name, kind, spec)
        field = self._plain_field(name, kind, raw, pattern, spec.map)
        if regex is not None:
            field = _extracting(field, raw, regex)
        if self._is_required(name):
            field = replace(field, required=True)
        return self._constant(name, kind, field, spec) if spec.const is not None else field

    def _plain_field(
        self, name: str, kind: Kind, raw: str, pattern: str | None, words: Mapping[str, str] | None
    ) -> f.Field:
        column = _WORKING.get(self.table.name, {}).get(name, name)
        if kind == "instant":
            return f.instant(column, raw, pattern=pattern, details=_DETAILS.get(name))
        if kind == "count":
            return f.count(column, raw)
        if kind == "id":
            return f.weibo_post(column, raw) if self._is_weibo_post(name) else f.ident(column, raw)
        if kind == "int":
            return f.whole_number(column, raw)
        if kind == "bool":
            flag = f.flag(column, raw)
            return _translated(flag, raw, words) if words else flag
        if kind == "text_list":
            is_posts = self._is_weibo_post(name)
            return f.weibo_posts(column, raw) if is_posts else f.text_list(column, raw)
        if kind != "text":
            raise TypeError(f"a mapped source cannot fill a column of type {kind}")
        if column == "region_code" and not words:
            return f.region(column, raw)
        if name == "platform":
            return _platform(column, raw, self.declaration.platform, words)
        codes = words or ({code: code for code in _CODES[name]} if name in _CODES else None)
        return f.choice(column, raw, codes) if codes else f.text(column, raw)

    def _is_weibo_post(self, name: str) -> bool:
        """Whether a column holds ids of Weibo posts, which may be written as bids."""
        is_weibo = self.declaration.platform == "weibo" and "platform" not in self.columns
        return is_weibo and name in _POST_IDS

    def _is_required(self, name: str) -> bool:
        return name in self.table.key or name == self._dated_by

    @property
    def _dated_by(self) -> str | None:
        return self.table.bucket if self.table.is_dated else None

    def _check_map(self, name: str, kind: Kind, spec: ColumnSource) -> None:
        if spec.map is None:
            return
        if kind not in ("text", "bool"):
            raise self._fail(name, f"`map` cannot give {_described(kind)}", ("parse",), at="map")
        if spec.const is not None:
            raise self._fail(name, "`map` needs `from`, not `const`", ())
        codes = ("true", "false") if kind == "bool" else _CODES.get(name)
        for word, code in spec.map.items():
            if codes is not None and code not in codes:
                raise self._fail(name, f"map gives {code!r} for {word!r}", codes, at="map")
            if name == "region_code" and code not in known_codes():
                problem = f"map gives {code!r} for {word!r}, which is {NO_REGION}"
                raise self._fail(name, problem, (), at="map")

    def _parse_of(self, name: str, kind: Kind, spec: ColumnSource) -> tuple[str | None, str | None]:
        """`parse` as (time pattern, regex); both None where it adds nothing."""
        parse = spec.parse
        if parse is None:
            return None, None
        if spec.const is not None:
            raise self._fail(name, "`parse` needs `from`, not `const`", ())
        is_time = parse in _EPOCHS or (_TIME_DIRECTIVE.search(parse) and "(" not in parse)
        if kind == "instant" and is_time:
            wrong = notation_problem(parse)
            if wrong is not None:
                raise self._fail(
                    name, f"parse {parse!r} {wrong}",
                    ("a strptime pattern such as %Y/%m/%d %H:%M", *_EPOCHS, _ONE_GROUP), at="parse",
                )  # fmt: skip
            return parse, None
        if kind in ("count", "int") and parse == "count":
            return None, None
        if is_time or parse == "count":
            made = "a count" if parse == "count" else "an instant"
            raise self._fail(
                name, f"parse {parse!r} gives {made}, but {name} holds {_described(kind)}",
                _allowed_parses(kind), at="parse",
            )  # fmt: skip
        groups = _groups(parse)
        if groups != 1:
            found = "is no regular expression" if groups is None else f"has {groups} groups"
            raise self._fail(name, f"parse {parse!r} {found}", _allowed_parses(kind), at="parse")
        return None, parse

    def _constant(self, name: str, kind: Kind, field: f.Field, spec: ColumnSource) -> f.Field:
        value = spec.const
        text = str(value).lower() if isinstance(value, bool) else str(value)
        one = pl.DataFrame({"const": [text]})
        distant = datetime(2199, 1, 1, tzinfo=UTC)
        context = f.Context(self.declaration.name, "", self.declaration.timezone, distant)
        tried = field.parse(one, context)
        is_refused = tried.problem is not None and tried.problem.is_not_null().any()
        if is_refused or next(iter(tried.columns.values())).is_null().any():
            raise self._fail(
                name,
                f"const {value!r} is "
                + (NO_REGION if name == "region_code" else f"not {_described(kind)}"),
                _CODES.get(name, ()),
                at="const",
            )

        def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
            same = field.parse(one, context).columns
            return f.Parsed({n: s.new_from_index(0, frame.height) for n, s in same.items()})

        return replace(field, parse=parse, raw=None)

    # -- reading ------------------------------------------------------------------------------
    def _needed(self) -> tuple[str, ...]:
        """Source columns the file must have."""
        named = [spec.from_ for spec in self.columns.values() if spec.from_ is not None]
        observed = self.declaration.observed_column
        if observed is not None:
            named.append(observed.from_)
        return tuple(dict.fromkeys((*named, *(self.declaration.where or {}))))

    def _check_observation(self) -> None:
        problem = observation_problem(self.declaration)
        if problem is not None:
            raise _ImpossibleError(problem)

    def _observation(self) -> tuple[Observation, ...]:
        observed = self.declaration.observed_column
        if observed is not None:
            return (FromRecord(observed.from_, observed.parse),)
        by_name = self.declaration.observed_at == "file_name"
        return (FromFileName(),) if by_name else (FromModificationTime(),)

    def _reader(self) -> DeclaredReader:
        if self.declaration.reader is None:
            raise self._fail(None, "`reader` is missing", READERS, at="reader", advice=_SNIFF)
        needed = self._needed()
        inner = self._inner_reader(needed)
        return DeclaredReader(inner, needed, dict(self.declaration.where or {}))

    def _inner_reader(self, needed: tuple[str, ...]) -> DeclarableReader:
        reader = self.declaration.reader
        records = self._records()
        if reader in ("csv", "tsv"):
            return self._delimited(needed)
        for name in ("delimiter", "header"):
            if getattr(self.declaration, name) is not None:
                raise self._fail(None, f"`{name}` is for readers csv and tsv, not {reader}", (),
                                 at=name)  # fmt: skip
        if reader == "json":
            return JsonDocument(needed, records)
        if reader == "yaml":
            return YamlDocument(needed, records)
        if reader == "xlsx":
            return Workbook(needed, records)
        if reader == "parquet":
            return Parquet(needed)
        return JsonLines(self._unnested(needed))

    def _records(self) -> str:
        """Where the records are: a path in a document, the name of a sheet."""
        reader, records = self.declaration.reader, self.declaration.records
        if reader in ("json", "yaml"):
            if not _RECORDS.match(records):
                raise self._fail(
                    None, f"records {records!r} is no path",
                    ("$", "$.data.items", "$.features[*].properties"), at="records",
                )  # fmt: skip
        elif reader != "xlsx" and records != "$":
            raise self._fail(
                None,
                f"`records` is for reader json or yaml (a path) or xlsx (a sheet), not {reader}",
                (), at="records",
            )  # fmt: skip
        return records

    def _delimited(self, needed: tuple[str, ...]) -> Delimited:
        given, header = self.declaration.delimiter, self.declaration.header
        delimiter = given or ("," if self.declaration.reader == "csv" else "\t")
        if header is None:
            return Delimited(needed, delimiter=delimiter)
        if len(set(header)) != len(header):
            raise self._fail(None, "`header` names a column twice", (), at="header")
        absent = [name for name in needed if name not in header]
        if absent:
            raise self._fail(
                None,
                f"`header` has no column {absent[0]!r}" + _suggestion(absent[0], header),
                header, at="header",
            )  # fmt: skip
        return Delimited(needed, delimiter=delimiter, header=lambda cells: header)

    def _unnested(self, needed: tuple[str, ...]) -> tuple[str, ...]:
        for name in needed:
            inside = next((other for other in needed if other.startswith(f"{name}.")), None)
            if inside is not None:
                raise self._fail(
                    None, f"{name!r} cannot be read whole and by {inside!r}", (), at="columns"
                )
        return needed


def observation_problem(declaration: SourceDeclaration) -> Problem | None:
    """What is wrong with the notation declared for the collection time."""
    observed = declaration.observed_column
    if observed is None or observed.parse is None:
        return None
    wrong = notation_problem(observed.parse)
    if wrong is None:
        return None
    allowed = ", ".join(("a strptime pattern such as %Y/%m/%d %H:%M", *_EPOCHS))
    return Problem(
        ("observed_at",),
        f"observed_at: parse {observed.parse!r} {wrong}; allowed: {allowed}",
    )


def _never(head: Head) -> Evidence | None:
    """A mapped source is declared, never guessed."""
    del head
    return None


# -- the vocabulary of a declaration ------------------------------------------------------------
_ONE_GROUP = "a regular expression with exactly one group"


def mappable(table_name: str) -> tuple[str, ...]:
    """Names under which a declaration may fill a core table."""
    return tuple(_kinds(tables.TABLES[f"core.{table_name}"]))


def _kinds(table: Table) -> dict[str, Kind]:
    """Names a declaration may use for a table, and what each holds."""
    kinds: dict[str, Kind] = {}
    for column in table.columns:
        if column.name in _BY_ENGINE or column.name in _DERIVED:
            continue
        stem = re.sub(r"_(lo|hi)$", "", column.name)
        if stem != column.name and column.type == "int":
            kinds[stem] = "count"
        else:
            kinds[column.name] = "id" if column.name in _IDS else column.type
    for name in _WORKING.get(table.name, {}):
        kinds[name] = "id" if name in _IDS else "text"
    return kinds


def _described(kind: Kind) -> str:
    return {
        "instant": "an instant", "count": "a count", "id": "an id", "int": "a whole number",
        "bool": "true or false", "text_list": "a list", "text": "text", "float": "a number",
        "date": "a day",
    }[kind]  # fmt: skip


def _allowed_parses(kind: Kind) -> tuple[str, ...]:
    if kind == "instant":
        return ("a strptime pattern such as %Y/%m/%d %H:%M", *_EPOCHS, _ONE_GROUP)
    return ("count", _ONE_GROUP) if kind in ("count", "int") else (_ONE_GROUP,)


def _suggestion(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _groups(regex: str) -> int | None:
    """Number of groups; None where the engine that will run it does not accept the regex."""
    try:
        pl.Series([""]).str.extract(regex, 1)
        found = pl.Series([""]).str.extract_groups(regex)
    except pl.exceptions.PolarsError:
        return None
    return len(found.struct.fields) if isinstance(found.dtype, pl.Struct) else 0


_KNOWN = pl.Series([datetime(2021, 7, 20, 13, 45, 6, 123000, tzinfo=UTC)], dtype=times.INSTANT)
_KNOWN_ZONES = ("Asia/Shanghai", "America/New_York")
_PARTS = {"second": "1s", "minute": "1m", "hour": "1h", "day": "1d"}


def notation_problem(pattern: str) -> str | None:
    """Why a declared notation cannot be relied on; None where it can.

    An instant written in it at two offsets (in the afternoon at one of them) must be read back
    as that instant, as far as its precision goes.
    """
    if pattern in _EPOCHS:
        return None
    problem = notations.unreadable_mark(pattern)
    if problem is not None:
        return problem
    if all(_is_read_back(notations.parsed_as(pattern), zone) for zone in _KNOWN_ZONES):
        return None
    return (
        "is no time pattern with year, month and day (and %p beside %I) in marks that can be read "
        "back"
    )


def _is_read_back(pattern: str, zone: str) -> bool:
    if pattern in _EPOCHS:
        return True
    local = _KNOWN.dt.convert_time_zone(zone)
    try:
        # %#z is only for reading: an offset with or without minutes.
        written = local.dt.strftime(pattern.replace("%#z", "%z"))
        read = times.parse_instants(written, zone, pattern=pattern)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return False
    if read.at[0] is None:
        return False
    # A day begins where its zone is, not in UTC.
    cut = local.dt.truncate(_PARTS[read.precision[0]]).dt.convert_time_zone("UTC")
    return bool(read.at[0] in (_KNOWN[0], cut[0]))


def _platform(
    column: str, raw: str, declared: str | None, words: Mapping[str, str] | None
) -> f.Field:
    """The platform that a column names, in the producer's words or in those known everywhere;
    where it is blank, the declared one."""

    def parse(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
        found = parse_platforms(frame[raw], declared, words)
        return f.Parsed({column: found.value}, found.problem)

    return f.Field(column, raw, parse)


def _extracting(field: f.Field, raw: str, regex: str) -> f.Field:
    """A field that reads only what a regex finds in its column."""

    def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
        value = frame[raw].cast(pl.String)
        part = value.str.extract(regex, 1)
        filled = (value.str.strip_chars() != "").fill_null(False)
        lost = filled & part.is_null()
        parsed = field.parse(frame.with_columns(part.alias(raw)), context)
        return _with_problem(parsed, lost, "pattern_not_found")

    return replace(field, parse=parse)


def _translated(field: f.Field, raw: str, words: Mapping[str, str]) -> f.Field:
    """A field that reads the producer's words through a map."""
    translated = f.choice(raw, raw, words)

    def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
        known = translated.parse(frame, context)
        parsed = field.parse(frame.with_columns(known.columns[raw].alias(raw)), context)
        unknown = known.problem.is_not_null() if known.problem is not None else None
        return parsed if unknown is None else _with_problem(parsed, unknown, "unknown_word")

    return replace(field, parse=parse)


def _with_problem(parsed: f.Parsed, mask: pl.Series, reason: str) -> f.Parsed:
    none = pl.repeat(None, len(mask), dtype=pl.String(), eager=True)
    problem = none if parsed.problem is None else parsed.problem
    return f.Parsed(parsed.columns, problem.set(mask, reason))
