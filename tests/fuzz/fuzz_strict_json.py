"""JSON documents: parsed exactly or refused; printing what was parsed parses to the same."""

from __future__ import annotations

import json

from orchestration.sources.readers import strict_json
from orchestration.sources.readers.json_document import JsonDocument
from tests.fuzz.inputs import memory_file, read_all

MAXIMUM_BYTES = 2048
FIELDS = ("id", "user.id", "list")
READERS = (
    JsonDocument(FIELDS),
    JsonDocument(FIELDS, "$.data.items"),
    JsonDocument(FIELDS, "$.features[*].properties"),
)
SEEDS = (
    b'[{"id": 1, "user": {"id": "2"}, "list": [1, 2.50, 1e400, -0]}, {"id": null}, 3]',
    b'{"data": {"items": [{"id": 4930000000000000.0}, []]}}',
    b'{"features": [{"properties": {"id": "\\ud800"}}, {"properties": 1}, {}]}',
    '\ufeff{"id": "样城", "id": 2}'.encode(),
    '[{"id": "x"}]'.encode("utf-16"),
    b"<!DOCTYPE html><html></html>",
    b"[" * 70 + b"]" * 70,
    b'{"a": "[[[[\\"", "b": [NaN, Infinity]}',
)
REASONS = {
    "not_json", "html_not_json", "duplicate_key", "number_range", "too_deep",
    "control_character",
}  # fmt: skip


def check(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    _parse(text)
    for reader in READERS:
        frames, rejects = read_all(reader, memory_file("a.json", data), FIELDS)
        if not data.strip():
            assert not frames
            assert not rejects


def _parse(text: str) -> None:
    try:
        value = strict_json.parse(text)
    except strict_json.JsonProblemError as problem:
        if problem.reason not in REASONS:
            raise AssertionError(problem.reason) from problem
        return
    try:
        plain = json.loads(text)
    except ValueError:
        return  # a comma before a bracket, and spellings of NaN, are overlooked on purpose
    assert _shape(value) == _shape(plain), "another structure than the standard library finds"
    assert strict_json.parse(strict_json.dump(value)) == value, "printing does not parse back"


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_shape(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    return "scalar"
