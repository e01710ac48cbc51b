"""The queue of links that the model does not make alone: out as CSV, back in with decisions."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from orchestration.linking.editors import (
    DECISIONS,
    EditorsError,
    Line,
    csv_lines,
    read_decisions,
)
from orchestration.schemas.tables import REVIEWED_LINKS

COLUMNS = (
    "link_id", "decision", "reviewer", "note", "probability", "event_id", "title", "onset_at",
    "posted_at", "hours_after_onset", "account", "post_text", "matched", "missing", "runner_up",
)  # fmt: skip
AGAIN = "mend the line and run again: observatory links review --import {path}"

_QUEUE = """
    with titles as (
        select event_id, title_key, min(title) as title
        from (
            select event_id, topic_key as title_key, title from main.events
            union all
            select stories.event_id, articles.title_key, articles.title
            from main.event_articles as stories
            inner join core.articles as articles using (article_id)
        )
        where title_key is not null
        group by all
    ),
    decided as (
        select distinct titles.event_id, reviewed.platform, reviewed.post_id
        from core.reviewed_links as reviewed inner join titles using (title_key)
        where reviewed.decision is not null
    ),
    texts as (
        select 'k' || left(sha256(links.platform || chr(31) || links.post_id || chr(31)
                                  || links.title_key), 15) as link_id,
               links.*
        from core.text_links as links
        where links.link_state = 'review'
    )
    select texts.link_id, '' as decision, '' as reviewer, '' as note,
           round(texts.link_probability, 3) as probability, events.event_id, titles.title,
           events.onset_hi_at as onset_at, posts.posted_at,
           round(epoch(posts.posted_at - events.onset_hi_at) / 3600, 1) as hours_after_onset,
           coalesce(accounts.screen_name, posts.account_id) as account, posts.text as post_text,
           array_to_string(from_json(texts.evidence->'$.matched', '["varchar"]'), '|') as matched,
           array_to_string(from_json(texts.evidence->'$.missing', '["varchar"]'), '|') as missing,
           texts.evidence->>'$.runner_up' as runner_up,
           texts.platform, texts.post_id, texts.title_key
    from texts
    inner join main.posts as posts using (platform, post_id)
    inner join titles using (title_key)
    inner join main.events as events
        on events.event_id = titles.event_id
        and posts.posted_at between events.onset_hi_at - interval 72 hours
                                and events.onset_hi_at + interval 24 hours
    anti join decided
        on decided.event_id = events.event_id
        and decided.platform = texts.platform and decided.post_id = texts.post_id
    left join main.accounts as accounts
        on posts.platform = accounts.platform and posts.account_id = accounts.account_id
    qualify row_number() over (
        partition by texts.link_id order by abs(epoch(posts.posted_at - events.onset_hi_at)),
        events.event_id
    ) = 1
    order by texts.link_probability desc, texts.link_id
"""


@dataclass(frozen=True)
class Imported:
    """How many links were decided, how many lines were not, and how many decisions stand now."""

    decided: int
    undecided: int
    total: int


def queue(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Links that wait for an editor, the most probable first, with event, the title in question (of
    a story that of any of its articles) and the text."""
    return connection.sql(_QUEUE).pl().select(COLUMNS)


def import_decisions(connection: duckdb.DuckDBPyConnection, path: Path, reviewed: Path) -> Imported:
    """Take the decisions of a file into the data root's; a later word replaces an earlier one.

    Lines without a decision stay in the queue. Raises EditorsError before anything is written, also
    where two lines of the file decide differently on one link.
    """
    if not path.exists():
        raise EditorsError(f"{path}: there is no such file; write one: observatory links review")
    known = {row[0]: row[1:] for row in _identified(connection)}
    before = read_decisions(reviewed)
    kept: dict[tuple[str, ...], dict[str, str | None]] = {
        (row["platform"], row["post_id"], row["title_key"]): row
        for row in before.iter_rows(named=True)
    }
    undecided = 0
    again = AGAIN.format(path=path)
    taken: dict[tuple[str, ...], Line] = {}
    for line in csv_lines(path, ("link_id", "decision"), again, long=COLUMNS[4:]):
        decision = line.values["decision"].lower()
        if not decision:
            undecided += 1
            continue
        if decision not in DECISIONS:
            raise line.refuse("decision", "must be yes, no or empty", again)
        key = known.get(line.values["link_id"])
        if key is None:
            raise line.refuse("link_id", "no link of the last build has this id", again)
        earlier = taken.setdefault(key, line)
        if earlier.values["decision"].lower() != decision:
            reason = f"line {earlier.number} says {earlier.values['decision']} of the same link"
            raise line.refuse("decision", reason, again)
        platform, post_id, title_key = key
        kept[key] = {
            "platform": platform, "post_id": post_id, "title_key": title_key,
            "decision": decision, "reviewer": line.values.get("reviewer") or None,
            "note": line.values.get("note") or None,
        }  # fmt: skip
    _write(reviewed, [kept[key] for key in sorted(kept)])
    return Imported(len(taken), undecided, len(kept))


def _identified(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, ...]]:
    """Ids of all links by text, also of those that were made or decided already."""
    return connection.execute(
        """select 'k' || left(sha256(platform || chr(31) || post_id || chr(31) || title_key), 15),
                  platform, post_id, title_key
           from core.text_links
           union
           select 'k' || left(sha256(platform || chr(31) || post_id || chr(31) || title_key), 15),
                  platform, post_id, title_key
           from core.reviewed_links"""
    ).fetchall()


def _write(path: Path, rows: Sequence[dict[str, str | None]]) -> None:
    temporary = path.with_name(f".{path.name}.incoming")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, REVIEWED_LINKS.column_names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    temporary.replace(path)
