"""Lines that an outlet repeats: taken off by what all its articles say, in any order of arrival."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from orchestration.settings import Settings
from orchestration.sources.extract import extract, read_declarations
from orchestration.warehouse import builds, furniture, ingest
from orchestration.warehouse.connect import open_work

TOP, BOTTOM = "样城日报 · 数字报 · 客户端", "Follow the   Sample Daily on every platform"
OWN = {
    name: [f"Case {name}-{n} was closed by the {n} officers of station {name}." for n in range(12)]
    for name in ("a", "b", "c", "d")
}


def text_of(name: str, *, bottom: str = BOTTOM) -> str:
    return "\n".join([f"Title {name}", "2011-09-26", TOP, *OWN[name], bottom, ""])


def deliver(settings: Settings, files: dict[str, str], source: str = "press") -> None:
    folder = settings.root.inbox / source
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.txt").write_text(content, encoding="utf-8")
    settings.root.sources_file.write_text(
        "settle_seconds: 0\nsources:\n"
        + "".join(
            f"  - {{name: {folder.name}, format: text_article, "
            "observed_at: '2026-01-31T00:00:00+08:00'}\n"
            for folder in sorted(settings.root.inbox.iterdir())
        )
    )


def night(settings: Settings) -> None:
    declarations = read_declarations(settings)
    extract(settings, declarations)
    with open_work(settings.root.warehouse) as connection:
        build = builds.start_build(connection, settings.clock, synthetic=False)
        ingest.ingest(connection, settings, declarations, build)
        builds.finish_build(connection, build, "published", "")


def ask(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with open_work(settings.root.warehouse) as connection:
        return connection.execute(query).fetchall()


def told(settings: Settings) -> dict[str, tuple[str, str]]:
    """Text and what was taken off it, by title."""
    return {
        title: (text, stripped)
        for title, text, stripped in ask(
            settings,
            """select title, texts.text, texts.stripped_text from quality.article_texts as texts
               join core.articles using (article_id)""",
        )
    }


EXPECTED = {f"Title {name}": ("\n".join(OWN[name]), f"{TOP}\n{BOTTOM}\n2011-09-26") for name in OWN}


def test_lines_of_three_articles_are_furniture_and_kept_aside(make_settings) -> None:
    settings = make_settings()
    deliver(settings, {name: text_of(name) for name in OWN})
    night(settings)
    assert told(settings) == EXPECTED
    ((whole,),) = ask(settings, "select text from core.articles where title = 'Title a'")
    assert whole.startswith(TOP)
    assert whole.endswith(BOTTOM)


@pytest.mark.parametrize("order", list(permutations(OWN))[::5])
def test_the_order_of_arrival_makes_no_difference(make_settings, order: tuple[str, ...]) -> None:
    settings = make_settings()
    for number, name in enumerate(order, start=1):
        # The spaces and the case of a line do not count.
        deliver(settings, {name: text_of(name)})
        night(settings)
        assert len(told(settings)) == (number if number >= furniture.FEWEST_ARTICLES else 0)
    assert told(settings) == EXPECTED


def test_two_articles_or_another_outlet_prove_nothing(make_settings) -> None:
    settings = make_settings()
    deliver(settings, {name: text_of(name) for name in ("a", "b")})
    deliver(settings, {name: text_of(name) for name in ("c", "d")}, source="other")
    night(settings)
    assert told(settings) == {}


def test_a_story_that_is_told_three_times_repeats_nothing(make_settings) -> None:
    settings = make_settings()
    files = {
        f"a{n}": text_of("a", bottom=f"Edition {n}").replace("Title a", f"Title {n}")
        for n in range(4)
    }
    deliver(settings, files)
    night(settings)
    assert len(ask(settings, "select * from quality.article_stories")) == 4
    assert told(settings) == {}


def test_what_few_of_many_articles_share_is_none(make_settings) -> None:
    settings = make_settings()
    files = {
        f"f{n}": f"Title {n}\n\n" + "\n".join(f"Line {n}.{k} of its own text." for k in range(9))
        for n in range(31)
    }
    for name in list(files)[:3]:
        files[name] += f"\n{TOP}\n"
    deliver(settings, files)
    night(settings)
    assert told(settings) == {}


def test_rows_of_marks_and_numbers_of_sections_are_no_furniture(make_settings) -> None:
    settings = make_settings()
    deliver(settings, {name: text_of(name, bottom="* * *\n一\n01") for name in OWN})
    night(settings)
    assert all(stripped == f"{TOP}\n2011-09-26" for _, stripped in told(settings).values())
    assert len(told(settings)) == len(OWN)


def test_a_text_of_nothing_else_stays(make_settings) -> None:
    settings = make_settings()
    files = {name: text_of(name) for name in ("a", "b", "c")}
    deliver(settings, {**files, "bare": f"Title bare\n\n{TOP}\n{BOTTOM}\n"})
    night(settings)
    assert told(settings)["Title bare"] == (f"{TOP}\n{BOTTOM}", None)
    assert ask(settings, "select min(repeated_lines_count) from quality.article_texts") == [(0,)]


def test_a_night_without_articles_looks_at_none(
    make_settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings()
    deliver(settings, {name: text_of(name) for name in OWN})
    night(settings)
    monkeypatch.setattr(furniture, "_gather", lambda _: pytest.fail("lines were gathered"))
    night(settings)
    assert told(settings) == EXPECTED


def test_another_method_gathers_all_lines_again(
    make_settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings()
    deliver(settings, {name: text_of(name) for name in OWN})
    night(settings)
    monkeypatch.setattr(furniture, "METHOD_VERSION", furniture.METHOD_VERSION + 1)
    monkeypatch.setattr(furniture, "FEWEST_ARTICLES", 5)
    night(settings)
    assert told(settings) == {}
    assert ask(settings, "select count(*), count(distinct article_id) from quality.outlet_lines") \
        == [(14 * 4, 4)]  # fmt: skip
