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
            return at_path(strict_json.parse(decoded[0]), self.records)
        except strict_json.JsonProblemError as problem:
            return Reject(
                problem.reason,
                f"{problem.detail}; the whole document is refused",
                line_number=problem.line,
                extent="file",
            )


def at_path(document: Any, path: str) -> list[Any]:
    """The values at a path of a parsed document; a list at its end is spread.

    Raises JsonProblemError (records_not_found) where nothing stands.
    """
    if document == {} and path.startswith("$."):
        return []  # an answer without anything in it
    values: list[Any] = [document]
    fitting: list[Any]
    for step in _STEP.finditer(path):
        key = step.group(1)
        if key is None:
            fitting = [value for value in values if isinstance(value, list)]
            stepped = [item for value in fitting for item in value]
        else:
            fitting = [v for v in values if isinstance(v, dict) and key in v]
            stepped = [v[key] for v in fitting]
        if values and not fitting:
            raise strict_json.JsonProblemError(
                "records_not_found", f"nothing stands at {path[: step.end()]} in the document"
            )
        values = stepped
    if len(values) == 1 and isinstance(values[0], list):
        return values[0]
    return values
