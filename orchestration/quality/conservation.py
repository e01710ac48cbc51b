"""Conservation: every byte that came in is accounted for, every table is of this build, and whom
a review protects stands nowhere under their own id.

These are sums that must come out even, not judgements: they block, but for lines of the editors'
files, which cost nobody else anything. They look at the
whole ledger, which is one row a file, and at core rows only on the days this build touched; where
somebody is protected by a review, at all accounts that core names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from orchestration.cleaning.people import Door
from orchestration.paths import ALIASES_FILE
from orchestration.quality.profiles import local_midnight, touched_spans, unread
from orchestration.quality.results import Check, CheckResult
from orchestration.schemas.tables import (
    ACCOUNT_OVERRIDES,
    CORE_TABLES,
    FITTED_TABLES,
    MARTS,
    Table,
)
from orchestration.sources.archive import Archive
from orchestration.warehouse.builds import rows_of_other_builds

EXAMPLES = 3


@dataclass(frozen=True)
class Subject:
    """What is counted: a build in the open work file, the archive it came from, and the door that
    let people pass."""

    connection: duckdb.DuckDBPyConnection
    build_id: str
    archive: Archive
    door: Door


Problems = list[str]
"""What does not come out even, one text each; none is a pass."""


def _files_conserved(subject: Subject) -> Problems:
    rows = subject.connection.execute(
        """select path, records_in, records_loaded, records_duplicate, records_quarantined
           from work.quality.file_ledger
           where records_in <> records_loaded + records_duplicate + records_quarantined
           order by path"""
    ).fetchall()
    return [f"{path}: {n} in, {a} loaded + {b} duplicate + {c} refused"
            for path, n, a, b, c in rows]  # fmt: skip


def _deliveries_ledgered(subject: Subject) -> Problems:
    known = {
        row[0]
        for row in subject.connection.execute(
            "select file_id from work.quality.file_ledger"
        ).fetchall()
    }
    delivered = [file.file_id for file in subject.archive.deliveries()]
    # Not by its path: the archive's names whom the ledger's hides, and what is said is published.
    missing = [f"file {file_id} of the archive's index is not in the ledger"
               for file_id in delivered if file_id not in known]  # fmt: skip
    strays = len(known - set(delivered))
    return missing + ([f"{strays} ledgered files are not in the archive's index"] if strays else [])


def _bytes_archived(subject: Subject) -> Problems:
    rows = subject.connection.execute(
        f"""select path, coalesce(container_sha256, file_sha256), bytes, container_sha256 is null
           from work.quality.file_ledger where {unread()} order by path""",
        [subject.build_id],
    ).fetchall()
    problems = []
    for path, sha256, size, is_whole in rows:
        blob = subject.archive.blob(sha256)
        if not blob.is_file():
            problems.append(f"{path}: its bytes ({sha256[:12]}…) are gone from the archive")
        elif is_whole and blob.stat().st_size != size:
            problems.append(f"{path}: {blob.stat().st_size} bytes are kept of {size}")
    return problems


def _refusals_ledgered(subject: Subject) -> Problems:
    rows = subject.connection.execute(
        f"""select ledger.path, ledger.records_quarantined, coalesce(sum(refused.records), 0)
           from (from work.quality.file_ledger where {unread()}) as ledger
           left join work.quality.quarantine as refused using (file_id)
           group by ledger.file_id, ledger.path, ledger.records_quarantined
           having ledger.records_quarantined <> coalesce(sum(refused.records), 0)
           order by ledger.path""",
        [subject.build_id],
    ).fetchall()
    return [f"{path}: {a} in the ledger, {b} in quarantine" for path, a, b in rows]


def _editors_lines_used(subject: Subject) -> Problems:
    rows = subject.connection.execute(
        "select detail from work.quality.quarantine where file_id = $1 order by line_number",
        [ALIASES_FILE],
    ).fetchall()
    return [detail for (detail,) in rows]


def _rows_ledgered(subject: Subject, table: Table) -> Problems:
    problems = []
    for first, last in touched_spans(subject.connection, subject.build_id, table.full_name):
        moment = table.moment
        rows = subject.connection.execute(
            f"""select file_id, count(*) from work.{table.full_name}
                where {moment} >= $1::timestamptz and {moment} < $2::timestamptz + interval 1 day
                  and file_id not in (select file_id from work.quality.file_ledger)
                group by file_id order by file_id""",
            [local_midnight(first), local_midnight(last)],
        ).fetchall()
        problems += [f"{count} rows of unknown file {file_id}" for file_id, count in rows]
    return problems


def _rows_of_this_build(subject: Subject, table: Table) -> Problems:
    foreign, total = rows_of_other_builds(subject.connection, table, subject.build_id)
    return [f"{foreign} of {total} rows are of another build"] if foreign else []


def _officers_hidden(subject: Subject) -> Problems:
    """Said without the ids, which would be published with the answer."""
    reviewed = "select platform, account_id from work.quality.account_overrides"
    protected = subject.connection.sql(
        f"""{reviewed} where account_id like 'p:%' union
            select platform, account_id from work.quality.account_scope
            where account_kind = 'officer' and account_id like 'p:%'
              and exists ({reviewed})"""
    ).pl()
    if protected.is_empty():
        return []
    problems = []
    told = [
        t.full_name for t in (*CORE_TABLES, ACCOUNT_OVERRIDES) if "account_id" in t.column_names
    ]
    for name in told:
        named = subject.connection.sql(
            f"""select distinct platform, account_id from work.{name}
                where account_id not like 'p:%'"""
        ).pl()
        hidden = subject.door.pseudonyms(named["platform"], named["account_id"])
        bare = named.select("platform", hidden.alias("account_id")).join(
            protected, on=["platform", "account_id"], how="semi"
        )
        if bare.height:
            problems.append(f"{bare.height} accounts of officers are under their own ids in {name}")
    return problems


def _own_rows(table: Table) -> str:
    return f"{'The newest' if table.is_grown else 'Every'} row carries this build's id"


def _check(name: str, table: str, expected: str) -> Check:
    return Check(name, "conservation", table, "error", expected)


_COUNTS: tuple[tuple[Check, Callable[[Subject], Problems]], ...] = (
    (
        _check("records_are_conserved", "quality.file_ledger",
               "For every file: records_in = loaded + duplicate + quarantined"),
        _files_conserved,
    ),
    (
        _check("deliveries_are_ledgered", "quality.file_ledger",
               "Every archived delivery stands in the ledger, and nothing else"),
        _deliveries_ledgered,
    ),
    (
        _check("bytes_are_archived", "quality.file_ledger",
               "The archive holds the bytes of every file of this build"),
        _bytes_archived,
    ),
    (
        _check("refusals_are_ledgered", "quality.quarantine",
               "Refused records per file equal the ledger's count"),
        _refusals_ledgered,
    ),
    (
        Check("editors_lines_are_used", "conservation", "quality.quarantine", "warn",
              "Every line of event_alias.csv names a topic or article that is there"),
        _editors_lines_used,
    ),
    (
        _check("officers_are_hidden", "quality.account_overrides",
               "Whom a review protects stands under no own id where accounts are named"),
        _officers_hidden,
    ),
    *(
        (
            _check("rows_are_ledgered", table.full_name, "Every row comes from a ledgered file"),
            lambda subject, table=table: _rows_ledgered(subject, table),
        )
        for table in CORE_TABLES
    ),
    *(
        (
            _check("rows_are_of_this_build", table.full_name, _own_rows(table)),
            lambda subject, table=table: _rows_of_this_build(subject, table),
        )
        for table in (*MARTS, *FITTED_TABLES)
    ),
)  # fmt: skip

CHECKS: tuple[Check, ...] = tuple(check for check, _ in _COUNTS)


def conservation_results(
    connection: duckdb.DuckDBPyConnection, build_id: str, archive: Archive, door: Door
) -> list[CheckResult]:
    """Count; one result per check. Never raises for the data: what cannot be counted fails."""
    subject = Subject(connection, build_id, archive, door)
    return [_answer(check, count, subject) for check, count in _COUNTS]


def _answer(check: Check, count: Callable[[Subject], Problems], subject: Subject) -> CheckResult:
    try:
        problems = count(subject)
    except Exception as error:
        return check.could_not_run(error)
    more = f" and {len(problems) - EXAMPLES} more" if len(problems) > EXAMPLES else ""
    return check.answer(not problems, "; ".join(problems[:EXAMPLES]) + more or "nothing missing")
