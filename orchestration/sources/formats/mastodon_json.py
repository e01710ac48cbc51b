"""Mastodon's public API: accounts and statuses, as a JSON list, one object, or JSON Lines.

Numeric ids belong to the server that was asked, so they are not kept. A status is known by its
`uri`, which every server repeats. What a status replies to is told by such a number alone
(`in_reply_to_id`): on the author's own server, whose addresses end in its numbers, it is the number
of an address of the author, or of a mentioned account of the same server; elsewhere it stays
unknown. An account is `user@host` with the host of its `url`: that is
its own server whoever was asked, while `acct` has a host only on other servers, and there the
one of its web finger. Remote counts are what one server has heard of: lower bounds.
`created_at` of accounts is a day (midnight) since 3.4.0. `content` is HTML. A boost is a status
of its own, and so is what it boosts (`reblog`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.cleaning import ids
from orchestration.cleaning.articles import markup_text
from orchestration.cleaning.markup_limits import MarkupRefusedError
from orchestration.schemas import tables
from orchestration.sources.formats.base import (
    Evidence,
    Format,
    FromFileName,
    FromModificationTime,
    Head,
    has_value,
)
from orchestration.sources.readers.by_content import looks_like_json
from orchestration.sources.readers.json_any import JsonAny

_ACCOUNT_FIELDS = (
    "username", "acct", "url", "display_name", "created_at", "statuses_count",
    "followers_count", "following_count", "suspended", "limited",
)  # fmt: skip
_STATUS_FIELDS = (
    "id", "uri", "created_at", "edited_at", "in_reply_to_id", "in_reply_to_account_id",
    "visibility", "content", "replies_count", "reblogs_count", "favourites_count", "tags",
    "mentions", "account.id",
)  # fmt: skip
_OWN, _REBLOG = "", "reblog."
_FIELDS = (
    *_ACCOUNT_FIELDS,
    *(f"moved.{name}" for name in _ACCOUNT_FIELDS),
    *(name for name in _STATUS_FIELDS if name not in _ACCOUNT_FIELDS),
    *(f"{_REBLOG}{name}" for name in _STATUS_FIELDS),
    *(f"account.{name}" for name in _ACCOUNT_FIELDS),
    *(f"{_REBLOG}account.{name}" for name in _ACCOUNT_FIELDS),
)
_PRIVATE = ("private", "direct")
_ADDRESS = re.compile(r"(https?://([^/?#@\s]+)/)(users/[^/]+|ap/users/[0-9]+)/statuses/([0-9]+)")
"""Address of a status: server, host, author, number."""


def _account_key(prefix: str, *, required: bool = True) -> f.Field:
    """`user@host`, lower case: Mastodon tells neither names nor hosts apart by case."""

    def parse(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
        parts = pl.DataFrame(
            {
                "acct": frame[f"{prefix}acct"].str.strip_chars("@ "),
                "name": frame[f"{prefix}username"].str.strip_chars("@ "),
                "url": frame[f"{prefix}url"],
            }
        ).select(
            "acct",
            name=pl.coalesce("name", pl.col("acct").str.extract(r"^([^@]+)", 1)),
            host=pl.coalesce(
                pl.col("url").str.extract(r"^https?://([^/?#@\s]+)", 1),
                pl.col("acct").str.extract(r"@([^@\s]+)$", 1),
            ),
        )
        found = ids.parse_ids(
            parts.select(
                pl.concat_str("name", pl.lit("@"), "host").str.to_lowercase().alias("key")
            )["key"]
        )
        lost = parts["acct"].is_not_null() & parts["host"].is_null()
        return f.Parsed({"account_id": found.value}, found.problem.set(lost, "no_host"))

    return f.computed("account_id", parse, raw=f"{prefix}acct", required=required)


def _counted(stem: str, raw: str, acct: str) -> f.Field:
    """A count, exact on the account's own server; elsewhere a lower bound."""
    exact = f.count(stem, raw)

    def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
        parsed = exact.parse(frame, context)
        is_remote = frame[acct].str.contains(r"[^@]@").fill_null(False)
        high = parsed.columns[f"{stem}_hi"].set(is_remote, None)
        return f.Parsed({**parsed.columns, f"{stem}_hi": high}, parsed.problem)

    return f.computed(f"{stem}_lo", parse, raw=raw, is_personal=False)


def _registered(prefix: str) -> f.Field:
    raw = f"{prefix}created_at"
    instant = f.instant("registered_at", raw)

    def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
        parsed = instant.parse(frame, context)
        precision = pl.DataFrame({"at": parsed.columns["registered_at"]}).select(
            pl.when(pl.col("at") == pl.col("at").dt.truncate("1d")).then(pl.lit("day"))
            .when(pl.col("at").is_not_null()).then(pl.lit("second")).alias("precision")
        )["precision"]  # fmt: skip
        return f.Parsed({**parsed.columns, "registered_at_precision": precision}, parsed.problem)

    return f.computed("registered_at", parse, raw=raw)


def _account_state(prefix: str, moved: str | None) -> f.Field:
    """suspended: removed by a server's moderators; limited: hidden behind a warning; moved: left
    by its author for another account."""

    def parse(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
        state = pl.DataFrame(
            {
                "suspended": frame[f"{prefix}suspended"] == "true",
                "limited": frame[f"{prefix}limited"] == "true",
                "moved": frame[moved].is_not_null() if moved else _all(frame, False),
            }
        ).select(
            pl.when("suspended").then(pl.lit("removed_by_platform"))
            .when("moved").then(pl.lit("moved"))
            .when("limited").then(pl.lit("hidden"))
            .otherwise(pl.lit("present")).alias("state")
        )["state"]  # fmt: skip
        return f.Parsed({"account_state": state})

    return f.computed("account_state", parse, is_personal=False)


def _accounts(
    prefix: str,
    where: Callable[[pl.DataFrame], pl.Series],
    *,
    moved: str | None = None,
    is_declared: bool = False,
) -> f.TableMapping:
    acct = f"{prefix}acct"
    return f.TableMapping(
        tables.ACCOUNT_SNAPSHOTS,
        (
            f.platform(),
            _account_key(prefix),
            f.text("screen_name", f"{prefix}display_name"),
            f.text("account_url", f"{prefix}url"),
            _registered(prefix),
            _account_state(prefix, moved),
            _counted("followers", f"{prefix}followers_count", acct),
            _counted("following", f"{prefix}following_count", acct),
            _counted("statuses", f"{prefix}statuses_count", acct),
            *f.observed(),
        ),
        where=where,
        is_declared=is_declared,
    )


def _is_public(prefix: str) -> f.Field:
    """Posts to followers or to one person are nobody's business, whoever's token saw them."""

    def parse(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
        closed = frame[f"{prefix}visibility"].is_in(_PRIVATE).fill_null(False)
        none = pl.repeat(None, frame.height, dtype=pl.String(), eager=True)
        return f.Parsed(
            {"_is_public": _all(frame, True).set(closed, None)},
            none.set(closed, "not_public"),
        )

    return f.computed("_is_public", parse, required=True)


def _text(prefix: str) -> f.Field:
    """Text of the content. A boost has none of its own, though servers may repeat the boosted
    post's there."""

    def parse(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
        content = frame[f"{prefix}content"]
        if prefix == _OWN:
            content = content.set(_is_boost(frame), None)
        read = [_read(value) for value in content.to_list()]
        plain, refused = ([pair[side] for pair in read] for side in (0, 1))
        return f.Parsed(
            {"text": pl.Series("text", plain, dtype=pl.String())},
            pl.Series(refused, dtype=pl.String()),
        )

    return f.computed("text", parse, raw=f"{prefix}content")


def _read(content: str | None) -> tuple[str | None, str | None]:
    """Text of a content, or why it has none."""
    try:
        return markup_text(content), None
    except MarkupRefusedError as error:
        return None, error.reason


def _hashtags(prefix: str) -> f.Field:
    """The API's own list of tags, not what stands between # signs."""

    def parse(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
        lists = frame[f"{prefix}tags"]
        if prefix == _OWN:
            lists = lists.set(_is_boost(frame), None)
        tags = [_tag_names(value) for value in lists.to_list()]
        return f.Parsed({"hashtags": pl.Series("hashtags", tags, dtype=pl.List(pl.String()))})

    return f.computed("hashtags", parse, raw=f"{prefix}tags")


def _tag_names(value: str | None) -> list[str]:
    items: Any = json.loads(value) if value else []
    names = [item.get("name") for item in items if isinstance(item, dict)]
    return [name for name in names if isinstance(name, str) and name]


def _kind(prefix: str) -> f.Field:
    def parse(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
        is_boost = _is_boost(frame) if prefix == _OWN else _all(frame, False)
        is_reply = frame[f"{prefix}in_reply_to_id"].is_not_null()
        kind = pl.DataFrame({"boost": is_boost, "reply": is_reply}).select(
            pl.when("boost").then(pl.lit("repost"))
            .when("reply").then(pl.lit("reply"))
            .otherwise(pl.lit("original")).alias("kind")
        )["kind"]  # fmt: skip
        edited = frame[f"{prefix}edited_at"].is_not_null()
        return f.Parsed({"kind": kind, "is_repost": is_boost, "is_edited": edited})

    return f.computed("kind", parse, is_personal=False)


def _replied_to(prefix: str) -> f.Field:
    """Address and author of the status that is replied to, where they are known."""

    def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
        own = _account_key(f"{prefix}account.").parse(frame, context).columns["account_id"]
        names = ("uri", "id", "account.id", "in_reply_to_id", "in_reply_to_account_id", "mentions")
        columns = (frame[f"{prefix}{name}"].to_list() for name in names)
        found = [_parent(*told) for told in zip(*columns, own.to_list(), strict=True)]
        post, author = (
            pl.Series([pair[side] for pair in found], dtype=pl.String()) for side in (0, 1)
        )
        return f.Parsed({"reply_to_post_id": post, "_reply_to_account_id": author})

    return f.computed("reply_to_post_id", parse)


def _parent(
    uri: str | None, number: str | None, author: str | None, parent: str | None,
    parent_author: str | None, mentions: str | None, own: str | None,
) -> tuple[str | None, str | None]:  # fmt: skip
    """Address and account of a parent, from the numbers of a status on its author's own server.

    own: the account of the status. An account that its server numbers (/ap/users/) says nothing of
    the addresses of others there.
    """
    address = _ADDRESS.fullmatch(uri or "")
    if address is None or address[4] != number or not (parent or "").isdigit():
        return None, None
    server, host, whose, _ = address.groups()
    if parent_author == author:
        return f"{server}{whose}/statuses/{parent}", own
    for named in json.loads(mentions) if mentions and whose.startswith("users/") else ():
        if not isinstance(named, dict) or str(named.get("id")) != parent_author:
            continue
        name = named.get("acct")
        if isinstance(name, str) and re.fullmatch(r"\w[\w.-]*", name):
            return f"{server}users/{name}/statuses/{parent}", f"{name}@{host}".lower()
    return None, None


def _all(frame: pl.DataFrame, value: bool) -> pl.Series:
    return pl.repeat(value, frame.height, dtype=pl.Boolean(), eager=True)


_is_boost_value = has_value(f"{_REBLOG}uri")
_is_status = has_value("account.acct")
_has_acct, _has_moved = has_value("acct"), has_value("moved.acct")


def _is_boost(frame: pl.DataFrame) -> pl.Series:
    return _is_boost_value(frame)


def _is_account(frame: pl.DataFrame) -> pl.Series:
    return _has_acct(frame) & ~_is_status(frame)


def _is_counted(frame: pl.DataFrame) -> pl.Series:
    return _is_status(frame) & ~_is_boost(frame)


def _boosts(frame: pl.DataFrame) -> pl.Series:
    return _is_status(frame) & _is_boost(frame)


def _posts(prefix: str, where: Callable[[pl.DataFrame], pl.Series]) -> f.TableMapping:
    boosted = (
        f.ident("repost_of_post_id", f"{_REBLOG}uri"),
        f.computed("_repost_of_account_id", _boosted_author),
    )
    return f.TableMapping(
        tables.POSTS,
        (
            f.platform(),
            f.ident("post_id", f"{prefix}uri", required=True),
            _account_key(f"{prefix}account."),
            f.instant("posted_at", f"{prefix}created_at", required=True, details="posted_at"),
            _is_public(prefix),
            _text(prefix),
            _hashtags(prefix),
            _kind(prefix),
            _replied_to(prefix),
            *(boosted if prefix == _OWN else ()),
            *f.observed(),
        ),
        where=where,
        is_secondary=prefix != _OWN,
    )


def _boosted_author(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    parsed = _account_key(f"{_REBLOG}account.").parse(frame, context)
    return f.Parsed({"_repost_of_account_id": parsed.columns["account_id"]})


def _metrics(prefix: str, where: Callable[[pl.DataFrame], pl.Series]) -> f.TableMapping:
    acct = f"{prefix}account.acct"
    return f.TableMapping(
        tables.POST_METRIC_SNAPSHOTS,
        (
            f.platform(),
            f.ident("post_id", f"{prefix}uri", required=True),
            _account_key(f"{prefix}account."),
            _counted("comments", f"{prefix}replies_count", acct),
            _counted("reposts", f"{prefix}reblogs_count", acct),
            _counted("likes", f"{prefix}favourites_count", acct),
            *f.observed(),
        ),
        where=where,
    )


def _sniff(head: Head) -> Evidence | None:
    if not looks_like_json(head.data):
        return None
    text = head.text
    if not all(f'"{key}"' in text for key in ("acct", "username", "display_name")):
        return None
    if '"reblogs_count"' in text and '"uri"' in text:
        return Evidence(0.95, "JSON with acct, uri and reblogs_count: Mastodon statuses")
    if '"statuses_count"' in text:
        return Evidence(0.95, "JSON with acct and statuses_count: Mastodon accounts")
    return None


FORMAT = Format(
    id="mastodon_json",
    producer="Mastodon API",
    becomes=("accounts", "posts", "metrics"),
    reader=JsonAny(_FIELDS),
    platform="mastodon",
    observation=(FromFileName(needs_clock=True), FromModificationTime()),
    sniff=_sniff,
    mappings=(
        _accounts(_OWN, _is_account, moved="moved.acct", is_declared=True),
        _accounts("moved.", _has_moved),
        _accounts("account.", _is_status, is_declared=True),
        _accounts(f"{_REBLOG}account.", _boosts),
        _posts(_OWN, _is_status),
        _posts(_REBLOG, _boosts),
        _metrics(_OWN, _is_counted),
        _metrics(_REBLOG, _boosts),
    ),
)
