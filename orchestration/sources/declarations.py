"""`sources.yaml`: what an entry may say about an inbox folder. `sources_file.py` reads the file."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from itertools import chain
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_serializer,
    field_validator,
    model_validator,
)

from orchestration.cleaning.regions import NO_REGION, known_codes
from orchestration.schemas.tables import CORE_TABLES
from orchestration.settings import TOKEN_PREFIX
from orchestration.sources import platforms
from orchestration.sources.inbox import Patience
from orchestration.sources.live.trouble import shown as shown_address

ACCOUNT_KINDS = ("organ", "officer", "state_media", "other_government", "unclear")
ADMIN_LEVELS = ("ministry", "province", "prefecture", "county", "station", "unclear")
COUNTS = {
    table.name: tuple(
        name.removesuffix("_lo") for name in table.column_names if name.endswith("_lo")
    )
    for table in CORE_TABLES
}
"""The counts of every core table."""
DEFAULT_ZONE = "Asia/Shanghai"
_OF_THE_MACHINE = ("localtime", "posix/", "right/", "posixrules", "Factory")
"""Beginnings of names that a system's zone files have besides IANA's: they mean another zone
elsewhere, or are not known to the database."""
_ENCODINGS = (
    "utf-8", "utf-16", "gb18030", "gbk", "gb2312", "big5", "big5hkscs", "cp1252", "latin-1",
    "mac_roman", "cp1251", "koi8-r", "euc-jp", "shift_jis", "euc-kr",
)  # fmt: skip
_NO_TEXT = ("idna", "punycode", "unicode-escape", "raw-unicode-escape")
"""Codecs of Python for names of hosts and for source code, which take almost any bytes."""


READERS = ("csv", "tsv", "json", "jsonl", "yaml", "xlsx", "parquet")
MAPPED_FIELDS = ("reader", "records", "table", "columns", "where", "delimiter", "header")
"""Fields that only `format: mapped` reads."""
FETCHED_FORMATS = ("rss", "wordpress_json", "mastodon_json")
"""Formats that can be asked for over the network."""
SHORTEST_INTERVAL = timedelta(minutes=5)
LONGEST_INTERVAL = timedelta(days=366)


class DeclarationError(ValueError):
    """sources.yaml cannot work; the message names entry, field, value and what is allowed.

    problems: the same one by one, for whoever knows where the entry stands in its file.
    """

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an entry. `field`: path of keys inside the entry.

    stands: it is wrong whatever the field holds.
    """

    field: tuple[str, ...]
    text: str
    advice: str = "observatory run"
    stands: bool = False


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


KINDS_MEANT = {"police": "organ", "公安": "organ", "media": "state_media"}
"""Words for a kind that are spelt like none of the codes, or like another one."""


class AccountDeclaration(_Strict):
    """Whose posts a folder holds, where the files do not say."""

    kind: Literal["organ", "officer", "state_media", "other_government", "unclear"]
    level: Literal["ministry", "province", "prefecture", "county", "station", "unclear"] = "unclear"
    region: str | None = Field(default=None, pattern=r"^\d{6}$")

    @field_validator("region")
    @classmethod
    def _is_known(cls, value: str | None) -> str | None:
        if value is not None and value not in known_codes():
            raise ValueError(f"{value} is {NO_REGION}")
        return value


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


class ObservedColumn(_Strict):
    """The source column that says when the collector looked, and its notation."""

    from_: str = Field(alias="from")
    parse: str | None = None


class FetchDeclaration(_Strict):
    """Where a live source is asked, and how often at most. token: the environment variable that
    holds its key."""

    url: str
    every: str
    token: str | None = None

    @field_validator("url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
            has_secret = parts.username is not None or parts.password is not None
            is_web = is_web and parts.port != 0 and not re.search(r"[\s\x00-\x1f]", value)
        except ValueError:
            is_web = has_secret = False
        if not is_web:
            raise ValueError(
                f"{_shown(shown_address(value))} is no address that begins with http:// or https://"
            )
        if has_secret:
            raise ValueError(
                f"{_shown(shown_address(value))} has a name or password in it; put a key into an "
                f"environment variable {TOKEN_PREFIX}… and name that in `token`"
            )
        return value

    @field_validator("every")
    @classmethod
    def _known_interval(cls, value: str) -> str:
        interval = _interval(value)
        if interval is None:
            raise ValueError(f"{_shown(value)} is no interval such as 30m, 6h or 1d")
        if interval < SHORTEST_INTERVAL:
            raise ValueError(f"{_shown(value)} is too short: hosts are asked every 5m at most")
        if interval > LONGEST_INTERVAL:
            raise ValueError(f"{_shown(value)} is longer than a year")
        return value

    @field_validator("token")
    @classmethod
    def _variable_name(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(TOKEN_PREFIX + r"[A-Z0-9_]+", value):
            raise ValueError(
                "it must be the name of an environment variable that begins with "
                f"{TOKEN_PREFIX}, never the token itself"
            )
        return value

    @field_serializer("url")
    def _without_secrets(self, value: str) -> str:
        return shown_address(value)

    @property
    def interval(self) -> timedelta:
        """`every` as a time."""
        interval = _interval(self.every)
        assert interval is not None
        return interval


_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _interval(text: str) -> timedelta | None:
    found = re.fullmatch(r"(\d{1,6})\s*([mhd])", text.strip(), re.ASCII)
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


class SourceDeclaration(_Strict):
    """One entry of sources.yaml."""

    name: str = Field(min_length=1, pattern=r"^[^/\\]+$")
    format: str | None = None
    platform: str | None = None
    timezone: str = DEFAULT_ZONE
    observed_at: str | ObservedColumn | None = None
    encoding: str | None = None
    account: AccountDeclaration | None = None
    reader: Literal["csv", "tsv", "json", "jsonl", "yaml", "xlsx", "parquet"] | None = None
    records: str = "$"
    table: str | None = None
    columns: dict[str, ColumnSource] | None = None
    where: dict[str, str] | None = None
    delimiter: str | None = None
    header: tuple[str, ...] | None = None
    without_counts: tuple[str, ...] = ()
    fetch: FetchDeclaration | None = None

    @property
    def observed_column(self) -> ObservedColumn | None:
        """The declared column of the collection time, whichever way it was written."""
        if isinstance(self.observed_at, ObservedColumn):
            return self.observed_at
        if (self.observed_at or "").startswith("column:"):
            return ObservedColumn.model_validate(
                {"from": (self.observed_at or "").removeprefix("column:").strip()}
            )
        return None

    @field_validator("observed_at", mode="before")
    @classmethod
    def _one_notation(cls, value: Any) -> Any:
        if isinstance(value, dict):
            if unknown := set(value) - {"from", "parse"} or "from" not in value:
                told = "" if unknown is True else f", not {_shown(sorted(map(str, unknown)))}"
                raise ValueError(f"as a mapping it needs `from`, and may have `parse`{told}")
            return ObservedColumn.model_validate(_texts(value))
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
        if value.startswith(_OF_THE_MACHINE):
            raise ValueError(f"{_shown(value)} is not an IANA zone such as Asia/Shanghai")
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            close = get_close_matches(value, available_timezones(), n=1)
            if value.casefold().endswith(("/beijing", "/peking")):  # IANA has no such zone
                close = [DEFAULT_ZONE]
            meant = f"; did you mean {close[0]!r}?" if close else ""
            raise ValueError(
                f"{_shown(value)} is not an IANA zone such as Asia/Shanghai{meant}"
            ) from error
        return value

    @field_validator("observed_at")
    @classmethod
    def _known_observation(cls, value: str | ObservedColumn | None) -> str | ObservedColumn | None:
        if not isinstance(value, str) or value in ("file_name", "file_mtime"):
            return value
        if re.match(r"column:\s*\S", value):
            return value
        try:
            instant = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d)", "", value))
        except ValueError as error:
            close = get_close_matches(value, ("file_name", "file_mtime"), n=1)
            meant = f"; did you mean {close[0]!r}?" if close else ""
            raise ValueError(
                f"{_shown(value)} is none of file_name, file_mtime, column:NAME, an ISO instant"
                f"{meant}"
            ) from error
        if instant.tzinfo is None:
            raise ValueError(f"{_shown(value)} has no zone; append +08:00")
        return instant.isoformat()

    @field_validator("platform")
    @classmethod
    def _known_platform(cls, value: str | None) -> str | None:
        if value is None or value in platforms.PLATFORMS:
            return value
        close = platforms.nearest(value)
        meant = f"; did you mean {close!r}?" if close else ""
        raise ValueError(
            f"{_shown(value)} is unknown{meant}; allowed: {', '.join(platforms.PLATFORMS)}"
        )

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, value: str | None) -> str | None:
        if value is not None and (len(value) != 1 or value in '"\r\n\x00'):
            raise ValueError(f"{_shown(value)} is not one character such as ';' or '|'")
        return value

    @field_validator("header", mode="before")
    @classmethod
    def _names_as_text(cls, value: Any) -> Any:
        return tuple(_text(name) for name in value) if isinstance(value, list) else value

    @field_validator("without_counts")
    @classmethod
    def _known_counts(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """A mapped source has the counts of its one table, other sources may have any."""
        table = str(info.data.get("table") or "").removeprefix("core.")
        is_mapped = info.data.get("format") == "mapped" and table in COUNTS
        known = COUNTS[table] if is_mapped else tuple(dict.fromkeys(chain(*COUNTS.values())))
        unknown = [name for name in value if name not in known]
        if unknown and not known:
            raise ValueError(f"core.{table} has no counts; leave `without_counts` out")
        if unknown:
            what = f"no count of core.{table}" if is_mapped else "no count"
            raise ValueError(f"{_shown(unknown[0])} is {what}; allowed: {', '.join(known)}")
        return value

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                "".encode(value)
            except (LookupError, UnicodeError, ValueError) as error:
                close = get_close_matches(value.lower(), _ENCODINGS, n=1)
                meant = f"; did you mean {close[0]!r}?" if close else ""
                raise ValueError(
                    f"{_shown(value)} is not an encoding Python knows{meant}"
                ) from error
            if codecs.lookup(value).name in _NO_TEXT:
                raise ValueError(f"{_shown(value)} is no encoding that files are written in")
        return value

    def as_json(self) -> str:
        """The declaration as one line, for meta.sources; of an officer's address only the host."""
        document = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        if self.fetch is not None and self.account is not None and self.account.kind == "officer":
            parts = urlsplit(self.fetch.url)
            document["fetch"]["url"] = f"{parts.scheme}://{parts.hostname}/…"
        return json.dumps(document, ensure_ascii=False)


class Document(_Strict):
    """The whole of sources.yaml."""

    sources: tuple[SourceDeclaration, ...] = ()
    synthetic: bool = False
    settle_seconds: float | None = Field(default=None, ge=0)
    grace_seconds: float | None = Field(default=None, ge=0)


@dataclass(frozen=True)
class Override:
    """What was reviewed about one account; None where a code was not."""

    platform: str
    account_id: str
    account_kind: str | None
    admin_level: str | None
    region_code: str | None
    reviewer: str
    reviewed_at: datetime
    note: str | None
    line_number: int


@dataclass(frozen=True)
class Declarations:
    """All entries, by name."""

    by_name: dict[str, SourceDeclaration]
    is_synthetic: bool
    patience: Patience
    overrides: tuple[Override, ...] = ()
    """What was reviewed about single accounts (account_overrides.csv)."""
    claim_reviews: tuple[Mapping[str, Any], ...] = ()
    """Figures found in articles that were decided on (claims_review.csv), a row each."""

    @property
    def folders(self) -> list[str]:
        """Names of the sources that deliver through a folder of the inbox."""
        return [name for name, entry in self.by_name.items() if not entry.fetch]

    def for_source(self, name: str) -> SourceDeclaration:
        """The declared entry, or one with defaults for a folder that has none."""
        return self.by_name.get(name) or SourceDeclaration(name=name)


def patience_of(document: Document) -> Patience:
    """How long the declarations wait for writers."""
    default = Patience()
    settle, grace = document.settle_seconds, document.grace_seconds
    if settle is not None and grace is None:
        grace = settle if settle == 0 else None
    return Patience(
        default.settle if settle is None else timedelta(seconds=settle),
        default.grace if grace is None else timedelta(seconds=grace),
    )


def _shown(value: Any) -> str:
    """A value for a message: quoted, shortened."""
    text = repr(value)
    return text if len(text) <= 62 else text[:60] + "…" + text[-1]
