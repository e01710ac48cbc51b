"""A web server on this machine that misbehaves as it is told, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from orchestration.sources.live.client import Limits, Surroundings

Route = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """Paths and what they do; `asked` holds (path with query, headers) of all but robots.txt."""

    port: int = 0
    routes: dict[str, Route | list[Route]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    robots: Route | None = None

    def url(self, path: str, host: str = "news.example") -> str:
        """An address of this server under a name."""
        return f"http://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.partition("?")[0]
        if path == "/robots.txt":
            (self.robots or text(b"nothing", status=404))(handler)
            return
        self.asked.append((handler.path, dict(handler.headers.items())))
        route = self.routes.get(path, text(b"no such page", status=404))
        if isinstance(route, list):  # one answer after the other, the last one for ever
            route = route.pop(0) if len(route) > 1 else route[0]
        route(handler)


def text(
    body: bytes, *, status: int = 200, kind: str = "application/rss+xml", length: int | None = None,
    **headers: str,
) -> Route:  # fmt: skip
    """A plain answer. length: what Content-Length says, where that is not true."""

    def route(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return route


def redirect(to: str, status: int = 302) -> Route:
    return text(b"", status=status, Location=to)


def endless(piece: bytes, **headers: str) -> Route:
    """Sends the piece again and again until the client has enough."""

    def route(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        while True:
            handler.wfile.write(piece)
            handler.wfile.flush()

    return route


def endless_headers(handler: BaseHTTPRequestHandler) -> None:
    """Drips a header that never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        handler.wfile.write(b"x")
        handler.wfile.flush()


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Ends the connection without a word."""
    handler.close_connection = True
    handler.connection.close()


@contextlib.contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server on a free port of the loopback address."""
    served = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with contextlib.suppress(OSError, ValueError):
                served.answer(self)

        def log_message(self, *arguments: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # the client hung up, as it should

    http = Quiet(("127.0.0.1", 0), Handler)
    if tls is not None:
        http.socket = tls.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
    served.port = http.server_port
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


@dataclass
class Machine:
    """Time that passes only when somebody waits (or with every look, by `tick`), chance that is
    none, and names that all lead to this machine unless told otherwise."""

    tick: float = 0
    waited: list[float] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    resolved: list[str] = field(default_factory=list)
    time: float = 0

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.time += seconds

    def monotonic(self) -> float:
        self.time += self.tick
        return self.time

    def resolve(self, host: str, port: int) -> list[str]:
        self.resolved.append(host)
        return self.names.get(host, ["127.0.0.1"])

    def surroundings(self, **limits: Any) -> Surroundings:
        return Surroundings(
            self.sleep, self.monotonic, lambda: 0.5, self.resolve, limits=Limits(**limits)
        )
