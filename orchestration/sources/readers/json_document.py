"""One JSON document: a list of records, possibly deep inside, or one record a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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

_STEP = re.compile(r"\.([^.\[\]]+)|\[\*\]")


@dataclass(frozen=True)
class JsonDocument:
    """Records found at `records` (`$`, `$.data.items`, `$.features[*].properties`).

    A list at the end of the path is spread; anything else is one record. A document that does
    not parse is refused whole: which of its records could be trusted is not knowable.
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
            if isinstance(record, dict):
                rows.append([number, None, *flatten(record, self.fields)])
            else:
                yield Reject("not_an_object", "the list's element is not an object", number)
        if rows:
            yield raw_frame(self.fields, rows)

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        found = self.find(file, options)
        if isinstance(found, Reject) or not 0 < record_number <= len(found):
            return None
        raw = strict_json.dump(found[record_number - 1]).encode()
        return Located(None, 0, raw)

    def find(
        self, file: RawFile, options: ReadOptions, notes: list[Reject] | None = None
    ) -> list[Any] | Reject:
        """The parsed elements at `records`, or why the document has none that can be read.

        notes: gets what is to be reported although the document could be read.
        """
        data = whole_content(file, [] if notes is None else notes)
        if isinstance(data, Reject):
            return data
        if not data.strip():
            return []
        decoded = decode_strictly(data, options)
        if isinstance(decoded, Reject):
            return decoded
        try:
            return at_path(strict_json.parse(decoded[0]), self.records, notes)
        except strict_json.JsonProblemError as problem:
            return Reject(
                problem.reason,
                f"{problem.detail}; the whole document is refused",
                line_number=problem.line,
                extent="file",
            )


def at_path(document: Any, path: str, notes: list[Reject] | None = None) -> list[Any]:
    """The values at a path of a parsed document; a list at its end is spread.

    notes: gets a reject (element_off_path) for every element on the way below which the path
    does not go on although others' does. Null, {} and [] hold nothing and are passed over.
    Raises JsonProblemError (records_not_found) where nothing stands.
    """
    if document == {} and path.startswith("$."):
        return []  # an answer without anything in it
    placed: list[tuple[str, Any]] = [("$", document)]
    misfits: list[Reject] = []
    for step in _STEP.finditer(path):
        key = step.group(1)
        below = [(place, value, _below(place, value, key)) for place, value in placed]
        if below and all(found is None for _, _, found in below):
            raise strict_json.JsonProblemError(
                "records_not_found", f"nothing stands at {path[: step.end()]} in the document"
            )
        misfits += [
            _misfit(place, value, key)
            for place, value, found in below
            if found is None and value not in (None, {}, [])
        ]
        placed = [item for _, _, found in below for item in found or ()]
    if notes is not None:
        notes += misfits
    values = [value for _, value in placed]
    if len(values) == 1 and isinstance(values[0], list):
        return values[0]
    return values


def _below(place: str, value: Any, key: str | None) -> list[tuple[str, Any]] | None:
    """One step down from a value, each with its place: to a key, or without one to all elements
    of a list. None where the value has no such step."""
    if key is None:
        if not isinstance(value, list):
            return None
        return [(f"{place}[{number}]", item) for number, item in enumerate(value)]
    if not isinstance(value, dict) or key not in value:
        return None
    return [(f"{place}.{key}", value[key])]


def _misfit(place: str, value: Any, key: str | None) -> Reject:
    """What is said of an element that a path does not lead through. Values are not repeated."""
    expected = "a list" if key is None else f"an object with the key {key!r}"
    found = "an object without it" if key and isinstance(value, dict) else _kind(value)
    return Reject(
        "element_off_path",
        f"at {place}, expected {expected}, found {found}",
        line_number=getattr(value, "line", None),
    )


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true or false"
    return "a number" if isinstance(value, strict_json.Number) else "a text"
