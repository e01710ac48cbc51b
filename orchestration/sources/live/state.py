"""What is remembered of live sources between runs: one document beside the archive's index.

It is written after the bytes it speaks of are archived. A run that is killed in between asks
for the same again, and what comes twice is counted as duplicate. It lies in the archive, so
that an archive that is gone takes its cursors along.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

REMEMBERED = 200
"""So many hashes of recent answers are kept."""
_SLACK = timedelta(minutes=30)
_STALE_AFTER = 3
"""So many intervals, or failures of a source that never answered."""


@dataclass
class Polled:
    """What is known of one source.

    address: a hash of its declaration; another one means another source. memory: cursors and
    validators, of the kind of source. recent: hashes of answers that are archived. flawed: those
    of answers that were named as flawed. trouble: why the last poll did not succeed.
    is_unfinished: it ended at its bounds or was killed, and the next run goes on.
    """

    address: str
    asked_at: str | None = None
    next_at: str | None = None
    succeeded_at: str | None = None
    failures: int = 0
    is_unfinished: bool = False
    trouble: dict[str, Any] | None = None
    memory: dict[str, Any] = field(default_factory=dict)
    recent: list[str] = field(default_factory=list)
    flawed: list[str] = field(default_factory=list)

    def is_due(self, now: datetime, every: timedelta) -> bool:
        """Whether it is to be asked now. Schedules are not exact: a little early is on time."""
        asked = _instant(self.asked_at)
        if asked is None or asked > now:
            return True
        planned = _instant(self.next_at)
        if self.failures and planned is not None:
            return planned <= now
        return self.is_unfinished or asked + every - min(every / 10, _SLACK) <= now

    def is_stale(self, now: datetime, every: timedelta) -> bool:
        """Whether it has been failing for so long that a person should look."""
        since = _instant(self.succeeded_at)
        if since is None:
            return self.failures >= _STALE_AFTER
        return bool(self.failures) and now - since > every * _STALE_AFTER

    def remember(self, digest: str, *, is_flawed: bool) -> None:
        """Note that an answer is archived."""
        hashes = self.flawed if is_flawed else self.recent
        hashes.append(digest)
        del hashes[:-REMEMBERED]


class State:
    """All sources' memory, read once and written whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.is_unreadable = False
        self._sources = self._read()

    def of(self, name: str, address: str) -> Polled:
        """What is known of a source; nothing where its declaration changed."""
        known = self._sources.get(name)
        if known is None or known.address != address:
            known = Polled(address)
            self._sources[name] = known
        return known

    def save(self) -> None:
        """Write and sync, then rename; only the owner may read cursors and addresses."""
        document = {name: asdict(polled) for name, polled in sorted(self._sources.items())}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_name(f".{self._path.name}.incoming")
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as target:
            json.dump(document, target, ensure_ascii=False, indent=1)
            target.flush()
            os.fsync(target.fileno())
        temporary.replace(self._path)

    def _read(self) -> dict[str, Polled]:
        if not self._path.exists():
            return {}
        names = {item.name for item in fields(Polled)}
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return {
                name: Polled(**{k: v for k, v in entry.items() if k in names})
                for name, entry in found.items()
            }
        except (OSError, ValueError, TypeError, AttributeError):
            self.is_unreadable = True
            return {}


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
