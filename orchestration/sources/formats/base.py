"""What a format is: how to recognise it, read it, and turn its records into core tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from orchestration.cleaning import times
from orchestration.cleaning.fields import TableMapping
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import Reader, Reject

FileFacts = Mapping[str, Any]
"""Facts that only the file's path or declaration tells, by `@name`; values are text, datetimes or
None and become columns of every record."""


@dataclass(frozen=True)
class Head:
    """The beginning of a file's content and its path, for recognising it."""

    path: PurePosixPath
    data: bytes

    @property
    def text(self) -> str:
        """The beginning as text; undecodable bytes are replaced, a byte order mark dropped."""
        encoding = "utf-16" if self.data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        return self.data.decode(encoding, "replace")

    @property
    def first_line(self) -> str:
        return self.text.lstrip("\n\r").split("\n", 1)[0].rstrip("\r")

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower()


@dataclass(frozen=True)
class Evidence:
    """Why a file looks like a format. `score` runs from 0 to 1; the highest wins."""

    score: float
    why: str


@dataclass(frozen=True)
class FromRecord:
    """observed_at stands in every record, in this raw column and notation.

    zone: of a producer whose times have none and are not in the zone of the source.
    """

    column: str
    pattern: str | None = None
    zone: str | None = None


@dataclass(frozen=True)
class FromFileName:
    """observed_at is the time in the file's name.

    needs_clock: a date alone is not enough. Midnight would lie before posts of that day, and in
    the names of exports a date is often the span that was asked for.
    """

    needs_clock: bool = False


@dataclass(frozen=True)
class FromModificationTime:
    """observed_at is the file's modification time: nothing better is known."""


Observation = FromRecord | FromFileName | FromModificationTime


class Naming(IntEnum):
    """What the records of a file say about accounts, in the order in which files are read."""

    LISTS = 0
    """Its records are accounts: who is official is known from it."""
    MENTIONS = 1
    """Accounts stand beside what its records are about."""
    NOTHING = 2


def no_facts(file: RawFile, zone: str) -> FileFacts | Reject:
    """For formats whose records say everything."""
    del file, zone
    return {}


@dataclass(frozen=True)
class Format:
    """One kind of file people really have.

    becomes: what its records turn into, in words. platform: of its accounts and posts, where the
    source declares none and no record says it. naming: whether its records can bring
    accounts into scope, so that it is read before others; of a format with several kinds of file,
    asked of every file. observation: where observed_at is found,
    first answer wins, unless the source declares it. facts: facts of the file from its path
    (given the source's zone), or a reject where the path does not say what the format needs.
    """

    id: str
    producer: str
    becomes: tuple[str, ...]
    reader: Reader
    mappings: tuple[TableMapping, ...]
    sniff: Callable[[Head], Evidence | None]
    platform: str
    version: str = "1"
    observation: tuple[Observation, ...] = (FromModificationTime(),)
    facts: Callable[[RawFile, str], FileFacts | Reject] = no_facts
    naming: Naming | Callable[[RawFile], Naming] = Naming.NOTHING

    def naming_of(self, file: RawFile) -> Naming:
        """What a file of this format says about accounts."""
        return self.naming if isinstance(self.naming, Naming) else self.naming(file)


_NAME_TIME = re.compile(
    r"(?P<year>(?:19|20)\d{2})[-_年.]?(?P<month>\d{2})[-_月.]?(?P<day>\d{2})日?"
    r"(?:[T_ -]?(?P<hour>[01]\d|2[0-3])(?:点|[-:]?(?P<minute>[0-5]\d)[-:]?(?P<second>[0-5]\d)?"
    r"(?:[-_ ](?P<abbreviation>[A-Z]{3,4})(?![A-Za-z]))?))?"
)


def time_in_name(path: PurePosixPath, zone: str, *, needs_clock: bool = False) -> datetime | None:
    """The last complete date or time in a path, as a wall time of the zone; None without one.

    A zone abbreviation right behind the time is honoured where it has one meaning.
    needs_clock: dates without a time of day do not count.
    """
    for part in reversed(path.parts):
        matches = list(_NAME_TIME.finditer(part))
        for match in reversed(matches):
            found = match.groupdict(default="0")
            offset = times.ZONE_OFFSETS.get(found.pop("abbreviation"))
            if needs_clock and not match["hour"]:
                continue
            numbers = {k: int(v) for k, v in found.items()}
            try:
                return datetime(
                    numbers["year"], numbers["month"], numbers["day"],
                    numbers["hour"], numbers["minute"], numbers["second"],
                    tzinfo=ZoneInfo(zone) if offset is None else times.fixed_zone(offset),
                )  # fmt: skip
            except ValueError:
                continue
    return None


def has_value(column: str) -> Callable[[pl.DataFrame], pl.Series]:
    """A `where` that keeps records with something in the column."""

    def where(frame: pl.DataFrame) -> pl.Series:
        value = frame[column].cast(pl.String).str.strip_chars()
        return (value != "").fill_null(False)

    return where
