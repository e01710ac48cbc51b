"""Reads `sources.yaml` and says everything that is wrong in it at once, line by line.

Every message names file and line, the entry, the field and its value, why it cannot work, what
is allowed or nearest, and what to type next. Nothing is read from the inbox before the whole file
is sound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from orchestration.sources.declarations import (
    KINDS_MEANT,
    MAPPED_FIELDS,
    AccountDeclaration,
    ColumnSource,
    DeclarationError,
    Declarations,
    Document,
    FetchDeclaration,
    Problem,
    SourceDeclaration,
    patience_of,
)

Check = Callable[[SourceDeclaration], Iterable[Problem]]
Path_ = tuple[str | int, ...]
Entry = tuple[int, SourceDeclaration, frozenset[Path_]]
"""Its place in the list, the entry, and the fields in it whose own value was refused: nothing
more is said of those."""

_FORMATS = "observatory formats"
_RUN = "observatory run"


def no_further_check(declaration: SourceDeclaration) -> Iterable[Problem]:
    """For callers that know nothing of formats."""
    del declaration
    return ()


def load(path: Path, known_formats: Iterable[str], check: Check = no_further_check) -> Declarations:
    """Read and check sources.yaml; an absent file declares nothing.

    check: what else can be wrong with an entry that is well formed. Raises DeclarationError with
    one line for each problem of the file.
    """
    if not path.exists():
        return Declarations({}, False, patience_of(Document()))
    content, root = _content(path)
    found = _Findings(path, root)
    found.note_duplicates()
    document, entries = _validated(content, found)
    by_name = _named_once(entries, found)
    allowed = (*known_formats, "mapped")
    for place, entry, refused in entries:
        if ("format",) in refused or ("table",) in refused:
            continue
        _check_format(place, entry, allowed, found)
        for problem in _checked(entry, allowed, check):
            if _is_certain(problem, refused):
                found.note(("sources", place, *problem.field), problem.text, problem.advice)
    found.raise_any()
    assert document is not None
    return Declarations(by_name, document.synthetic, patience_of(document))


def _checked(entry: SourceDeclaration, allowed: Sequence[str], check: Check) -> Iterable[Problem]:
    """What is wrong with an entry under its format, or under the nearest to one that is unknown."""
    if entry.format is None or entry.format in allowed:
        return check(entry)
    meant = get_close_matches(entry.format, allowed, n=1)
    return check(entry.model_copy(update={"format": meant[0]})) if meant else ()


class _TextLoader(yaml.SafeLoader):
    """Instants stay the text they are written in, so that an impossible day is no crash."""


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, regex) for tag, regex in rules if tag != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _content(path: Path) -> tuple[Any, yaml.Node | None]:
    """The constructed content and the node tree with its line numbers."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        raise DeclarationError(
            f"{path}:{line}: byte {error.start} is not UTF-8; save the file as UTF-8, then type: "
            f"{_RUN}"
        ) from error
    loader = _TextLoader(text)
    try:
        root = loader.get_single_node()
        content = loader.construct_document(root) if root is not None else None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        why = getattr(error, "problem", None) or getattr(error, "reason", None) or error
        raise DeclarationError(
            f"{place}: not readable YAML: {why}; entries are indented with spaces, and text with "
            f"a colon, a quote or a # in it stands in quotes. Then type: {_RUN}"
        ) from error
    finally:
        loader.dispose()
    return content, root


@dataclass(frozen=True)
class _Found:
    line: int
    text: str


class _Findings:
    """Problems with the lines they stand on."""

    def __init__(self, path: Path, root: yaml.Node | None) -> None:
        self._path = path
        self._root = root
        self._found: list[_Found] = []

    def note(self, field: Path_, text: str, advice: str) -> None:
        """A problem of an entry's field, or of the whole file where there is no entry."""
        line = self._line(field)
        found = _Found(line, f"{self._path}:{line}: {self._who(field)}{text}; type: {advice}")
        if found not in self._found:
            self._found.append(found)

    def raise_any(self) -> None:
        if not self._found:
            return
        lines = [found.text for found in sorted(self._found, key=lambda found: found.line)]
        if len(lines) > 1:
            lines.append(f"{len(lines)} problems; no record was read")
        raise DeclarationError("\n".join(lines))

    def note_duplicates(self) -> None:
        """A key that stands twice would silently win over the first."""
        for path, key in _twice(self._root):
            line = key.start_mark.line + 1
            text = (
                f"{self._path}:{line}: {self._who(path)}{key.value!r} stands twice in one mapping; "
                f"keep one of them; type: {_RUN}"
            )
            self._found.append(_Found(line, text))

    def _who(self, field: Path_) -> str:
        if len(field) < 2 or field[0] != "sources":
            return ""
        entry = _step(_step(self._root, "sources"), field[1])
        name = _step(entry, "name")
        if isinstance(name, yaml.ScalarNode) and name.value:
            return f"source {name.value[:60]!r}: "
        return f"source number {int(field[1]) + 1}: "

    def _line(self, field: Path_) -> int:
        """Line of the deepest key of a path that exists."""
        node = self._root
        line = node.start_mark.line + 1 if node is not None else 1
        for part in field:
            key = _key_node(node, part)
            node = _step(node, part)
            if node is None:
                break
            line = (key or node).start_mark.line + 1
        return line


def _key_node(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((key for key, _ in node.value if key.value == str(part)), None)
    return None


def _step(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item: yaml.Node = node.value[part]
        return item
    return None


def _twice(root: yaml.Node | None) -> Iterator[tuple[Path_, yaml.Node]]:
    """(path of the mapping, key node) of every key that stands a second time."""
    waiting: list[tuple[Path_, yaml.Node | None]] = [((), root)]
    visited: set[int] = set()
    while waiting:
        path, node = waiting.pop()
        if node is None or id(node) in visited:
            continue
        visited.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += [((*path, place), item) for place, item in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                name = key.value if isinstance(key.value, str) else ""
                if name in seen and name != "<<":
                    yield path, key
                seen.add(name)
                waiting.append(((*path, name), value))


# -- shape ----------------------------------------------------------------------------------------
def _validated(content: Any, found: _Findings) -> tuple[Document | None, list[Entry]]:
    """The document without its entries, and every entry as far as it is well formed."""
    if content is None:
        content = {}
    if not isinstance(content, dict):
        found.note((), "the file must begin with `sources:` and list its entries below it", _RUN)
        return None, []
    try:
        document = Document.model_validate({k: v for k, v in content.items() if k != "sources"})
    except ValidationError as error:
        _note_errors(error.errors(), (), found)
        document = None
    listed = content.get("sources")
    if listed is not None and not isinstance(listed, list):
        found.note(("sources",), "`sources` must be a list: one `- name: …` for each folder", _RUN)
        listed = []
    entries: list[Entry] = []
    for place, entry in enumerate(listed or []):
        try:
            entries.append((place, SourceDeclaration.model_validate(entry), frozenset()))
        except ValidationError as error:
            _note_errors(error.errors(), ("sources", place), found)
            entries += _sound_part(place, entry, error, found)
    return document, entries


def _sound_part(place: int, entry: Any, error: ValidationError, found: _Findings) -> list[Entry]:
    """An entry without the fields that are refused, so that the others are looked at too.

    A mistyped field is read as the one that is meant, and its own problems are told. Of `columns`,
    a refused one is read under its own name; a reader that is unknown is any, and so is a name.
    """
    if not isinstance(entry, dict):
        return []
    refused = _refused(error)
    meant = _meant_fields(entry, refused)
    rest = _without({**entry, **{name: entry[slip] for name, slip in meant.items()}}, refused)
    try:
        return [(place, SourceDeclaration.model_validate(rest), refused)]
    except ValidationError as second:
        told = [p for p in second.errors() if not _is_shape_alone(p)]
        _note_errors(told, ("sources", place), found, meant)
        refused |= _refused(second)
    try:
        rest = _without(rest, refused)
        return [(place, SourceDeclaration.model_validate(rest), refused)]
    except ValidationError:
        return []


def _refused(error: ValidationError) -> frozenset[Path_]:
    """The fields whose own value is refused; of `columns`, the column."""
    fields = [_without_types(problem["loc"]) for problem in error.errors() if problem["loc"]]
    return frozenset(field[:2] if field[0] == "columns" else field[:1] for field in fields)


def _meant_fields(entry: Mapping[Any, Any], refused: Iterable[Path_]) -> dict[str, str]:
    """Fields that are absent, and the mistyped one that stands for each."""
    known = SourceDeclaration.model_fields
    meant: dict[str, str] = {}
    for slip in sorted(str(field[0]) for field in refused if field[0] not in known):
        for name in get_close_matches(slip, known, n=1):
            if name not in entry and slip in entry:
                meant.setdefault(name, slip)
    return meant


def _is_shape_alone(problem: Mapping[str, Any]) -> bool:
    """Whether a field read for a mistyped one holds something else altogether: it is not meant."""
    return len(_without_types(problem["loc"])) == 1 and problem["type"].endswith("_type")


def _without(entry: Mapping[Any, Any], refused: Iterable[Path_]) -> dict[Any, Any]:
    refused = set(refused)
    rest = {key: value for key, value in entry.items() if (key,) not in refused}
    if isinstance(rest.get("columns"), dict):
        rest["columns"] = {
            name: _as_declared(name, spec) if ("columns", name) in refused else spec
            for name, spec in rest["columns"].items()
        }
    if ("reader",) in refused:
        rest["reader"] = _ANY_READER
    if ("name",) in refused:
        rest["name"] = _ANY_NAME
    return rest


_ANY_NAME = "unnamed"
_ANY_READER = "csv"


def _as_declared(name: Any, spec: Any) -> Any:
    """A refused column, read from where it says, or else from the column of its own name."""
    source = spec.get("from") if isinstance(spec, dict) else None
    return {"from": source if isinstance(source, str) else str(name)}


def _is_certain(problem: Problem, refused: frozenset[Path_]) -> bool:
    """Whether a problem would stand if what is refused were right."""
    field: Path_ = problem.field
    if problem.stands:
        return True
    if any(field[: len(path)] == path for path in refused):
        return False
    unsure = {name for path in refused for name in _FOLLOWS_FROM.get(str(path[0]), ())}
    return field not in unsure


_FOLLOWS_FROM: Mapping[str, tuple[Path_, ...]] = {
    "reader": (("records",), ("delimiter",), ("header",)),
    "columns": (("header",), ("columns",)),
}
"""Fields whose problems may come from what stands in for a refused one."""


def _note_errors(
    problems: Iterable[Mapping[str, Any]],
    prefix: Path_,
    found: _Findings,
    meant: Mapping[str, str] | None = None,
) -> None:
    """meant: fields that were read for a mistyped one, on whose line their problems stand."""
    for problem in problems:
        field = _without_types(problem["loc"])
        name = ".".join(map(str, field))
        text, advice = _explained(problem, field, is_entry=bool(prefix))
        written = (_written(field, meant), *field[1:]) if field else ()
        found.note((*prefix, *written), f"{name}: {text}" if name else text, advice)


def _written(field: Path_, meant: Mapping[str, str] | None) -> str | int:
    return (meant or {}).get(str(field[0]), field[0])


def _without_types(loc: Sequence[str | int]) -> Path_:
    """The keys of a location; pydantic appends names of types it tried."""
    known = {"str", "int", "float", "bool", "ObservedColumn", "[key]"}
    return tuple(part for part in loc if part not in known)


def _explained(problem: Mapping[str, Any], field: Path_, *, is_entry: bool) -> tuple[str, str]:
    """Why a field is refused, and what to type next."""
    kind, value = problem["type"], problem.get("input")
    if kind == "extra_forbidden":
        allowed = _fields_beside(field, is_entry=is_entry)
        name = str(field[-1])
        meant = _suggestion(name, allowed)
        return f"{name!r} is no field here{meant}; allowed: {', '.join(allowed)}", _RUN
    if kind == "missing":
        return "it is missing", _RUN
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", problem["ctx"]["expected"])
        meant = _suggestion(KINDS_MEANT.get(str(value), str(value)), allowed)
        return f"{_shown(value)} is unknown{meant}; allowed: {', '.join(allowed)}", _RUN
    if kind == "value_error":
        return str(problem["ctx"]["error"]), _RUN
    if kind == "string_pattern_mismatch" and field[-1:] == ("region",):
        kind = "region"
    return _SHAPES.get(kind, problem["msg"]) + f" (found {_shown(value)})", _RUN


_SHAPES = {
    "string_type": "it must be text; put it in quotes",
    "region": 'it must be a GB/T 2260 code of six digits in quotes, such as "110000"',
    "string_pattern_mismatch": "a name has no / or \\ in it",
    "string_too_short": "it is empty",
    "dict_type": "it must be a mapping, one `key: value` a line",
    "model_type": "it must be a mapping, one `key: value` a line",
    "tuple_type": "it must be a list",
    "bool_parsing": "it must be true or false",
    "bool_type": "it must be true or false",
    "float_parsing": "it must be a number",
    "greater_than_equal": "it cannot be negative",
}


def _fields_beside(field: Path_, *, is_entry: bool) -> list[str]:
    model: type[BaseModel] = Document
    if is_entry:
        model = SourceDeclaration
        if len(field) > 1:
            models: dict[str, type[BaseModel]] = {
                "account": AccountDeclaration,
                "fetch": FetchDeclaration,
            }
            model = models.get(str(field[0]), ColumnSource)
    return [info.alias or name for name, info in model.model_fields.items()]


def _suggestion(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 62 else text[:60] + "…" + text[-1]


# -- entries together -----------------------------------------------------------------------------
def _named_once(entries: Sequence[Entry], found: _Findings) -> dict[str, SourceDeclaration]:
    by_name: dict[str, SourceDeclaration] = {}
    for place, entry, refused in entries:
        if ("name",) in refused:
            continue
        if entry.name in by_name:
            found.note(
                ("sources", place, "name"),
                f"name: {entry.name!r} is declared twice; one folder has one entry", _RUN,
            )  # fmt: skip
        by_name.setdefault(entry.name, entry)
    return by_name


def _check_format(
    place: int, entry: SourceDeclaration, allowed: Sequence[str], found: _Findings
) -> None:
    if entry.format is not None and entry.format not in allowed:
        meant = _suggestion(entry.format, allowed)
        found.note(
            ("sources", place, "format"),
            f"format: {_shown(entry.format)} is unknown{meant}; allowed: {', '.join(allowed)}",
            _FORMATS,
        )
    elif entry.format != "mapped":
        for name in MAPPED_FIELDS:
            if name in entry.model_fields_set:
                found.note(
                    ("sources", place, name),
                    f"{name}: it is for `format: mapped` only, and the format is "
                    f"{entry.format or 'not named'}; leave it out, or write `format: mapped`",
                    _RUN,
                )
