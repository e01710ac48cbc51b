"""Faults of the network: each against a real server on this machine that misbehaves so."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.sources.extract import extract, read_declarations
from orchestration.sources.live.client import Client
from orchestration.sources.live.guard import resolve
from orchestration.sources.live.trouble import FetchError
from orchestration.warehouse.status import status
from tests.faults.matrix import FAULTS
from tests.faults.server import (
    Machine,
    Server,
    endless,
    endless_headers,
    hang_up,
    redirect,
    running,
    text,
)
from tests.faults.site import NOW, Site

pytestmark = pytest.mark.faults
DAY = timedelta(days=1)
FEED = "application/rss+xml"
JSON = "application/json"


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as served:
        yield served


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def live(site: Site, server: Server, machine: Machine) -> Site:
    """A site that may talk to the server, and to nobody else on this machine."""
    site.fetch_allow = (f"127.0.0.1:{server.port}",)
    site.surroundings = machine.surroundings()
    return site


def feed(*numbers: int, title: str = "样城") -> bytes:
    items = "".join(
        f"<item><title>{title} {n}</title><link>https://news.example/{n}</link>"
        f"<guid>https://news.example/{n}</guid>"
        "<pubDate>Wed, 01 Jul 2026 00:00:00 GMT</pubDate></item>"
        for n in numbers
    )
    return f'<rss version="2.0"><channel><title>例</title>{items}</channel></rss>'.encode()


def wordpress_post(number: int, modified: str = "2026-07-01T00:00:00") -> dict[str, Any]:
    return {
        "id": number, "date_gmt": "2026-07-01T00:00:00", "modified_gmt": modified,
        "link": f"https://blog.example/{number}", "status": "publish",
        "title": {"rendered": f"第{number}篇"}, "content": {"rendered": "<p>正文</p>"},
        "guid": {"rendered": f"https://blog.example/?p={number}"},
    }  # fmt: skip


def as_json(value: object, **headers: str) -> Any:
    return text(json.dumps(value, ensure_ascii=False).encode(), kind=JSON, **headers)


def declare(site: Site, *sources: tuple[str, str, str]) -> None:
    site.declare(*(f"name: {name}, format: {form}, fetch: {{url: '{url}', every: 1d}}"
                   for name, form, url in sources))  # fmt: skip


def titles(site: Site) -> list[str]:
    return [row[0] for row in site.ask("select distinct title from core.articles order by 1")]


def reason(site: Site, source: str = "news") -> str | None:
    return site.left.get(source)


def detail(site: Site, source: str = "news") -> str:
    assert site.last is not None
    return next(n.detail for n in site.last.notices if n.source_name == source)


def state(site: Site, source: str = "news") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(site.settings.root.live_state.read_text())[source]
    return found


def standing(site: Site, source: str = "news") -> dict[str, Any]:
    """What `observatory status` says of a source."""
    return next(entry for entry in status(site.settings)["live"] if entry["source"] == source)


def assert_nothing_good_changed(site: Site, server: Server, *expected: str) -> None:
    """P1 and P2 of every case: the ledger comes out even and what was fetched before is there."""
    site.assert_ledger()
    assert titles(site) == sorted(expected)


def good_night(site: Site, server: Server) -> None:
    """A first night in which all is well; a day later the fault is there."""
    server.routes["/feed"] = text(feed(1, 2), ETag='"1"')
    declare(site, ("news", "rss", server.url("/feed")))
    assert site.night().records_loaded == 2
    assert site.left == {}
    site.now += DAY


@pytest.mark.parametrize(
    ("header", "status_code", "seconds"),
    [
        ("7200", 429, 7200),
        (format_datetime(NOW + DAY + timedelta(hours=2), usegmt=True), 503, 7200),
        ("99999999999", 429, 86_400),
        (format_datetime(NOW - DAY, usegmt=True), 503, None),
        ("-5", 429, None),
        ("soon", 503, None),
    ],
)
def test_c1_retry_after_is_honoured_within_bounds_and_the_other_sources_go_on(
    live: Site, server: Server, machine: Machine, header: str, status_code: int, seconds: int | None
) -> None:
    good_night(live, server)
    refusal = text(b"later", status=status_code, Retry_After=header)
    server.routes |= {"/feed": refusal, "/other": text(feed(3)), "/same": text(feed(4))}
    declare(live, ("news", "rss", server.url("/feed")),
            ("neighbour", "rss", server.url("/same")),
            ("other", "rss", server.url("/other", "other.example")))  # fmt: skip
    server.asked.clear()
    machine.waited.clear()
    live.night()
    assert reason(live) == f"http_{status_code}"
    assert reason(live) in FAULTS["C1"].reasons
    assert reason(live, "other") is None
    asked = server.paths.count("/feed")
    again = datetime.fromisoformat(state(live)["next_at"])
    if seconds is None:  # nothing usable was said: a few attempts with growing pauses, then later
        assert asked == 3
        assert [w for w in machine.waited if w > 1] == [1.5, 2.5]
        assert again == live.now + timedelta(minutes=15) * 1.05
        assert "3 attempts" in detail(live)
        assert_nothing_good_changed(live, server, "样城 1", "样城 2", "样城 3", "样城 4")
    else:  # longer than a run waits: the host is left alone, and the pause is remembered
        assert asked == 1
        assert reason(live, "neighbour") == f"http_{status_code}"
        assert "/same" not in server.paths
        assert again == live.now + timedelta(seconds=seconds) * 1.05
        assert_nothing_good_changed(live, server, "样城 1", "样城 2", "样城 3")
    told = standing(live)
    assert told["trouble"]["status"] == status_code
    assert told["trouble"]["host"] == f"news.example:{server.port}"
    assert (told["failures"], told["next_at"]) == (1, state(live)["next_at"])
    server.asked.clear()
    live.now = again - timedelta(seconds=1)
    live.extract()
    assert "/feed" not in server.paths
    live.now = again
    server.routes["/feed"] = text(feed(1, 2, 5))
    live.night()
    assert standing(live)["trouble"] is None
    assert "样城 5" in titles(live)


def test_c1_a_short_retry_after_is_waited_for_within_the_run(
    live: Site, server: Server, machine: Machine
) -> None:
    good_night(live, server)
    server.routes["/feed"] = [text(b"", status=429, Retry_After="20"), text(feed(1, 2, 3))]
    live.night()
    assert 21.0 in machine.waited
    assert_nothing_good_changed(live, server, "样城 1", "样城 2", "样城 3")


@pytest.mark.parametrize("fault", ["500", "reset", "tls", "nobody", "name"])
def test_c2_a_server_that_fails_is_asked_a_few_times_and_then_left(
    live: Site, server: Server, machine: Machine, fault: str
) -> None:
    good_night(live, server)
    expected = {"500": "http_500", "reset": "connection_lost", "tls": "tls_error",
                "nobody": "connection_failed", "name": "name_not_resolved"}[fault]  # fmt: skip
    url = server.url("/feed")
    if fault == "500":
        server.routes["/feed"] = text(b"oops", status=500)
    elif fault == "reset":
        server.routes["/feed"] = hang_up
    elif fault == "tls":
        url = url.replace("http:", "https:")
    elif fault == "nobody":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        live.fetch_allow = (*live.fetch_allow, f"127.0.0.1:{port}")
        url = f"http://news.example:{port}/feed"
    else:

        def unknown(host: str, port: int) -> list[str]:
            raise socket.gaierror(-2, "Name or service not known")

        machine.resolve = unknown  # type: ignore[method-assign]
        live.surroundings = machine.surroundings()
    declare(live, ("news", "rss", url))
    live.night()
    assert reason(live) == expected
    assert expected in FAULTS["C2"].reasons
    assert state(live)["trouble"]["attempts"] == 3
    assert "news.example" in detail(live)
    if fault in ("500", "reset"):  # the same declaration as before
        assert state(live)["memory"]["etag"] == '"1"'
    assert_nothing_good_changed(live, server, "样城 1", "样城 2")


@pytest.mark.parametrize("fault", ["loris", "headers", "infinite", "declared", "bomb"])
def test_c3_bytes_and_time_are_bounded(
    live: Site, server: Server, machine: Machine, fault: str
) -> None:
    good_night(live, server)
    start = feed(1, 2, 3)[:-30]
    if fault == "loris":
        machine.tick = 0.5
        server.routes["/feed"] = endless(b"x", Content_Type=FEED)
    elif fault == "headers":
        machine.tick = 0.5
        server.routes["/feed"] = endless_headers
    elif fault == "infinite":
        server.routes["/feed"] = endless(b" " * (1 << 20), Content_Type=FEED)
    elif fault == "declared":
        server.routes["/feed"] = text(start, length=10**12)
    else:
        server.routes["/feed"] = text(gzip.compress(bytes(64 << 20)), Content_Encoding="gzip")
    archived = live.settings.root.archive.stat().st_size
    live.surroundings = machine.surroundings(bytes=(32 if fault == "bomb" else 8) << 20)
    live.night()
    expected = {"loris": "deadline", "headers": "deadline", "infinite": "answer_too_large",
                "declared": "answer_too_large", "bomb": "decompression_bomb"}[fault]  # fmt: skip
    assert reason(live) == expected
    assert expected in FAULTS["C3"].reasons
    assert archived <= live.settings.root.archive.stat().st_size < 8 << 20
    assert_nothing_good_changed(live, server, "样城 1", "样城 2")


@pytest.mark.parametrize("length", ["longer", "shorter", "gzip"])
def test_c3_a_body_of_another_length_is_kept_named_and_not_believed(
    live: Site, server: Server, length: str
) -> None:
    good_night(live, server)
    body = feed(1, 2, 3, 4)
    server.routes["/feed"] = {
        "longer": text(body[:-60], length=len(body), ETag='"2"'),
        "shorter": text(body, length=len(body) - 60, ETag='"2"'),
        "gzip": text(gzip.compress(body)[:-8], Content_Encoding="gzip", ETag='"2"'),
    }[length]
    live.night()
    assert reason(live) == ("truncated_feed" if length == "shorter" else "truncated_body")
    assert reason(live) in FAULTS["C3"].reasons
    named = {row["reason"] for row in live.quarantine("news")}
    assert reason(live) in named
    assert state(live)["memory"]["etag"] == '"1"'
    assert {"样城 1", "样城 2"} <= set(titles(live))
    live.assert_ledger()
    server.routes["/feed"] = text(body, ETag='"2"')
    live.now += DAY
    live.night()
    assert_nothing_good_changed(live, server, "样城 1", "样城 2", "样城 3", "样城 4")


@pytest.mark.parametrize("fault", ["endless", "downgrade", "file", "inside", "login"])
def test_c4_every_hop_of_a_redirect_is_checked(
    live: Site, server: Server, machine: Machine, fault: str
) -> None:
    good_night(live, server)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        target = {
            "endless": "/feed?again", "file": "file:///etc/passwd", "login": "/login",
            "inside": f"http://inner.example:{other.getsockname()[1]}/",
            "downgrade": server.url("/feed"),
        }[fault]  # fmt: skip
        server.routes["/feed"] = redirect(target)
        server.routes["/login"] = text(b"<html><form>password</form></html>", kind="text/html")
        if fault == "downgrade":
            client = Client(live.settings.clock, [], machine.surroundings())
            client._send = lambda url, headers: "http://news.example/feed"  # type: ignore[method-assign]
            client._check = lambda url, is_robots: None  # type: ignore[method-assign]
            with pytest.raises(FetchError) as caught:
                client.get("https://news.example/feed")
            assert caught.value.reason == "redirect_downgrade"
            client.close()
            return
        server.asked.clear()
        live.night()
        other.settimeout(0)
        with pytest.raises(BlockingIOError):  # nobody came
            other.accept()
    expected = {"endless": "too_many_redirects", "file": "address_refused",
                "inside": "address_forbidden", "login": "not_a_feed"}[fault]  # fmt: skip
    assert reason(live) == expected
    assert expected in FAULTS["C4"].reasons
    assert len(server.paths) == {"endless": 6, "login": 2}.get(fault, 1)
    assert_nothing_good_changed(live, server, "样城 1", "样城 2")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "10.1.2.3", "172.16.0.1",
     "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
     "[::1]", "[::ffff:127.0.0.1]", "[fe80::1]", "[fc00::1]", "[64:ff9b::7f00:1]",
     "[2002:7f00:1::]"],
)  # fmt: skip
def test_c5_no_address_inside_is_ever_talked_to(
    live: Site, server: Server, monkeypatch: pytest.MonkeyPatch, machine: Machine, host: str
) -> None:
    live.fetch_allow = ()
    machine.resolve = resolve  # type: ignore[method-assign]
    live.surroundings = machine.surroundings()
    declare(live, ("news", "rss", f"http://{host}:{server.port}/feed"))

    def connects(*arguments: Any, **named: Any) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "create_connection", connects)
    live.extract()
    assert live.last is not None
    assert live.last.delivered == ()
    assert reason(live) == ("address_refused" if host == "0177.0.0.1" else "address_forbidden")
    assert server.asked == []


def test_c5_a_name_with_one_address_inside_or_another_answer_later_leads_nowhere(
    live: Site, server: Server, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    good_night(live, server)
    machine.names["news.example"] = ["93.184.216.34", "10.0.0.1"]
    live.night()
    assert (reason(live),) == FAULTS["C5"].reasons
    assert "10.0.0.1" in detail(live)

    live.now += DAY
    live.fetch_allow = ()
    answers = [["93.184.216.34"]]  # whoever asks a second time is led inside
    machine.resolve = lambda host, port: answers.pop(0) if answers else ["127.0.0.1"]  # type: ignore[method-assign]
    live.surroundings = machine.surroundings(attempts=1)
    called = []

    def connects(address: tuple[str, int], *arguments: Any, **named: Any) -> socket.socket:
        called.append(address[0])
        raise OSError("no route to host")

    monkeypatch.setattr(socket, "create_connection", connects)
    live.night()
    assert called == ["93.184.216.34"], detail(live)
    assert reason(live) == "connection_failed"
    assert_nothing_good_changed(live, server, "样城 1", "样城 2")


def test_c5_only_the_environment_opens_an_address_and_only_that_port(
    live: Site, server: Server
) -> None:
    good_night(live, server)
    with running() as second:
        second.routes["/feed"] = text(feed(9))
        declare(live, ("news", "rss", second.url("/feed")))
        live.night()
        assert reason(live) == "address_forbidden"
        assert second.asked == []


@pytest.mark.parametrize(
    "declaration",
    ['<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
     '<!DOCTYPE rss [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
     '<!DOCTYPE rss SYSTEM "http://news.example/rss.dtd">'],
)  # fmt: skip
def test_c6_a_document_type_is_refused_and_the_bytes_are_kept(
    live: Site, server: Server, declaration: str
) -> None:
    good_night(live, server)
    body = declaration.encode() + feed(3).replace("样城".encode(), b"&x;&b;")
    server.routes["/feed"] = text(body, ETag='"2"')
    live.night()
    assert (reason(live),) == FAULTS["C6"].reasons
    assert [row["reason"] for row in live.quarantine("news")] == ["dtd_forbidden"]
    assert "/rss.dtd" not in server.paths
    assert state(live)["memory"]["etag"] == '"1"'
    assert_nothing_good_changed(live, server, "样城 1", "样城 2")


def test_c7_items_keep_their_key_whatever_a_feed_does_to_them(live: Site, server: Server) -> None:
    def item(title: str, link: str = "", guid: str = "", date: str = "") -> str:
        return f"<item><title>{title}</title>{link}{guid}{date}</item>"

    link = "<link>https://news.example/1</link>"
    items = [
        item("有址", link, "<guid>a</guid>", "<pubDate>Wed, 01 Jul 2026 00:00:00 GMT</pubDate>"),
        item("只有标识", "", "<guid isPermaLink='false'>b</guid>"),
        item("什么都没有"),
        item("坏日期", "<link>https://news.example/4</link>", "", "<pubDate>someday</pubDate>"),
    ]

    def document(order: list[str]) -> bytes:
        body = f'<rss version="2.0"><channel><title>例</title>{"".join(order)}</channel></rss>'
        return ('<?xml version="1.0" encoding="gb2312"?>' + body).encode("gb18030")

    server.routes["/feed"] = [text(document(items)), text(document(items[::-1]))]
    declare(live, ("news", "rss", server.url("/feed")))
    live.night()
    first = live.ask("select article_id, title from core.articles order by 1")
    assert sorted(row[1] for row in first) == sorted(["有址", "只有标识", "什么都没有", "坏日期"])
    assert [row["reason"] for row in live.quarantine("news")] == list(FAULTS["C7"].reasons)
    live.now += DAY
    done = live.night()
    assert done.files == 1
    assert live.ask("select distinct article_id, title from core.articles order by 1") == first
    server.routes["/feed"] = text('<?xml version="1.0" encoding="utf-8"?><rss>样'.encode("gb18030"))
    live.now += DAY
    live.night()
    assert reason(live) == "encoding"
    assert live.ask("select distinct article_id, title from core.articles order by 1") == first
    live.assert_ledger()


@pytest.mark.parametrize("fault", ["login", "empty", "error", "type", "nothing"])
def test_c8_an_answer_that_is_no_feed_is_named_kept_once_and_overwrites_nothing(
    live: Site, server: Server, fault: str
) -> None:
    good_night(live, server)
    before = state(live)["memory"]
    server.routes["/feed"] = {
        "login": text(b"<!doctype html><html><form>password</form></html>", kind="text/html"),
        "empty": text(feed(), ETag='"2"'),
        "error": text(b'{"error": "no session"}', kind=JSON, ETag='"2"'),
        "type": text(feed(1, 2), kind="image/png", ETag='"2"'),
        "nothing": text(b"", ETag='"2"'),
    }[fault]
    expected = {"login": "not_a_feed", "error": "not_a_feed", "type": "wrong_content_type",
                "empty": "empty_answer", "nothing": "empty_answer"}[fault]  # fmt: skip
    for night in (1, 2):
        files = live.night().files
        assert files == (1 if night == 1 else 0)  # the same bytes again say nothing new
        assert reason(live) == expected
        assert expected in FAULTS["C8"].reasons
        assert standing(live)["failures"] == night
        assert state(live)["memory"] == before
        assert [row["reason"] for row in live.quarantine("news")] == [expected]
        assert_nothing_good_changed(live, server, "样城 1", "样城 2")
        live.now += DAY
    if fault == "login":
        assert "a web page" in detail(live)


@pytest.mark.parametrize(
    ("form", "path", "good", "bad"),
    [
        ("wordpress_json", "/wp-json/wp/v2/posts", [wordpress_post(1)],
         {"code": "rest_forbidden", "message": "no", "data": {"status": 401}}),
        ("wordpress_json", "/wp-json/wp/v2/posts", [wordpress_post(1)], []),
        ("wordpress_json", "/wp-json/wp/v2/posts", [wordpress_post(1)], [{"id": 2}]),
        ("mastodon_json", "/api/v1/timelines/public", None, {"error": "login required"}),
        ("mastodon_json", "/api/v1/timelines/public", None, []),
    ],
)  # fmt: skip
def test_c8_apis_that_answer_with_an_error_or_with_nothing(
    live: Site, server: Server, form: str, path: str, good: Any, bad: Any
) -> None:
    server.routes[path] = as_json([toot(5)] if good is None else good)
    declare(live, ("api", form, server.url(path)))
    live.night()
    assert live.left == {}
    before, content = state(live, "api")["memory"], live.content()
    live.now += DAY
    server.routes[path] = as_json(bad)
    live.night()
    assert reason(live, "api") in FAULTS["C8"].reasons
    assert state(live, "api")["memory"] == before
    assert live.content() == content
    assert live.quarantine("api")
    live.assert_ledger()


def toot(number: int, name: str = "police") -> dict[str, Any]:
    return {
        "id": str(number), "uri": f"https://social.example/users/{name}/statuses/{number}",
        "created_at": "2026-07-01T00:00:00.000Z", "visibility": "public",
        "content": f"<p>通报{number}</p>", "replies_count": 1, "reblogs_count": 2,
        "favourites_count": 3, "tags": [], "account": profile(name),
    }  # fmt: skip


def profile(name: str = "police") -> dict[str, Any]:
    return {
        "id": "77", "username": name, "acct": name, "url": f"https://social.example/@{name}",
        "display_name": "样城公安", "created_at": "2020-01-01T00:00:00.000Z",
        "statuses_count": 10, "followers_count": 100, "following_count": 1,
    }  # fmt: skip


def test_c9_unchanged_that_is_untrue_is_found_out(live: Site, server: Server) -> None:
    good_night(live, server)
    hidden = text(feed(1, 2, 3), ETag='"1"')

    def lying(handler: Any) -> None:
        (text(b"", status=304) if handler.headers["If-None-Match"] else hidden)(handler)

    server.routes["/feed"] = lying
    for _ in range(20):
        live.extract()
        assert live.last is not None
        assert (live.last.delivered, live.left) == ((), {})
        live.now += DAY
    live.night()
    assert reason(live) == "unchanged_is_untrue"
    assert_nothing_good_changed(live, server, "样城 1", "样城 2", "样城 3")
    live.now += DAY
    live.night()
    assert "If-None-Match" not in server.asked[-1][1]
    assert live.left == {}


def test_c9_unchanged_that_nobody_asked_for_is_named(live: Site, server: Server) -> None:
    server.routes["/feed"] = text(b"", status=304)
    declare(live, ("news", "rss", server.url("/feed")))
    live.night()
    assert reason(live) == "unasked_304"
    assert reason(live) in FAULTS["C9"].reasons


@pytest.mark.parametrize("loop", ["same page", "same address", "back and forth"])
def test_c9_pages_that_lead_in_a_circle_end(live: Site, server: Server, loop: str) -> None:
    path = "/api/v1/timelines/public"
    url = server.url(path)
    pages = {
        "same page": [([5, 4], "max_id=4"), ([5, 4], "max_id=3")],
        "same address": [([5, 4], "max_id=4"), ([3, 2], "max_id=4")],
        "back and forth": [([5, 4], "max_id=4"), ([3, 2], "max_id=2"), ([4, 3], "max_id=4")],
    }[loop]
    server.routes[path] = [
        as_json([toot(n) for n in numbers], Link=f'<{url}?{following}>; rel="next"')
        for numbers, following in pages
    ]
    declare(live, ("api", "mastodon_json", url))
    live.night()
    assert reason(live, "api") == "repeated_page"
    assert reason(live, "api") in FAULTS["C9"].reasons
    assert len(server.asked) == len(pages)
    assert [r["reason"] for r in live.quarantine("api")] == ["repeated_page"]
    assert state(live, "api")["memory"]["newest"] == "5"
    live.assert_ledger()


def test_c9_a_site_that_ignores_the_cursor_ends(live: Site, server: Server) -> None:
    server.routes["/wp-json/wp/v2/posts"] = as_json([wordpress_post(n) for n in range(100)])
    declare(live, ("api", "wordpress_json", server.url("/")))
    live.night()
    assert reason(live, "api") == "repeated_page"
    assert len(server.asked) == 2
    assert [r["reason"] for r in live.quarantine("api")] == ["repeated_page"]
    assert len(titles(live)) == 100
    live.assert_ledger()


def test_c10_an_expired_token_is_named_and_no_secret_is_written_anywhere(
    live: Site, server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret, key = "s3cr3t-token", "k3y-in-the-address"
    live.tokens = {"OBSERVATORY_TOKEN_NEWS": secret}
    url = server.url(f"/feed?api_key={key}&page=1")
    live.declare(f"name: news, format: rss, fetch: {{url: '{url}', every: 1d, "
                 "token: OBSERVATORY_TOKEN_NEWS}")  # fmt: skip
    server.routes["/feed"] = [
        text(feed(1)), text(b"no", status=401),
        redirect(server.url("/feed?x=" + key, "else.example")),
    ]  # fmt: skip
    server.routes["/elsewhere"] = text(b"no", status=401)
    caplog.set_level("DEBUG")
    live.night()
    assert titles(live) == ["样城 1"]
    assert server.asked[-1][1]["Authorization"] == f"Bearer {secret}"
    live.now += DAY
    live.night()
    assert (reason(live),) == FAULTS["C10"].reasons
    assert "token is missing, wrong or expired" in detail(live)
    assert state(live)["trouble"]["attempts"] == 1
    live.now += DAY
    server.asked.clear()
    live.night()
    assert [("Authorization" in headers) for _, headers in server.asked] == [True] + [False] * 5
    assert reason(live) == "too_many_redirects"
    shown = json.dumps([standing(live), detail(live), caplog.text, repr(live.settings)])
    database = str(live.ask("select * from meta.sources"))
    assert "api_key=…&page=1" in database
    for text_ in (shown, database, json.dumps(live.quarantine("news"), default=str)):
        assert key not in text_
        assert secret not in text_
    for path in live.home.rglob("*"):
        if path.is_file() and path.name != "sources.yaml":
            assert secret.encode() not in path.read_bytes(), path
            assert key.encode() not in path.read_bytes(), path


def test_without_a_live_source_nobody_is_asked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def used(*arguments: Any, **named: Any) -> None:
        raise AssertionError("the network was used")

    for name in ("getaddrinfo", "create_connection", "socket"):
        monkeypatch.setattr(socket, name, used)
    site.declare("name: news, format: rss")
    site.put("news/1.xml", feed(1))
    site.settings.root.inbox.mkdir(parents=True, exist_ok=True)
    found = extract(site.settings, read_declarations(site.settings))
    assert len(found.delivered) == 1
    assert not site.settings.root.live_state.exists()
    assert status(site.settings)["live"] == []
