"""One YAML document: a list of records, possibly deep inside, or one record a file.

Read event by event into plain text, never into objects: `02222` stays `02222`, a date stays as it
is written, tags mean nothing, and only null becomes NULL. Aliases are followed as long as what
they repeat stays small, so that a few lines cannot grow into gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers import strict_json
from orchestration.sources.readers.base import (
    Found,
    Located,
    ReadOptions,
    Reject,
    decode_strictly,
    flatten,
    raw_frame,
    whole_content,
)
from orchestration.sources.readers.json_document import at_path

MAXIMUM_BYTES = 32 * 1024 * 1024
MAXIMUM_DEPTH = strict_json.MAXIMUM_DEPTH
MAXIMUM_REPEATED = 1_000_000
"""Characters that aliases may repeat in one document; registries repeat nothing, or a few names."""

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_MERGE = "<<"


class YamlRecord(dict[str, Any]):
    """A mapping that knows where it stands: first line (from 1) and span in characters."""

    line: int = 0
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class YamlDocument:
    """Records found at `records` (`$`, `$.accounts`), as in a JSON document.

    Several documents in one file are the elements of one list. A file that does not parse, or in
    which a key stands twice in one mapping, is refused whole.
    """

    fields: tuple[str, ...]
    records: str = "$"

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        notes: list[Reject] = []
        found = self.find(file, options, notes)
        yield from notes
        if isinstance(found, Reject):
            yield found
        else:
            yield from self.frames(found)

    def frames(self, found: list[Any]) -> Iterator[Found]:
        """Raw frames of the records that `find` gave."""
        rows: list[list[Any]] = []
        for number, record in enumerate(found, start=1):
            if isinstance(record, YamlRecord):
                rows.append([number, record.line, *flatten(record, self.fields)])
            else:
                yield Reject("not_an_object", "the list's element is not a mapping", number)
        if rows:
            yield raw_frame(self.fields, rows)

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        text = _text_of(file, options, [])
        found = self.find(file, options)
        if isinstance(text, Reject) or isinstance(found, Reject):
            return None
        if not 0 < record_number <= len(found):
            return None
        record = found[record_number - 1]
        if not isinstance(record, YamlRecord):
            return None
        content, encoding = text
        bare = "utf-8" if encoding == "utf-8-sig" else encoding
        begin, end = record.span
        offset = len(content[:begin].encode(bare)) + (3 if encoding == "utf-8-sig" else 0)
        return Located(record.line, offset, content[begin:end].rstrip().encode(bare))

    def find(
        self, file: RawFile, options: ReadOptions, notes: list[Reject] | None = None
    ) -> list[Any] | Reject:
        """The parsed elements at `records`, or why the file has none that can be read.

        notes: gets what is to be reported although the document could be read.
        """
        decoded = _text_of(file, options, [] if notes is None else notes)
        if isinstance(decoded, Reject):
            return decoded
        if not decoded[0].strip():
            return []
        try:
            return at_path(parse(decoded[0]), self.records, notes)
        except strict_json.JsonProblemError as problem:
            return Reject(
                problem.reason,
                f"{problem.detail}; the whole document is refused",
                line_number=problem.line,
                extent="file",
            )


def _text_of(file: RawFile, options: ReadOptions, notes: list[Reject]) -> tuple[str, str] | Reject:
    data = whole_content(file, notes, MAXIMUM_BYTES)
    return data if isinstance(data, Reject) else decode_strictly(data, options)


def parse(text: str) -> Any:
    """Parse YAML; scalars come back as the text they are written in, null as None.

    One document is given as it is, several as a list. Raises JsonProblemError with a reason
    code: not_yaml, html_not_yaml, duplicate_key, too_deep, alias_bomb, control_character.
    """
    try:
        documents = list(_documents(text))
    except yaml.YAMLError as error:
        raise _problem(text, error) from None
    if strict_json.has_bad_characters(documents):
        raise strict_json.JsonProblemError("control_character", "a NUL stands in a value")
    return documents[0] if len(documents) == 1 else documents


def _documents(text: str) -> Iterator[Any]:
    builder = _Builder()
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.DocumentEndEvent):
            yield builder.finish()
            builder = _Builder()
        else:
            builder.take(event)


def _problem(text: str, error: yaml.YAMLError) -> strict_json.JsonProblemError:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else None
    if text.lstrip()[:1] == "<":
        return strict_json.JsonProblemError(
            "html_not_yaml", "looks like an HTML page saved under a YAML name", 1
        )
    why = getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable"
    return strict_json.JsonProblemError("not_yaml", str(why), line)


@dataclass
class _Open:
    """A collection whose end is not yet reached."""

    value: YamlRecord | list[Any]
    anchor: str | None
    size_before: int
    key: str | None = None
    has_key: bool = False
    merged: list[YamlRecord] = field(default_factory=list)


class _Builder:
    """Values from the events of one document, without recursion."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._root: Any = None
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._size = 0
        self._repeated = 0

    def finish(self) -> Any:
        return self._root

    def take(self, event: Any) -> None:
        mark: Any = event.start_mark
        line = mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            self._take_scalar(event, line)
        elif isinstance(event, yaml.AliasEvent):
            self._take_alias(event, line)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            self._begin(event, line, is_mapping=is_mapping)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._end(event)

    def _take_scalar(self, event: Any, line: int) -> None:
        is_null = not event.style and event.implicit[0] and event.value in _NULL
        value = None if is_null else event.value
        size = 1 + len(event.value)
        self._size += size
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, size)
        self._place(value, line)

    def _take_alias(self, event: Any, line: int) -> None:
        if event.anchor not in self._anchors:
            raise strict_json.JsonProblemError(
                "not_yaml", f"alias {event.anchor[:40]!r} points at nothing before it", line
            )
        value, size = self._anchors[event.anchor]
        self._size += size
        self._repeated += size
        if self._repeated > MAXIMUM_REPEATED:
            raise strict_json.JsonProblemError(
                "alias_bomb",
                f"its aliases repeat more than {MAXIMUM_REPEATED} characters; write it out",
                line,
            )
        self._place(value, line)

    def _begin(self, event: Any, line: int, *, is_mapping: bool) -> None:
        if len(self._open) >= MAXIMUM_DEPTH:
            raise strict_json.JsonProblemError(
                "too_deep", f"nested deeper than {MAXIMUM_DEPTH} levels", line
            )
        value: YamlRecord | list[Any] = []
        if is_mapping:
            value = YamlRecord()
            value.line, value.span = line, (event.start_mark.index, 0)
        self._size += 1
        self._open.append(_Open(value, event.anchor, self._size))

    def _end(self, event: Any) -> None:
        done = self._open.pop()
        line = event.start_mark.line + 1
        if isinstance(done.value, YamlRecord):
            done.value.span = (done.value.span[0], event.end_mark.index)
            for base in done.merged:
                for key, value in base.items():
                    done.value.setdefault(key, value)
        if done.anchor is not None:
            self._anchors[done.anchor] = (done.value, self._size - done.size_before + 1)
        self._place(done.value, line)

    def _place(self, value: Any, line: int) -> None:
        """Put a finished value where it belongs: into a list, as a key, as a key's value."""
        if not self._open:
            self._root = value
            return
        parent = self._open[-1]
        if isinstance(parent.value, list):
            parent.value.append(value)
        elif parent.has_key:
            self._set(parent, value)
        else:
            self._take_key(parent, value, line)

    def _set(self, parent: _Open, value: Any) -> None:
        assert isinstance(parent.value, YamlRecord)
        key = parent.key or ""
        parent.has_key = False
        if key == _MERGE:
            bases = value if isinstance(value, list) else [value]
            parent.merged += [base for base in bases if isinstance(base, YamlRecord)]
        else:
            parent.value[key] = value

    def _take_key(self, parent: _Open, key: Any, line: int) -> None:
        assert isinstance(parent.value, YamlRecord)
        if isinstance(key, (dict, list)):
            raise strict_json.JsonProblemError(
                "not_yaml", "a list or mapping stands as a key", line
            )
        name = "null" if key is None else key
        if name in parent.value:
            raise strict_json.JsonProblemError(
                "duplicate_key", f"key {name[:60]!r} stands twice in one mapping", line
            )
        parent.key, parent.has_key = name, True
