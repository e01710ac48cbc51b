"""The door: who is official, and what becomes of everyone else.

Officials are accounts that their platform verifies as government, that stand in an account
list, or that a source declares. Ordinary people and officers pass only as keyed pseudonyms,
without name or text; their posts' ids become pseudonyms too, because a post id leads back to
its author. The key lies outside the warehouse (settings.py), so nothing published can be
reversed by hashing all possible ids.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

import polars as pl
import polars_hash as plh

PSEUDONYM_PREFIX = "p:"
_DIGITS = 20
"""80 bits: no collision among a billion ids at odds of one in two million."""

HASH_PREFIX = "hash:"
"""Marks an account known only by its collector's hash: SHA-256 of its id, unsalted, 16 digits."""
_HASH_DIGITS = 16

SCOPE_SCHEMA: dict[str, Any] = {
    "platform": pl.String(),
    "account_id": pl.String(),
    "account_kind": pl.String(),
}
_IDS: dict[str, Any] = {"platform": pl.String(), "account_id": pl.String()}


def hashed_ids(account_id: pl.Series) -> pl.Series:
    """Account ids as a collector writes them that hashes them without salt: `hash:` + 16 digits."""
    hashed = pl.col("id").chash.sha2_256().str.slice(0, _HASH_DIGITS)  # type: ignore[attr-defined]
    return pl.DataFrame({"id": account_id.cast(pl.String)}).select(
        pl.concat_str(pl.lit(HASH_PREFIX), hashed).alias("hashed")
    )["hashed"]


class Door:
    """Pseudonyms under one key, and the accounts known to be in scope."""

    def __init__(self, key: str, scope: pl.DataFrame | None = None) -> None:
        self._key = key
        self.scope = pl.DataFrame(schema=SCOPE_SCHEMA) if scope is None else scope
        self._nameable: dict[tuple[str, str], bool] | None = None
        self._foreseen = pl.DataFrame(schema=_IDS)

    def foresee(self, accounts: pl.DataFrame) -> None:
        """Admit accounts of which no row has been read yet, because the files to be read say whose
        they are; `unmet` tells which of them never came."""
        known = self.scope.select(list(_IDS))
        self._foreseen = accounts.select(list(_IDS)).unique().join(known, on=list(_IDS), how="anti")
        self._admit(accounts)

    def unmet(self) -> pl.DataFrame:
        """Accounts foreseen that were not admitted since."""
        return self._foreseen

    def admit(self, accounts: pl.DataFrame) -> None:
        """Add accounts (platform, account_id, account_kind) to the scope.

        Officers stand there under their pseudonym. An account once known as an officer's
        stays one: later evidence never takes protection away.
        """
        if self._foreseen.height:
            self._foreseen = self._foreseen.join(accounts, on=list(_IDS), how="anti")
        self._admit(accounts)

    def _admit(self, accounts: pl.DataFrame) -> None:
        self._nameable = None
        merged = pl.concat(
            [self.scope, accounts.select(list(SCOPE_SCHEMA)).cast(pl.Schema(SCOPE_SCHEMA))]
        )
        self.scope = (
            merged.with_columns(_officer=pl.col("account_kind") == "officer")
            .sort("platform", "account_id", "_officer", descending=[False, False, True])
            .unique(["platform", "account_id"], keep="first", maintain_order=True)
            .drop("_officer")
        )

    def pseudonyms(self, platform: pl.Series, identity: pl.Series) -> pl.Series:
        """Keyed pseudonyms `p:` + 20 hex digits of HMAC-SHA256; NULL stays NULL."""
        frame = pl.DataFrame({"platform": platform, "identity": identity})
        message = pl.concat_str("platform", pl.lit(":"), "identity")
        already = pl.col("identity").str.starts_with(PSEUDONYM_PREFIX)
        unique = frame.unique().filter(pl.col("identity").is_not_null())
        hashed = unique.with_columns(message=message).with_columns(
            pseudonym=pl.when(already)
            .then("identity")
            .otherwise(
                pl.lit(PSEUDONYM_PREFIX)
                + plh.col("message").chash.hmac_sha256(key=self._key).str.slice(0, _DIGITS)
            )
        )
        return frame.join(
            hashed.select("platform", "identity", "pseudonym"),
            on=["platform", "identity"],
            how="left",
            maintain_order="left",
        )["pseudonym"]

    def kinds(self, platform: pl.Series, account_id: pl.Series) -> pl.Series:
        """Account kind of those in scope, NULL for everyone else."""
        frame = pl.DataFrame({"platform": platform, "account_id": account_id})
        if account_id.null_count() == len(account_id) or self.scope.is_empty():
            return pl.repeat(None, len(account_id), dtype=pl.String(), eager=True).alias("kind")
        unique = frame.unique()
        unique = unique.with_columns(
            pseudonym=self.pseudonyms(unique["platform"], unique["account_id"])
        )
        known = (
            unique.join(self.scope, on=["platform", "account_id"], how="left")
            .join(
                self.scope.rename({"account_id": "pseudonym", "account_kind": "_as_pseudonym"}),
                on=["platform", "pseudonym"],
                how="left",
            )
            .select(
                "platform",
                "account_id",
                kind=pl.coalesce("_as_pseudonym", "account_kind"),
            )
        )
        joined = frame.join(known, on=["platform", "account_id"], how="left", maintain_order="left")
        return joined["kind"]

    def recognise(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Give accounts in scope their own id where the file has only its unsalted hash.

        Nobody else's hash is looked up: it is an id like any other and becomes a pseudonym.
        """
        if not {"platform", "account_id"} <= set(rows.columns):
            return rows
        if not rows["account_id"].cast(pl.String).str.starts_with(HASH_PREFIX).any():
            return rows
        named = self.scope.filter(
            ~pl.col("account_id").str.contains(f"^(?:{PSEUDONYM_PREFIX}|{HASH_PREFIX})")
        ).select("platform", pl.col("account_id").alias("_own_id"))
        known = named.with_columns(account_id=hashed_ids(named["_own_id"]))
        joined = rows.join(known, on=["platform", "account_id"], how="left", maintain_order="left")
        return joined.with_columns(account_id=pl.coalesce("_own_id", "account_id")).drop("_own_id")

    def names(self, platform: str, account_id: str) -> bool:
        """Whether one account may be named: it is in scope and not an officer's."""
        hidden = self._pseudonym(platform, account_id)
        if self._nameable is None:
            rows = self.scope.select("platform", "account_id", "account_kind").rows()
            self._nameable = {(p, a): kind != "officer" for p, a, kind in rows}
        is_officer = self._nameable.get((platform, hidden)) is False
        return not is_officer and self._nameable.get((platform, account_id), False)

    def hide(self, platform: str, text: str, identities: Iterable[str]) -> str:
        """A text with each identity in it replaced by its pseudonym (a path, say)."""
        for identity in sorted(identities, key=len, reverse=True):
            text = text.replace(identity, self._pseudonym(platform, identity))
        return text

    def _pseudonym(self, platform: str, identity: str) -> str:
        message = f"{platform}:{identity}".encode()
        digest = hmac.new(self._key.encode(), message, hashlib.sha256).hexdigest()
        return PSEUDONYM_PREFIX + digest[:_DIGITS]

    def close(
        self,
        rows: pl.DataFrame,
        *,
        identities: tuple[str, ...],
        private: tuple[str, ...] = (),
        personal: tuple[str, ...] = (),
    ) -> pl.DataFrame:
        """Take ordinary people and officers out of rows that carry `_kind` of their author.

        identities become pseudonyms and `personal` columns NULL for both; `private` columns
        become NULL for ordinary people only. Organs and media pass as they are.
        """
        ordinary = rows["_kind"].is_null()
        hidden = ordinary | (rows["_kind"] == "officer").fill_null(False)
        if not hidden.any():
            return rows
        pseudonymous = [
            self.pseudonyms(rows["platform"], rows[name]).zip_with(hidden, rows[name]).alias(name)
            for name in identities
        ]
        blank = [_blank(rows[name], hidden) for name in personal]
        blank += [_blank(rows[name], ordinary) for name in private]
        return rows.with_columns(*pseudonymous, *blank)


def author_kinds(rows: pl.DataFrame, door: Door) -> pl.Series:
    """Kind of each row's author, as the engine looked it up for the whole batch, or looked up."""
    if "_kind" in rows.columns:
        return rows["_kind"]
    return door.kinds(rows["platform"], rows["account_id"])


def _blank(series: pl.Series, mask: pl.Series) -> pl.Series:
    return pl.DataFrame({"value": series, "mask": mask}).select(
        pl.when("mask").then(None).otherwise(pl.col("value")).alias(series.name)
    )[series.name]
