"""Extract: what lies in the inbox goes into the archive, and the ledger says what is new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orchestration.settings import Settings
from orchestration.sources import formats
from orchestration.sources.archive import Archive, FileChangedError
from orchestration.sources.declarations import Declarations, load
from orchestration.sources.inbox import Notice, scan
from orchestration.sources.mapping import mapped_format
from orchestration.sources.rawfile import RawFile


@dataclass(frozen=True)
class Extracted:
    """Deliveries archived by this scan, and what was not taken, with the reason."""

    delivered: tuple[RawFile, ...]
    notices: tuple[Notice, ...]


def read_declarations(settings: Settings) -> Declarations:
    """sources.yaml, checked in whole before any record is read: mapped sources too."""
    declarations = load(settings.root.sources_file, formats.formats())
    for declaration in declarations.by_name.values():
        if declaration.format == "mapped":
            mapped_format(declaration)
    return declarations


def extract(
    settings: Settings,
    declarations: Declarations,
    progress: Callable[[str], None] = lambda message: None,
) -> Extracted:
    """Archive every new, whole, regular file of the inbox; one bad file never stops the others."""
    archive = Archive(settings.root.archive)
    delivered: list[RawFile] = []
    notices: list[Notice] = []
    handled = 0
    for item in scan(settings.root.inbox, archive.seen(), settings.clock, declarations.patience):
        if isinstance(item, Notice):
            notices.append(item)
            continue
        try:
            delivered += archive.add(item.path, item.display, item.source_name, settings.clock)
        except FileChangedError:
            notices.append(_left(item.display, item.source_name, "deferred",
                                 "it changed while it was copied"))  # fmt: skip
        except OSError as error:
            notices.append(_left(item.display, item.source_name, "unreadable", str(error)))
        handled += 1
        if handled % 500 == 0:
            progress(f"archived {handled} files")
    return Extracted(tuple(delivered), tuple(notices))


def _left(display: str, source_name: str, reason: str, detail: str) -> Notice:
    return Notice(display, source_name, reason, detail)
