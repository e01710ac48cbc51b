"""core.text_links from night to night: only touched days, any order, same end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from orchestration.linking.addresses import read_addresses
from orchestration.linking.as_modelled import PUBLISHED_HI, VERSION_ORDER
from orchestration.linking.editors import UNKNOWN_EVENT, Editors, SetAside
from orchestration.linking.model import read_model
from orchestration.linking.nightly import Linked, read_titles, renew_links
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import EVENT_ALIASES, REVIEWED_LINKS
from orchestration.settings import Settings
from orchestration.warehouse.connect import open_work
from tests.unit.linking.worlds import NOISE, ROUTINE

START = datetime(2026, 7, 1, 4, tzinfo=UTC)
MODEL = read_model()
DBT = Path(__file__).parents[3] / "dbt_project"
TITLES = [("临江化工厂深夜起火", 0), ("城北大桥通车首日拥堵", 30), ("清河中学食堂检查", 100)]
POSTS = [
    ("p1", "警情通报 今日2时许 临江一化工厂起火 消防已到场 无人员伤亡", 2),
    ("p2", "今天城北大桥正式通车 首日车多拥堵 请绕行", 31),
    ("p3", "#临江化工厂深夜起火# 明火已扑灭", 5),
    ("p4", "清河中学食堂检查结果公布 未见异常", 103),
]
Row = tuple[object, ...]


def editors(aliases: list[tuple[str, str]] | None = None, mark: str = "none") -> Editors:
    rows = [{"title_key": t, "alias_key": a, "title": t, "alias": a} for t, a in aliases or []]
    return Editors(
        pl.DataFrame(schema=polars_schema(REVIEWED_LINKS)),
        pl.DataFrame(rows, schema=polars_schema(EVENT_ALIASES)),
        mark,
    )


class World:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.night = 0

    def touch(self, table: str, at: datetime) -> None:
        self.connection.execute(
            "insert into meta.touched_days values "
            "($1, $2, timezone('Asia/Shanghai', $3::timestamptz)::date)",
            [self.build, table, at],
        )

    @property
    def build(self) -> str:
        return f"b{self.night:06}"

    def title(self, text: str, hour: int, platform: str = "weibo") -> None:
        at = START + timedelta(hours=hour)
        self.connection.execute(
            """insert into core.hot_topic_slots by name
               select $3 as platform, 'l' as list_name, $1 as topic, $1 as topic_key,
                      $2::timestamptz as slot_at, $2::timestamptz as seen_hi_at,
                      $2::timestamptz - interval 1 hour as seen_lo_at, 's' as source_name,
                      'f' as file_id, 'h' as file_sha256, 1 as record_number""",
            [text, at, platform],
        )
        self.touch("core.hot_topic_slots", at)

    def post(
        self, post_id: str, text: str, hour: float, seen: float | None = None,
        precision: str | None = None,
    ) -> None:  # fmt: skip
        at = START + timedelta(hours=hour)
        seen_at = at + timedelta(hours=1 if seen is None else seen - hour)
        tags = [part for part in text.split("#")[1::2] if part]
        self.connection.execute(
            """insert into core.posts by name
               select 'weibo' as platform, $1 as post_id, 'a' as account_id, $2 as text,
                      $5::varchar[] as hashtag_keys, true as is_official,
                      $3::timestamptz as posted_at, $6 as posted_at_precision,
                      $4::timestamptz as observed_at,
                      's' as source_name, 'f' as file_id, 'h' as file_sha256,
                      1 as record_number""",
            [post_id, text, at, seen_at, tags, precision],
        )
        self.touch("core.posts", seen_at)

    def link(self, model: object = MODEL, said: Editors | None = None) -> Linked:
        done = renew_links(self.connection, model, said or editors(), self.build)  # type: ignore[arg-type]
        self.night += 1
        return done

    def links(self) -> list[Row]:
        return self.connection.execute(
            "select post_id, title_key, link_state, round(link_probability, 6), evidence "
            "from core.text_links order by all"
        ).fetchall()


@pytest.fixture
def make_world(make_settings: Callable[..., Settings]) -> Iterator[Callable[[], World]]:
    with open_work(make_settings().root.warehouse) as connection:

        def make() -> World:
            for table in ("core.posts", "core.articles", "core.hot_topic_slots", "core.text_links",
                          "core.event_aliases", "quality.quarantine", "meta.touched_days",
                          "meta.link_runs", "meta.sources", "quality.article_stories"):  # fmt: skip
                connection.execute(f"delete from {table}")
            return World(connection)

        yield make


def background(world: World, start: int = 0) -> None:
    """What has nothing to do with anything, from an hour on."""
    for number, text in enumerate(NOISE):
        world.title(text, start + number * 9)
    for number, text in enumerate(ROUTINE):
        world.post(f"r{start + number}", text, start + number * 15)


def test_posts_are_linked_and_hashtags_left_to_the_exact_rule(
    make_world: Callable[[], World],
) -> None:
    world = make_world()
    background(world)
    for title in TITLES:
        world.title(*title)
    for post in POSTS:
        world.post(*post)
    done = world.link()
    assert {row[:2] for row in world.links()} == {
        ("p1", TITLES[0][0]), ("p2", TITLES[1][0]), ("p4", TITLES[2][0]),
    }  # fmt: skip
    assert done.linked + done.for_review == 3
    assert world.link() == Linked(0, 0, done.linked, done.for_review)


def test_night_by_night_in_any_order_ends_as_all_at_once(make_world: Callable[[], World]) -> None:
    def whole() -> list[Row]:
        world = make_world()
        background(world)
        for title in TITLES:
            world.title(*title)
        for post in POSTS:
            world.post(*post)
        world.link()
        return world.links()

    expected = whole()
    assert len(expected) == 3
    for backwards in (False, True):
        world = make_world()
        background(world)
        world.link()
        for post in POSTS[::-1] if backwards else POSTS:
            world.post(*post)
            world.link()
        for title in TITLES[::-1] if backwards else TITLES:
            world.title(*title)
            world.link()
        assert world.links() == expected


LATER = 20 * 24
Step = Callable[[World], None]
BEGUN_AGAIN: list[Step] = [
    lambda world: world.title("临江化工厂深夜起火", 0),
    lambda world: world.title("临江化工厂深夜起火", LATER),
    lambda world: world.title("临江一化工厂凌晨起火", LATER),
    lambda world: world.post(
        "p9", "警情通报 昨天深夜 临江化工厂起火 消防已到场 无人员伤亡", LATER + 2
    ),
]


@pytest.mark.parametrize(
    ("before", "late"),
    [
        (BEGUN_AGAIN, lambda world: world.title("临江化工厂深夜起火", 10 * 24)),
        (BEGUN_AGAIN[1:], lambda world: world.title("临江化工厂深夜起火", 10 * 24)),
        (
            [
                lambda world: world.title("临江一化工厂起火", LATER),
                lambda world: world.post("p9", f"#城北一仓库起火# {POSTS[0][1]}", LATER + 2),
            ],
            lambda world: world.title("城北一仓库起火", 10 * 24),
        ),
    ],
    ids=["two stretches become one", "the beginning moves", "a hashtag becomes a title"],
)
def test_a_late_list_renews_what_rested_on_its_lack(
    make_world: Callable[[], World], before: list[Step], late: Step
) -> None:
    world = make_world()
    background(world, LATER)
    for step in [*before, late]:
        step(world)
    world.link()
    at_once = world.links()
    world = make_world()
    background(world, LATER)
    for step in before:
        step(world)
    world.link()
    night_before = world.links()
    assert night_before != at_once
    late(world)
    world.link()
    assert world.links() == at_once


def test_only_touched_days_are_compared(make_world: Callable[[], World]) -> None:
    world = make_world()
    background(world)
    world.title(*TITLES[0])
    assert world.link().days > 3
    world.post(*POSTS[0])
    assert world.link().days == 1
    world.title(*TITLES[2])
    assert world.link().days <= 5


def test_an_edited_post_is_linked_by_its_latest_text(make_world: Callable[[], World]) -> None:
    world = make_world()
    background(world)
    world.title(*TITLES[0])
    world.post(*POSTS[0])
    world.link()
    assert [row[0] for row in world.links()] == ["p1"]
    world.post("p1", "此条已更正 请以新公告为准", 2, seen=50)
    world.link()
    assert world.links() == []


TWO_TIMES: list[Step] = [
    lambda world: world.title(*TITLES[0]),
    lambda world: world.post("p1", POSTS[0][1], 11.5, seen=400, precision="second"),
    lambda world: world.post("p1", POSTS[0][1], 26, seen=300, precision="minute"),
    lambda world: world.post("late", "早安，今天天气晴", 10, seen=500),
    lambda world: world.post("later", "早安，今天天气晴", 27, seen=600),
]


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (0, 2, 1, 4, 3), (2, 0, 4, 1, 3)])
def test_a_post_with_two_times_stands_on_the_day_of_the_one_that_counts(
    make_world: Callable[[], World], order: tuple[int, ...]
) -> None:
    """11.5 h after the title by a time to the second, on the next day, and 26 h after, by one to
    the minute: linked, whichever day was looked at last."""
    found = []
    for at_once in (True, False):
        world = make_world()
        background(world)
        for step in order:
            TWO_TIMES[step](world)
            if not at_once:
                world.link()
        world.link()
        assert [row[:2] for row in world.links()] == [("p1", TITLES[0][0])]
        found.append(world.links())
    assert found[0] == found[1]


def test_a_version_that_moves_a_post_takes_its_link_away(make_world: Callable[[], World]) -> None:
    """Known to the minute it came in time; to the second it came three days later."""
    world = make_world()
    background(world)
    world.title(*TITLES[0])
    world.post("p1", POSTS[0][1], 5, seen=300, precision="minute")
    world.link()
    assert [row[0] for row in world.links()] == ["p1"]
    world.post("p1", POSTS[0][1], 77, seen=200, precision="second")
    world.link()
    assert world.links() == []


def test_a_list_of_another_platform_takes_no_link_away(make_world: Callable[[], World]) -> None:
    """The title had been on another platform's list for days: that is an event of its own."""
    world = make_world()
    background(world)
    world.title(TITLES[0][0], -5 * 24, platform="douyin")
    world.title(*TITLES[0])
    world.post(*POSTS[0])
    world.link()
    assert [row[:2] for row in world.links()] == [("p1", TITLES[0][0])]


def test_another_model_compares_everything(make_world: Callable[[], World]) -> None:
    world = make_world()
    background(world)
    world.title(*TITLES[0])
    world.post(*POSTS[0])
    days = world.link().days
    assert world.link(replace(MODEL, link_at=0.999, review_at=0.3)).days == days
    assert [row[2] for row in world.links()] == ["review"]


def test_an_alias_is_compared_and_taken_back(make_world: Callable[[], World]) -> None:
    world = make_world()
    background(world)
    world.title("临江深夜火光冲天", 0)
    world.post(*POSTS[0])
    world.link()
    assert world.links() == []
    world.link(said=editors([("临江深夜火光冲天", "临江一化工厂起火")], "one"))
    assert [row[:2] for row in world.links()] == [("p1", "临江深夜火光冲天")]
    world.link(said=editors())
    assert world.links() == []


def test_a_line_set_aside_stands_in_quarantine_while_it_is(
    make_world: Callable[[], World],
) -> None:
    world = make_world()
    line = SetAside(2, "hot_topic:0011223344556677", UNKNOWN_EVENT)
    told = "select path, line_number, reason, excerpt, build_id from quality.quarantine"
    noted = ("event_alias.csv", 2, UNKNOWN_EVENT, line.title)
    for set_aside in ((line,), (line,), ()):
        build = world.build
        world.link(said=replace(editors(), set_aside=set_aside))
        assert world.connection.execute(told).fetchall() == [(*noted, build)] * len(set_aside)


def test_a_failure_leaves_nothing(
    make_world: Callable[[], World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world()
    background(world)
    world.title(*TITLES[0])
    world.post(*POSTS[0])
    with monkeypatch.context() as patch:
        patch.setattr("orchestration.linking.nightly.LINK_RUNS", None)
        with pytest.raises(AttributeError):
            world.link()
    assert world.links() == []
    world.link()
    assert [row[0] for row in world.links()] == ["p1"]


def article(
    world: World, title: str, address: str, at: datetime, precision: str | None = None
) -> None:
    world.connection.execute(
        """insert into core.articles by name
           select $2 as article_id, $1 as title, $1 as title_key, $2 as url,
                  $3::timestamptz as published_at, $4 as published_at_precision,
                  $3::timestamptz as observed_at, 's' as source_name, 'f' as file_id,
                  'h' as file_sha256, 1 as record_number""",
        [title, address, at, precision],
    )
    world.touch("core.articles", at)


def test_an_address_needs_no_words(make_world: Callable[[], World]) -> None:
    world = make_world()
    background(world)
    world.post("p7", "见 https://www.example.org/2026/a.html。", 200)
    world.post("p8", "见 http://example.org/2026/a.html 和 https://example.org/", 500)
    world.link()
    assert world.links() == []
    article(world, "somebodywasseen", "http://example.org/2026/a.html#top", START)
    world.link()
    found = world.links()
    assert [row[:4] for row in found] == [("p7", "somebodywasseen", "linked", 1.0)]
    assert json.loads(str(found[0][4])) == {
        "rule": "address_v1", "matched": "example.org/2026/a.html",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("precision", "linked"),
    [("day", ["by address", "by text"]), ("hour", ["by text"]), ("second", [])],
)
def test_an_article_dated_by_a_day_begins_with_its_end(
    make_world: Callable[[], World], precision: str, linked: list[str]
) -> None:
    """Midnight in Shanghai as a day, an hour or an instant: a text 24.5 h and an address 14.5 days
    after it are in the window of the day, the text also in that of the hour."""
    day = START.replace(hour=16) - timedelta(days=1)
    world = make_world()
    background(world)
    article(world, TITLES[0][0], "https://example.org/2026/b.html", day, precision)
    world.link()
    hours = (day - START) / timedelta(hours=1)
    world.post("by text", POSTS[0][1], hours + 24.5)
    world.post("by address", "见 https://example.org/2026/b.html", hours + 14.5 * 24)
    world.link()
    assert sorted(str(row[0]) for row in world.links()) == linked


def test_an_articles_day_ends_in_the_zone_of_its_source(make_world: Callable[[], World]) -> None:
    """New York's 8th of March 2020 has 23 hours: 24 h and 14 days are counted from its end."""
    world = make_world()
    world.connection.execute(
        "insert into meta.sources (source_name, timezone) values ('s', 'America/New_York')"
    )
    day = datetime(2020, 3, 8, 5, tzinfo=UTC)
    article(world, TITLES[0][0], "https://example.org/2026/c.html", day, "day")
    onset = read_titles(world.connection).onsets.tolist()[0]
    end = datetime.fromtimestamp(onset / 1e6, UTC)
    assert end == day + timedelta(hours=23) - timedelta(seconds=1)
    assert read_addresses(world.connection)["onset"].to_list() == [onset]


def test_titles_of_one_story_do_not_compete(make_world: Callable[[], World]) -> None:
    """Two articles of one story are one event: as rivals they leave the post for review. What the
    later night learns of the story, the links of the first are made anew by."""
    world = make_world()
    background(world)
    heads = ("临江化工厂深夜起火", "临江一化工厂发生火灾")
    for number, head in enumerate(heads):
        article(world, head, f"https://example.org/2026/{number}.html", START)
    world.post("p", "警情通报 临江一化工厂深夜起火 发生火灾 消防已到场", 2)
    world.link()
    apart = {(row[1], row[2]): row[3] for row in world.links()}
    for number in range(2):
        world.connection.execute(
            "insert into quality.article_stories (article_id, story_id) values ($1, $2)",
            [f"https://example.org/2026/{number}.html", "https://example.org/2026/0.html"],
        )
    assert world.link().days == 0
    world.touch("quality.article_stories", START)
    assert world.link().days > 0
    together = {(row[1], row[2]): row[3] for row in world.links()}
    assert max(together.values()) > max(apart.values(), default=0.0)


def test_linking_takes_what_the_models_take() -> None:
    """The order of a post's versions, and the end of an article's time, as dbt has them."""
    model = (DBT / "models/intermediate/posts/int_post_versions_chosen.sql").read_text("utf-8")
    order = re.findall(
        r"order by([^()]*(?:\([^()]*(?:\([^()]*\))?[^()]*\)[^()]*)*)\) as version_order", model
    )
    rank = re.search(
        r"case {{ precision }}( when .*? end)", (DBT / "macros/values.sql").read_text("utf-8")
    )
    assert rank
    assert len(order) == 1
    expected = order[0].replace("precision_rank", f"case posted_at_precision{rank.group(1)}")
    assert VERSION_ORDER.split() == expected.split()
    times = (DBT / "macros/time.sql").read_text("utf-8")
    latest, day = (
        re.search(rf"macro {name}\b.*?%}}(.*?){{%- endmacro", times, re.DOTALL)
        for name in ("latest_instant", "duckdb__last_second_of_day")
    )
    assert latest
    assert day
    told = latest[1].replace("{{ last_second_of_day(instant, zone) }}", day[1])
    for name, column in (
        ("precision", "published_at_precision"), ("instant", "published_at"),
        ("zone", "sources.timezone"),
    ):  # fmt: skip
        told = told.replace(f"{{{{ {name} }}}}", column)
    assert "".join(PUBLISHED_HI.split()) == "".join(told.split())


def test_other_rules_compare_everything(
    make_world: Callable[[], World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A data root whose links were made by earlier rules gets them anew, once."""
    world = make_world()
    background(world)
    days = world.link().days
    assert world.link().days == 0
    monkeypatch.setattr("orchestration.linking.nightly.RULES", 0)
    assert world.link().days == days
