"""Which machines may be talked to, and for how long.

A name is resolved once for each connection; every address it has must be a public one, and the
connection goes to an address that was checked, so that a second answer of the name server
changes nothing. Reading and writing share one deadline with everything else of the request.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from orchestration.sources.live.allowance import Allowance, is_public
from orchestration.sources.live.trouble import FetchError

Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to checked addresses only; `left` says how many seconds the request still has."""

    def __init__(
        self, find: Resolve, allowed: Iterable[Allowance], left: Callable[[], float]
    ) -> None:
        self._find = find
        self._allowed = tuple(allowed)
        self._left = left
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._checked(host, port)
        failure: Exception | None = None
        for address in addresses:
            try:
                stream = self._sockets.connect_tcp(
                    address, port, self._bounded(timeout), local_address, socket_options
                )
                return _BoundedStream(stream, self._bounded)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address")

    def _checked(self, host: str, port: int) -> list[str]:
        try:
            addresses = self._find(host, port)
        except (OSError, UnicodeError) as error:
            raise FetchError(
                "name_not_resolved", f"the name {host} has no address: {error}", may_pass=True
            ) from error
        for text in addresses:
            address = ipaddress.ip_address(text)
            if not is_public(address) and not any(a.covers(address, port) for a in self._allowed):
                raise FetchError(
                    "address_forbidden",
                    f"{host} leads to {text}, which is no public address; nothing was sent there",
                )
        return addresses

    def _bounded(self, timeout: float | None) -> float:
        left = self._left()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole answer is over")
        return left if timeout is None else min(timeout, left)


class _BoundedStream(httpcore.NetworkStream):
    """A connection whose every read and write ends with the request's time."""

    def __init__(
        self, inner: httpcore.NetworkStream, bounded: Callable[[float | None], float]
    ) -> None:
        self._inner = inner
        self._bounded = bounded

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._bounded(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._bounded(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secured = self._inner.start_tls(ssl_context, server_hostname, self._bounded(timeout))
        return _BoundedStream(secured, self._bounded)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
