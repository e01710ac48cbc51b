"""A careful HTTP client: GET only, guarded addresses, bounded bytes and time, robots.txt, pauses.

Redirects are followed by hand so that every hop is checked like the first address. Proxies of the
environment are not used: behind one, no address could be checked.
"""

from __future__ import annotations

import logging
import random
import re
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast

import httpcore
import httpx
import stamina

from orchestration.clock import Clock
from orchestration.sources.live.allowance import Allowance
from orchestration.sources.live.guard import GuardedBackend, Resolve, resolve
from orchestration.sources.live.robots import Robots
from orchestration.sources.live.trouble import FetchError, Flaw, host_of, origin_of, shown

USER_AGENT = "observatory-of-official-microblogs/0.1 (research; obeys robots.txt)"
REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (408, 425, 429)
"""Refusals that may pass, beside all of the server's own failures (5xx)."""
_OUT_OF_REACH = ("name_not_resolved", "connection_failed", "tls_error")
"""Failures after which other sources need not try the same host again in one run."""
_CHATTER = ("httpx", "httpcore")
"""Loggers that would write addresses down with their secrets."""


@dataclass(frozen=True)
class Limits:
    """How much of everything. Seconds, bytes, numbers."""

    connect_seconds: float = 10
    silence_seconds: float = 20
    request_seconds: float = 60
    source_seconds: float = 600
    pages: int = 50
    bytes: int = 32 << 20
    ratio: int = 200
    ratio_floor: int = 1 << 20
    redirects: int = 5
    attempts: int = 3
    longest_wait_seconds: float = 30
    longest_retry_after_seconds: float = 86_400
    host_interval_seconds: float = 1
    longest_crawl_delay_seconds: float = 60


@dataclass(frozen=True)
class Surroundings:
    """What the client takes from its machine; tests bring their own."""

    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = field(default_factory=lambda: random.SystemRandom().random)
    resolve: Resolve = resolve
    trust: Callable[[], ssl.SSLContext] = httpx.create_ssl_context
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Answer:
    """What came: after redirects, decoded. flaw: it broke off, and `body` is what came before."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    next_url: str | None = None
    flaw: Flaw | None = None
    attempts: int = 1

    @property
    def content_type(self) -> str:
        """The declared type without its parameters; "" where none is declared."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


class Client:
    """One run's conversations with all hosts."""

    def __init__(
        self, clock: Clock, allowed: Iterable[Allowance], surroundings: Surroundings
    ) -> None:
        self._clock = clock
        self._around = surroundings
        self._limits = surroundings.limits
        self._ends = 0.0
        self._attempt = 1
        self._asked: dict[str, float] = {}
        self._held: dict[str, FetchError] = {}
        self._robots = Robots(USER_AGENT, self._robots_text)
        backend = GuardedBackend(
            surroundings.resolve, allowed, lambda: self._ends - surroundings.monotonic()
        )
        for name in _CHATTER:
            logging.getLogger(name).setLevel(logging.WARNING)
        stamina.instrumentation.set_on_retry_hooks(())  # it would print to standard output
        self._http = httpx.Client(
            transport=_Transport(backend, surroundings.trust()),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(
                self._limits.silence_seconds, connect=self._limits.connect_seconds
            ),
            trust_env=False,
        )

    def close(self) -> None:
        """Let go of every connection."""
        self._http.close()

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer of an address, asked again a few times where that can help.

        Raises FetchError with the number of attempts.
        """
        self._attempt = 1
        try:
            for attempt in stamina.retry_context(
                on=self._wait, attempts=self._limits.attempts, timeout=None
            ):
                with attempt:
                    self._attempt = attempt.num
                    return replace(self._follow(url, headers or {}), attempts=attempt.num)
        except FetchError as error:
            error.attempts = self._attempt
            if error.reason in _OUT_OF_REACH:
                self._held.setdefault(error.host, error)
            if error.reason == "truncated_body" and error.partial:
                how = f"the answer of {error.host} broke off after {len(error.partial)} bytes"
                flaw = Flaw(error.reason, how)
                return Answer(url, 200, {}, error.partial, flaw=flaw, attempts=self._attempt)
            raise
        raise AssertionError("a loop of attempts ends by an answer or an error")

    def _wait(self, error: Exception) -> bool | float:
        """Wait before another attempt; False where none is to be made.

        stamina itself then waits 0 seconds: how long and by whose clock is decided here.
        """
        if not isinstance(error, FetchError) or not error.may_pass:
            return False
        jitter = self._around.chance()
        seconds = float(2 ** (self._attempt - 1)) + jitter
        if error.retry_after is not None:
            seconds = max(seconds, error.retry_after * (1 + jitter / 10))
        if seconds > self._limits.longest_wait_seconds:
            self._held.setdefault(error.host, error)
            return False
        if self._attempt < self._limits.attempts:
            self._around.sleep(seconds)
        return 0.0

    def _follow(self, url: str, headers: Mapping[str, str], *, is_robots: bool = False) -> Answer:
        """One attempt, through at most so many redirects."""
        start = url
        for _ in range(self._limits.redirects + 1):
            self._check(url, is_robots=is_robots)
            answer = self._send(url, headers)
            if not isinstance(answer, str):
                return answer
            if url.startswith("https:") and answer.startswith("http:"):
                raise FetchError(
                    "redirect_downgrade",
                    f"{shown(url)} leads away from https to {shown(answer)}",
                    host=host_of(url),
                )
            if origin_of(answer) != origin_of(start):
                headers = {k: v for k, v in headers.items() if k.lower() != "authorization"}
            url = answer
        raise FetchError(
            "too_many_redirects",
            f"{shown(start)} redirects more than {self._limits.redirects} times",
            host=host_of(start),
        )

    def _check(self, url: str, *, is_robots: bool) -> None:
        parts = _parsed(url)
        if parts.scheme not in ("http", "https") or not parts.host:
            raise FetchError(
                "address_refused", f"{shown(url)} is no http(s) address", host=host_of(url)
            )
        if held := self._held.get(host_of(url)):
            raise FetchError(
                held.reason, f"{held.detail}; its host is left alone for this run",
                host=held.host, status=held.status, retry_after=held.retry_after,
            )  # fmt: skip
        if not is_robots and not self._robots.allows(url):
            raise FetchError(
                "robots_disallow", f"robots.txt of {host_of(url)} forbids {shown(url)}",
                host=host_of(url),
            )  # fmt: skip
        self._pause(url, is_robots=is_robots)

    def _pause(self, url: str, *, is_robots: bool) -> None:
        """Wait until a host was left alone for long enough."""
        host = host_of(url)
        interval = self._limits.host_interval_seconds
        if not is_robots:
            delay = self._robots.delay(url) or 0
            interval = max(interval, min(delay, self._limits.longest_crawl_delay_seconds))
        if host in self._asked:
            left = self._asked[host] + interval - self._around.monotonic()
            if left > 0:
                self._around.sleep(left)
        self._asked[host] = self._around.monotonic()

    def _robots_text(self, url: str) -> str | None:
        """robots.txt as RFC 9309 reads its absence: refused means free, broken means closed."""
        try:
            answer = self._follow(url, {}, is_robots=True)
        except FetchError as error:
            is_refused = error.status is not None and 400 <= error.status < 500
            if is_refused and error.status != 429:
                return None
            raise
        return answer.body[: 500 << 10].decode("utf-8", "replace")

    def _send(self, url: str, headers: Mapping[str, str]) -> Answer | str:
        """One request: an answer, or the address it redirects to."""
        self._ends = self._around.monotonic() + self._limits.request_seconds
        with self._named(url), self._http.stream("GET", url, headers=dict(headers)) as response:
            status = response.status_code
            if status in REDIRECTS and "location" in response.headers:
                return str(response.url.join(response.headers["location"]))
            if status == 304:
                return Answer(url, status, response.headers, b"")
            if status != 200:
                raise self._refusal(url, response)
            body = self._read(url, response)
            return Answer(url, status, response.headers, body, _next_page(response))

    def _refusal(self, url: str, response: httpx.Response) -> FetchError:
        status = response.status_code
        meaning = _MEANINGS.get(status, response.reason_phrase or "no page")
        return FetchError(
            f"http_{status}", f"{shown(url)} answered {status}: {meaning}",
            host=host_of(url), status=status,
            may_pass=status in _PASSING or status >= 500,
            retry_after=self._retry_after(response.headers.get("retry-after")),
        )  # fmt: skip

    def _retry_after(self, value: str | None) -> float | None:
        """Seconds of a Retry-After header, within bounds; None where it says nothing usable."""
        if not value:
            return None
        longest = self._limits.longest_retry_after_seconds
        if re.fullmatch(r"0*[1-9][0-9]{9,}", value.strip()):
            return longest  # more digits than a float, or int itself, takes
        try:
            seconds = float(int(value))
        except (ValueError, OverflowError):
            try:
                at = parsedate_to_datetime(value)
            except (ValueError, TypeError, IndexError, OverflowError):
                return None
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            seconds = (at - self._clock.now()).total_seconds()
        return min(max(seconds, 0), longest)

    def _read(self, url: str, response: httpx.Response) -> bytes:
        """The decoded body. Raises FetchError where it is too long, too dense, too slow or cut."""
        declared = response.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self._limits.bytes:
            raise _too_large(url, f"declares {declared} bytes", self._limits.bytes)
        content = _Content(url, response.headers.get("content-encoding", ""))
        body, received = bytearray(), 0
        try:
            for chunk in response.iter_raw():
                received += len(chunk)
                for piece in content.pieces(chunk):
                    body += piece
                    self._bound(url, received, len(body))
        except (httpcore.RemoteProtocolError, httpcore.ReadError) as error:
            raise _truncated(url, received, str(error)[:120], bytes(body)) from error
        if not content.is_whole:
            raise _truncated(url, received, "the gzip stream has no end", bytes(body))
        return bytes(body)

    def _bound(self, url: str, received: int, decoded: int) -> None:
        limits = self._limits
        if max(received, decoded) > limits.bytes:
            raise _too_large(url, "did not end", limits.bytes)
        if decoded > max(limits.ratio_floor, received * limits.ratio):
            raise FetchError(
                "decompression_bomb",
                f"{shown(url)} expands {received} bytes to more than {decoded}",
                host=host_of(url), status=200,
            )  # fmt: skip
        if self._around.monotonic() > self._ends:
            raise _overdue(url, limits.request_seconds)

    @contextmanager
    def _named(self, url: str) -> Iterator[None]:
        """Failures of the network as FetchError that names the host and shows no secret."""
        try:
            yield
        except FetchError as error:
            error.host = error.host or host_of(url)
            raise
        except httpcore.TimeoutException as error:
            if self._around.monotonic() >= self._ends:
                raise _overdue(url, self._limits.request_seconds) from error
            raise FetchError(
                "timeout", f"{host_of(url)} kept silent", host=host_of(url), may_pass=True
            ) from error
        except httpcore.ConnectError as error:
            is_tls = _caused_by(error, ssl.SSLError)
            reason = "tls_error" if is_tls else "connection_failed"
            raise FetchError(
                reason, f"{host_of(url)}: {str(error)[:160]}", host=host_of(url), may_pass=True
            ) from error
        except (
            httpx.TransportError,
            httpx.InvalidURL,
        ) as error:  # of a Location, as httpx looks too
            raise FetchError(
                "address_refused", f"{shown(url)} leads to an address that cannot be read",
                host=host_of(url),
            ) from error  # fmt: skip
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise FetchError(
                "connection_lost", f"{host_of(url)}: {str(error)[:160] or type(error).__name__}",
                host=host_of(url), may_pass=True,
            ) from error  # fmt: skip


_MEANINGS = {
    400: "it does not understand the question",
    401: "the token is missing, wrong or expired; renew it in the environment variable that the "
    "entry's `token` names",
    403: "it forbids this to us",
    404: "there is nothing under this address; correct `url` in sources.yaml",
    410: "it is gone for good; take the entry out of sources.yaml",
    429: "too many requests",
    503: "it is not available now",
}


def _too_large(url: str, how: str, limit: int) -> FetchError:
    return FetchError(
        "answer_too_large", f"{shown(url)} {how}; at most {limit} are read",
        host=host_of(url), status=200,
    )  # fmt: skip


def _overdue(url: str, seconds: float) -> FetchError:
    return FetchError(
        "deadline", f"{shown(url)} took more than {seconds:g} s for one answer", host=host_of(url)
    )


def _parsed(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError("address_refused", "the address cannot be read") from error


def _next_page(response: httpx.Response) -> str | None:
    """The address that the Link header calls the next page."""
    named = response.links.get("next", {}).get("url")
    try:
        return str(response.url.join(named)) if named else None
    except (httpx.InvalidURL, ValueError):
        return None


def _caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, kind):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _truncated(url: str, received: int, how: str, body: bytes) -> FetchError:
    return FetchError(
        "truncated_body", f"{shown(url)} broke off after {received} bytes: {how}",
        host=host_of(url), status=200, may_pass=True, partial=body,
    )  # fmt: skip


def _gzip_member() -> zlib._Decompress:
    return zlib.decompressobj(zlib.MAX_WBITS | 16)


class _Content:
    """Takes a content encoding off, in pieces of bounded size."""

    def __init__(self, url: str, encoding: str) -> None:
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise FetchError(
                "unknown_encoding",
                f"{shown(url)} answers in {encoding[:40]!r}, which nobody asked for",
                host=host_of(url), status=200,
            )  # fmt: skip
        self._url = url
        is_gzip = encoding.endswith("gzip")
        self._member = _gzip_member() if is_gzip else None

    @property
    def is_whole(self) -> bool:
        """Whether the encoding came to its own end."""
        return self._member is None or self._member.eof

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """The content of one more chunk."""
        if self._member is None:
            yield chunk
            return
        try:
            while chunk:
                if self._member.eof:
                    # A stream may be several members in a row (RFC 1952); all are the content, and
                    # only padding may stand behind them.
                    chunk = chunk.lstrip(b"\0")
                    if not chunk:
                        break
                    self._member = _gzip_member()
                yield self._member.decompress(chunk, 1 << 18)
                chunk = self._member.unconsumed_tail or self._member.unused_data
        except zlib.error as error:
            raise FetchError(
                "damaged_gzip", f"{shown(self._url)}: {error}", host=host_of(self._url), status=200,
                may_pass=True,
            ) from error  # fmt: skip


class _Transport(httpx.BaseTransport):
    """httpx over connections of the guarded backend; none is kept, so each is checked."""

    def __init__(self, backend: GuardedBackend, trust: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust, network_backend=backend, max_keepalive_connections=0
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        url = request.url
        found = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=cast(Iterable[bytes], request.stream),
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            found.status, headers=found.headers, stream=_Stream(found), extensions=found.extensions
        )

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from cast(Any, self._response.stream)

    def close(self) -> None:
        self._response.close()


def instant_text(at: datetime) -> str:
    """An instant as stored and shown."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
