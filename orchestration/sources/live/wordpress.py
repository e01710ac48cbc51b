"""WordPress: posts in the order in which they were changed, from a cursor on.

The next page is asked for by the time of the last post, not by its number: posts that change
meanwhile move to the end, and numbered pages would jump over their neighbours. The cursor lags one
second behind, because `modified_after` leaves out its own second; so an answer after the first
holds at least the last post again. Only where a whole page is of one second, pages are counted.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from orchestration.sources.live.client import instant_text
from orchestration.sources.live.kinds import Ask, Check, Conversation, Kind, Memory, Received, told
from orchestration.sources.live.trouble import Flaw

PER_PAGE = 100
_OVERLAP = timedelta(seconds=1)
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_PATH = "wp-json/wp/v2/posts"


def _talk(url: str, memory: Memory) -> Conversation:
    before: list[Any] = []
    while True:
        after, page = memory.get("after"), memory.get("page", 1)
        had_items = after is not None and page == 1
        address = _address(url, after, page)
        received = yield Ask(address, had_items=had_items, check=_check(before))
        posts = received.document
        if not posts:
            memory["page"] = 1
            return None
        before = _ids(posts)
        # A date to come must not carry the cursor past posts that are still to be written.
        times = [min(time, received.at) for time in map(_modified, posts) if time is not None]
        is_last = len(posts) < PER_PAGE or _pages(received) == page
        if is_last or min(times) < max(times):
            newest = instant_text(max(times) - _OVERLAP)
            memory.update(after=max(newest, after or newest), page=1)
        else:
            memory["page"] = page + 1
        if is_last:
            return None


def _address(url: str, after: str | None, page: int) -> str:
    parts = urlsplit(url)
    path = parts.path
    if "/wp-json/" not in path and "rest_route=" not in parts.query:
        path = f"{path.rstrip('/')}/{_PATH}"
    asked = {"per_page": PER_PAGE, "orderby": "modified", "order": "asc", "page": page}
    query = [*parse_qsl(parts.query), *asked.items()]
    if after is not None:
        query.append(("modified_after", after))
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(query), ""))


def _check(before: list[Any]) -> Check:
    def check(received: Received) -> Flaw | None:
        posts = received.document
        if not isinstance(posts, list):
            return Flaw("error_answer", f"an object instead of a list of posts: {told(posts)}")
        ids = _ids(posts)
        # One bad item is the reader's to refuse; it must not hold up all that come after it.
        if posts and not any(_modified(post) for post in posts):
            return Flaw("not_posts", "no item has an `id` and a `modified_gmt`: are they posts?")
        if ids and ids == before:
            return Flaw("repeated_page", "the page holds the same posts as the one before")
        return None

    return check


def _ids(posts: list[Any]) -> list[Any]:
    return [post.get("id") if isinstance(post, dict) else None for post in posts]


def _modified(post: Any) -> datetime | None:
    """When a post was last changed; None of what is no post or tells no time of this medium."""
    try:
        post["id"]
        found = datetime.fromisoformat(post["modified_gmt"]).replace(tzinfo=UTC)
    except (TypeError, KeyError, ValueError):
        return None
    return found if found >= _OLDEST else None


def _pages(received: Received) -> int | None:
    total = received.answer.headers.get("x-wp-totalpages", "")
    return int(total) if total.isdecimal() else None


KIND = Kind(_talk, ".json", ("application/json", "text/json", "text/plain", "application/hal+json"))
