"""An editor's files are a reason for a build, and their word is published."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.nightly import run_nightly
from orchestration.settings import Settings
from orchestration.warehouse.connect import open_published, open_work
from tests.pipeline.ingesting import night

pytestmark = pytest.mark.slow


def _ask(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with open_published(settings.root.published) as published:
        return published.execute(query).fetchall()


def test_an_editors_word_is_published(observatory: Settings) -> None:
    """The first night dies before its models: an editor reads the posts, and their tables are
    enough to choose one that no method links to a topic of its day."""
    root = observatory.root
    night(observatory)
    with open_work(root.warehouse) as work:
        (platform, post_id, title_key, title), *_ = work.execute(
            """with topics as (
                   select topic_key, min(topic) as title, min(seen_hi_at) as onset_at
                   from core.hot_topic_slots group by 1)
               select p.platform, p.post_id, t.topic_key, t.title
               from core.posts p join topics t
                 on p.posted_at between t.onset_at and t.onset_at + interval 1 day
               where p.is_official and not contains(p.text, t.title)
               order by all limit 1"""
        ).fetchall()
    root.reviewed_links.write_text(
        "platform,post_id,title_key,decision,reviewer\n"
        f'{platform},{post_id},"{title_key}",yes,ed\n',
        encoding="utf-8",
    )
    root.event_aliases.write_text(
        f'title,alias\n"{title}",另一种说法\nhot_topic:0011223344556677,别的说法\n',
        encoding="utf-8",
    )
    first = run_nightly(observatory)
    assert first.outcome == "published", first.message
    assert [
        check.check_name for check in first.failed_checks if check.check_name.startswith("ed")
    ] == ["editors_lines_are_used"]
    assert _ask(
        observatory,
        "select link_level, link_method, link_probability, evidence->>'$.reviewer' "
        f"from core.event_links where post_id = '{post_id}' and link_level = 'reviewed'",
    ) == [("reviewed", "editor_v1", 1.0, "ed")]
    assert _ask(observatory, "select alias from core.event_aliases") == [("另一种说法",)]
    assert run_nightly(observatory).outcome == "nothing_new"

    root.reviewed_links.write_text("platform,post_id\n", encoding="utf-8")
    refused = run_nightly(observatory)
    assert refused.outcome == "failed"
    assert "reviewed_links.csv: line 1" in refused.message
    assert _ask(
        observatory, "select count(*) from core.event_links where link_level = 'reviewed'"
    ) == [(1,)]
    root.reviewed_links.unlink()
    root.event_aliases.unlink()
    assert run_nightly(observatory).outcome == "published"
    assert _ask(
        observatory, "select count(*) from core.event_links where link_level = 'reviewed'"
    ) == [(0,)]
