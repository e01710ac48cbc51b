"""Mastodon: one account with its statuses, or any list of the API, from the newest back.

A profile's address (https://host/@name) gives the account and its statuses; an address below
/api/ gives that list. Pages follow the Link header to the newest status known before. Where
a poll ends earlier, what lies between is kept as a gap that the next polls close.
"""

from __future__ import annotations

import re
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
from orchestration.sources.live.trouble import Flaw, host_of

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
    known = memory.get("newest")
    received = yield Ask(
        start, had_items=memory.get("records", 0) > 0, check=_is_list(start, start, None)
    )
    ids = _ids(received)
    if ids is None:  # one object
        return None
    memory["records"] = len(ids)
    gaps: list[dict[str, Any]] = memory.setdefault("gaps", [])
    following = received.answer.next_url
    if ids:
        memory["newest"] = max(ids, key=_rank)
        if following and not _reaches(ids, known):
            gaps.insert(0, {"next": following, "until": known, "below": min(ids, key=_rank)})
    while gaps:
        yield from _page(start, gaps)
    return None


def _page(start: str, gaps: list[dict[str, Any]]) -> Conversation:
    """One page of the first gap, which shrinks by it or is closed."""
    gap = gaps[0]
    received = yield Ask(gap["next"], check=_is_list(start, gap["next"], gap["below"]))
    ids, following = _ids(received), received.answer.next_url
    if not ids or not following or _reaches(ids, gap["until"]):
        gaps.pop(0)
    else:
        gap.update(next=following, below=min(ids, key=_rank))
    return None


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


def _ids(received: Received) -> list[str] | None:
    document = received.document
    return [str(item["id"]) for item in document] if isinstance(document, list) else None


def _is_account(received: Received) -> Flaw | None:
    document = received.document
    if isinstance(document, dict) and "acct" in document and str(document.get("id", "")).isalnum():
        return None
    return Flaw("error_answer", f"no account: {told(document)}")


def _is_list(start: str, asked: str, below: str | None) -> Check:
    """below: the lowest id of the page before."""

    def check(received: Received) -> Flaw | None:
        document, following = received.document, received.answer.next_url
        items = document if isinstance(document, list) else [document]
        if not all(isinstance(item, dict) and "id" in item for item in items) or not all(
            "uri" in item or "acct" in item for item in items
        ):
            return Flaw("error_answer", f"no list of statuses or accounts: {told(document)}")
        ids = [str(item["id"]) for item in items]
        if following and host_of(following) != host_of(start):
            return Flaw("foreign_link", f"its next page is on another host: {host_of(following)}")
        is_lower = below is None or not ids or max(map(_rank, ids)) < _rank(below)
        if not is_lower or following == asked:
            return Flaw("repeated_page", "the page leads nowhere: it holds what was given before")
        return None

    return check


KIND = Kind(_talk, ".json", ("application/json", "application/activity+json"), is_snapshot=True)
