"""The inbox: which files lie there, which are whole, which are not files at all.

Only regular files are taken, and only when nobody is still writing them. Everything else is
named with its reason; nothing is skipped in silence.
"""

from __future__ import annotations

import os
import stat
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path

from orchestration.clock import Clock
from orchestration.sources.archive import Seen, escape_name
from orchestration.sources.rawfile import (
    COMPRESSED_SUFFIXES,
    EXPANSION_FLOOR,
    MAXIMUM_EXPANSION,
    BrokenContentError,
    CutContentError,
    Decompressed,
)
from orchestration.sources.readers import strict_json

PARTIAL_SUFFIXES = (".part", ".tmp", "~", ".crdownload")
_RACY_NS = 2_000_000_000
"""A file changed within this time of its copy may have changed again unnoticed."""


class InboxMissingError(Exception):
    """The inbox is not there, although files came through it before."""


@dataclass(frozen=True)
class Candidate:
    """A regular file that is new or changed."""

    path: Path
    display: str
    source_name: str
    bytes: int
    modified_ns: int


@dataclass(frozen=True)
class Notice:
    """Something in the inbox that was not taken, and why."""

    display: str
    source_name: str
    reason: str
    detail: str


@dataclass(frozen=True)
class Patience:
    """How long to wait for writers.

    settle: a young file must not have changed for this long. grace: a file that is visibly
    incomplete (cut gzip, unfinished last line) is taken as it is only when older than this.
    """

    settle: timedelta = timedelta(seconds=2)
    grace: timedelta = timedelta(minutes=10)


def scan(
    inbox: Path,
    seen: dict[str, Seen],
    clock: Clock,
    patience: Patience,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Candidate | Notice]:
    """Walk the inbox in a fixed order and give what is to be archived, and what is not.

    Raises InboxMissingError when the folder is gone although it delivered before.
    """
    if not inbox.is_dir():
        if seen:
            raise InboxMissingError(
                f"{inbox} is not there, but {len(seen)} files came through it before. "
                "Mount it again, or set OBSERVATORY_HOME."
            )
        return
    is_empty = True
    for item in walk(inbox):
        is_empty = False
        if isinstance(item, Notice) or _is_known(item, seen):
            if isinstance(item, Notice):
                yield item
            continue
        try:
            yield _settled(item, clock, patience, sleep)
        except OSError as error:
            yield Notice(item.display, item.source_name, "unreadable", why(error))
    if is_empty and seen:
        yield Notice(
            "", "inbox", "inbox_empty",
            f"not one file lies in {inbox}, but {len(seen)} came through it before; is it mounted?",
        )  # fmt: skip


def walk(inbox: Path) -> Iterator[Candidate | Notice]:
    """Regular files below the inbox by name; links and devices are named, never followed."""
    folders = [inbox]
    while folders:
        folder = folders.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            yield _notice(folder, inbox, "unreadable", why(error))
            continue
        below = []
        for entry in reversed(entries):
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                below.append(path)
                continue
            yield inspect(path, inbox)
        folders += reversed(below)


def inspect(path: Path, inbox: Path) -> Candidate | Notice:
    """A file to be taken, or why it is left."""
    try:
        status = path.lstat()
    except OSError as error:
        return _notice(path, inbox, "unreadable", why(error))
    if not stat.S_ISREG(status.st_mode):
        return _notice(path, inbox, "not_a_regular_file", "links, pipes and devices are not read")
    if path.name.startswith(".") or path.name.endswith(PARTIAL_SUFFIXES):
        return _notice(path, inbox, "unfinished_name", "its name says that it is being written")
    if not os.access(path, os.R_OK):
        return _notice(path, inbox, "unreadable", "permission denied; chmod it, or chown it")
    display, source = names_of(path, inbox)
    return Candidate(path, display, source, status.st_size, status.st_mtime_ns)


def names_of(path: Path, inbox: Path) -> tuple[str, str]:
    """How a path below the inbox is displayed, and the source it belongs to."""
    parts = [escape_name(part) for part in path.relative_to(inbox).parts]
    return "/".join(parts), parts[0] if len(parts) > 1 else "inbox"


def missing_folders(inbox: Path, declared: Iterable[str], seen: Iterable[str]) -> list[Notice]:
    """Declared sources that have no folder and never delivered: most often a name is misspelt.

    seen: inbox paths of everything delivered so far.
    """
    there = {path.name for path in inbox.iterdir() if path.is_dir()} if inbox.is_dir() else set()
    known = there | {path.split("/")[0] for path in seen}
    names = sorted(declared)
    undeclared = sorted(there.difference(names))
    return [_missing(name, undeclared) for name in names if name not in known]


def _missing(name: str, undeclared: list[str]) -> Notice:
    close = get_close_matches(name, undeclared, n=1)
    meant = f" Did you mean {close[0]!r}, which has no entry?" if close else ""
    return Notice(
        f"{name}/", name, "no_folder",
        f"sources.yaml declares it, but there is no such folder below inbox/.{meant}",
    )  # fmt: skip


def _notice(path: Path, inbox: Path, reason: str, detail: str) -> Notice:
    display, source = names_of(path, inbox) if path != inbox else ("", "inbox")
    return Notice(display, source, reason, detail)


def why(error: OSError) -> str:
    """Why something could not be read, and what to do."""
    if isinstance(error, FileNotFoundError):
        return "it vanished while it was looked at; if it comes back, the next run takes it"
    return f"{error.strerror or error}; check its owner and mode"


def _is_known(candidate: Candidate, seen: dict[str, Seen]) -> bool:
    known = seen.get(candidate.display)
    return (
        known is not None
        and (known.bytes, known.modified_ns) == (candidate.bytes, candidate.modified_ns)
        and abs(known.archived_ns - known.modified_ns) > _RACY_NS
    )


def _settled(
    candidate: Candidate, clock: Clock, patience: Patience, sleep: Callable[[float], None]
) -> Candidate | Notice:
    """Wait for a young file once; defer it while it grows or visibly lacks its end."""
    # A file from the future (a clock was set back) is young, not a reason to wait for the future.
    age = max(
        timedelta(0), timedelta(seconds=clock.now().timestamp() - candidate.modified_ns / 1e9)
    )
    if age >= max(patience.settle, patience.grace):
        return candidate
    flaw = incompleteness(candidate.path)
    if flaw is None:
        return candidate
    if flaw and age < patience.grace:
        return Notice(
            candidate.display, candidate.source_name, "deferred",
            f"{flaw}; if it stays so, it is read as it is once it is "
            f"{int(patience.grace.total_seconds())} s old",
        )  # fmt: skip
    if age < patience.settle:
        sleep((patience.settle - age).total_seconds())
        now = candidate.path.stat()
        if (now.st_size, now.st_mtime_ns) != (candidate.bytes, candidate.modified_ns):
            return Notice(
                candidate.display, candidate.source_name, "deferred", "it is still being written"
            )
    return candidate


def incompleteness(path: Path) -> str | None:
    """None: provably complete. A sentence: visibly cut. "": nothing can be proven."""
    name = path.name.lower()
    if name.endswith(COMPRESSED_SUFFIXES):
        return _compression_flaw(path)
    if name.endswith((".zip", ".xlsx")):
        return None if zipfile.is_zipfile(path) else "the zip has no directory at its end"
    if name.endswith(".parquet"):
        return None if _ends_with(path, b"PAR1") else "the Parquet file has no footer"
    if name.endswith((".jsonl", ".ndjson")):
        return _last_line_flaw(path)
    if name.endswith(".json"):
        return _json_flaw(path)
    return None if _last_byte(path) in (b"\n", b"") else ""


def _compression_flaw(path: Path) -> str | None:
    lines = 0
    try:
        with path.open("rb") as raw:
            stream = Decompressed(raw, path.suffix.lower())
            left = max(EXPANSION_FLOOR, path.stat().st_size * MAXIMUM_EXPANSION)
            while left >= 0 and (chunk := stream.read1(1 << 20)):
                lines += chunk.count(b"\n")
                left -= len(chunk)
    except CutContentError as error:
        return f"{error}, after line {lines}"
    except BrokenContentError:
        return None  # damaged for good: waiting does not help, reading will name it
    return None


def _last_line_flaw(path: Path) -> str | None:
    if _last_byte(path) in (b"\n", b""):
        return None
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - (1 << 20)))
        last = stream.read().rsplit(b"\n", 1)[-1]
    try:
        strict_json.parse(last.decode("utf-8"))
    except (UnicodeDecodeError, strict_json.JsonProblemError):
        return "the last line is unfinished"
    return None


def _json_flaw(path: Path) -> str | None:
    if path.stat().st_size > 64 * 1024 * 1024:
        return ""
    try:
        strict_json.parse(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        return ""
    except strict_json.JsonProblemError as problem:
        unfinished = problem.reason == "not_json" and path.stat().st_size > 0
        return f"the JSON document does not end ({problem.detail})" if unfinished else ""
    return None


def _ends_with(path: Path, mark: bytes) -> bool:
    if path.stat().st_size < len(mark):
        return False
    with path.open("rb") as stream:
        stream.seek(-len(mark), os.SEEK_END)
        return stream.read() == mark


def _last_byte(path: Path) -> bytes:
    if path.stat().st_size == 0:
        return b""
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1)
