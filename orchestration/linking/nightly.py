"""core.text_links: the days whose posts or titles changed are compared anew, all others stay.

A day's links rest on the official posts of that day, on the titles first seen from a day before
it to three days after, and on the titles of the 14 days before that its posts name as hashtags;
nothing else can change them. A post is one of the day on which the version of it that counts was
published, and of no other day, whatever other versions say. A late list may also take a title's
beginning from a day: one that puts the title there between two stretches makes one of both. So a
late post or a late title is as good as a punctual one, and a second run finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import polars as pl

from orchestration.linking.addresses import address_links, read_addresses
from orchestration.linking.as_modelled import ARTICLES, VERSION_ORDER
from orchestration.linking.editors import Editors, SetAside, editors_hash
from orchestration.linking.evidence import evidence_of
from orchestration.linking.grams import plain, plain_posts
from orchestration.linking.model import Model, model_of
from orchestration.linking.scoring import BEFORE_US, MIN_TITLE, Block, Posts, Titles
from orchestration.linking.training import DAY_US, SHANGHAI_US, open_titles
from orchestration.paths import ALIASES_FILE, DataRoot
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import (
    EVENT_ALIASES,
    LINK_RUNS,
    QUARANTINE,
    REVIEWED_LINKS,
    TEXT_LINKS,
    Table,
)
from orchestration.warehouse.statements import insert_rows, rows_of

METHOD = "text_v1"
RULES = 4
"""Of which posts and titles are compared; another number compares everything anew. Since 2 a post
stands on the day of the version that counts, and an article dated by a day begins with its end;
since 4 that is the end of the day in the zone of its source, and titles of one story are no
rivals."""
HASHTAG_US = 14 * DAY_US
"""How long after the first sighting of a title its hashtag makes a link."""
_EPOCH = date(1970, 1, 1)
_ALL_DAYS = (date(1, 1, 1), date(9999, 12, 31))


@dataclass(frozen=True)
class Linked:
    """What a night did."""

    days: int = 0
    posts: int = 0
    linked: int = 0
    for_review: int = 0


def renew_links(
    connection: duckdb.DuckDBPyConnection, model: Model, editors: Editors, build_id: str
) -> Linked:
    """Compare what changed since the last run; one transaction, so a killed run leaves nothing."""
    aliases_before = _aliases(connection)
    days = changed_days(connection, model)
    connection.execute("begin")
    try:
        _replace(connection, EVENT_ALIASES, editors.aliases)
        _replace(connection, REVIEWED_LINKS, editors.decisions)
        _note_set_aside(connection, editors.set_aside, build_id)
        titles = read_titles(connection)
        renamed = {pair[0] for pair in aliases_before ^ _aliases(connection)}
        days |= _days_of(titles, renamed) & _days_with_posts(connection, _ALL_DAYS)
        done = _link_days(connection, sorted(days), titles, model, build_id)
        connection.execute(f"delete from {LINK_RUNS.full_name} where build_id = $1", [build_id])
        connection.execute(
            f"insert into {LINK_RUNS.full_name} by name select $1 as build_id, "
            "$2 as linking_model, $3 as editors_hash, $4 as days_linked, $5 as posts_compared",
            [build_id, compared_by(model), editors.hash, done.days, done.posts],
        )
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    states = dict(
        connection.execute(
            f"select link_state, count(*) from {TEXT_LINKS.full_name} group by all"
        ).fetchall()
    )
    return Linked(done.days, done.posts, states.get("linked", 0), states.get("review", 0))


def are_links_up_to_date(connection: duckdb.DuckDBPyConnection, root: DataRoot) -> bool:
    """Whether the last linking used the model and the editors' files that lie there now."""
    row = connection.execute(
        f"select linking_model, editors_hash from {LINK_RUNS.full_name} "
        "order by build_id desc limit 1"
    ).fetchone()
    return row == (compared_by(model_of(root)), editors_hash(root))


def compared_by(model: Model) -> str:
    """What decides which links there are: the model, and the rules of what it compares."""
    return f"{model.id}/{RULES}"


def changed_days(connection: duckdb.DuckDBPyConnection, model: Model) -> set[date]:
    """Local days with posts to compare: all of them under another model, else those whose posts or
    titles a build touched that was not linked yet."""
    known = connection.execute(
        f"select linking_model from {LINK_RUNS.full_name} order by build_id desc limit 1"
    ).fetchone()
    if known is None or known[0] != compared_by(model):
        return _days_with_posts(connection, _ALL_DAYS)
    days = _days_of_touched_posts(connection)
    onsets = _moved_onsets(connection)
    around = {day + timedelta(days=n) for day in set(onsets["day"]) for n in _COMPARED}
    around |= {day + timedelta(days=n) for day in _days_of_articles(connection) for n in _TAGGED}
    around |= {day + timedelta(days=n) for day in _days_of_stories(connection) for n in _TOLD}
    if around:
        days |= around & _days_with_posts(connection, (min(around), max(around)))
    return days | _days_of_hashtags(connection, onsets)


_COMPARED = range(-3, 2)
"""Local days around a title's first sighting whose posts are compared with it."""
_TAGGED = range(-3, 15)
"""Local days around it on which its hashtag, or the address of an article, says what is meant."""
_TOLD = range(_COMPARED.start, _COMPARED.stop + 1)
"""Local days around an article's publication on which posts are compared with its titles; the
latest instant that a day of its zone may mean lies on the next one at most."""
_MIDNIGHT = "timezone('Asia/Shanghai', ({})::timestamp)"
_UNLINKED = f"""
    select observed_date from meta.touched_days
    where table_name = $1 and build_id not in (select build_id from {LINK_RUNS.full_name})
"""


def _days_of_touched_posts(connection: duckdb.DuckDBPyConnection) -> set[date]:
    """Days of all versions of the touched posts: a version may have come that moves a post to
    another day, and takes it from the day where it stood."""
    rows = connection.execute(
        f"""with days as (select distinct observed_date from ({_UNLINKED})),
            touched as (
            select distinct platform, post_id
            from core.posts
            where is_official
              and observed_at >= (select {_MIDNIGHT.format("min(observed_date)")} from days)
              and observed_at < (select {_MIDNIGHT.format("max(observed_date) + 1")} from days)
              and timezone('Asia/Shanghai', observed_at)::date in (from days)
            )
            select distinct timezone('Asia/Shanghai', posted_at)::date
            from core.posts semi join touched using (platform, post_id)
            where is_official and posted_at is not null""",
        ["core.posts"],
    ).fetchall()
    return {row[0] for row in rows}


def _moved_onsets(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Titles (title_key, day) that may have begun on another local day before the touched days
    were: on a touched day itself, or on one that is a beginning only without the touched days,
    since a late list put the title there among sightings before it."""
    touched = "timezone('Asia/Shanghai', slot_at)::date in (from days)"
    return connection.execute(
        f"""with days as (select distinct observed_date from ({_UNLINKED})),
            slots as (
                select *, coalesce({touched}, false) as is_touched
                from core.hot_topic_slots
                where topic_key in (
                    select topic_key from core.hot_topic_slots where {touched}
                )
            )
            select title_key, onset_date as day from (
                select platform, title_key, onset_at, onset_date
                from ({_episodes("(from slots where not is_touched)")})
                except
                select platform, title_key, onset_at, onset_date from ({_episodes("slots")})
            )
            union
            select topic_key, timezone('Asia/Shanghai', seen_hi_at)::date
            from slots where is_touched and seen_hi_at is not null""",
        ["core.hot_topic_slots"],
    ).pl()


def _days_of_articles(connection: duckdb.DuckDBPyConnection) -> set[date]:
    """Days on which articles that were seen on a touched day were published at the latest."""
    rows = connection.execute(
        f"""select distinct timezone('Asia/Shanghai', published_hi_at)::date
            from {ARTICLES}
            where published_at is not null and title_key is not null
              and timezone('Asia/Shanghai', observed_at)::date in ({_UNLINKED})""",
        ["core.articles"],
    ).fetchall()
    return {row[0] for row in rows}


def _days_of_stories(connection: duckdb.DuckDBPyConnection) -> set[date]:
    """Days on which articles were published that came to another story."""
    rows = connection.execute(_UNLINKED, ["quality.article_stories"]).fetchall()
    return {row[0] for row in rows}


def _days_of_hashtags(connection: duckdb.DuckDBPyConnection, onsets: pl.DataFrame) -> set[date]:
    """Days of posts whose hashtag is one of these titles: while that is a title of its time, they
    are linked by text to no other one."""
    if onsets.is_empty():
        return set()
    with rows_of(connection, onsets) as moved:
        rows = connection.execute(
            f"""with tags as (
                    select timezone('Asia/Shanghai', posted_at)::date as day,
                           unnest(hashtag_keys) as title_key
                    from core.posts
                    where is_official and len(hashtag_keys) > 0
                      and posted_at >= (select {_MIDNIGHT.format(f"min(day) + {_TAGGED.start}")}
                                        from {moved})
                      and posted_at < (select {_MIDNIGHT.format(f"max(day) + {_TAGGED.stop}")}
                                       from {moved})
                )
                select distinct tags.day from tags join {moved} as moved using (title_key)
                where tags.day - moved.day between {_TAGGED.start} and {_TAGGED.stop - 1}"""
        ).fetchall()
    return {row[0] for row in rows}


def _episodes(slots: str = "core.hot_topic_slots") -> str:
    """Episodes of titles. A topic that was on no list of the platform for more than 14 days begins
    again, as in the models of events: the same words on another platform's list are another event,
    with a window of its own."""
    return f"""
        select platform, title_key, min(seen_hi_at) as onset_at,
               timezone('Asia/Shanghai', min(seen_hi_at))::date as onset_date
        from (
            select *, sum(is_new) over (
                partition by platform, title_key order by seen_hi_at, seen_lo_at
            ) as episode
            from (
                select platform, topic_key as title_key, seen_hi_at, seen_lo_at,
                       (seen_lo_at > lag(seen_hi_at) over (
                           partition by platform, topic_key order by seen_hi_at, seen_lo_at
                       ) + interval 14 days)::int as is_new
                from {slots}
                where topic_key is not null and seen_hi_at is not null
                  and not coalesce(is_ad, false) and not coalesce(is_pinned, false)
            )
        )
        group by platform, title_key, coalesce(episode, 0)
    """


def read_titles(connection: duckdb.DuckDBPyConnection) -> Titles:
    """All titles that a post may speak of, with the editors' aliases beside them."""
    frame = connection.execute(
        f"""with told as (
                select title_key, epoch_us(onset_at) as onset, null::varchar as story_id
                from ({_episodes()})
                union all
                select title_key, epoch_us(published_hi_at), coalesce(story_id, article_id)
                from {ARTICLES} left join quality.article_stories using (article_id)
                where title_key is not null and published_at is not null
            ),
            titles as (
                select title_key, title_key as wording, onset,
                       coalesce(list(distinct story_id order by story_id)
                                filter (story_id is not null), []) as stories
                from told group by title_key, onset
            )
            select * from titles
            union
            select titles.title_key, aliases.alias_key, titles.onset, titles.stories
            from titles join {EVENT_ALIASES.full_name} as aliases using (title_key)
            order by onset, title_key, wording"""
    ).pl()
    texts = plain(frame["wording"])
    kept = (texts.str.len_chars() >= MIN_TITLE).to_numpy()
    return Titles(
        frame["title_key"].filter(kept).to_list(), texts.filter(kept).to_list(),
        frame["onset"].filter(kept).to_numpy().astype(np.int64),
        [frozenset(told) for told in frame["stories"].filter(kept).to_list()],
    )  # fmt: skip


def _days_of(titles: Titles, keys: set[str]) -> set[date]:
    """Days of posts that titles may be compared with."""
    firsts = {
        (onset + SHANGHAI_US) // DAY_US
        for key, onset in zip(titles.keys, titles.onsets.tolist(), strict=True)
        if key in keys
    }
    return {_EPOCH + timedelta(days=first + n) for first in firsts for n in _COMPARED}


def _days_with_posts(connection: duckdb.DuckDBPyConnection, span: tuple[date, date]) -> set[date]:
    rows = connection.execute(
        """select distinct timezone('Asia/Shanghai', posted_at)::date as day from core.posts
           where is_official and posted_at is not null and day between $1 and $2""",
        list(span),
    ).fetchall()
    return {row[0] for row in rows}


_POSTS_OF_A_DAY = f"""
    select platform, post_id, epoch_us(posted_at) as posted, text, hashtag_keys
    from core.posts
    anti join (
        select platform, post_id from {{wanderers}} where posted_date is distinct from $1::date
    ) using (platform, post_id)
    where is_official and text is not null
      and posted_at >= timezone('Asia/Shanghai', $1::date::timestamp)
      and posted_at < timezone('Asia/Shanghai', ($1::date + 1)::timestamp)
    qualify row_number() over (partition by platform, post_id order by {VERSION_ORDER}) = 1
    order by platform, post_id
"""
"""Of several versions the one that counts; of a post with versions on several days (`wanderers`)
nothing on the others."""


def _wanderers(connection: duckdb.DuckDBPyConnection, days: Sequence[date]) -> pl.DataFrame:
    """Posts (platform, post_id, posted_date) with versions on these days whose versions differ in
    their day, with the day of the one that counts; NULL where that one has no time."""
    day = "timezone('Asia/Shanghai', posted_at)::date"
    return connection.execute(
        f"""with days as (select unnest($1::date[]) as day),
            posts as (
                select platform, post_id from core.posts
                semi join (
                    select platform, post_id from core.posts
                    where is_official
                      and posted_at >= {_MIDNIGHT.format("(select min(day) from days)")}
                      and posted_at < {_MIDNIGHT.format("(select max(day) + 1 from days)")}
                      and {day} in (from days)
                ) using (platform, post_id)
                where is_official
                group by platform, post_id
                having count(posted_at) < count(*)
                    or timezone('Asia/Shanghai', min(posted_at))::date
                       < timezone('Asia/Shanghai', max(posted_at))::date
            )
            select platform, post_id, {day} as posted_date
            from core.posts semi join posts using (platform, post_id)
            where is_official
            qualify row_number() over (
                partition by platform, post_id order by {VERSION_ORDER}
            ) = 1""",
        [list(days)],
    ).pl()


def _link_days(
    connection: duckdb.DuckDBPyConnection,
    days: Sequence[date],
    titles: Titles,
    model: Model,
    build_id: str,
) -> Linked:
    if not days:
        return Linked()
    posts = 0
    addresses = read_addresses(connection)
    with rows_of(connection, _wanderers(connection, days)) as wanderers:
        posts_of_a_day = _POSTS_OF_A_DAY.format(wanderers=wanderers)
        for day in days:
            frame = connection.execute(posts_of_a_day, [day]).pl()
            named = address_links(frame, addresses, BEFORE_US, HASHTAG_US)
            certain = {(row["platform"], row["post_id"], row["title_key"]) for row in named}
            rows = [row | {"posted_date": day} for row in named] + [
                row
                for row in link_day(frame, day, titles, model)
                if (row["platform"], row["post_id"], row["title_key"]) not in certain
            ]
            _replace_day(connection, day, frame, rows, build_id)
            posts += len(frame)
    return Linked(len(days), posts)


def link_day(frame: pl.DataFrame, day: date, titles: Titles, model: Model) -> list[dict[str, Any]]:
    """Rows of core.text_links for the posts of one local day.

    A post whose hashtag is a title of its time says itself what it speaks of: it is linked by text
    only to other wordings of that title.
    """
    starts = (day - _EPOCH).days * DAY_US - SHANGHAI_US
    block = Block(
        titles.taken(open_titles(titles.onsets, starts)),
        Posts(plain_posts(frame["text"]).to_list(), frame["posted"].to_numpy().astype(np.int64)),
    )
    own = [frozenset(keys or ()) for keys in frame["hashtag_keys"].to_list()]
    tags = titles.taken(open_titles(titles.onsets, starts, HASHTAG_US))
    known = frozenset(tags.keys)
    found = []
    for choice in block.choices(model):
        if choice.probability < model.review_at:
            continue
        post = choice.best.post
        keys = dict.fromkeys(block.titles.keys[row] for row in choice.titles)
        tagged = own[post] & known
        if tagged and not tagged & keys.keys():
            continue
        evidence = evidence_of(block, choice, model)
        found += [
            {
                "platform": frame["platform"][post],
                "post_id": frame["post_id"][post],
                "title_key": key,
                "posted_date": day,
                "link_state": "linked" if choice.probability >= model.link_at else "review",
                "link_method": METHOD,
                "link_probability": round(choice.probability, 6),
                "evidence": evidence,
            }
            for key in keys
            if key not in own[post]
        ]
    return found


def _replace_day(
    connection: duckdb.DuckDBPyConnection,
    day: date,
    posts: pl.DataFrame,
    rows: list[dict[str, Any]],
    build_id: str,
) -> None:
    """The links of a day's posts, also of those that stood on another day before."""
    with rows_of(connection, posts.select("platform", "post_id")) as compared:
        connection.execute(
            f"""delete from {TEXT_LINKS.full_name}
                where posted_date = $1 or (platform, post_id) in (select * from {compared})""",
            [day],
        )
    if rows:
        frame = pl.DataFrame(
            [row | {"build_id": build_id} for row in rows], schema=polars_schema(TEXT_LINKS)
        )
        insert_rows(connection, TEXT_LINKS.full_name, frame)


def _aliases(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    rows = connection.execute(
        f"select title_key, alias_key from {EVENT_ALIASES.full_name}"
    ).fetchall()
    return {(row[0], row[1]) for row in rows}


def _replace(connection: duckdb.DuckDBPyConnection, table: Table, frame: pl.DataFrame) -> None:
    connection.execute(f"delete from {table.full_name}")
    insert_rows(connection, table.full_name, frame)


def _note_set_aside(
    connection: duckdb.DuckDBPyConnection, lines: Sequence[SetAside], build_id: str
) -> None:
    """Say in quarantine which lines of event_alias.csv have no effect now."""
    connection.execute(f"delete from {QUARANTINE.full_name} where file_id = $1", [ALIASES_FILE])
    if not lines:
        return
    rows = [
        {
            "file_id": ALIASES_FILE, "path": ALIASES_FILE, "source_name": ALIASES_FILE,
            "extent": "field", "records": 0, "record_number": line.line_number,
            "line_number": line.line_number, "table_name": EVENT_ALIASES.full_name,
            "column_name": "title", "reason": line.reason, "detail": line.detail,
            "excerpt": line.event_id, "build_id": build_id,
        }
        for line in lines
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=polars_schema(QUARANTINE))
    insert_rows(connection, QUARANTINE.full_name, frame)
