"""`sources.yaml`: what the inbox folders hold, checked before any record is read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from orchestration.sources.inbox import Patience

ACCOUNT_KINDS = ("organ", "officer", "state_media", "other_government", "unclear")
ADMIN_LEVELS = ("ministry", "province", "prefecture", "county", "station", "unclear")
DEFAULT_ZONE = "Asia/Shanghai"


class DeclarationError(ValueError):
    """sources.yaml cannot work; the message names entry, field, value and what is allowed."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _texts(value: Any) -> Any:
    """Keys and values as the text a file has, where YAML made numbers or truth values of them."""
    if not isinstance(value, dict):
        return value
    return {_text(key): _text(item) for key, item in value.items()}


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else value


class AccountDeclaration(_Strict):
    """Whose posts a folder holds, where the files do not say."""

    kind: Literal["organ", "officer", "state_media", "other_government", "unclear"]
    level: Literal["ministry", "province", "prefecture", "county", "station", "unclear"] = "unclear"
    region: str | None = Field(default=None, pattern=r"^\d{6}$")


class ColumnSource(_Strict):
    """How one core column of a mapped source is filled."""

    from_: str | None = Field(default=None, alias="from")
    parse: str | None = None
    const: str | int | float | bool | None = None
    map: dict[str, str] | None = None

    @field_validator("const", mode="before")
    @classmethod
    def _instant_as_text(cls, value: Any) -> Any:
        """YAML turns 2021-07-20 into a date; a declaration means the text."""
        return value.isoformat() if isinstance(value, date) else value

    @field_validator("map", mode="before")
    @classmethod
    def _words_as_text(cls, value: Any) -> Any:
        return _texts(value)

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnSource:
        if (self.from_ is None) == (self.const is None):
            raise ValueError("give either `from` or `const`")
        return self


class SourceDeclaration(_Strict):
    """One entry of sources.yaml."""

    name: str = Field(min_length=1, pattern=r"^[^/\\]+$")
    format: str | None = None
    platform: str | None = None
    timezone: str = DEFAULT_ZONE
    observed_at: str | None = None
    encoding: str | None = None
    account: AccountDeclaration | None = None
    reader: Literal["csv", "tsv", "json", "jsonl"] | None = None
    records: str = "$"
    table: str | None = None
    columns: dict[str, ColumnSource] | None = None
    where: dict[str, str] | None = None

    @field_validator("observed_at", mode="before")
    @classmethod
    def _instant_as_text(cls, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else value

    @field_validator("columns", mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {k: {"from": v} if isinstance(v, str) else v for k, v in value.items()}

    @field_validator("where", mode="before")
    @classmethod
    def _values_as_text(cls, value: Any) -> Any:
        return _texts(value)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value!r} is not an IANA zone such as Asia/Shanghai") from error
        return value

    @field_validator("observed_at")
    @classmethod
    def _known_observation(cls, value: str | None) -> str | None:
        if value in (None, "file_name", "file_mtime") or re.match(r"column:\s*\S", str(value)):
            return value
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError as error:
            raise ValueError(
                f"{value!r} is none of file_name, file_mtime, column:NAME, an ISO instant"
            ) from error
        if instant.tzinfo is None:
            raise ValueError(f"{value!r} has no zone; append +08:00")
        return value

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                "".encode(value)
            except LookupError as error:
                raise ValueError(f"{value!r} is not an encoding Python knows") from error
        return value

    def as_json(self) -> str:
        """The declaration as one line, for meta.sources."""
        return json.dumps(
            self.model_dump(mode="json", by_alias=True, exclude_defaults=True), ensure_ascii=False
        )


class _Document(_Strict):
    sources: tuple[SourceDeclaration, ...] = ()
    synthetic: bool = False
    settle_seconds: float | None = Field(default=None, ge=0)
    grace_seconds: float | None = Field(default=None, ge=0)


@dataclass(frozen=True)
class Declarations:
    """All entries, by name."""

    by_name: dict[str, SourceDeclaration]
    is_synthetic: bool
    patience: Patience

    def for_source(self, name: str) -> SourceDeclaration:
        """The declared entry, or one with defaults for a folder that has none."""
        return self.by_name.get(name) or SourceDeclaration(name=name)


def load(path: Path, known_formats: Iterable[str]) -> Declarations:
    """Read and check sources.yaml; an absent file declares nothing.

    Raises DeclarationError naming the entry and field.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{path} is not readable YAML: {error}") from error
    try:
        document = _Document.model_validate(content or {})
    except ValidationError as error:
        raise DeclarationError(f"{path}: {_first_problem(error)}") from error
    by_name: dict[str, SourceDeclaration] = {}
    allowed = {*known_formats, "mapped"}
    for source in document.sources:
        if source.name in by_name:
            raise DeclarationError(f"{path}: source {source.name!r} is declared twice")
        if source.format is not None and source.format not in allowed:
            raise DeclarationError(
                f"{path}: source {source.name!r}: format {source.format!r} is unknown; "
                "`observatory formats` lists what can be read"
            )
        by_name[source.name] = source
    return Declarations(by_name, document.synthetic, _patience(document))


def _patience(document: _Document) -> Patience:
    default = Patience()
    settle, grace = document.settle_seconds, document.grace_seconds
    if settle is not None and grace is None:
        grace = settle if settle == 0 else None
    return Patience(
        default.settle if settle is None else timedelta(seconds=settle),
        default.grace if grace is None else timedelta(seconds=grace),
    )


def _first_problem(error: ValidationError) -> str:
    problem = error.errors()[0]
    place = ".".join(str(part) for part in problem["loc"]) or "document"
    return f"{place}: {problem['msg']} (found {str(problem.get('input'))[:60]!r})"
