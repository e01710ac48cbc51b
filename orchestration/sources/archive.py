"""The archive: every byte that was ever delivered, under its hash, never changed again.

`archive/ab/abcdef…` holds the bytes; `archive/index.jsonl` has one line per delivery (a file, or
one member of a zip), appended and synced after the bytes are safe. From the two alone the
whole warehouse can be rebuilt. Which deliveries are already loaded is not kept here: that is
the ledger's, inside the warehouse, so that data and ledger commit together.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.clock import Clock
from orchestration.sources.rawfile import ZIP_FAILURES, RawFile

_CHUNK = 1 << 20
_COPIED = 1 << 18
"""Bytes copied at a time, always through the same memory: fresh memory costs more than hashing."""
MAXIMUM_MEMBERS = 100_000
MAXIMUM_EXPANSION = 200
EXPANSION_FLOOR = 200 << 20
"""A member may always expand to this many bytes; beyond, only MAXIMUM_EXPANSION-fold."""


class FileChangedError(Exception):
    """The file changed while it was copied; it is left for the next run."""


@dataclass(frozen=True)
class Seen:
    """Size and modification time under which an inbox path was archived, in whole."""

    bytes: int
    modified_ns: int
    archived_ns: int


class Archive:
    """Content-addressed store of raw files below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index_path = folder / "index.jsonl"
        self._known: set[str] | None = None

    def deliveries(self) -> list[RawFile]:
        """Everything ever delivered, oldest first; a file that was only touched counts once."""
        first: dict[str, dict[str, Any]] = {}
        for entry in self._entries():
            if not entry.get("is_container"):
                first.setdefault(entry["file_id"], entry)
        return [self._delivery(entry) for entry in first.values()]

    def seen(self) -> dict[str, Seen]:
        """Inbox path to the state in which it was last archived, without what was fetched."""
        return {
            entry["inbox_path"]: Seen(
                entry["inbox_bytes"], entry["modified_ns"], entry["archived_ns"]
            )
            for entry in self._entries()
            if not entry.get("is_fetched")
        }

    def add(self, path: Path, display: str, source_name: str, clock: Clock) -> list[RawFile]:
        """Copy one inbox file in and record its delivery; a zip gives one delivery a member.

        Returns the new deliveries: none when the same bytes came under the same path before.
        Raises FileChangedError when the file changes meanwhile, OSError when it cannot be read.
        """
        return self._add(path, display, source_name, clock, {})

    def add_bytes(
        self,
        data: bytes,
        display: str,
        source_name: str,
        clock: Clock,
        flaw: tuple[str, str] | None = None,
    ) -> list[RawFile]:
        """Record bytes that were fetched, as a file of this moment. flaw: what its reader cannot
        see of it, as reason and sentence."""
        kept: dict[str, Any] = {"is_fetched": True}
        if flaw is not None:
            kept["flaw"] = list(flaw)
        with self.incoming(data) as path:
            moment = int(clock.now().timestamp() * 1e9)
            os.utime(path, ns=(moment, moment))
            return self._add(path, display, source_name, clock, kept)

    @contextmanager
    def incoming(self, data: bytes) -> Iterator[Path]:
        """Bytes as a file below the archive that is gone afterwards."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / ".fetched"
        path.unlink(missing_ok=True)
        try:
            path.write_bytes(data)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _add(
        self, path: Path, display: str, source_name: str, clock: Clock, more: Mapping[str, Any]
    ) -> list[RawFile]:
        before = path.stat()
        digest = self._store(path)
        after = path.stat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise FileChangedError(display)
        now = clock.now()
        common = {
            "inbox_path": display,
            "inbox_bytes": after.st_size,
            "modified_ns": after.st_mtime_ns,
            "archived_ns": int(now.timestamp() * 1e9),
            "source_name": source_name,
            **more,
        }
        entries = list(self._describe(digest, display, after.st_size, common))
        if self._known is None:
            self._known = {entry["file_id"] for entry in self._entries()}
        new = {e["file_id"]: e for e in entries if e["file_id"] not in self._known}
        fresh = list(new.values())  # a zip may hold one and the same member twice
        self._append(fresh or entries[:1])
        self._known.update(e["file_id"] for e in fresh)
        return [self._delivery(e) for e in fresh if not e.get("is_container")]

    def blob(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def _store(self, path: Path) -> str:
        """Copy with hashing to a temporary name, sync, rename to the hash.

        The name is always the same, as only the run that holds the lock is here: what a killed
        one left is replaced.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / ".incoming"
        temporary.unlink(missing_ok=True)
        hasher = hashlib.sha256()
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
        try:
            with (
                os.fdopen(os.open(path, flags), "rb", buffering=0) as source,
                temporary.open("wb") as target,
            ):
                held = memoryview(bytearray(_COPIED))
                while count := source.readinto(held):
                    hasher.update(held[:count])
                    target.write(held[:count])
                target.flush()
                os.fsync(target.fileno())
            blob = self.blob(hasher.hexdigest())
            if not blob.exists():
                blob.parent.mkdir(exist_ok=True)
                temporary.chmod(0o444)
                temporary.replace(blob)
        finally:
            temporary.unlink(missing_ok=True)
        return hasher.hexdigest()

    def _describe(
        self, digest: str, display: str, size: int, common: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        members = zip_members(self.blob(digest)) if is_container(display) else []
        if not members:
            yield {**common, **_identity(digest, display), "bytes": size}
            return
        yield {**common, **_identity(digest, display), "bytes": size, "is_container": True}
        for name, member_digest, member_size in members:
            path = f"{display}!/{escape_name(name)}"
            yield {
                **common,
                **_identity(member_digest, path),
                "bytes": member_size,
                "container_sha256": digest,
                "member": name,
            }

    def _entries(self) -> Iterator[dict[str, Any]]:
        if not self.index_path.exists():
            return
        with self.index_path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.endswith("\n"):  # a torn last line is a delivery that never happened
                    yield json.loads(line)

    def _append(self, entries: list[dict[str, Any]]) -> None:
        text = "".join(json.dumps(e, ensure_ascii=False, sort_keys=True) + "\n" for e in entries)
        with self.index_path.open("a+b") as index:
            _drop_torn_line(index)
            index.write(text.encode())
            index.flush()
            os.fsync(index.fileno())

    def _delivery(self, entry: dict[str, Any]) -> RawFile:
        container = entry.get("container_sha256")
        return RawFile(
            file_id=entry["file_id"],
            sha256=entry["file_sha256"],
            path=entry["path"],
            size=entry["bytes"],
            modified_at=datetime.fromtimestamp(entry["modified_ns"] / 1e9, UTC),
            archived_at=datetime.fromtimestamp(entry["archived_ns"] / 1e9, UTC),
            source_name=entry["source_name"],
            blob=self.blob(container or entry["file_sha256"]),
            container_sha256=container,
            member=entry.get("member"),
            flaw=(entry["flaw"][0], entry["flaw"][1]) if entry.get("flaw") else None,
        )


def is_container(name: str) -> bool:
    """Whether a file's members are deliveries: a .zip is, an .xlsx (a zip too) is one file."""
    return name.lower().endswith(".zip")


def zip_members(path: Path) -> list[tuple[str, str, int]]:
    """(name, sha256, size) of a zip's regular members; [] when it is no readable zip, has too many
    members or one that expands without bound: then the zip is refused whole, because a member
    that is left out would be lost in silence."""
    found = []
    try:
        with zipfile.ZipFile(path) as container:
            members = [info for info in container.infolist() if not info.is_dir()]
            if len(members) > MAXIMUM_MEMBERS or any(map(_expands_too_far, members)):
                return []
            for info in members:
                hasher = hashlib.sha256()
                with container.open(info) as stream:
                    while chunk := stream.read(_CHUNK):
                        hasher.update(chunk)
                found.append((info.filename, hasher.hexdigest(), info.file_size))
    except ZIP_FAILURES:
        return []
    return found


def _expands_too_far(member: zipfile.ZipInfo) -> bool:
    limit = max(EXPANSION_FLOOR, MAXIMUM_EXPANSION * member.compress_size)
    return member.file_size > limit


def escape_name(name: str) -> str:
    """A file name made printable: control characters and undecodable bytes as escapes."""
    raw = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in raw)


def _identity(digest: str, path: str) -> dict[str, str]:
    file_id = hashlib.sha256(f"{digest}\0{path}".encode()).hexdigest()[:16]
    return {"file_id": file_id, "file_sha256": digest, "path": path}


def _drop_torn_line(index: Any) -> None:
    """Cut an unterminated last line, left by a crash, before anything is appended to it."""
    index.seek(0, os.SEEK_END)
    size = index.tell()
    while size > 0:
        index.seek(size - 1)
        if index.read(1) == b"\n":
            break
        size -= 1
    index.truncate(size)
    index.seek(size)
