"""What can go wrong with an address, and how addresses are shown without their secrets."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

_HARMLESS = frozenset({
    "acct", "after", "before", "cat", "categories", "exclude_replies", "exclude_reblogs",
    "feed", "format", "lang", "limit", "local", "max_id", "min_id", "modified_after", "offset",
    "order", "orderby", "p", "page", "paged", "per_page", "post_type", "rest_route", "search",
    "since_id", "slug", "tag", "tags", "type",
})  # fmt: skip
"""Parameters whose values are shown; any other may be a key."""


@dataclass(frozen=True)
class Flaw:
    """Why an answer is not to be trusted although it came: a reason code and a sentence."""

    reason: str
    detail: str


class FetchError(Exception):
    """An address gave nothing that could be kept.

    may_pass: whether asking again can help. retry_after: seconds that the server asked for.
    partial: bytes that came before it broke off.
    """

    def __init__(
        self,
        reason: str,
        detail: str,
        *,
        host: str = "",
        status: int | None = None,
        may_pass: bool = False,
        retry_after: float | None = None,
        partial: bytes = b"",
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.host = host
        self.status = status
        self.may_pass = may_pass
        self.retry_after = retry_after
        self.partial = partial
        self.attempts = 1


def shown(url: str) -> str:
    """An address for people: no name or password, and no value of a parameter that may be a key."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return "an address that cannot be read"
    query = "&".join(f"{name}={value if name in _HARMLESS else '…'}" for name, value in pairs)
    address = f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
    return (address + (f"?{query}" if query else ""))[:300]


def host_of(url: str) -> str:
    """The host of an address, with its port where it names one."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return ""


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what may be shown a token that was made for an address."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme.lower())
        return parts.scheme.lower(), parts.hostname or "", port
    except ValueError:
        return "", "", None
