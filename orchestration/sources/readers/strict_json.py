"""JSON without silent damage: exact digits, no duplicate keys, no NaN, no lone surrogates."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

MAXIMUM_DEPTH = 64
_ESCAPE = re.compile(r"\\u00[0-9a-f]{2}")
"""Control characters as escapes, whose digits are written in capitals."""
_LENIENT = re.compile(
    r'"(?:[^"\\]|\\.)*"|(?<=[^\s,\[{:])\s*,(?=\s*[}\]])|-?\b(?:nan|inf|infinity)\b', re.IGNORECASE
)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_NUL = re.compile("\x00")


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


class Repeating(dict[str, Any]):
    """An object in which keys stand twice; of each the last value is kept."""

    __slots__ = ("twice",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.twice = frozenset(key for key in keys if keys.count(key) > 1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    return record if len(record) == len(pairs) else Repeating(pairs)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole, parse_float=_fraction, parse_constant=NoNumber
)


def parse(text: str, read: Sequence[str] | None = None) -> Any:
    """Parse one document; numbers come back as the text they are written in.

    read: dotted paths of what is read. No key of theirs may stand twice in its object, and below
    them none at all, nor NaN, Infinity or a NUL; None reads everything. Raises JsonProblemError
    with a reason code: not_json, html_not_json, duplicate_key, number_range, too_deep,
    control_character.
    """
    if "\x00" in text:
        raise JsonProblemError("control_character", "a NUL byte stands in the text")
    if is_too_deep(text):
        raise JsonProblemError("too_deep", f"nested deeper than {MAXIMUM_DEPTH} levels")
    try:
        value = _decode(text)
    except json.JSONDecodeError as error:
        if text.lstrip()[:1] == "<":
            raise JsonProblemError(
                "html_not_json", "looks like an HTML page saved under a JSON name", 1
            ) from None
        raise JsonProblemError(
            "not_json", f"{error.msg} at column {error.colno}", error.lineno
        ) from None
    if "\\u" in text and _holds(_LONE_SURROGATE, value):
        raise JsonProblemError("control_character", "a lone surrogate stands in a value")
    if read is None:
        _check_part(value)
    else:
        for path in read:
            _check_path(value, path)
    return value


def _check_path(value: Any, path: str) -> None:
    for part in path.split("."):
        if not isinstance(value, dict) or part not in value:
            return
        if isinstance(value, Repeating) and part in value.twice:
            raise _duplicate(part)
        value = value[part]
    _check_part(value)


def _check_part(value: Any) -> None:
    """What is read must be free of NULs, of keys that stand twice and of numbers that are none."""
    if _holds(_NUL, value):
        raise JsonProblemError("control_character", "a NUL stands in a value")
    _check_whole(value)


def _check_whole(value: Any) -> None:
    if isinstance(value, NoNumber):
        raise JsonProblemError("number_range", f"{value} is not a number JSON allows")
    if isinstance(value, Repeating):
        raise _duplicate(min(value.twice))
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            _check_whole(item)


def _duplicate(key: str) -> JsonProblemError:
    return JsonProblemError("duplicate_key", f"key {key[:60]!r} stands twice in one object")


def _decode(text: str) -> Any:
    """Decode, overlooking a comma before a closing bracket and any spelling of NaN and Infinity:
    the fast path does too, and neither leaves a doubt about what is read."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError:
        amended = _LENIENT.sub(_amend, text)
        if amended == text:
            raise
        try:
            return _DECODER.decode(amended)
        except json.JSONDecodeError:
            return _DECODER.decode(text)  # for the place of the first problem


def _amend(found: re.Match[str]) -> str:
    piece = found.group()
    if piece[0] == '"':
        return piece
    return "" if piece.strip() == "," else "NaN"


def has_bad_characters(value: Any) -> bool:
    """Whether a NUL or lone surrogate stands in any key or string."""
    return _holds(_NUL, value) or _holds(_LONE_SURROGATE, value)


def _holds(pattern: re.Pattern[str], value: Any) -> bool:
    """Whether any key or string of a value has the pattern in it."""
    if isinstance(value, str):
        return pattern.search(value) is not None
    if isinstance(value, dict):
        return any(_holds(pattern, key) or _holds(pattern, item) for key, item in value.items())
    return isinstance(value, list) and any(_holds(pattern, item) for item in value)


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
