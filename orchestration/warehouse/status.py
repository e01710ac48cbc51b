"""How things stand: what readers see, what went wrong last, what waits, what was refused."""

from __future__ import annotations

import json
from typing import Any

from orchestration.settings import Settings
from orchestration.sources.archive import Archive
from orchestration.sources.inbox import InboxMissingError, Notice, missing_folders, scan
from orchestration.warehouse.connect import open_published


def status(settings: Settings) -> dict[str, Any]:
    """A report from the published file, the last failure and the inbox; changes nothing."""
    report: dict[str, Any] = {"home": str(settings.root.home), "published": None}
    if settings.root.published.exists():
        report |= _published(settings)
    failure = settings.root.last_failure
    report["last_failure"] = json.loads(failure.read_text()) if failure.exists() else None
    report["waiting"], report["left_in_inbox"] = _inbox(settings)
    report["live"] = _live(settings)
    return report


def _published(settings: Settings) -> dict[str, Any]:
    with open_published(settings.root.published) as connection:
        build = connection.execute(
            """select build_id, published_at, data_through_at, is_synthetic from meta.builds
               where outcome = 'published' order by build_id desc limit 1"""
        ).fetchone()
        refused = connection.execute(
            """select reason, extent, count(*), sum(records)::bigint, min(path)
               from quality.quarantine group by all order by 4 desc, 3 desc, 1"""
        ).fetchall()
        files = connection.execute(
            """select count(*), coalesce(sum(records_in), 0)::bigint,
                      coalesce(sum(records_loaded), 0)::bigint,
                      coalesce(sum(records_duplicate), 0)::bigint,
                      coalesce(sum(records_quarantined), 0)::bigint
               from quality.file_ledger"""
        ).fetchone()
        warnings = connection.execute(
            """select check_name, table_name, observed from quality.check_results
               where not passed and build_id = (select max(build_id) from quality.check_results)
               order by 1"""
        ).fetchall()
    assert files is not None
    if build is None:
        return {}
    return {
        "published": {
            "build_id": build[0],
            "published_at": build[1].isoformat(),
            "data_through_at": build[2].isoformat() if build[2] else None,
            "is_synthetic": build[3],
            "bytes": settings.root.published.stat().st_size,
        },
        "files": dict(
            zip(("files", "records_in", "loaded", "duplicate", "quarantined"), files, strict=True)
        ),
        "quarantine": [
            {"reason": r[0], "extent": r[1], "rows": r[2], "records": r[3], "example": r[4]}
            for r in refused
        ],
        "warnings": [{"check": w[0], "table": w[1], "observed": w[2]} for w in warnings],
    }


def _live(settings: Settings) -> list[dict[str, Any]]:
    """How every declared live source stands; nobody is asked."""
    from orchestration.sources.declarations import DeclarationError
    from orchestration.sources.extract import read_declarations

    try:
        declarations = read_declarations(settings)
    except DeclarationError:
        return []  # told as what is left in the inbox
    if not any(entry.fetch for entry in declarations.by_name.values()):
        return []
    from orchestration.sources.live.poll import report

    return report(settings, declarations)


def _inbox(settings: Settings) -> tuple[int | None, list[dict[str, str]]]:
    """Files that a run would take now (None: no run can), and what it would leave and why."""
    from orchestration.sources.declarations import DeclarationError
    from orchestration.sources.extract import read_declarations

    seen = Archive(settings.root.archive).seen()
    try:
        declarations = read_declarations(settings)
    except DeclarationError as error:
        return None, [{"path": "sources.yaml", "reason": "declaration", "detail": str(error)}]
    try:
        items = list(
            scan(
                settings.root.inbox,
                seen,
                settings.clock,
                declarations.patience,
                sleep=lambda _: None,
            )
        )
    except InboxMissingError as error:
        return 0, [{"path": "", "reason": "inbox_missing", "detail": str(error)}]
    left = [item for item in items if isinstance(item, Notice)]
    notices = missing_folders(settings.root.inbox, declarations.folders, seen) + left
    return len(items) - len(left), [
        {"path": n.display, "reason": n.reason, "detail": n.detail} for n in notices
    ]
