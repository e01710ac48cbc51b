"""Stories in the warehouse: one per group, the same whatever arrives first, compared once."""

from __future__ import annotations

from itertools import permutations

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


def test_a_new_method_begins_anew(make_settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = make_settings()
    deliver(settings, "first.txt", "copy.txt")
    night(settings)
    monkeypatch.setattr(stories, "METHOD_VERSION", 99)
    night(settings)
    assert told(settings) == {"first": "first", "copy": "first"}
