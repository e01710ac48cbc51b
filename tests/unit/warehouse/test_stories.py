"""Stories in the warehouse: one per group, the same whatever arrives first, compared once."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from orchestration.settings import Settings
from orchestration.sources.extract import extract, read_declarations
from orchestration.warehouse import builds, ingest, stories
from orchestration.warehouse.connect import open_work

SENTENCES = [
    f"Officers of station {n} wrote about case {n * 7} and answered {n * 13} people."
    for n in range(14)
]
FILES = {
    "first.txt": ("2011-09-26", SENTENCES),
    "copy.txt": ("2011-09-28", SENTENCES[:-1]),
    "copy_of_copy.txt": ("2011-10-03", [*SENTENCES[:-2], "Nobody told their names."]),
    "a_year_later.txt": ("2012-09-26", SENTENCES[1:]),
    "other.txt": ("2011-09-27", [s.replace("of", "at").replace("about", "on") for s in SENTENCES]),
}  # fmt: skip


def deliver(settings: Settings, *names: str) -> None:
    folder = settings.root.inbox / "press"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        day, sentences = FILES[name]
        (folder / name).write_text(f"{name[:-4]}\n{day}\n\n" + "\n\n".join(sentences) + "\n")
    settings.root.sources_file.write_text(
        "settle_seconds: 0\nsources:\n  - name: press\n    format: text_article\n"
        "    observed_at: 2026-01-31T00:00:00+08:00\n"
    )


def night(settings: Settings) -> None:
    declarations = read_declarations(settings)
    extract(settings, declarations)
    with open_work(settings.root.warehouse) as connection:
        build = builds.start_build(connection, settings.clock, synthetic=False)
        ingest.ingest(connection, settings, declarations, build)
        builds.finish_build(connection, build, "published", "")


def told(settings: Settings) -> dict[str, str]:
    """Title to title of the story's first article."""
    with open_work(settings.root.warehouse) as connection:
        return dict(
            connection.execute(
                """select a.title, f.title from quality.article_stories as s
                   join core.articles as a on a.article_id = s.article_id
                   join core.articles as f on f.article_id = s.story_id"""
            ).fetchall()
        )


EXPECTED = dict.fromkeys(("first", "copy", "copy_of_copy"), "first")


def test_copies_within_days_are_one_story_named_after_the_earliest(make_settings) -> None:
    settings = make_settings()
    deliver(settings, *FILES)
    night(settings)
    assert told(settings) == EXPECTED


@pytest.mark.parametrize(
    "order", list(permutations(("first.txt", "copy.txt", "copy_of_copy.txt")))[::2]
)
def test_the_order_of_arrival_makes_no_difference(make_settings, order: tuple[str, ...]) -> None:
    settings = make_settings()
    for name in (*order, "other.txt"):
        deliver(settings, name)
        night(settings)
    assert told(settings) == EXPECTED


def test_what_was_compared_is_not_compared_again(
    make_settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings()
    deliver(settings, "first.txt", "copy.txt")
    night(settings)
    compared: list[int] = []
    real = stories.similar_pairs
    monkeypatch.setattr(
        stories, "similar_pairs", lambda p, s: compared.append(p.height) or real(p, s)
    )
    night(settings)
    deliver(settings, "copy_of_copy.txt")
    night(settings)
    assert compared == [2]


def test_the_days_of_articles_that_come_to_another_story_are_touched(make_settings) -> None:
    settings = make_settings()
    touched = []
    for names in (("first.txt", "other.txt"), ("copy.txt",), ()):
        deliver(settings, *names)
        night(settings)
        with open_work(settings.root.warehouse) as connection:
            touched.append(
                connection.execute(
                    "select observed_date::varchar from meta.touched_days where build_id = "
                    "(select max(build_id) from meta.builds) "
                    "and table_name = 'quality.article_stories' order by all"
                ).fetchall()
            )
    days = sorted({FILES[name][0] for name in ("first.txt", "copy.txt")})
    assert [[day for (day,) in found] for found in touched] == [[], days, []]


def test_a_new_method_begins_anew(make_settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = make_settings()
    deliver(settings, "first.txt", "copy.txt")
    night(settings)
    monkeypatch.setattr(stories, "METHOD_VERSION", 99)
    night(settings)
    assert told(settings) == {"first": "first", "copy": "first"}


# -- a serial --------------------------------------------------------------------------------------
DAYS = range(1, 29)
MEASURES = (
    "请广大市民继续做好个人防护，科学佩戴口罩，勤洗手、常通风、少聚集，保持安全社交距离，如有发热、咳嗽等"
    "症状，请及时到就近的发热门诊就诊，并主动告知旅居史和接触史。"
)


def bulletin(day: int) -> str:
    return (
        f"6月{day}日0—24时，样城市新增确诊病例{day % 5}例，现有确诊病例{40 - day}例，"
        f"均在定点医院隔离治疗。{MEASURES}"
    )


def publish(settings: Settings, outlet: str, day: int, hour: int = 9) -> None:
    """A saved post of an outlet's own site, with its own address and title."""
    folder: Path = settings.root.inbox / "papers"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{outlet}{day}.md").write_text(
        f"---\ntitle: {outlet}报6月{day}日通报\ndate: 2021-06-{day:02} {hour:02}:00:00 +0800\n"
        f"canonical_url: https://{outlet}.example/{day}\n---\n\n{bulletin(day)}\n",
        encoding="utf-8",
    )
    settings.root.sources_file.write_text(
        "settle_seconds: 0\nsources:\n  - name: papers\n    format: markdown_article\n"
        "    observed_at: 2026-01-31T00:00:00+08:00\n"
    )


def groups(settings: Settings) -> list[set[str]]:
    with open_work(settings.root.warehouse) as connection:
        rows = connection.execute(
            """select list(distinct split_part(a.url, '://', 2)) from quality.article_stories
               join core.articles as a using (article_id) group by story_id"""
        ).fetchall()
    return [set(addresses) for (addresses,) in rows]


def test_the_daily_bulletins_of_an_outlet_are_no_story(make_settings) -> None:
    settings = make_settings()
    for day in DAYS:
        publish(settings, "a", day)
    night(settings)
    with open_work(settings.root.warehouse) as connection:
        read = connection.execute(
            "select count(distinct outlet), count(distinct article_id) from core.articles"
        ).fetchone()
    assert read == (1, len(DAYS))
    assert groups(settings) == []


@pytest.mark.parametrize("days", [(3, 4, 5), (5, 3, 4)])
def test_outlets_that_reprint_bulletins_do_not_link_them(make_settings, days) -> None:
    settings = make_settings()
    for day in days:
        for outlet, hour in (("c", 12), ("a", 9), ("b", 10)):
            publish(settings, outlet, day, hour)
        night(settings)
    expected = [{f"{outlet}.example/{day}" for outlet in "abc"} for day in sorted(days)]
    assert sorted(groups(settings), key=min) == expected


def test_a_corrected_bulletin_is_compared_again(make_settings) -> None:
    """The next day's was saved with the text of the day before at first."""
    settings = make_settings()
    publish(settings, "a", 3)
    publish(settings, "a", 4)
    night(settings)
    assert groups(settings) == []
    wrong = settings.root.inbox / "papers" / "a4.md"
    publish(settings, "a", 4)
    text = wrong.read_text(encoding="utf-8").replace(bulletin(4), bulletin(3))
    wrong.write_text(text.replace("报6月4日", "报6月3日"), encoding="utf-8")
    night(settings)
    assert groups(settings) == [{"a.example/3", "a.example/4"}]
