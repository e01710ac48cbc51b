"""Extract: what lies in the inbox goes into the archive, and the ledger says what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from orchestration.settings import Settings
from orchestration.sources import formats
from orchestration.sources.account_overrides import load_overrides
from orchestration.sources.archive import Archive, FileChangedError
from orchestration.sources.claim_reviews import load_claim_reviews
from orchestration.sources.declarations import (
    FETCHED_FORMATS,
    DeclarationError,
    Declarations,
    Problem,
    SourceDeclaration,
)
from orchestration.sources.inbox import Notice, missing_folders, scan, why
from orchestration.sources.mapping import mapped_format, observation_problem
from orchestration.sources.rawfile import RawFile
from orchestration.sources.sources_file import load

if TYPE_CHECKING:
    from orchestration.sources.live.client import Surroundings


@dataclass(frozen=True)
class Extracted:
    """Deliveries archived by this scan, and what was not taken, with the reason."""

    delivered: tuple[RawFile, ...]
    notices: tuple[Notice, ...]


def read_declarations(settings: Settings) -> Declarations:
    """sources.yaml, account_overrides.csv and claims_review.csv, checked in whole before any record
    is read: mapped sources too."""
    declared = load(settings.root.sources_file, formats.formats(), problems_of)
    return replace(
        declared,
        overrides=load_overrides(settings.root.overrides_file),
        claim_reviews=tuple(r.row for r in load_claim_reviews(settings.root.claims_review_file)),
    )


def problems_of(declaration: SourceDeclaration) -> Iterator[Problem]:
    """What cannot work in an entry that is well formed."""
    if declaration.fetch is not None and declaration.format not in FETCHED_FORMATS:
        named = repr(declaration.format) if declaration.format else "not named"
        yield Problem(
            ("fetch",),
            f"fetch: what comes must be read as one of {', '.join(FETCHED_FORMATS)}, and the "
            f"format is {named}; write `format:`",
        )
    if declaration.format == "mapped":
        try:
            mapped_format(declaration)
        except DeclarationError as error:
            yield from error.problems
        return
    problem = observation_problem(declaration)
    if problem is not None:
        yield problem
    observed = declaration.observed_column
    if observed is None or declaration.format is None:
        return
    fields = getattr(formats.formats()[declaration.format].reader, "fields", None)
    if fields and observed.from_ not in fields:
        close = get_close_matches(observed.from_, fields, n=1)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        yield Problem(
            ("observed_at",),
            f"observed_at: {declaration.format} reads no column {observed.from_!r}{meant}; "
            f"it reads: {', '.join(fields)}",
        )


def extract(
    settings: Settings,
    declarations: Declarations,
    progress: Callable[[str], None] = lambda message: None,
    surroundings: Surroundings | None = None,
) -> Extracted:
    """Archive every new, whole, regular file of the inbox, and what live sources have to say; one
    bad file or source never stops the others. surroundings: what live sources take from the
    machine."""
    archive = Archive(settings.root.archive)
    delivered: list[RawFile] = []
    seen = archive.seen()
    notices = missing_folders(settings.root.inbox, declarations.folders, seen)
    handled = 0
    for item in scan(settings.root.inbox, seen, settings.clock, declarations.patience):
        if isinstance(item, Notice):
            notices.append(item)
            continue
        try:
            delivered += archive.add(item.path, item.display, item.source_name, settings.clock)
        except FileChangedError:
            notices.append(_left(item.display, item.source_name, "deferred",
                                 "it changed while it was copied"))  # fmt: skip
        except OSError as error:
            notices.append(_left(item.display, item.source_name, "unreadable", why(error)))
        handled += 1
        if handled % 500 == 0:
            progress(f"archived {handled} files")
    if any(entry.fetch for entry in declarations.by_name.values()):
        from orchestration.sources.live.client import Surroundings
        from orchestration.sources.live.poll import poll

        fetched, remarks = poll(
            settings, declarations, archive, surroundings or Surroundings(), progress
        )
        delivered += fetched
        notices += remarks
    return Extracted(tuple(delivered), tuple(notices))


def _left(display: str, source_name: str, reason: str, detail: str) -> Notice:
    return Notice(display, source_name, reason, detail)
