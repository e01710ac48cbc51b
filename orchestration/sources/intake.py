"""From archived files to staged rows: recognise, read, clean, account for every record.

Small files of one source and format are cleaned together, large ones in pieces, so that
memory is bounded by the batch and not by the file, and a thousand hourly lists cost a few
vectorised passes. What comes out is staged as Parquet for `warehouse/load.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

import polars as pl

from orchestration import memory
from orchestration.cleaning import times
from orchestration.cleaning.engine import (
    Cleaned,
    DeclaredAccount,
    IncompleteMappingError,
    clean_batch,
    refused,
)
from orchestration.cleaning.fields import (
    OBSERVED_AT,
    OBSERVED_AT_PROBLEM,
    OBSERVED_AT_SOURCE,
    OBSERVED_AT_TEXT,
    Context,
)
from orchestration.cleaning.people import SCOPE_SCHEMA, Door
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import POST_PARENTS, QUARANTINE, RECORD_PEOPLE, REPAIRS
from orchestration.sources.ahead import ahead
from orchestration.sources.declarations import Declarations, SourceDeclaration
from orchestration.sources.formats.base import (
    FileFacts,
    Format,
    FromFileName,
    FromModificationTime,
    FromRecord,
    Naming,
    Observation,
    time_in_name,
)
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import LINE, RECORD, Found, ReadOptions, Reject
from orchestration.sources.recognise import Recogniser, no_such_content
from orchestration.sources.unread import unread_columns
from orchestration.warehouse.staging import Staging

BATCH_ROWS = 50_000
AHEAD_BYTES = 8 << 20
"""Files of fewer bytes are read in turns with cleaning: to hand over costs more than it saves."""

ADVICE = {
    "unrecognised_format": "Name its format in sources.yaml, or map its columns with "
    "`format: mapped`, and deliver it again under another name; `observatory formats` lists what "
    "can be read, `observatory sniff PATH` proposes a mapping.",
    "empty_file": "The file has no content; it is recorded and nothing is missing from it.",
    "missing_key": "Without this value the record cannot be placed.",
    "id_clock_contradiction": "The publication time disagrees with the second inside the id, and "
    "not by a zone; one of the two is wrong.",
    "unknown_platform": "The word names no platform; `platform` of a source lists those there are. "
    "Correct the file, or translate the word with a `map` in a mapped source.",
    "platforms_disagree": "The row names one platform and its address leads to another; the "
    "account is the address's.",
    "too_many_addresses": "More addresses stand in one row than are read; the rest of them is not. "
    "Write one account a row.",
    "scientific_id": "A spreadsheet rewrote the id and destroyed its digits; export it as text.",
    "negative_count": "A count below zero; the field is left empty.",
    "fractional_count": "A count that is no whole number; the field is left empty.",
    "not_a_count": "Expected a count such as 1234, 1.2万 or 100万+, found something else; the "
    "field is left empty. If the producer changed the column, declare it as a mapped source.",
    "number_range": "More than 1,000,000,000,000, a hundred times all people there are and more; "
    "the field is left empty.",
    "not_a_text": "Expected text, found an object; the field is left empty. If the producer "
    "changed the column, declare it as a mapped source.",
    "not_an_id": "Expected an id, found something that cannot be one.",
    "reserved_id": "The id begins with p:, as pseudonyms that the system makes do; deliver the "
    "platform's own id.",
    "not_a_region": "No code of GB/T 2260 (see main.regions) in 2, 4, 6, 9 or 12 digits; the field "
    "is left empty. Names of places belong into region_text.",
    "future_time": "Later than the clock of this machine allows.",
    "not_a_time": "No known notation of a time; declare `parse:` in a mapped source.",
    "ambiguous_zone": "The zone's abbreviation has several meanings; declare a `timezone:` that "
    "uses it and has one (America/Chicago for an American CST, Asia/Shanghai for China's).",
    "unknown_zone": "The zone's abbreviation is not known; declare a `timezone:` that uses it.",
    "create_time_unproven": "create_time may be eight hours late and nothing in the record tells.",
    "times_disagree": "create_time and create_date_time differ, and not by eight hours.",
    "seen_before_posted": "The post was last seen before it was written; one of the two is wrong.",
    "not_public": "The post was not addressed to the public; it is not collected.",
    "no_host": "Without the host of its server an account of the fediverse is not identified.",
    "no_post_id_in_url": "The address of the post names none, so which post this is is unknown.",
    "facet_out_of_range": "A link's byte offsets lie outside the text, which is kept as it is.",
    "layout_not_proven": "Times, flags or counts do not stand where any known layout of this "
    "producer has them, so what its cells hold is unknown.",
    "line_cut_by_crawler": "The crawler rewrote the line by cutting it at commas and broke a "
    "quoted cell; the account has to be crawled again.",
    "likes_of_quoted_post": "A repost with exactly the likes of the post it quotes: the producer "
    "often takes those; the field is left empty.",
    "personal_network": "Who follows whom is not collected.",
    "nonexistent_time": "The clocks of the source's zone never showed this time: they were set "
    "forward over it; declare the zone that the times are in.",
    "too_coarse_time": "Weeks, months or years ago name no day.",
    "ambiguous_hour": "晚上 with an hour from twelve to four may be of the night that ends the "
    "day or of the one that begins it.",
    "later_than_observed": "A time relative to its observation (今天 23:00) that lies after it; "
    "one of the two is wrong: declare `observed_at`.",
    "relative_without_observed_at": "A time relative to its observation, and the source does not "
    "say when that was; declare `observed_at`.",
    "time_range": "Outside 1985 to 2200; of a number, declare whether it counts seconds or "
    "milliseconds.",
    "element_off_path": "No record below it was read; those of the elements that follow `records:` "
    "were. Correct `records:` in sources.yaml, or deliver what the element was meant to hold.",
    "nothing_to_load": "The record holds nothing that this format can load.",
    "unforeseen_error": "The program broke on it, which is its fault and not the file's: please "
    "report the reason with the line. The bytes are archived, and a version with other code "
    "reads them again by itself.",
}
OF_THE_MACHINE = (OSError, MemoryError)
"""What no other file would fare better with: the run ends, and the next one resumes."""
BREAKS_FOLLOWED = 500
"""How often a batch on which the code breaks is halved to find the records at fault; what is left
undivided then is refused together."""


@dataclass(frozen=True)
class ReadFile:
    """What one delivery was read as, for the ledger. records_used: how many gave a row of any
    core table, new or known."""

    file: RawFile
    path: str
    source_name: str
    format_id: str | None
    format_version: str | None
    encoding: str | None
    records_in: int
    records_used: int
    records_quarantined: int


@dataclass
class _Tally:
    """Counts of one file while it is read."""

    file: RawFile
    format: Format | None
    path: str
    source_name: str
    encoding: str = "utf-8"
    rows: int = 0
    used: int = 0
    rejected: int = 0
    refused: int = 0
    is_noted: bool = False

    def result(self, options: ReadOptions) -> ReadFile:
        return ReadFile(
            self.file,
            self.path,
            self.source_name,
            self.format.id if self.format else None,
            self.format.version if self.format else None,
            (options.encoding or self.encoding) if self.format else None,
            self.rows + self.rejected,
            self.used,
            self.rejected + self.refused,
        )


@dataclass
class _Group:
    """Raw frames of one source and format waiting to be cleaned together."""

    format: Format
    declaration: SourceDeclaration
    frames: list[pl.DataFrame] = field(default_factory=list)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By file id: what is the same in all records of a file, as columns."""
    rows: int = 0

    def add(self, frame: pl.DataFrame, of_file: dict[str, Any]) -> None:
        """Let a frame wait."""
        self.files[of_file["file_id"]] = of_file
        self.frames.append(frame.with_columns(pl.lit(of_file["file_id"]).alias("file_id")))
        self.rows += frame.height

    def take(self) -> pl.DataFrame:
        """Everything that waits as one raw frame with what is known of its files."""
        of_files = pl.from_dicts(list(self.files.values()), infer_schema_length=None)
        of_files = of_files.with_columns(pl.col(pl.Null).cast(pl.String))
        raw = pl.concat(self.frames).rename({RECORD: "record_number"})
        self.frames, self.files, self.rows = [], {}, 0
        return raw.join(of_files, on="file_id", how="left", maintain_order="left")


class Intake:
    """Reads and cleans deliveries into a staging folder."""

    def __init__(
        self,
        declarations: Declarations,
        door: Door,
        staging: Staging,
        now: datetime,
        progress: Callable[[str], None] = lambda message: None,
    ) -> None:
        self._declarations = declarations
        self._door = door
        self._staging = staging
        self._now = now
        self._progress = progress
        self._groups: dict[tuple[str, str], _Group] = {}
        self._tallies: dict[str, _Tally] = {}
        self._recogniser = Recogniser()
        self._worker = ThreadPoolExecutor(1)
        self.unread: dict[tuple[str, str, str], tuple[str, str, int | None, int]] = {}
        """(source, format, column) to file id, path, record and line of its first sight."""

    def read_all(self, files: Iterable[RawFile], *, foresee: bool = True) -> list[ReadFile]:
        """Read every file, those that name accounts first; nothing one file holds stops another.

        foresee: take the accounts that paths name for declared ones before any of their posts is
        read, as others' posts may cite them; the door tells which of them never came.
        """
        recognised = [(file, *self._recognise(file)) for file in files]
        recognised.sort(key=lambda r: (r[1], r[0].path))
        if foresee:
            self._foresee((file, found) for file, _, found, _ in recognised if found)
        before = Naming.LISTS
        for number, (file, naming, file_format, reject) in enumerate(recognised, start=1):
            if naming != before:
                before = naming
                self._flush_all()  # who is official is known before anyone's path is written down
            self._tallies[file.file_id] = _Tally(file, file_format, file.path, file.source_name)
            if number % 200 == 0:
                self._progress(f"read {number} of {len(recognised)} files")
            if file.flaw is not None:
                reason, detail = file.flaw
                self._note_reject(file, Reject(reason, detail, extent="file", records=0))
            if reject is not None:
                self._note_reject(file, reject)
            elif file_format is not None:
                self._read(file, file_format)
        self._flush_all()
        return [tally.result(self._options(tally.file)) for tally in self._tallies.values()]

    def _foresee(self, files: Iterable[tuple[RawFile, Format]]) -> None:
        accounts = []
        for file, file_format in files:
            declaration = self._declarations.for_source(file.source_name)
            if declaration.account is None or declaration.account.kind == "officer":
                continue
            facts = file_format.facts(file, declaration.timezone)
            uid = None if isinstance(facts, Reject) else facts.get("@uid")
            if uid is not None:
                platform = declaration.platform or file_format.platform
                accounts.append((platform, uid, declaration.account.kind))
        if accounts:
            self._door.foresee(pl.DataFrame(accounts, schema=SCOPE_SCHEMA, orient="row"))

    def _recognise(self, file: RawFile) -> tuple[Naming, Format | None, Reject | None]:
        declaration = self._declarations.for_source(file.source_name)
        try:
            found = self._recogniser.recognise(file, declaration)
        except OF_THE_MACHINE:
            raise
        except Exception as error:
            return Naming.NOTHING, None, _broken(error)
        naming = found.format.naming_of(file) if found.format else Naming.NOTHING
        return naming, found.format, found.reject

    def _read(self, file: RawFile, file_format: Format) -> None:
        declaration = self._declarations.for_source(file.source_name)
        facts = file_format.facts(file, declaration.timezone)
        if isinstance(facts, Reject):
            reject = no_such_content(file, file_format.id)
            if reject is None:
                self._refuse_whole(file, file_format, facts)
            else:
                self._note_reject(file, reject)
            return
        self._hide_author(file, declaration, declaration.platform or file_format.platform, facts)
        group = self._groups.setdefault(
            (file.source_name, file_format.id), _Group(file_format, declaration)
        )
        self._note_unread(file, file_format)
        tally = self._tallies[file.file_id]
        tally.encoding = _encoding_of(file.head(3))
        of_file = self._of_file(file, file_format, declaration, facts)
        items = self._items(file, file_format)
        for found in items:
            if isinstance(found, Reject):
                self._note_reject(file, found)
                continue
            if (absent := _absent_observation(declaration, found)) is not None:
                records = sum(map(_records, (found, *items)))
                self._note_reject(file, replace(absent, records=records))
                return
            tally.rows += found.height
            group.add(found, of_file)
            if group.rows >= BATCH_ROWS:
                self._flush(group)
        if tally.rows == 0 and not tally.is_noted:
            self._note_reject(
                file, Reject("empty_file", "no record in it", extent="file", records=0)
            )

    def _items(self, file: RawFile, file_format: Format) -> Iterator[Found]:
        """What the reader gives; of a large file the next pieces are read meanwhile."""
        items = _until_it_breaks(file_format.reader.read(file, self._options(file)))
        return items if file.size < AHEAD_BYTES else ahead(items, self._worker)

    def _note_unread(self, file: RawFile, file_format: Format) -> None:
        """Columns that the format does not read, where they first stand."""
        tally = self._tallies[file.file_id]
        for column in unread_columns(file, file_format.reader, self._options(file)):
            self.unread.setdefault(
                (tally.source_name, file_format.id, column.name),
                (file.file_id, tally.path, column.record_number, column.line_number),
            )

    def _hide_author(
        self, file: RawFile, declaration: SourceDeclaration, platform: str, facts: FileFacts
    ) -> None:
        """Where a path names an author who may not be named, what is stored names a pseudonym."""
        uid = facts.get("@uid")
        if uid is None or declaration.account is not None or self._door.names(platform, uid):
            return
        private = [facts[key] for key in ("@uid", "@bid", "@screen_name") if facts.get(key)]
        tally = self._tallies[file.file_id]
        tally.path = self._door.hide(platform, file.path, private)
        if declaration.name not in self._declarations.by_name:
            tally.source_name = self._door.hide(platform, file.source_name, private)

    def _refuse_whole(self, file: RawFile, file_format: Format, why: Reject) -> None:
        """A file that cannot be placed counts every record it holds as quarantined."""
        records = sum(map(_records, self._items(file, file_format)))
        self._note_reject(
            file, Reject(why.reason, why.detail, records=max(records, 1), extent="file")
        )

    def _options(self, file: RawFile) -> ReadOptions:
        return ReadOptions(self._declarations.for_source(file.source_name).encoding)

    def _of_file(
        self,
        file: RawFile,
        file_format: Format,
        declaration: SourceDeclaration,
        facts: FileFacts,
    ) -> dict[str, Any]:
        """What is the same in all records of a file: column to value."""
        answers = _answers(declaration, file_format)
        return {
            **facts,
            **{
                _answer_column(at): _of_whole_file(answer, file, declaration.timezone)
                for at, answer in enumerate(answers)
                if not isinstance(answer, FromRecord)
            },
            "source_name": self._tallies[file.file_id].source_name,
            "file_id": file.file_id,
            "file_sha256": file.sha256,
        }

    def _flush_all(self) -> None:
        for group in self._groups.values():
            self._flush(group)

    def _flush(self, group: _Group) -> None:
        if group.frames:
            self._clean(group)
            memory.release()

    def _clean(self, group: _Group) -> None:
        """Clean and stage what waits; nothing of it is held afterwards."""
        raw = with_observation(group.take(), group.declaration, group.format)
        for records, cleaned in self._cleaned(raw, group):
            for table, rows in cleaned.tables.items():
                self._staging.append(table, rows)
            self._staging.append(POST_PARENTS.name, cleaned.parents)
            used = records.select("file_id").filter(cleaned.is_used).group_by("file_id").len()
            for file_id, count in used.iter_rows():
                self._tallies[file_id].used += count
            self._stage_problems(records, cleaned)

    def _cleaned(self, raw: pl.DataFrame, group: _Group) -> list[tuple[pl.DataFrame, Cleaned]]:
        """Records with what they gave. Those on which the code breaks are refused by name, and
        all others go on: a batch that breaks is cleaned again in halves."""
        declaration = group.declaration
        account = declaration.account
        context = Context(
            declaration.name,
            declaration.platform or group.format.platform,
            declaration.timezone,
            self._now,
            is_zone_declared="timezone" in declaration.model_fields_set,
        )
        declared = DeclaredAccount(account.kind, account.level, account.region) if account else None
        breaks = iter(range(BREAKS_FOLLOWED))

        def clean(records: pl.DataFrame) -> list[tuple[pl.DataFrame, Cleaned]]:
            try:
                cleaned = clean_batch(records, group.format.mappings, context, self._door, declared)
            except (IncompleteMappingError, *OF_THE_MACHINE):
                raise
            except (Exception, pl.exceptions.PanicException) as error:
                if records.height == 1 or next(breaks, None) is None:
                    self._progress(f"{records.height} records broke the cleaning: {error!r:.200}")
                    return [(records, refused(records, f"unforeseen_error:{type(error).__name__}"))]
                half = records.height // 2
                return clean(records[:half]) + clean(records[half:])
            return [(records, cleaned)]

        return clean(raw)

    def _stage_problems(self, raw: pl.DataFrame, cleaned: Cleaned) -> None:
        place = raw.with_row_index("_row").select(
            "_row", "source_name", "file_id", "file_sha256", "record_number",
            line_number=pl.col(LINE) if LINE in raw.columns else pl.lit(None, dtype=pl.Int64),
        )  # fmt: skip
        found = cleaned.problems.join(place, on="_row", how="left")
        refused = found.filter(pl.col("extent") == "record").group_by("file_id").len()
        for file_id, count in refused.iter_rows():
            self._tallies[file_id].refused += count
        paths = {file_id: tally.path for file_id, tally in self._tallies.items()}
        advice = (
            pl.col("reason")
            .str.split(":")
            .list.first()
            .replace_strict(ADVICE, default=None, return_dtype=pl.String())
        )
        quarantine = found.with_columns(
            path=pl.col("file_id").replace_strict(paths, return_dtype=pl.String()),
            records=pl.when(pl.col("extent") == "record").then(1).otherwise(0),
            detail=advice,
        )
        self._staging.append("quarantine", _shaped(quarantine, QUARANTINE.column_names[:-1]))
        people = cleaned.people.join(place, on="_row", how="left")
        self._staging.append(RECORD_PEOPLE.name, people.select(RECORD_PEOPLE.column_names))
        repairs = cleaned.repairs.join(place, on="_row", how="left")
        self._staging.append(
            "repairs",
            repairs.select(REPAIRS.column_names[:-1]),
        )

    def _note_reject(self, file: RawFile, reject: Reject) -> None:
        tally = self._tallies[file.file_id]
        tally.is_noted = True
        tally.rejected += reject.records
        advice = ADVICE.get(reject.reason.split(":")[0])
        row = {
            "file_id": file.file_id,
            "file_sha256": file.sha256,
            "path": tally.path,
            "source_name": tally.source_name,
            "extent": reject.extent,
            "records": reject.records,
            "record_number": reject.record_number,
            "line_number": reject.line_number,
            "reason": reject.reason,
            "detail": f"{reject.detail}. {advice}" if advice else reject.detail,
        }
        self._staging.append(
            "quarantine", _shaped(pl.DataFrame([row]), QUARANTINE.column_names[:-1])
        )


def _until_it_breaks(items: Iterable[Found]) -> Generator[Found]:
    """What a reader gives; where the code breaks, that what follows was not read."""
    try:
        yield from items
    except OF_THE_MACHINE:
        raise
    except Exception as error:
        yield _broken(error)


def _broken(error: Exception) -> Reject:
    return Reject(
        f"unforeseen_error:{type(error).__name__}",
        "what follows in the file was not read",
        extent="file",
        records=1,
    )


def _encoding_of(beginning: bytes) -> str:
    """Encoding by byte order mark; UTF-8 without one."""
    if beginning.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    return "utf-16" if beginning.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"


def _shaped(frame: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    schema = polars_schema(QUARANTINE)
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(schema[name]).alias(name)
        for name in names
    )


def _answers(
    declaration: SourceDeclaration, file_format: Format
) -> tuple[Observation | datetime, ...]:
    """Where to look for when records were collected: as declared, else as the format knows."""
    column = declaration.observed_column
    if column is not None:
        return (FromRecord(column.from_, column.parse),)
    declared = declaration.observed_at
    if not isinstance(declared, str):
        return file_format.observation
    if declared == "file_name":
        return (FromFileName(),)
    if declared == "file_mtime":
        return (FromModificationTime(),)
    return (datetime.fromisoformat(declared),)


def _answer_column(at: int) -> str:
    """Column of a raw frame that holds an answer given for whole files."""
    return f"@observed_at_{at}"


def _of_whole_file(
    answer: FromFileName | FromModificationTime | datetime, file: RawFile, zone: str
) -> datetime | None:
    """When a file as a whole says that its records were collected."""
    if isinstance(answer, FromFileName):
        found = time_in_name(file.inner_path, zone, needs_clock=answer.needs_clock)
    elif isinstance(answer, FromModificationTime):
        found = file.modified_at
    else:
        found = answer
    return found.astimezone(UTC) if found else None


def with_observation(
    raw: pl.DataFrame, declaration: SourceDeclaration, file_format: Format
) -> pl.DataFrame:
    """A raw frame with observed_at and its source: for every record, the first answer there is.

    A record that says when it was seen, and says it so that it cannot be read, is not given the
    time of its file in its place: why, stands beside it.
    """
    unknown = pl.repeat(None, raw.height, dtype=times.INSTANT, eager=True)
    at, source, problem = unknown, unknown.cast(pl.String()), unknown.cast(pl.String())
    answered, texts = [], []
    for number, answer in enumerate(_answers(declaration, file_format)):
        if not isinstance(answer, FromRecord):
            answered.append(_answer_column(number))
            found = raw[answered[-1]].cast(times.INSTANT)
        elif answer.column in raw.columns:
            texts.append(raw[answer.column])
            read = times.parse_instants(
                texts[-1], answer.zone or declaration.timezone, pattern=answer.pattern
            )
            found = read.at
            problem = problem.zip_with(problem.is_not_null() | at.is_not_null(), read.problem)
        else:
            continue
        new = at.is_null() & problem.is_null() & found.is_not_null()
        at, source = found.zip_with(new, at), source.set(new, _label(answer))
    return raw.drop(answered).with_columns(
        at.alias(OBSERVED_AT),
        source.alias(OBSERVED_AT_SOURCE),
        problem.alias(OBSERVED_AT_PROBLEM),
        (texts[0] if texts else at).alias(OBSERVED_AT_TEXT),
    )


def _label(answer: Observation | datetime) -> str:
    if isinstance(answer, FromRecord):
        return "record"
    if isinstance(answer, FromFileName):
        return "file_name"
    return "file_mtime" if isinstance(answer, FromModificationTime) else "declared"


def _absent_observation(declaration: SourceDeclaration, frame: pl.DataFrame) -> Reject | None:
    """The reject for a file without the column that was declared to say when it was collected."""
    column = declaration.observed_column
    if column is None or column.from_ in frame.columns:
        return None
    there = [name for name in frame.columns if name not in (RECORD, LINE)]
    close = get_close_matches(column.from_, there, n=1)
    meant = f" (did you mean {close[0]!r}?)" if close else ""
    return Reject(
        "missing_column",
        f"`observed_at` names the column {column.from_!r}{meant}, which the file does not have; it "
        f"has: {', '.join(there[:40])}. Correct `observed_at` in sources.yaml",
        extent="file",
    )


def _records(found: Found) -> int:
    return found.records if isinstance(found, Reject) else found.height
