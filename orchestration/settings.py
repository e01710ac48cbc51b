"""What the environment decides: data root, pseudonym key, engine, clock. Read once, passed on."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from orchestration.clock import Clock, FixedClock, SystemClock
from orchestration.paths import PROJECT_ROOT, DataRoot

ENGINES = ("duckdb",)
SHORTEST_KEY = 32
"""Characters of a pseudonym key: what is shorter can be found by trying."""
TOKEN_PREFIX = "OBSERVATORY_TOKEN_"  # noqa: S105 - the beginning of names, no token
"""Only variables that begin so can be named by `token` of a live source."""


class SettingsError(ValueError):
    """The environment asks for something that cannot be done; the message says what to type."""


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two installations."""

    root: DataRoot
    engine: str = "duckdb"
    clock: Clock = field(default_factory=SystemClock)
    declared_key: str | None = field(default=None, repr=False)
    fetch_allow: tuple[str, ...] = ()
    """Addresses (`127.0.0.1:8000`, `10.0.0.0/8`) that live sources may ask although they are not
    public. No declaration can add one."""
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    bootstrap_replicates: int = 0
    """How often accounts are drawn anew for the bounds of response rates; 0: not at all."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read OBSERVATORY_HOME, OBSERVATORY_HMAC_KEY, OBSERVATORY_ENGINE, OBSERVATORY_NOW,
        OBSERVATORY_FETCH_ALLOW, OBSERVATORY_BOOTSTRAP_REPLICATES and every OBSERVATORY_TOKEN_…."""
        env = os.environ if environment is None else environment
        home = Path(env.get("OBSERVATORY_HOME") or PROJECT_ROOT / "data").expanduser().absolute()
        engine = env.get("OBSERVATORY_ENGINE") or "duckdb"
        if engine not in ENGINES:
            raise SettingsError(
                f"OBSERVATORY_ENGINE={engine!r} is not available; use one of: {', '.join(ENGINES)}"
            )
        return cls(
            root=DataRoot(home),
            engine=engine,
            clock=_clock(env.get("OBSERVATORY_NOW")),
            declared_key=_key(env.get("OBSERVATORY_HMAC_KEY")),
            fetch_allow=_allowed(env.get("OBSERVATORY_FETCH_ALLOW") or ""),
            tokens={k: v for k, v in env.items() if k.startswith(TOKEN_PREFIX) and v},
            bootstrap_replicates=_replicates(env.get("OBSERVATORY_BOOTSTRAP_REPLICATES")),
        )

    def pseudonym_key(self) -> str:
        """The key of all pseudonyms: from the environment, else from a file made on first use.

        The file lies outside the warehouse with mode 0600, so that a published or copied
        database never carries the means to reverse its pseudonyms.
        """
        if self.declared_key:
            return self.declared_key
        path = self.root.key_file
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32) + "\n")
        return path.read_text(encoding="ascii").strip()


def _key(declared: str | None) -> str | None:
    if not declared:
        return None
    if len(declared) < SHORTEST_KEY:
        raise SettingsError(
            f"OBSERVATORY_HMAC_KEY has {len(declared)} characters, at least {SHORTEST_KEY} are "
            'needed; make one: python3 -c "import secrets; print(secrets.token_hex(32))"'
        )
    return declared


def _replicates(declared: str | None) -> int:
    number = int(declared) if declared and declared.isascii() and declared.isdigit() else None
    if declared and (number is None or 0 < number < 100 or number > 10_000):
        raise SettingsError(
            f"OBSERVATORY_BOOTSTRAP_REPLICATES={declared!r} is no number of replicates; give 0 "
            "(none) or 100 to 10000, for example 200"
        )
    return number or 0


def _allowed(text: str) -> tuple[str, ...]:
    from orchestration.sources.live.allowance import Allowance

    items = tuple(item.strip() for item in text.split(",") if item.strip())
    for item in items:
        try:
            Allowance.parse(item)
        except ValueError as error:
            raise SettingsError(
                f"OBSERVATORY_FETCH_ALLOW={item!r} is no address or network such as "
                "127.0.0.1:8000 or 10.0.0.0/8"
            ) from error
    return items


def _clock(instant: str | None) -> Clock:
    if not instant:
        return SystemClock()
    try:
        parsed = datetime.fromisoformat(instant)
    except ValueError as error:
        raise SettingsError(f"OBSERVATORY_NOW={instant!r} is not an ISO 8601 instant") from error
    if parsed.tzinfo is None:
        raise SettingsError(f"OBSERVATORY_NOW={instant!r} has no zone; append Z or +08:00")
    return FixedClock(parsed)
