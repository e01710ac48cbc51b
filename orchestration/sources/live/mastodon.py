"""Mastodon: one account with its statuses, or any list of the API, from the newest back.

A profile's address (https://host/@name) gives the account and its statuses; an address below
/api/ gives that list. Pages follow the Link header to the newest status known before. Where
a poll ends earlier, what lies between is kept as a gap that the next polls close. Lists of
accounts, such as the directory of a server, have no such order and are read whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from orchestration.sources.live.kinds import (
    Ask,
    Check,
    Conversation,
    Kind,
    Memory,
    Received,
    told,
)
from orchestration.sources.live.trouble import Flaw, origin_of, shown

PER_PAGE = 40
PROFILE = re.compile(r"^/(?:@|users/)([\w.-]+(?:@[\w.-]+)?)/?$", re.ASCII)


def _talk(url: str, memory: Memory) -> Conversation:
    parts = urlsplit(url)
    profile = PROFILE.match(parts.path)
    if profile is None:
        yield from _list(_with_limit(url), memory)
        return None
    api = urlunsplit((parts.scheme, parts.netloc, "/api/v1/accounts", "", ""))
    lookup = f"{api}/lookup?{urlencode({'acct': profile[1]})}"
    received = yield Ask(lookup, check=_is_account)
    account = received.document["id"]
    yield from _list(f"{api}/{account}/statuses?limit={PER_PAGE}", memory)
    return None


def _list(start: str, memory: Memory) -> Conversation:
    gaps: list[dict[str, Any]] = memory.setdefault("gaps", [])
    if not (gaps and memory.get("lists_accounts")):
        yield from _newest(start, memory, gaps)
    while gaps:
        yield from _page(start, gaps)
    return None


def _newest(start: str, memory: Memory, gaps: list[dict[str, Any]]) -> Conversation:
    """The first page of a list. What lies behind it becomes a gap, unless it is known."""
    received = yield Ask(
        start, had_items=memory.get("records", 0) > 0, check=_is_list(start, start, {})
    )
    items = received.document
    if not isinstance(items, list):
        return None
    memory["records"] = len(items)
    if not items:
        return None
    ids, following = _ids(items), _following(start, received, items)
    memory["lists_accounts"] = not _are_statuses(items)
    if memory["lists_accounts"]:  # in no order that says what is new: read whole, every time
        gaps += [{"next": following, "first": ids[0]}] if following else []
        return None
    known = memory.get("newest")
    memory["newest"] = max(ids, key=_rank)
    if following and not _reaches(ids, known):
        gaps.insert(0, {"next": following, "until": known, "below": min(ids, key=_rank)})
    return None


def _page(start: str, gaps: list[dict[str, Any]]) -> Conversation:
    """One page of the first gap, which shrinks by it or is closed."""
    gap = gaps[0]
    received = yield Ask(gap["next"], check=_is_list(start, gap["next"], gap))
    items = received.document
    ids, following = _ids(items), _following(gap["next"], received, items)
    if not ids or not following or _reaches(ids, gap.get("until")):
        gaps.pop(0)
    elif "first" in gap:
        gap.update(next=following, first=ids[0])
    else:
        gap.update(next=following, below=min(ids, key=_rank))
    return None


def _following(asked: str, received: Received, items: list[Any]) -> str | None:
    """The next page: as the answer links it; the directory of a server has offsets instead."""
    if received.answer.next_url or not urlsplit(asked).path.endswith("/directory"):
        return received.answer.next_url
    parts = urlsplit(asked)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if len(items) < int(query["limit"]):
        return None
    query["offset"] = str(int(query.get("offset", "0")) + len(items))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))


def _with_limit(url: str) -> str:
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    if not any(name == "limit" for name, _ in query):
        query.append(("limit", str(PER_PAGE)))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))


def _rank(identifier: str) -> tuple[int, str]:
    """Ids grow with time; as text they do so among those of one length."""
    return len(identifier), identifier


def _reaches(ids: list[str], known: str | None) -> bool:
    return known is not None and min(map(_rank, ids)) <= _rank(known)


def _ids(items: list[Any]) -> list[str]:
    return [str(item["id"]) for item in items]


def _are_statuses(items: list[Any]) -> bool:
    return "account" in items[0]


def _is_account(received: Received) -> Flaw | None:
    document = received.document
    if isinstance(document, dict) and "acct" in document and str(document.get("id", "")).isalnum():
        return None
    return Flaw("error_answer", f"no account: {told(document)}")


def _is_list(start: str, asked: str, gap: Mapping[str, Any]) -> Check:
    """gap: what is known of the page before, the lowest id of statuses or the first of accounts."""

    def check(received: Received) -> Flaw | None:
        document, following = received.document, received.answer.next_url
        items = document if isinstance(document, list) else [document]
        if not all(isinstance(item, dict) and "id" in item for item in items) or not all(
            "uri" in item or "acct" in item for item in items
        ):
            return Flaw("error_answer", f"no list of statuses or accounts: {told(document)}")
        if following and origin_of(following) != origin_of(start):
            return Flaw("foreign_link", f"its next page is elsewhere: {shown(following)}")
        ids, below = _ids(items), gap.get("below")
        is_lower = below is None or not ids or max(map(_rank, ids)) < _rank(below)
        is_first = bool(ids) and gap.get("first") == ids[0]
        if not is_lower or is_first or following == asked:
            return Flaw("repeated_page", "the page leads nowhere: it holds what was given before")
        return None

    return check


KIND = Kind(_talk, ".json", ("application/json", "application/activity+json"), is_snapshot=True)
