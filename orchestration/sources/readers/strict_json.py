"""JSON without silent damage: exact digits, no duplicate keys, no NaN, no lone surrogates."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

MAXIMUM_DEPTH = 64
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonProblemError(ValueError):
    """Why a text is not an acceptable JSON document."""

    def __init__(self, reason: str, detail: str, line: int | None = None) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.line = line


class Number(str):
    """A number as the digits it is written in, told apart from a string that looks like one."""

    __slots__ = ()


def _no_constant(name: str) -> Any:
    raise JsonProblemError("number_range", f"{name} is not a number JSON allows")


@cache
def _decoder(watched: frozenset[str] | None) -> json.JSONDecoder:
    """A decoder that refuses a key standing twice, if it is one of the watched (None: any)."""

    def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(pairs)
        if len(record) != len(pairs):
            keys = [key for key, _ in pairs if watched is None or key in watched]
            twice = [key for key in keys if keys.count(key) > 1]
            if twice:
                raise JsonProblemError(
                    "duplicate_key", f"key {twice[0][:60]!r} stands twice in one object"
                )
        return record

    return json.JSONDecoder(
        object_pairs_hook=without_duplicates,
        parse_int=Number,
        parse_float=Number,
        parse_constant=_no_constant,
    )


def parse(text: str, watched: frozenset[str] | None = None) -> Any:
    """Parse one document; numbers come back as Number, the text they are written in.

    watched: keys that must not stand twice in an object; None watches every key. Raises
    JsonProblemError with a reason code: not_json, html_not_json, duplicate_key, number_range,
    too_deep, control_character.
    """
    if "\x00" in text:
        raise JsonProblemError("control_character", "a NUL byte stands in the text")
    if is_too_deep(text):
        raise JsonProblemError("too_deep", f"nested deeper than {MAXIMUM_DEPTH} levels")
    try:
        value = _decoder(watched).decode(text)
    except json.JSONDecodeError as error:
        if text.lstrip()[:1] == "<":
            raise JsonProblemError(
                "html_not_json", "looks like an HTML page saved under a JSON name", 1
            ) from None
        raise JsonProblemError(
            "not_json", f"{error.msg} at column {error.colno}", error.lineno
        ) from None
    if "\\u" in text and has_bad_characters(value):
        raise JsonProblemError("control_character", "a NUL or lone surrogate stands in a value")
    return value


def has_bad_characters(value: Any) -> bool:
    """Whether a NUL or lone surrogate stands in any key or string."""
    if isinstance(value, str):
        return "\x00" in value or bool(_LONE_SURROGATE.search(value))
    if isinstance(value, dict):
        return any(has_bad_characters(k) or has_bad_characters(v) for k, v in value.items())
    return isinstance(value, list) and any(has_bad_characters(v) for v in value)


def dump(value: Any) -> str:
    """JSON text of a parsed value, numbers in the digits they were written in.

    Spaced as Polars spaces it, so that a value is the same text on every path.
    """
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(k)}: {dump(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dump, value)) + "]"
    return _quoted(value)


def _quoted(value: str | bool | None) -> str:
    return json.dumps(value, ensure_ascii=False)


def is_too_deep(text: str) -> bool:
    """Count brackets; only text that could be too deep is looked at character by character."""
    if text.count("[") + text.count("{") <= MAXIMUM_DEPTH:
        return False
    depth = 0
    for bracket in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        mark = bracket.group()
        if mark in "[{":
            depth += 1
            if depth > MAXIMUM_DEPTH:
                return True
        elif mark in "]}":
            depth -= 1
    return False
