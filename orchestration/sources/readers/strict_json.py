"""JSON without silent damage: exact digits, no duplicate keys, no NaN, no lone surrogates."""

from __future__ import annotations

import json
import math
import re
from functools import cache
from typing import Any

MAXIMUM_DEPTH = 64
_ESCAPE = re.compile(r"\\u00[0-9a-f]{2}")
"""Control characters as escapes, whose digits are written in capitals."""
_LENIENT = re.compile(
    r'"(?:[^"\\]|\\.)*"|(?<=[^\s,\[{:]),(?=\s*[}\]])|-?\b(?:nan|inf|infinity)\b', re.IGNORECASE
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonProblemError(ValueError):
    """Why a text is not an acceptable JSON document."""

    def __init__(self, reason: str, detail: str, line: int | None = None) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.line = line


class Number(str):
    """A JSON number as the text it is known by; `dump` writes it without quotes."""

    __slots__ = ()


class NoNumber(Number):
    """NaN or Infinity where a number should be."""

    __slots__ = ()


def _whole(text: str) -> Number:
    return Number("0" if text == "-0" else text)


def _fraction(text: str) -> Number:
    """A number with a fraction or exponent by its value; beyond a double's range as written."""
    value = float(text)
    return Number(text if math.isinf(value) else repr(value))


@cache
def _decoder(watched: frozenset[str] | None) -> json.JSONDecoder:
    """A decoder that refuses a key standing twice, if it is one of the watched (None: any)."""

    def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(pairs)
        for key, value in pairs:
            if isinstance(value, NoNumber) and (watched is None or key in watched):
                raise JsonProblemError("number_range", f"{value} is not a number JSON allows")
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
        parse_int=_whole,
        parse_float=_fraction,
        parse_constant=NoNumber,
    )


def parse(text: str, watched: frozenset[str] | None = None) -> Any:
    """Parse one document; numbers come back as the text they are written in.

    watched: keys that are read: they must not stand twice in an object, and no NaN or Infinity may
    stand under them; None watches every key. Raises
    JsonProblemError with a reason code: not_json, html_not_json, duplicate_key, number_range,
    too_deep, control_character.
    """
    if "\x00" in text:
        raise JsonProblemError("control_character", "a NUL byte stands in the text")
    if is_too_deep(text):
        raise JsonProblemError("too_deep", f"nested deeper than {MAXIMUM_DEPTH} levels")
    try:
        value = _decode(text, watched)
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


def _decode(text: str, watched: frozenset[str] | None) -> Any:
    """Decode, overlooking a comma before a closing bracket and any spelling of NaN and Infinity:
    the fast path does too, and neither leaves a doubt about what is read."""
    decoder = _decoder(watched)
    try:
        return decoder.decode(text)
    except json.JSONDecodeError:
        amended = _LENIENT.sub(_amend, text)
        if amended == text:
            raise
        try:
            return decoder.decode(amended)
        except json.JSONDecodeError:
            return decoder.decode(text)  # for the place of the first problem


def _amend(found: re.Match[str]) -> str:
    piece = found.group()
    if piece[0] == '"':
        return piece
    return "" if piece == "," else "NaN"


def has_bad_characters(value: Any) -> bool:
    """Whether a NUL or lone surrogate stands in any key or string."""
    if isinstance(value, str):
        return "\x00" in value or bool(_LONE_SURROGATE.search(value))
    if isinstance(value, dict):
        return any(has_bad_characters(k) or has_bad_characters(v) for k, v in value.items())
    return isinstance(value, list) and any(has_bad_characters(v) for v in value)


def dump(value: Any) -> str:
    """Compact JSON text of a parsed value; numbers keep their text."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{dump(k)}:{dump(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(dump(item) for item in value) + "]"
    if isinstance(value, Number):
        return str(value)
    text = json.dumps(value, ensure_ascii=False)
    return _ESCAPE.sub(lambda found: found.group().upper().replace("U", "u", 1), text)


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
