"""Proposes a declaration for a file that nothing recognises: a draft for a person to decide on.

Columns are guessed by their names (`vocabulary.py`) and kept only when their values bear the guess
out. What is proposed has passed the same checks as any declaration. Names out of the file are
written as YAML strings with everything unusual escaped, so that no file can write into
sources.yaml more than its own names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import polars as pl
import yaml

from orchestration.cleaning import counts, ids, times
from orchestration.sources.declarations import DEFAULT_ZONE, DeclarationError, SourceDeclaration
from orchestration.sources.formats.base import time_in_name
from orchestration.sources.mapping import mappable, mapped_format
from orchestration.sources.platforms import ALIASES, HOSTS, PLATFORMS
from orchestration.sources.rawfile import RawFile
from orchestration.sources.shape import Shape, shape_of
from orchestration.sources.vocabulary import (
    ACCOUNT_BY_NAME,
    CANDIDATES,
    INQUIRY_STATES,
    METRICS,
    OBSERVED,
    POST_IN_ADDRESS,
    TIME_PATTERNS,
    Candidate,
    Role,
    key_of,
)

ENOUGH = 0.95
"""Share of a column's values that must bear out what it is taken for."""
_PLAIN = re.compile(r"^[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_\u4e00-\u9fff]*$")
_WORDS = frozenset(
    ("y", "n", "yes", "no", "true", "false", "on", "off", "null", "none")
)  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    """An entry below `sources:` as YAML text; missing: what a person must add before it works.

    counts: a second entry, for the counts of the posts that the first holds.
    """

    entry: str
    table: str
    records_seen: int
    missing: tuple[str, ...] = ()
    counts: str | None = None

    @property
    def is_complete(self) -> bool:
        return not self.missing


@dataclass(frozen=True)
class Filled:
    """A core column, the source column that fills it, and how it is parsed."""

    column: str
    source: str
    parse: str | None = None
    remark: str = ""


@dataclass
class _Draft:
    """One core table with the columns found for it."""

    candidate: Candidate
    filled: list[Filled] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    observed: Filled | None = None

    @property
    def score(self) -> tuple[int, int, bool]:
        required = len(self.candidate.required)
        is_post = self.candidate.table == "posts"  # of equals, what most files are
        return required - len(self.missing), len(self.filled), is_post


def propose(file: RawFile, name: str) -> Proposal | str:
    """A proposal for a file, or a sentence why there can be none.

    name: of the inbox folder that will hold such files.
    """
    shape = shape_of(file)
    if isinstance(shape, str):
        return shape
    columns = _Columns(shape.sample)
    drafts = [_drafted(candidate, columns) for candidate in CANDIDATES]
    whole = [draft for draft in drafts if not draft.missing]
    nearly = [draft for draft in drafts if draft.missing == ["account_id"]]
    best = next(iter(whole or nearly), max(drafts, key=lambda draft: draft.score))
    counts = _counts_beside(file, name, shape, best, columns)
    found = _written(file, name, shape, best, columns, has_counts=counts is not None)
    return replace(found, counts=counts) if isinstance(found, Proposal) else found


def _counts_beside(
    file: RawFile, name: str, shape: Shape, draft: _Draft, columns: _Columns
) -> str | None:
    """An entry for the counts of posts, which the table of posts does not hold."""
    if draft.candidate.table != "posts" or draft.missing:
        return None
    (candidate,) = (c for c in CANDIDATES if c.table == "post_metric_snapshots")
    counts = _drafted(candidate, columns)
    counts.observed = draft.observed  # the only time of the file may be that of publication
    if counts.missing:
        return None
    found = _written(file, f"{name}_counts", shape, counts, columns)
    if isinstance(found, str) or found.missing:
        return None
    return found.entry.split(_NOT_MAPPED)[0].rstrip()  # of those the first entry tells


# -- columns --------------------------------------------------------------------------------------
class _Columns:
    """The sampled columns: what they are called and what their values can be."""

    def __init__(self, sample: pl.DataFrame) -> None:
        self.names = sample.columns
        self.height = sample.height
        self._values = {name: _filled_values(sample[name]) for name in sample.columns}
        self._times: dict[str, tuple[bool, str | None]] = {}

    def values(self, name: str) -> pl.Series:
        return self._values[name]

    def best(self, role: Role, taken: Sequence[str]) -> str | None:
        """The column whose name speaks most for a role and whose values fit it."""
        scored = [
            (score, name)
            for name in self.names
            if name not in taken and (score := _name_score(name, role.names)) > 0
        ]
        scored.sort(key=lambda found: -found[0])
        return next((name for _, name in scored if self.fits(name, role)), None)

    def fits(self, name: str, role: Role) -> bool:
        values = self.values(name)
        if not len(values):
            return role.kind == "text"
        if role.kind == "instant":
            return self.time(name)[0]
        if role.kind in ("count", "rank"):
            return _share_of(counts.parse_counts(values).problem) >= ENOUGH
        if role.kind == "id":
            return _share_of(ids.parse_ids(values).problem) >= ENOUGH
        if role.kind == "flag":
            words = ("true", "false", "1", "0", "是", "否")
            return bool(values.str.to_lowercase().is_in(list(words)).all())
        return True

    def time(self, name: str) -> tuple[bool, str | None]:
        """Whether a column holds instants, and the notation to declare for it."""
        if name not in self._times:
            self._times[name] = _notation(self.values(name))
        return self._times[name]


def _filled_values(values: pl.Series) -> pl.Series:
    text = values.str.strip_chars()
    return text.filter((text != "").fill_null(False))


def _share_of(problem: pl.Series) -> float:
    return _share(problem.is_null()) if len(problem) else 0.0


def _share(mask: pl.Series) -> float:
    """Share of true values; 0 where there are none at all."""
    return float(mask.fill_null(False).sum()) / len(mask) if len(mask) else 0.0


def _name_score(name: str, known: Sequence[str]) -> float:
    """How much a column's name speaks for a role: whole path, its last two steps, its last."""
    parts = [part for part in name.split(".") if part]
    forms = [(3.0, key_of(name))]
    if len(parts) > 1:
        forms += [(2.5, key_of("".join(parts[-2:]))), (2.0, key_of(parts[-1]))]
    best = 0.0
    for place, word in enumerate(known):
        key = key_of(word)
        best = max(best, *(weight - 0.01 * place if form == key else 0.0 for weight, form in forms))
    return best


_LATE_ON_A_DAY = datetime(2000, 1, 1, 15, 59, 59, tzinfo=UTC)
"""When a sample counts as seen: in DEFAULT_ZONE after every hour of "今天"."""


def _notation(values: pl.Series) -> tuple[bool, str | None]:
    if not len(values):
        return False, None
    seen = pl.repeat(_LATE_ON_A_DAY, len(values), dtype=times.INSTANT, eager=True)
    if _share_of(times.parse_instants(values, DEFAULT_ZONE, observed_at=seen).problem) >= ENOUGH:
        return True, None
    for digits, unit in ((10, "epoch_s"), (13, "epoch_ms")):
        if _share(values.str.contains(rf"^1\d{{{digits - 1}}}$")) >= ENOUGH:
            return True, unit
    best, pattern = max((_share_read(values, p), -n) for n, p in enumerate(TIME_PATTERNS))
    return (True, TIME_PATTERNS[-pattern]) if best >= ENOUGH else (False, None)


def _share_read(values: pl.Series, pattern: str) -> float:
    return _share_of(times.parse_instants(values, DEFAULT_ZONE, pattern=pattern).problem)


# -- tables ---------------------------------------------------------------------------------------
def _drafted(candidate: Candidate, columns: _Columns) -> _Draft:
    draft = _Draft(candidate)
    taken: list[str] = []
    for role in candidate.required:
        filled = _found(role, columns, taken, is_dated=candidate.table in _BY_ONLY_TIME)
        if filled is None:
            draft.missing.append(role.column)
        else:
            draft.filled.append(filled)
            taken.append(filled.source)
    for role in candidate.optional:
        name = columns.best(role, taken)
        if name is not None:
            parse = columns.time(name)[1] if role.kind == "instant" else None
            draft.filled.append(
                Filled(role.column, name, parse, _ambiguity(parse, columns.values(name)))
            )
            taken.append(name)
    if candidate.one_of and not any(f.column in candidate.one_of for f in draft.filled):
        draft.missing.append(" or ".join(candidate.one_of))
    draft.observed = _observed(candidate, columns, taken)
    return draft


_BY_ONLY_TIME = frozenset(("posts", "hot_topic_slots", "inquiries"))
"""Tables whose time may be a column of any name, if it is the only one with times."""


def _found(role: Role, columns: _Columns, taken: Sequence[str], *, is_dated: bool) -> Filled | None:
    """What fills a required column: by name, by an address, by the only times in the file."""
    name = columns.best(role, taken)
    if name is not None:
        parse = columns.time(name)[1] if role.kind == "instant" else None
        return Filled(role.column, name, parse, _ambiguity(parse, columns.values(name)))
    if role.column == "post_id":
        return _post_in_address(columns)
    if role.column == "account_id":
        named = columns.best(ACCOUNT_BY_NAME, taken)
        remark = "decide: a name, not an id; names change and are given to others"
        return Filled(role.column, named, None, remark) if named is not None else None
    if role.kind == "instant" and is_dated:
        others = [n for n in columns.names if n not in taken and columns.time(n)[0]]
        others = [n for n in others if _name_score(n, OBSERVED) == 0]
        if len(others) == 1:
            parse = columns.time(others[0])[1]
            return Filled(role.column, others[0], parse, "decide: the only times in the file")
    return None


def _post_in_address(columns: _Columns) -> Filled | None:
    for name in columns.names:
        values = columns.values(name)
        for host, regex in POST_IN_ADDRESS.items():
            pattern = rf"://(?:[a-z]+\.)?{re.escape(host)}/.*{regex}"
            if _share(values.str.contains(pattern)) >= ENOUGH:
                return Filled("post_id", name, regex, "the id inside the address")
    return None


def _ambiguity(parse: str | None, values: pl.Series) -> str:
    """What is left to decide of a notation: whether the other order of day and month reads no
    fewer of the values (13/04 is of April in one order and nothing in the other)."""
    if parse is None or not re.match(r"%[md][/.-]%[md]", parse):
        return ""
    swapped = re.sub("%[md]", lambda mark: "%d" if mark[0] == "%m" else "%m", parse)
    if _share_read(values, swapped) < _share_read(values, parse):
        return ""
    return "decide: day and month could be the other way round"


def _observed(candidate: Candidate, columns: _Columns, taken: Sequence[str]) -> Filled | None:
    """The column that says when the collector looked; in a table of counts, its only time."""
    role = Role("observed_at", "instant", OBSERVED)
    name = columns.best(role, ())
    if name is None and candidate.table in ("account_snapshots", "post_metric_snapshots"):
        dated = Role("observed_at", "instant", ("date", "day", "日期", "time", "时间", "timestamp",
                                                "datetime", "month"))  # fmt: skip
        name = columns.best(dated, taken)
    if name is None or len(columns.values(name)) < columns.height:
        return None
    return Filled("observed_at", name, columns.time(name)[1])


# -- writing --------------------------------------------------------------------------------------
def _written(
    file: RawFile,
    name: str,
    shape: Shape,
    draft: _Draft,
    columns: _Columns,
    *,
    has_counts: bool = False,
) -> Proposal | str:
    """The entry as text, checked like any declaration; a column that cannot work is left out."""
    for _ in range(len(draft.filled) + 1):
        entry = "\n".join(_lines(file, name, shape, draft, columns, has_counts))
        if draft.missing:
            return Proposal(entry, draft.candidate.table, columns.height, tuple(draft.missing))
        impossible = _impossible(entry)
        if impossible is None:
            return Proposal(entry, draft.candidate.table, columns.height)
        kept = [filled for filled in draft.filled if filled.column not in impossible]
        if len(kept) == len(draft.filled):
            return Proposal(entry, draft.candidate.table, columns.height, tuple(impossible))
        required = {role.column for role in draft.candidate.required}
        draft.missing += sorted(required & set(impossible))
        draft.filled = kept
    return "no declaration for it passes the checks"


def _impossible(entry: str) -> tuple[str, ...] | None:
    """What the checks of a declaration refuse: core columns, or their messages; None if nothing."""
    (source,) = yaml.safe_load(f"sources:\n{entry}")["sources"]
    try:
        mapped_format(SourceDeclaration.model_validate(source))
    except DeclarationError as error:
        return tuple(
            problem.field[1] if len(problem.field) > 1 else problem.text
            for problem in error.problems
        )
    return None


def _lines(
    file: RawFile, name: str, shape: Shape, draft: _Draft, columns: _Columns, has_counts: bool
) -> Iterator[str]:
    yield f"  - name: {quoted(name)}  # the folder below inbox/"
    yield "    format: mapped"
    yield f"    reader: {shape.reader}" + (f"  # {shape.note}" if shape.note else "")
    if shape.delimiter is not None:
        yield f"    delimiter: {quoted(shape.delimiter)}"
    if shape.header is not None:
        yield "    header: [" + ", ".join(map(quoted, shape.header)) + "]  # decide: no header row"
    if shape.encoding is not None:
        yield f"    encoding: {shape.encoding}  # decide: guessed, it is not UTF-8"
    if shape.records != "$":
        yield f"    records: {quoted(shape.records)}"
    yield from _platform(columns, draft)
    yield f"    timezone: {DEFAULT_ZONE}  # decide: the zone of times that name none"
    yield from _observation(file, draft)
    if any(role.column == "account_id" for role in draft.candidate.required):
        yield "    # account: {kind: organ}  # decide: only if every author is an official account;"
        yield "    #   without it and without account_kind, authors are pseudonyms without text"
    doubt = "  # decide: the nearest of those known" if draft.missing else ""
    yield f"    table: {draft.candidate.table}{doubt}"
    yield "    columns:"
    for filled in draft.filled:
        yield f"      {filled.column}: {_source(filled)}" + _comment(filled.remark)
        if filled.column == "status_text":
            yield from _states(filled.source, columns)
    if draft.candidate.table == "hot_topic_slots":
        yield "      list_name: {const: realtime}  # decide: which list of the platform"
    for column in draft.missing:
        yield f"      # {column}: {_TO_ADD if column == 'account_id' else _TO_NAME}"
    yield from _unmapped(shape, draft, has_counts)


_TO_ADD = '{const: "…"}  # decide: the file does not say it; a column, or one value for all'
_TO_NAME = "…  # decide: the column that gives it; what no column gives cannot be declared"


def _platform(columns: _Columns, draft: _Draft) -> Iterator[str]:
    host = _host(columns)
    sources = [filled.source.casefold() for filled in draft.filled]
    known = {name: name for name in PLATFORMS if len(name) > 4}
    known |= {name: platform for name, platform in ALIASES.items() if not name.isascii()}
    words = sorted(known, key=len, reverse=True)  # 腾讯微博 before 微博
    named = [known[word] for word in words if any(word in source for source in sources)]
    if named and host is None:
        yield f"    platform: {named[0]}  # decide: a column is called so"
    elif host is not None:
        yield f"    platform: {HOSTS[host]}  # decide: its addresses lead to {host}"
    else:
        yield "    platform: web  # decide: part of every key; weibo, twitter, … where it is one"


def _host(columns: _Columns) -> str | None:
    """The platform's host that most addresses of a column lead to."""
    for name in columns.names:
        values = columns.values(name).head(200)
        for host in HOSTS:
            pattern = rf"^\s*https?://(?:[a-z]+\.)?{re.escape(host)}/"
            if _share(values.str.contains(pattern)) >= 0.5:
                return host
    return None


def _observation(file: RawFile, draft: _Draft) -> Iterator[str]:
    if draft.observed is not None:
        yield f"    observed_at: {_source(draft.observed, whole=True)}  # when the collector looked"
    elif time_in_name(file.inner_path, DEFAULT_ZONE) is not None:
        yield "    observed_at: file_name  # decide: is the date in the name that of collection?"
    else:
        yield "    observed_at: file_mtime  # decide: an upper bound; better a column or an instant"


def _source(filled: Filled, *, whole: bool = False) -> str:
    if filled.parse is None and not whole:
        return quoted(filled.source)
    parse = f", parse: {quoted(filled.parse)}" if filled.parse is not None else ""
    return f"{{from: {quoted(filled.source)}{parse}}}"


_NOT_MAPPED = "    # not mapped:"
MOST_STATES = 20
"""A column of more words than these is no state."""


def _states(source: str, columns: _Columns) -> Iterator[str]:
    """The codes of the states that a board prints, as far as its words are known."""
    words = sorted(set(columns.values(source)))
    if not words or len(words) > MOST_STATES:
        return
    known = [
        (word, INQUIRY_STATES[key_of(word)]) for word in words if key_of(word) in INQUIRY_STATES
    ]
    listed = ", ".join(f"{quoted(word)}: {state}" for word, state in known)
    mapped = f"status: {{from: {quoted(source)}, map: {{{listed}}}}}"
    yield f"      {'' if known else '# '}{mapped}  # decide: check each"
    for word in words:
        if key_of(word) not in INQUIRY_STATES:
            yield f"      #   not in the map: {quoted(word)}: answered, in_progress, open, unknown?"


def _unmapped(shape: Shape, draft: _Draft, has_counts: bool) -> Iterator[str]:
    """The columns that nothing is filled from, with the reason."""
    used = {filled.source for filled in draft.filled}
    if draft.observed is not None:
        used.add(draft.observed.source)
    left = [name for name in shape.sample.columns if name not in used]
    counts: list[str] = []
    names: list[str] = []
    if draft.candidate.table == "posts":
        counts = [n for n in left if any(_name_score(n, r.names) > 0 for r in METRICS)]
        names = [n for n in left if n not in counts and _name_score(n, ACCOUNT_BY_NAME.names) > 0]
    others = [name for name in left if name not in (*counts, *names)]
    if others:
        yield f"{_NOT_MAPPED} {_some(others)}"
        yield f"    #   (no name by which a column of core.{draft.candidate.table} is known;"
        yield f"    #   what may still be filled there: {', '.join(_free(draft))})"
    if names:
        yield f"{_NOT_MAPPED} {_some(names)} (names of accounts: an entry of its own with"
        yield "    #   table: account_snapshots, and the file in its folder too)"
    if counts:
        where = "the entry below" if has_counts else "an entry of their own"
        yield f"{_NOT_MAPPED} {_some(counts)} (counts: {where} with"
        yield "    #   table: post_metric_snapshots, and the file in its folder too)"


def _free(draft: _Draft) -> list[str]:
    """Core columns that nothing is proposed for, a status by its words being one by its code."""
    filled = {column.column.removesuffix("_text") for column in draft.filled}
    missing = set(draft.missing)
    return [
        name
        for name in mappable(draft.candidate.table)
        if name.removesuffix("_text") not in filled and name not in missing
    ]


def _some(names: Sequence[str]) -> str:
    return ", ".join(quoted(name[:60]) for name in names[:30]) + (" …" if len(names) > 30 else "")


def _comment(text: str) -> str:
    return f"  # {text}" if text else ""


def quoted(text: str) -> str:
    """A text as one YAML scalar on one line, whatever is in it."""
    if _PLAIN.match(text) and text.casefold() not in _WORDS:
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


_SHORT: Mapping[str, str] = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escaped(sign: str) -> str:
    if sign in _SHORT:
        return _SHORT[sign]
    if sign.isprintable():
        return sign
    code = ord(sign)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
