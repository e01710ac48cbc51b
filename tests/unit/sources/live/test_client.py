"""The client: what it makes of anything that a server may send."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.clock import FixedClock
from orchestration.paths import PROJECT_ROOT
from orchestration.sources.live.allowance import Allowance
from orchestration.sources.live.client import Answer, Client
from orchestration.sources.live.trouble import FetchError, host_of, shown
from tests.faults.server import Machine, redirect, running, text

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def client(machine: Machine | None = None, trust: ssl.SSLContext | None = None) -> Client:
    around = (machine or Machine()).surroundings(silence_seconds=2)
    if trust is not None:
        around = replace(around, trust=lambda: trust)
    return Client(FixedClock(NOW), [Allowance.parse("127.0.0.1")], around)


# -- anything at all ------------------------------------------------------------------------------
@contextmanager
def raw_server(answers: list[bytes]) -> Iterator[int]:
    """Sends the same bytes to whoever asks, whatever they mean, and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65536)
                    connection.sendall(answers[0])
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):
                        pass
                except OSError:
                    pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


HEADER = st.sampled_from(
    ["Location", "Content-Length", "Content-Encoding", "Retry-After", "Link", "Content-Type",
     "Transfer-Encoding", "ETag"]
)  # fmt: skip
VALUE = st.one_of(
    st.binary(max_size=30), st.sampled_from(
        [b"gzip", b"br", b"chunked", b"-1", b"9" * 5000, b"http://[", b"//\xff", b"<x>; rel=next",
         b"<http://[>; rel=\"next\"", b"Mon, 99 Foo 99999 99:99:99 GMT", b"99999999999999999999"]),
)  # fmt: skip


@st.composite
def responses(draw: st.DrawFn) -> bytes:
    if draw(st.booleans()):
        return draw(st.binary(max_size=200))
    status = draw(st.sampled_from([100, 101, 200, 204, 206, 302, 304, 401, 429, 500, 999]))
    lines = [f"HTTP/1.1 {status} x".encode()]
    lines += [
        n.encode() + b": " + v for n, v in draw(st.lists(st.tuples(HEADER, VALUE), max_size=4))
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + draw(st.binary(max_size=100))


def test_whatever_is_sent_is_an_answer_or_a_named_failure():
    answers = [b""]
    with raw_server(answers) as port:

        @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(responses())
        def check(sent: bytes) -> None:
            answers[0] = sent
            asking = client()
            asking._robots.allows = lambda url: True  # type: ignore[method-assign]
            asking._robots.delay = lambda url: None  # type: ignore[method-assign]
            found: Answer | FetchError
            try:
                found = asking.get(f"http://any.example:{port}/x")
            except FetchError as error:
                found = error
            asking.close()
            assert isinstance(found, Answer) or (found.host and found.reason.isidentifier())

        check()


@pytest.mark.parametrize("to", ["http://[zz]/", "javascript:alert(1)", "//", "http:///x", "\\\\x"])
def test_a_redirect_to_nowhere_is_refused(to):
    with running() as server:
        server.routes["/x"] = redirect(to)
        with pytest.raises(FetchError) as caught:
            client().get(server.url("/x"))
    assert caught.value.reason in ("address_refused", "http_404", "too_many_redirects")
    assert caught.value.attempts == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0), ("120", 120), ("-1", 0), ("9" * 40, 86_400), ("9" * 400, 86_400),
     ("9" * 5000, 86_400), ("-" + "9" * 400, None), ("", None),
     ("Tue, 01 Sep 2026 00:01:00 GMT", 60), ("Tue, 01 Sep 2026 00:01:00", 60),
     ("Mon, 31 Aug 2026 00:00:00 GMT", 0), ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
     ("tomorrow", None), ("1.5", None)],
)  # fmt: skip
def test_retry_after_in_every_notation(value, seconds):
    assert client()._retry_after(value) == seconds


# -- TLS ------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of news.example, signed by itself."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "news.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("news.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ) + made.public_bytes(pem)
    )  # fmt: skip
    return path


@pytest.mark.parametrize(
    ("host", "is_trusted", "reason"),
    [("news.example", True, None), ("other.example", True, "tls_error"),
     ("news.example", False, "tls_error")],
)  # fmt: skip
def test_tls_is_checked_against_the_name_and_not_the_address(certificate, host, is_trusted, reason):
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    trust = ssl.create_default_context(cafile=str(certificate)) if is_trusted else None
    with running(serving) as server:
        server.routes["/feed"] = text(b"hello")
        url = server.url("/feed", host).replace("http:", "https:")
        if reason is None:
            assert client(trust=trust).get(url).body == b"hello"
            assert server.asked[0][1]["Host"] == f"{host}:{server.port}"
            return
        with pytest.raises(FetchError) as caught:
            client(trust=trust).get(url)
    assert caught.value.reason == reason
    assert caught.value.attempts == 3
    assert server.asked == []


# -- what is said -------------------------------------------------------------------------------
def test_the_runbook_knows_every_reason():
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (PROJECT_ROOT / "orchestration" / "sources" / "live").glob("*.py")
    )
    reasons = set(re.findall(r'(?:FetchError|Flaw)\(\s*"([a-z_]+)"', code))
    runbook = (PROJECT_ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    assert len(reasons) > 20
    assert {reason for reason in reasons if f"`{reason}`" not in runbook} == set()


# -- addresses as shown ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://me:pw@a.example/x?key=abc&page=2#frag", "https://a.example/x?key=…&page=2"),
        ("https://a.example:8443/x", "https://a.example:8443/x"),
        ("https://[::1", "an address that cannot be read"),
    ],
)
def test_addresses_are_shown_without_secrets(url, told):
    assert shown(url) == told


@given(st.text(max_size=60), st.from_regex(r"[A-Za-z0-9]{12}", fullmatch=True))
def test_no_password_is_ever_shown(path, secret):
    assert secret not in shown(
        f"https://user:{secret}@a.example/?token={secret}&{path.replace(secret, '')}"
    )
    assert host_of(f"https://user:{secret}@a.example/") == "a.example"
