"""A small observatory into which faults are injected, and what must always hold of it."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.clock import FixedClock
from orchestration.paths import DataRoot
from orchestration.schemas.tables import CORE_TABLES
from orchestration.settings import Settings
from orchestration.sources.declarations import Declarations
from orchestration.sources.extract import Extracted, extract, read_declarations
from orchestration.sources.inbox import names_of
from orchestration.warehouse import builds, ingest
from orchestration.warehouse.connect import open_modelled, open_work

if TYPE_CHECKING:
    from orchestration.sources.live.client import Surroundings

NOW = datetime(2026, 9, 1, tzinfo=UTC)
KEY = "0123456789abcdef" * 4
FIRST_ID = 5315658459906048
"""Id of a post of 2026-07-01 00:00:00 in Shanghai; the ids behind it are of the same second."""
SEEN = 1782849600
"""2026-07-01 04:00 in Shanghai."""
AUTHOR = "9900000001"


def post(number: int, **changes: Any) -> dict[str, Any]:
    """One record of a tweet, as a collector writes it."""
    return {
        "_id": str(FIRST_ID + number), "mblogid": f"x{number}",
        "created_at": "2026-07-01 00:00:00", "content": f"#样城通报# 第{number}条",
        "isLongText": False, "is_retweet": False, "url": f"https://weibo.com/{AUTHOR}/x{number}",
        "crawl_time": SEEN, "reposts_count": 1, "comments_count": 2, "attitudes_count": 3,
        **changes,
    }  # fmt: skip


def lines(*records: object) -> bytes:
    """Records as JSON Lines; bytes and text stand as they are."""
    return b"".join(_line(record) + b"\n" for record in records)


def _line(record: object) -> bytes:
    if isinstance(record, bytes):
        return record
    return (record if isinstance(record, str) else json.dumps(record, ensure_ascii=False)).encode()


def zipped_text(data: bytes) -> bytes:
    """Gzip without a time stamp."""
    return gzip.compress(data, mtime=0)


@dataclass
class Site:
    """One data root. Files are a day old unless told otherwise, so that nobody waits for them.

    now: of its clock. fetch_allow, tokens: of its environment. surroundings: of its live sources.
    """

    home: Path
    last: Extracted | None = None
    now: datetime = NOW
    fetch_allow: tuple[str, ...] = ()
    tokens: dict[str, str] = field(default_factory=dict)
    surroundings: Surroundings | None = None

    @property
    def settings(self) -> Settings:
        return Settings(
            DataRoot(self.home), clock=FixedClock(self.now), declared_key=KEY,
            fetch_allow=self.fetch_allow, tokens=self.tokens,
        )  # fmt: skip

    def declare(self, *entries: str) -> None:
        """Write sources.yaml; an entry is the inside of a YAML flow mapping."""
        self.home.mkdir(parents=True, exist_ok=True)
        body = "".join(f"  - {{{entry}}}\n" for entry in entries)
        self.settings.root.sources_file.write_text(f"sources:\n{body}", encoding="utf-8")

    def put(self, name: str | bytes, data: bytes, age: timedelta = timedelta(days=1)) -> Path:
        """Lay a file into the inbox."""
        path = Path(
            os.fsdecode(os.path.join(os.fsencode(self.settings.root.inbox), os.fsencode(name)))
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        moment = (NOW - age).timestamp()
        os.utime(path, (moment, moment))
        return path

    def night(self) -> ingest.Ingested:
        """Extract and ingest, as a nightly run does before its models."""
        declarations = self.extract()
        with open_work(self.settings.root.warehouse) as connection:
            build = builds.start_build(connection, self.settings.clock, synthetic=False)
            return ingest.ingest(connection, self.settings, declarations, build)

    def extract(self) -> Declarations:
        """Archive what there is, and no more."""
        self.settings.root.inbox.mkdir(parents=True, exist_ok=True)
        declarations = read_declarations(self.settings)
        self.last = extract(self.settings, declarations, surroundings=self.surroundings)
        return declarations

    @property
    def left(self) -> dict[str, str]:
        """What the last night left in the inbox: path to reason."""
        assert self.last is not None
        return {notice.display: notice.reason for notice in self.last.notices}

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the work file."""
        with open_modelled(self.settings.root.warehouse) as connection:
            return connection.execute(query, list(values)).fetchall()

    def quarantine(self, source: str) -> list[dict[str, Any]]:
        """Quarantine of a source, by place."""
        names = ("path", "reason", "extent", "records", "line_number", "column_name", "excerpt",
                 "detail", "record_number", "file_sha256")  # fmt: skip
        rows = self.ask(
            f"select {', '.join(names)} from quality.quarantine where source_name = $1 "
            "order by path, line_number nulls last, record_number, column_name, reason",
            source,
        )
        return [dict(zip(names, row, strict=True)) for row in rows]

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every core table, without the names of the files."""
        with open_modelled(self.settings.root.warehouse) as connection:
            return {
                table.name: sorted(
                    connection.table(table.full_name)
                    .select(*map(duckdb.ColumnExpression, table.value_names))
                    .fetchall(),
                    key=repr,
                )
                for table in CORE_TABLES
            }

    def assert_ledger(self) -> set[str]:
        """P1 in the ledger: every file's sum comes out even, its bytes are kept under its hash.
        Returns the hashes of all files."""
        ledger = self.ask(
            """select path, coalesce(container_sha256, file_sha256), records_in, records_loaded,
                      records_duplicate, records_quarantined, file_id from quality.file_ledger"""
        )
        refused = dict(
            self.ask("select file_id, sum(records)::bigint from quality.quarantine group by 1")
        )
        for path, sha256, records, loaded, duplicate, quarantined, file_id in ledger:
            assert records == loaded + duplicate + quarantined, path
            assert quarantined == refused.get(file_id, 0), path
            assert self.archived(sha256) is not None, path
        return {row[1] for row in ledger}

    def assert_conserved(self) -> None:
        """P1: the ledger comes out even, and knows every file that was not left in the inbox."""
        kept = self.assert_ledger()
        for path in _regular_files(self.settings.root.inbox):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            shown, _ = names_of(path, self.settings.root.inbox)
            assert shown in self.left or digest in kept, shown

    def archived(self, sha256: str) -> bytes | None:
        """The archived bytes under a hash, if they still are what the hash says."""
        blob = self.settings.root.archive / sha256[:2] / sha256
        data = blob.read_bytes() if blob.is_file() else b""
        return data if hashlib.sha256(data).hexdigest() == sha256 else None

    def assert_repeatable(self) -> None:
        """RR: the same inputs again bring nothing and change nothing."""
        before = self.content()
        again = self.night()
        assert (again.files, again.records_in, set(again.rows_added.values())) == (0, 0, {0})
        assert self.content() == before


def _regular_files(folder: Path) -> Iterable[Path]:
    return (p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
