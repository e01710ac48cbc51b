"""Conversations with feeds, WordPress and Mastodon, against a server on this machine."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from orchestration.cli import main
from orchestration.defs.automation import fingerprint, waiting_sources
from orchestration.paths import PROJECT_ROOT
from orchestration.sources.archive import Archive
from orchestration.sources.live.state import State
from tests.faults.server import Machine, Server, hang_up, running, text
from tests.faults.site import NOW, Site
from tests.faults.test_live import as_json, declare, feed, profile, state, toot, wordpress_post

DAY = timedelta(days=1)
POSTS = "/wp-json/wp/v2/posts"


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as served:
        yield served


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def live(tmp_path: Path, server: Server, machine: Machine) -> Site:
    site = Site(tmp_path / "home", fetch_allow=(f"127.0.0.1:{server.port}",))
    site.surroundings = machine.surroundings()
    return site


def delivered(site: Site) -> list[str]:
    assert site.last is not None
    return [file.path for file in site.last.delivered]


def queries(server: Server) -> list[dict[str, str]]:
    return [{k: v[0] for k, v in parse_qs(urlsplit(p).query).items()} for p in server.paths]


# -- feeds ----------------------------------------------------------------------------------------
def test_a_feed_is_asked_whether_it_changed_and_read_like_a_file(live: Site, server: Server):
    server.routes["/feed"] = text(
        feed(1), ETag='"1"', Last_Modified="Tue, 01 Sep 2026 00:00:00 GMT"
    )
    declare(live, ("news", "rss", server.url("/feed")))
    assert live.night().records_loaded == 1
    assert delivered(live) == ["news/20260901T000000_UTC_001.xml"]
    assert live.ask("select distinct observed_at, source_name from core.articles") == [
        (NOW, "news")
    ]
    live.now += DAY
    server.routes["/feed"] = text(b"", status=304)
    live.extract()
    assert (delivered(live), live.left) == ([], {})
    headers = server.asked[-1][1]
    assert headers["If-None-Match"] == '"1"'
    assert headers["If-Modified-Since"] == "Tue, 01 Sep 2026 00:00:00 GMT"
    assert headers["User-Agent"].startswith("observatory-of-official-microblogs/")
    live.now += DAY
    server.routes["/feed"] = text(feed(1))  # the same bytes in full are nothing new either
    live.extract()
    assert delivered(live) == []


def test_a_source_is_asked_as_often_as_it_says_and_anew_where_its_address_changes(
    live: Site, server: Server
):
    server.routes |= {"/feed": text(feed(1)), "/new": text(feed(1))}
    declare(live, ("news", "rss", server.url("/feed")))
    for hours, asked in ((0, 1), (1, 1), (22, 1), (1, 2)):
        live.now += timedelta(hours=hours)
        live.extract()
        assert server.paths.count("/feed") == asked
    declare(live, ("news", "rss", server.url("/new")))
    live.extract()
    assert server.paths[-1] == "/new"


def test_an_answer_is_archived_whatever_its_reader_does(
    live: Site, server: Server, monkeypatch: pytest.MonkeyPatch
):
    """A feed moves on: bytes that no reader foresaw cannot be asked for again."""
    server.routes["/feed"] = text(feed(1))
    declare(live, ("news", "rss", server.url("/feed")))

    def fail(*_: object) -> None:
        raise UnicodeError("undefined encoding")

    monkeypatch.setattr("orchestration.sources.live.poll._Visit._read", fail)
    live.extract()
    assert delivered(live) == ["news/20260901T000000_UTC_001.xml"]
    assert live.left == {"news": "fetch_failed"}
    assert state(live)["failures"] == 1


def test_what_was_fetched_never_lay_in_the_inbox(live: Site, server: Server):
    server.routes["/feed"] = text(feed(1))
    declare(live, ("news", "rss", server.url("/feed")))
    live.extract()
    assert Archive(live.settings.root.archive).seen() == {}
    live.settings.root.inbox.rmdir()
    live.extract()  # an inbox that never delivered is not missed
    assert live.left == {}


def test_a_run_killed_before_it_remembered_asks_again_and_counts_duplicates(
    live: Site, server: Server, monkeypatch: pytest.MonkeyPatch
):
    server.routes["/feed"] = text(feed(1, 2))
    declare(live, ("news", "rss", server.url("/feed")))

    def killed(state: State) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(State, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        live.extract()
    monkeypatch.undo()
    assert len(Archive(live.settings.root.archive).deliveries()) == 1
    live.now += timedelta(minutes=1)
    done = live.night()
    assert (done.files, done.records_loaded, done.records_duplicate) == (2, 2, 2)
    live.assert_ledger()
    assert not list(live.settings.root.archive.glob(".*"))


def test_damaged_memory_is_said_once(live: Site, server: Server):
    server.routes["/feed"] = text(feed(1))
    declare(live, ("news", "rss", server.url("/feed")))
    live.extract()
    live.settings.root.live_state.write_text("{")
    live.extract()
    assert live.left == {"live.json": "state_unreadable"}
    live.now += DAY
    live.extract()
    assert live.left == {}


# -- manners --------------------------------------------------------------------------------------
def test_robots_txt_is_obeyed_and_its_delay_kept(live: Site, server: Server, machine: Machine):
    server.robots = text(b"User-agent: *\nDisallow: /closed\nCrawl-delay: 7\n", kind="text/plain")
    server.routes |= {"/open": text(feed(1)), "/open2": text(feed(2)), "/closed": text(feed(3))}
    declare(live, ("a", "rss", server.url("/open")), ("b", "rss", server.url("/closed/feed")),
            ("c", "rss", server.url("/open2")))  # fmt: skip
    live.extract()
    assert live.left == {"b": "robots_disallow"}
    assert server.paths == ["/open", "/open2"]
    assert 7 in machine.waited


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (403, 1), (500, 0), (429, 0)])
def test_a_host_without_robots_txt_is_free_and_one_that_cannot_say_is_closed(
    live: Site, server: Server, status: int, asked: int
):
    server.robots = text(b"", status=status)
    server.routes["/feed"] = text(feed(1))
    declare(live, ("news", "rss", server.url("/feed")))
    live.extract()
    assert len(server.asked) == asked
    assert live.left == ({} if asked else {"news": f"http_{status}"})


def test_hosts_are_left_alone_for_a_second_each(live: Site, server: Server, machine: Machine):
    server.routes["/feed"] = text(feed(1))
    declare(live, ("a", "rss", server.url("/feed", "one.example")),
            ("b", "rss", server.url("/feed", "two.example")),
            ("c", "rss", server.url("/feed", "one.example")))  # fmt: skip
    live.extract()
    # between robots.txt and the feed of each host, and between the two feeds of one
    assert machine.waited == [1, 1] or machine.waited == [1, 1, 1]
    assert len(server.asked) == 3


def test_a_host_out_of_reach_is_tried_for_one_source_only(
    live: Site, server: Server, machine: Machine
):
    url = server.url("/feed").replace("http:", "https:")
    declare(live, ("a", "rss", url), ("b", "rss", url))
    live.extract()
    assert live.left == {"a": "tls_error", "b": "tls_error"}
    assert len(machine.resolved) == 3


def test_without_its_token_a_source_is_not_asked(live: Site, server: Server):
    live.declare(f"name: news, format: rss, fetch: {{url: '{server.url('/feed')}', every: 1d, "
                 "token: OBSERVATORY_TOKEN_X}")  # fmt: skip
    live.extract()
    assert live.left == {"news": "token_missing"}
    assert server.asked == []


def test_status_and_sensor_know_how_a_source_stands_without_asking(
    live: Site, server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    server.routes["/feed"] = [text(feed(1)), hang_up]
    declare(live, ("news", "rss", server.url("/feed")))
    monkeypatch.setenv("OBSERVATORY_HOME", str(live.home))

    def said() -> str:
        monkeypatch.setenv("OBSERVATORY_NOW", live.now.isoformat())
        assert main(["status"]) == 0
        out = capsys.readouterr().out
        return next(line for line in out.splitlines() if line.startswith("live "))

    assert "last answered never; the next run asks" in said()
    assert waiting_sources(live.settings) == [("news", None)]
    first = fingerprint([], waiting_sources(live.settings))
    live.extract()
    assert waiting_sources(live.settings) == []
    assert "last answered 2026-09-01T00:00:00Z; asked again from 2026-09-02T00:00:00Z on" in said()
    live.now += DAY
    assert fingerprint([], waiting_sources(live.settings)) != first
    live.extract()
    line = said()
    assert "connection_lost" in line
    assert "3 attempts, failure number 1; last answered 2026-09-01T00:00:00Z" in line
    assert len(server.asked) == 4


# -- WordPress ------------------------------------------------------------------------------------
class Blog:
    """Answers as WordPress does: changed after an instant, oldest change first, in pages."""

    def __init__(self, *posts: dict[str, Any]) -> None:
        self.posts = list(posts)

    def __call__(self, handler: Any) -> None:
        asked = {k: v[0] for k, v in parse_qs(urlsplit(handler.path).query).items()}
        assert (asked["orderby"], asked["order"]) == ("modified", "asc")
        after = asked.get("modified_after", "").removesuffix("Z")
        found = sorted((p for p in self.posts if p["modified_gmt"] > after),
                       key=lambda p: (p["modified_gmt"], p["id"]))  # fmt: skip
        size, page = int(asked["per_page"]), int(asked["page"])
        pages = max(1, -(-len(found) // size))
        if page > pages:
            as_json({"code": "rest_post_invalid_page_number", "message": "no"})(handler)
        else:
            rows = found[size * (page - 1) : size * page]
            as_json(rows, X_WP_TotalPages=str(pages))(handler)


def changed(number: int, seconds: int) -> dict[str, Any]:
    at = datetime(2026, 7, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return wordpress_post(number, f"{at:%Y-%m-%dT%H:%M:%S}")


def article_count(site: Site) -> int:
    return len(site.ask("select distinct article_id from core.articles"))


def test_wordpress_is_read_by_the_time_of_change_and_then_from_there(live: Site, server: Server):
    blog = Blog(*(changed(n, n) for n in range(230)))
    server.routes[POSTS] = blog
    declare(live, ("blog", "wordpress_json", server.url("/")))
    live.night()
    assert live.left == {}
    assert article_count(live) == 230
    assert len(server.asked) == 3
    assert state(live, "blog")["memory"]["after"] == "2026-07-01T00:03:48Z"  # a second behind
    live.now += DAY
    live.extract()
    assert delivered(live) == ["blog/20260902T000000_UTC_001.json"]  # the last post once more
    live.now += DAY
    live.extract()
    assert delivered(live) == []
    blog.posts += [changed(500, 1000), changed(3, 2000)]  # a new one, an old one edited
    live.now += DAY
    live.night()
    assert article_count(live) == 231
    assert queries(server)[-1]["modified_after"] == "2026-07-01T00:03:48Z"


def test_a_date_to_come_does_not_carry_the_cursor_past_later_posts(live: Site, server: Server):
    blog = Blog(changed(1, 1), wordpress_post(2, "2999-01-01T00:00:00"))
    server.routes[POSTS] = blog
    declare(live, ("blog", "wordpress_json", server.url("/")))
    live.night()
    live.now += DAY
    blog.posts.append(wordpress_post(3, f"{live.now - timedelta(hours=1):%Y-%m-%dT%H:%M:%S}"))
    live.night()
    assert article_count(live) == 3


@pytest.mark.parametrize("broken", [{"id": None}, {"modified_gmt": "0001-01-01T00:00:00"}])
def test_one_item_that_is_no_post_holds_up_no_other(live: Site, server: Server, broken: Any):
    """Left to the reader, which names it; the cursor goes by the others."""
    wrong = changed(1, 1) | broken
    if wrong["id"] is None:
        del wrong["id"]
    answers = [wrong, changed(2, 2), changed(3, 3)]
    server.routes[POSTS] = as_json(answers, X_WP_TotalPages="1")
    declare(live, ("blog", "wordpress_json", server.url("/")))
    live.night()
    assert live.left == {}
    assert article_count(live) >= 2
    assert state(live, "blog")["memory"]["after"] == "2026-07-01T00:00:02Z"


def test_more_posts_of_one_second_than_a_page_holds_are_all_read(live: Site, server: Server):
    server.routes[POSTS] = Blog(*(changed(n, 5) for n in range(250)), changed(999, 9))
    declare(live, ("blog", "wordpress_json", server.url(POSTS)))
    live.night()
    assert live.left == {}
    assert article_count(live) == 251
    assert state(live, "blog")["memory"]["page"] == 1


def test_a_bounded_poll_goes_on_with_the_next_run(live: Site, server: Server, machine: Machine):
    server.routes[POSTS] = Blog(*(changed(n, n) for n in range(450)))
    declare(live, ("blog", "wordpress_json", server.url("/")))
    live.surroundings = machine.surroundings(pages=2)
    counts = []
    for _ in range(4):
        live.night()
        counts.append(article_count(live))
        live.now += timedelta(minutes=1)
    assert counts == [199, 397, 450, 450]
    assert len(server.asked) == 5


# -- Mastodon -------------------------------------------------------------------------------------
class Timeline:
    """An account and its statuses, in pages of three, newest first."""

    def __init__(self, server: Server, newest: int) -> None:
        self.server, self.newest = server, newest
        server.routes["/api/v1/accounts/lookup"] = as_json(profile())
        server.routes["/api/v1/accounts/77/statuses"] = self

    def __call__(self, handler: Any) -> None:
        asked = {k: v[0] for k, v in parse_qs(urlsplit(handler.path).query).items()}
        top = min(self.newest, int(asked.get("max_id", self.newest + 1)) - 1)
        numbers = list(range(top, max(top - 3, 0), -1))
        links = {}
        if numbers:
            url = self.server.url(f"/api/v1/accounts/77/statuses?max_id={numbers[-1]}")
            links["Link"] = f'<{url}>; rel="next", <{url}x>; rel="prev"'
        as_json([toot(n) for n in numbers], **links)(handler)


@pytest.mark.parametrize("path", ["/@police", "/users/police/"])
def test_mastodon_gives_an_account_and_its_statuses_back_to_what_was_known(
    live: Site, server: Server, path: str
):
    timeline = Timeline(server, newest=7)
    live.declare("name: police, format: mastodon_json, account: {kind: organ}, "
                 f"fetch: {{url: '{server.url(path)}', every: 1d}}")  # fmt: skip
    live.night()
    assert live.left == {}
    assert queries(server)[0] == {"acct": "police"}
    assert len(live.ask("select distinct post_id from core.posts")) == 7
    assert live.ask("select observed_at, account_kind, followers_lo from core.account_snapshots"
                    ) == [(NOW, "organ", 100)]  # fmt: skip
    server.asked.clear()
    live.now += DAY
    live.night()  # the same bytes a day later are a new observation
    assert len(server.asked) == 2
    assert len(live.ask("select distinct observed_at from core.account_snapshots "
                        "where followers_lo is not null")) == 2  # fmt: skip
    server.asked.clear()
    timeline.newest, live.now = 14, live.now + DAY
    live.night()
    assert len(live.ask("select distinct post_id from core.posts")) == 14
    assert len(server.asked) == 4  # account, 14-12, 11-9, 8-6
    assert state(live, "police")["memory"]["gaps"] == []


def test_gaps_of_bounded_polls_are_closed_later(live: Site, server: Server, machine: Machine):
    timeline = Timeline(server, newest=20)
    declare(live, ("police", "mastodon_json", server.url("/@police")))
    live.surroundings = machine.surroundings(pages=3)
    for newest in (20, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30):
        timeline.newest = newest
        live.extract()
        assert live.left == {}
        live.now += timedelta(minutes=1)
    assert state(live, "police")["memory"]["gaps"] == []
    assert not state(live, "police")["is_unfinished"]
    live.night()
    assert len(live.ask("select distinct post_id from core.posts")) == 30
    live.assert_ledger()


class Directory:
    """Accounts of a server by offset, without links."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __call__(self, handler: Any) -> None:
        asked = {k: v[0] for k, v in parse_qs(urlsplit(handler.path).query).items()}
        first = int(asked.get("offset", 0))
        last = min(self.count, first + int(asked["limit"]))
        order = [(n * 7) % 100 for n in range(first, last)]  # by activity, not by id
        as_json([{**profile(f"office{n}"), "id": str(n)} for n in order])(handler)


def test_a_directory_is_read_whole_every_time_also_in_parts(
    live: Site, server: Server, machine: Machine
):
    path = "/api/v1/directory"
    server.routes[path] = Directory(95)
    url = server.url(f"{path}?local=true")
    live.declare("name: all, format: mastodon_json, account: {kind: organ}, "
                 f"fetch: {{url: '{url}', every: 1d}}")  # fmt: skip
    live.night()
    assert live.left == {}
    assert [q.get("offset") for q in queries(server)] == [None, "40", "80"]
    assert {q["local"] for q in queries(server)} == {"true"}
    asked = "select count(distinct account_id), min(account_id), min(account_kind)"
    assert live.ask(f"{asked} from core.account_snapshots") == [
        (95, "office0@social.example", "organ")
    ]
    live.surroundings = machine.surroundings(pages=2)
    live.now += DAY
    server.asked.clear()
    for pages in (2, 3, 3):  # the third run is not due
        live.extract()
        assert live.left == {}
        assert len(server.asked) == pages
        live.now += timedelta(minutes=1)
    assert state(live, "all")["memory"]["gaps"] == []
    live.assert_ledger()


def test_a_directory_that_ignores_offsets_ends(live: Site, server: Server):
    path = "/api/v1/directory"
    server.routes[path] = as_json([{**profile(f"o{n}"), "id": str(n)} for n in range(40)])
    declare(live, ("all", "mastodon_json", server.url(path)))
    live.extract()
    assert live.left == {"all": "repeated_page"}
    assert len(server.asked) == 2


def test_a_next_page_on_another_host_is_not_followed(live: Site, server: Server):
    path = "/api/v1/timelines/public"
    link = f'<{server.url("/next", "evil.example")}>; rel="next"'
    server.routes[path] = as_json([toot(1)], Link=link)
    declare(live, ("api", "mastodon_json", server.url(path)))
    live.extract()
    assert live.left == {"api": "foreign_link"}
    assert len(server.asked) == 1


@pytest.mark.parametrize("behind", [b"", bytes(512), b"garbage"])
def test_every_member_of_a_compressed_answer_is_read(live: Site, server: Server, behind: bytes):
    body = feed(1, 2)
    half = len(body) // 2
    members = gzip.compress(body[:half]) + gzip.compress(body[half:]) + behind
    server.routes["/feed"] = text(members, Content_Encoding="gzip")
    declare(live, ("news", "rss", server.url("/feed")))
    live.night()
    is_damaged = behind == b"garbage"
    assert live.left == ({"news": "damaged_gzip"} if is_damaged else {})
    assert len(live.ask("select * from core.articles")) == (0 if is_damaged else 2)


def test_what_is_published_of_a_declaration_names_no_officer(live: Site):
    live.declare("name: x, format: mastodon_json, account: {kind: officer}, "
                 "fetch: {url: 'https://social.example/@jane', every: 1d}")  # fmt: skip
    live.surroundings = Machine(names={"social.example": ["10.0.0.1"]}).surroundings()
    live.night()
    (declared,) = live.ask("select declaration from meta.sources where source_name = 'x'")
    assert json.loads(declared[0])["fetch"]["url"] == "https://social.example/…"


# -- killed between pages -------------------------------------------------------------------------
_NIGHT = """
import sys
from pathlib import Path
from tests.faults.server import Machine
from tests.faults.site import Site
site = Site(Path(sys.argv[1]), fetch_allow=(sys.argv[2],))
site.surroundings = Machine().surroundings()
site.night()
"""


class Halting:
    """Answers as another route does, until some page is asked for: that one never comes."""

    def __init__(self, route: Any, page: int) -> None:
        self.route, self.left = route, page - 1
        self.reached, self.over = threading.Event(), threading.Event()

    def __call__(self, handler: Any) -> None:
        if self.left == 0:
            self.reached.set()
            self.over.wait(60)
            return
        self.left -= 1
        self.route(handler)


def killed_before_page(site: Site, server: Server, path: str, page: int) -> None:
    """A night in a process of its own that is ended with SIGKILL while it waits for a page."""
    halting = Halting(server.routes[path], page)
    server.routes[path] = halting
    process = subprocess.Popen(
        [sys.executable, "-c", _NIGHT, str(site.home), site.fetch_allow[0]], cwd=PROJECT_ROOT
    )
    try:
        assert halting.reached.wait(60)
    finally:
        process.kill()
        process.wait()
        halting.over.set()
        server.routes[path] = halting.route


@pytest.mark.slow
@pytest.mark.parametrize("page", [1, 2, 3])
def test_wordpress_killed_between_pages_loses_and_repeats_nothing(
    live: Site, server: Server, page: int
):
    server.routes[POSTS] = Blog(*(changed(n, n) for n in range(330)))
    declare(live, ("blog", "wordpress_json", server.url("/")))
    killed_before_page(live, server, POSTS, page)
    assert len(Archive(live.settings.root.archive).deliveries()) == page - 1
    server.asked.clear()
    live.now += timedelta(minutes=1)
    live.night()
    assert live.left == {}
    assert live.ask("select count(*), count(distinct article_id) from core.articles") == [
        (330, 330)
    ]
    assert len(server.asked) == 4 - (page - 1)  # it goes on where the other was
    # The last post of a page comes with the next one again, and nothing else does.
    ((duplicates,),) = live.ask(
        "select sum(records_duplicate)::bigint from quality.file_ledger where records_in > 0"
    )
    assert duplicates == 3
    live.assert_ledger()


@pytest.mark.slow
def test_mastodon_killed_between_pages_loses_and_repeats_nothing(live: Site, server: Server):
    Timeline(server, newest=14)
    path = "/api/v1/accounts/77/statuses"
    declare(live, ("police", "mastodon_json", server.url("/@police")))
    killed_before_page(live, server, path, 3)
    server.asked.clear()
    live.now += timedelta(minutes=1)
    for _ in range(3):  # what is newest is looked at first, the gap behind it is closed then
        live.night()
        live.now += DAY
    assert live.left == {}
    assert live.ask("select count(*), count(distinct post_id) from core.posts") == [(14, 14)]
    assert state(live, "police")["memory"]["gaps"] == []
    live.assert_ledger()
