"""Bluesky's public API: answers of getAuthorFeed, getPosts, getProfile(s) and getPostThread.

Accounts are known by their DID (handles change), posts by their `at://` address. `createdAt` is
declared by the client; `indexedAt` is when the network saw the post; the record key (TID) is a
third clock. posted_at is createdAt, unless the record proves it wrong:
- more than 60 s after indexedAt: the post was seen before it claims to be; posted_at is indexedAt;
- more than ten minutes before indexedAt while the record key lies within ten minutes of indexedAt:
  back-dated; posted_at is indexedAt;
- more than a day before indexedAt and the record key does not confirm it: kept and marked
  `guessed` in posted_at_source.
A missing or blocked post in a thread becomes a post without time or text whose state says so:
when it was last seen is not told, so it is no interval for core.deletions. What a feed reposts,
what its posts answer and what answers them are other people's posts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.cleaning import ids
from orchestration.cleaning.proven_times import AGREEMENT_SECONDS
from orchestration.cleaning.repairs import Repaired
from orchestration.schemas import tables
from orchestration.sources.formats.base import (
    Evidence,
    Format,
    FromFileName,
    FromModificationTime,
    Head,
    has_value,
)
from orchestration.sources.readers.base import Reject
from orchestration.sources.readers.by_content import looks_like_json
from orchestration.sources.readers.json_any import JsonAny

WITNESS_SECONDS = 600
"""How far the record key may lie from indexedAt and still confirm it."""
DOUBT_SECONDS = 86_400
"""A gap between createdAt and indexedAt that no delay of the network explains."""

_FIELDS = (
    "role", "post.uri", "post.author.did", "post.author.handle", "post.author.displayName",
    "post.record.text", "post.record.createdAt", "post.record.reply.parent.uri",
    "post.record.facets", "post.record.tags", "post.replyCount", "post.repostCount",
    "post.likeCount", "post.indexedAt", "reason.by.did", "reason.by.handle",
    "reason.by.displayName", "reason.uri", "reason.indexedAt", "profile.did", "profile.handle",
    "profile.displayName", "profile.followersCount", "profile.followsCount",
    "profile.postsCount", "profile.createdAt", "absent.uri", "absent.state",
)  # fmt: skip
_OWN, _OTHER, _REPOST = "own", "other", "repost"

_Record = dict[str, Any]


# -- records out of answers ---------------------------------------------------------------------
def _unfold(value: Any) -> Iterator[_Record | Reject]:
    """Records of one answer: posts (own or others'), reposts, profiles, absent posts."""
    if not isinstance(value, dict):
        yield Reject("not_an_object", "the element is not an object")
    elif "error" in value and "did" not in value:
        yield _refused_answer(value)
    elif any(isinstance(value.get(key), list) for key in ("feed", "posts", "profiles")):
        for item in _items(value, "feed"):
            yield from _feed_item(item)
        for item in _items(value, "posts"):
            yield _view(item, _OWN)
        for item in _items(value, "profiles"):
            yield _profile(item)
    elif "thread" in value:
        yield from _thread(value["thread"])
    elif isinstance(value.get("post"), dict):
        is_thread = "replies" in value or "parent" in value
        yield from _thread(value) if is_thread else _feed_item(value)
    elif "uri" in value:
        yield _view(value, _OWN)
    else:
        yield _profile(value)


def _items(value: _Record, key: str) -> list[Any]:
    found = value.get(key)
    return found if isinstance(found, list) else []


def _refused_answer(value: _Record) -> Reject:
    code = str(value.get("error"))
    shown = code if re.fullmatch(r"[A-Za-z]{1,40}", code) else "an error"
    return Reject("api_error", f"the interface answered {shown} instead of records")


def _feed_item(item: Any) -> Iterator[_Record | Reject]:
    """The post; a repost of it, where that is why it stands here; what it answers."""
    if not isinstance(item, dict) or not isinstance(item.get("post"), dict):
        yield Reject("not_an_object", "the feed's element has no post")
        return
    post, reason, reply = item["post"], item.get("reason"), item.get("reply")
    is_repost = isinstance(reason, dict) and isinstance(reason.get("by"), dict)
    yield _view(post, _OTHER if is_repost else _OWN)
    if is_repost:
        yield {"role": _REPOST, "post": post, "reason": reason}
    if isinstance(reply, dict):
        views = [reply[key] for key in ("root", "parent") if isinstance(reply.get(key), dict)]
        known = {post.get("uri")}
        for view in views:
            if view.get("uri") not in known:
                known.add(view.get("uri"))
                yield _view(view, _OTHER)


def _thread(node: Any) -> Iterator[_Record | Reject]:
    """Every post of a thread. Whose the thread is, it does not tell: all are others'."""
    if not isinstance(node, dict):
        yield Reject("not_an_object", "a node of the thread is not an object")
        return
    yield _view(node.get("post") if isinstance(node.get("post"), dict) else node, _OTHER)
    if isinstance(node.get("parent"), dict):
        yield from _thread(node["parent"])
    for reply in _items(node, "replies"):
        yield from _thread(reply)


def _view(view: Any, role: str) -> _Record | Reject:
    """A post, or one that is not found or may not be seen."""
    if not isinstance(view, dict):
        return Reject("not_an_object", "the post is not an object")
    kind = str(view.get("$type", ""))
    if view.get("notFound") is True or kind.endswith("#notFoundPost"):
        return {"role": role, "absent": {"uri": view.get("uri"), "state": "not_found"}}
    if view.get("blocked") is True or kind.endswith("#blockedPost"):
        return {"role": role, "absent": {"uri": view.get("uri"), "state": "permission_denied"}}
    return {"role": role, "post": view}


def _profile(item: Any) -> _Record | Reject:
    if not isinstance(item, dict) or "did" not in item:
        return Reject("unknown_answer", "neither posts, profiles, a feed nor a thread")
    return {"profile": item}


# -- fields -------------------------------------------------------------------------------------
def _posted_at(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    declared = _CREATED.parse(frame, context)
    indexed = _INDEXED.parse(frame, context).columns["posted_at"]
    known = pl.DataFrame(
        {
            "created": declared.columns["posted_at"],
            "indexed": indexed,
            "key": ids.tid_clock(frame["post.uri"].str.extract(r"/([^/]+)$", 1)),
        }
    ).with_columns(
        late=(pl.col("created") - pl.col("indexed")).dt.total_seconds(),
        key_off=(pl.col("key") - pl.col("indexed")).dt.total_seconds().abs(),
        key_agrees=(pl.col("key") - pl.col("created")).dt.total_seconds().abs() <= WITNESS_SECONDS,
    )
    early = -pl.col("late")
    masks = known.select(
        after=(pl.col("late") > AGREEMENT_SECONDS).fill_null(False),
        back=((early > WITNESS_SECONDS) & (pl.col("key_off") <= WITNESS_SECONDS)
              & ~pl.col("key_agrees")).fill_null(False),
        doubt=((early > DOUBT_SECONDS) & ~pl.col("key_agrees").fill_null(False)).fill_null(False),
    )  # fmt: skip
    created, repaired = known["created"], masks["after"] | masks["back"]
    # A client's clock may run ahead of everybody's: the network's word is enough.
    from_network = repaired | (created.is_null() & indexed.is_not_null())
    at = indexed.zip_with(from_network, created)
    source = declared.columns["posted_at_source"].set(from_network, "api")
    problem = declared.problem
    columns = {
        **declared.columns,
        "posted_at": at,
        "posted_at_source": source.set(masks["doubt"] & ~repaired, "guessed"),
        "posted_at_precision": declared.columns["posted_at_precision"].set(from_network, "second"),
    }
    return f.Parsed(
        columns,
        None if problem is None else problem.set(from_network, None),
        (
            Repaired("created_at_after_indexing", "posted_at", masks["after"], created, at),
            Repaired("created_at_back_dated", "posted_at", masks["back"], created, at),
        ),
    )


_CREATED = f.instant("posted_at", "post.record.createdAt", details="posted_at")
_INDEXED = f.instant("posted_at", "post.indexedAt")


def _text(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """The text with shortened links written out, and the hashtags, both by their facets."""
    texts: list[str | None] = []
    tags: list[list[str]] = []
    bad: list[bool] = []
    for written, facets, more in frame.select(
        "post.record.text", "post.record.facets", "post.record.tags"
    ).iter_rows():
        value, found, is_bad = _with_facets(written, _loaded(facets))
        texts.append(value)
        tags.append(list(dict.fromkeys([*found, *filter(_is_text, _loaded(more))])))
        bad.append(is_bad)
    none = pl.repeat(None, frame.height, dtype=pl.String(), eager=True)
    return f.Parsed(
        {
            "text": pl.Series("text", texts, dtype=pl.String()),
            "hashtags": pl.Series("hashtags", tags, dtype=pl.List(pl.String())),
        },
        none.set(pl.Series(bad, dtype=pl.Boolean()), "facet_out_of_range"),
    )


def _loaded(value: str | None) -> list[Any]:
    found = json.loads(value) if value and value.startswith("[") else []
    return found if isinstance(found, list) else []


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _with_facets(written: str | None, facets: list[Any]) -> tuple[str | None, list[str], bool]:
    """Text, hashtags, and whether a facet does not fit the text. Offsets count UTF-8 bytes."""
    if not written:
        return None, [], False
    data = written.encode("utf-8", "surrogatepass")
    tags: list[tuple[int, str]] = []
    links: list[tuple[int, int, bytes]] = []
    is_bad = False
    for facet in facets:
        span = _span(facet, data)
        if span is None:
            is_bad = True
            continue
        for feature in _items(facet, "features"):
            if isinstance(feature, dict) and _is_text(feature.get("tag")):
                tags.append((span[0], feature["tag"]))
            elif isinstance(feature, dict) and _is_text(feature.get("uri")):
                links.append((*span, feature["uri"].encode("utf-8", "surrogatepass")))
    before = len(data)
    for start, end, address in sorted(links, reverse=True):
        if end > before:
            is_bad = True
            continue
        data = data[:start] + address + data[end:]
        before = start
    return data.decode("utf-8", "replace"), [tag for _, tag in sorted(tags)], is_bad


def _span(facet: Any, data: bytes) -> tuple[int, int] | None:
    """Byte offsets of a facet, where they cut the text between characters."""
    index = facet.get("index") if isinstance(facet, dict) else None
    try:
        start, end = int(index["byteStart"]), int(index["byteEnd"])  # type: ignore[index]
        data[:start].decode(), data[start:end].decode(), data[end:].decode()
    except (TypeError, KeyError, ValueError):
        return None
    return (start, end) if 0 <= start < end <= len(data) else None


def _display_name(prefix: str) -> f.Field:
    def parse(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
        name = frame[f"{prefix}.displayName"].str.strip_chars()
        name = name.set((name == "").fill_null(False), None)
        return f.Parsed({"screen_name": name.fill_null(frame[f"{prefix}.handle"])})

    return f.computed("screen_name", parse, raw=f"{prefix}.displayName")


def _reply_kind(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    is_reply = frame["post.record.reply.parent.uri"].is_not_null()
    kind = pl.repeat("original", frame.height, eager=True).set(is_reply, "reply")
    return f.Parsed({"kind": kind})


def _repost_id(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """Older answers give a repost no address: then it is known by who reposted when. What was
    reposted would name its author, who may be anybody."""
    made = pl.select(
        pl.concat_str(
            pl.lit("repost:"), pl.lit(frame["reason.by.did"]), pl.lit(":"),
            pl.lit(frame["reason.indexedAt"]),
        ).alias("id")
    )["id"]  # fmt: skip
    found = ids.parse_ids(frame["reason.uri"].fill_null(made))
    return f.Parsed({"post_id": found.value}, found.problem)


def _replied_to_author(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """The address of a post holds its author's DID."""
    author = frame["post.record.reply.parent.uri"].str.extract(r"^at://(did:[^/]+)/", 1)
    return f.Parsed({"_reply_to_account_id": author})


def _absent_author(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    return f.Parsed({"account_id": frame["absent.uri"].str.extract(r"^at://(did:[^/]+)/", 1)})


_has_post, _has_profile, _has_absent = (
    has_value("post.uri"), has_value("profile.did"), has_value("absent.uri"),
)  # fmt: skip


def _role(*roles: str) -> Callable[[pl.DataFrame], pl.Series]:
    def where(frame: pl.DataFrame) -> pl.Series:
        return _has_post(frame) & frame["role"].is_in(roles).fill_null(False)

    return where


_POST_ID = f.ident("post_id", "post.uri", required=True)
_AUTHOR = f.ident("account_id", "post.author.did", required=True)


def _posts(role: str) -> f.TableMapping:
    return f.TableMapping(
        tables.POSTS,
        (
            f.platform(), _POST_ID, _AUTHOR,
            f.computed(
                "posted_at", _posted_at, raw="post.record.createdAt", required=True,
                is_personal=False,
            ),
            f.computed("text", _text),
            f.computed("kind", _reply_kind),
            f.ident("reply_to_post_id", "post.record.reply.parent.uri"),
            f.computed("_reply_to_account_id", _replied_to_author),
            f.const("is_repost", False),
            *f.observed(),
        ),
        where=_role(role),
        is_secondary=role != _OWN,
    )  # fmt: skip


def _named(prefix: str, where: Callable[[pl.DataFrame], pl.Series]) -> f.TableMapping:
    return f.TableMapping(
        tables.ACCOUNT_SNAPSHOTS,
        (
            f.platform(),
            f.ident("account_id", f"{prefix}.did", required=True),
            _display_name(prefix),
            *f.observed(),
        ),
        where=where,
    )


def _sniff(head: Head) -> Evidence | None:
    if not looks_like_json(head.data):
        return None
    found = head.text
    if '"did:' in found and '"handle"' in found:
        if '"indexedAt"' in found and "at://" in found:
            return Evidence(0.95, "JSON with DIDs, at:// addresses and indexedAt: Bluesky posts")
        if '"followersCount"' in found:
            return Evidence(0.95, "JSON with DIDs and followersCount: Bluesky profiles")
    if "app.bsky.feed.defs#" in found:
        return Evidence(0.9, "JSON of app.bsky.feed.defs")
    return None


FORMAT = Format(
    id="bluesky_json",
    producer="Bluesky API",
    becomes=("accounts", "posts", "metrics"),
    reader=JsonAny(_FIELDS, unfold=_unfold),
    platform="bluesky",
    observation=(FromFileName(needs_clock=True), FromModificationTime()),
    sniff=_sniff,
    mappings=(
        f.TableMapping(
            tables.ACCOUNT_SNAPSHOTS,
            (
                f.platform(),
                f.ident("account_id", "profile.did", required=True),
                _display_name("profile"),
                f.instant("registered_at", "profile.createdAt"),
                f.count("followers", "profile.followersCount"),
                f.count("following", "profile.followsCount"),
                f.count("statuses", "profile.postsCount"),
                *f.observed(),
            ),
            where=_has_profile,
        ),
        _named("post.author", _role(_OWN, _OTHER)),
        _named("reason.by", _role(_REPOST)),
        _posts(_OWN),
        _posts(_OTHER),
        f.TableMapping(
            tables.POSTS,
            (
                f.platform(),
                f.computed("post_id", _repost_id, raw="reason.uri", required=True),
                f.ident("account_id", "reason.by.did", required=True),
                f.instant("posted_at", "reason.indexedAt", required=True, details="posted_at"),
                f.const("is_repost", True),
                f.ident("repost_of_post_id", "post.uri"),
                f.ident("_repost_of_account_id", "post.author.did"),
                *f.observed(),
            ),
            where=_role(_REPOST),
        ),
        f.TableMapping(
            tables.POSTS,
            (
                f.platform(),
                f.ident("post_id", "absent.uri", required=True),
                f.computed("account_id", _absent_author),
                f.text("account_state", "absent.state"),
                *f.observed(),
            ),
            where=_has_absent,
            is_secondary=True,
        ),
        f.TableMapping(
            tables.POST_METRIC_SNAPSHOTS,
            (
                f.platform(), _POST_ID, _AUTHOR,
                f.count("comments", "post.replyCount"),
                f.count("reposts", "post.repostCount"),
                f.count("likes", "post.likeCount"),
                *f.observed(),
            ),
            where=_role(_OWN, _OTHER),
        ),
    ),
)  # fmt: skip
