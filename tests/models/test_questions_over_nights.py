"""Property: what boards and crawlers bring night after night gives the waits of the raw looks.

From the files to main.reply_timing, beside lifelines on what the looks themselves say.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from lifelines import KaplanMeierFitter
from model_warehouse import PROJECT
from rendering import rendered

from orchestration.warehouse.connect import open_work
from tests.pipeline.ingesting import night, settings_of

ASKED = datetime(2026, 3, 28, 2, tzinfo=UTC)
NIGHTS = [ASKED + timedelta(hours=16 + 24 * number) for number in range(16)]
RATES = (24, 48, 72, 168)
SOURCES = """
settle_seconds: 0
sources:
  - name: board
    format: mapped
    reader: csv
    table: inquiries
    observed_at: "column:seen"
    columns: {inquiry_id: id, asked_at: asked, answered_at: answered, status: state}
  - name: readers
    format: mapped
    reader: csv
    table: comments
    platform: weibo
    account: {kind: organ}
    observed_at: "column:seen"
    columns: {comment_id: id, post_id: post, account_id: uid, commented_at: asked}
"""
MODELS = {
    "int_working_days": "intermediate/questions", "int_public_questions": "intermediate/questions",
    "reply_timing": "marts/response",
}  # fmt: skip


class Look(NamedTuple):
    """One question as one night found it."""

    question: str
    seen: datetime
    state: str
    answered: datetime | None


def nightly_looks(chance: random.Random) -> list[Look]:
    """What a board says night after night: some answers come, without a time, or are taken back."""
    looks = []
    for number in range(12):
        answered = ASKED + timedelta(hours=chance.uniform(1, 24 * len(NIGHTS)))
        kind = chance.choice(("answered", "answered", "undated", "withdrawn", "silent", "silent"))
        for seen in chance.sample(NIGHTS, chance.randint(3, len(NIGHTS))):
            is_answered = seen >= answered and kind != "silent"
            if kind == "withdrawn" and seen > answered + timedelta(days=2):
                is_answered = False
            state = "answered" if is_answered else "open"
            is_told = is_answered and kind != "undated"
            looks.append(Look(f"q{number}", seen, state, answered if is_told else None))
    return looks


def life(looks: Sequence[Look]) -> tuple[float, bool]:
    """Hours of waiting of one question and whether an answer ended them, from its raw looks."""
    last = max(looks, key=lambda look: look.seen)
    if last.state == "answered" and last.answered is not None:
        return hours(last.answered), True
    if last.state == "open":
        return hours(last.seen), False
    return hours(max((x.seen for x in looks if x.state == "open"), default=ASKED)), False


def hours(at: datetime) -> float:
    return (at.replace(microsecond=0) - ASKED) / timedelta(hours=1)


def wall(at: datetime | None) -> str:
    return "" if at is None else at.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def rows_by_file(looks: Sequence[Look], chance: random.Random) -> list[list[Look]]:
    """The looks of each night in a file of their own, or dealt to files at random; some twice."""
    files: dict[object, list[Look]] = defaultdict(list)
    is_dealt = chance.random() < 0.5
    for look in [*looks, *chance.sample(looks, len(looks) // 4)]:
        files[chance.randrange(9) if is_dealt else look.seen].append(look)
    return chance.sample(list(files.values()), len(files))


def written(path: Path, table: Sequence[Sequence[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)


def loaded(home: Path, files: Sequence[Callable[[Path], None]], chance: random.Random) -> Path:
    """Bring files into core tables over three nights; returns the work file."""
    settings = settings_of(home)
    home.mkdir()
    (home / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    cuts = sorted(chance.sample(range(1, len(files)), 2))
    for first, last in zip([0, *cuts], [*cuts, len(files)], strict=True):
        for write in files[first:last]:
            write(settings.root.inbox)
        night(settings)
    return settings.root.warehouse


def modelled(con: duckdb.DuckDBPyConnection) -> None:
    """main.reply_timing and what it rests on, from core tables and one organ with one post."""
    con.execute("set TimeZone = 'UTC'; create schema t")
    con.execute(f"""
        create table t.working_day_exceptions as
        from read_csv('{PROJECT / "seeds" / "working_day_exceptions.csv"}');
        create table t.int_post_versions_chosen as
        select 'weibo' as platform, 'p1' as post_id, '9900000001' as account_id;
        create table t.int_accounts_resolved as
        select 'weibo' as platform, '9900000001' as account_id, 'organ' as account_kind,
            '320100' as region_code;
        create table t.int_public_mentions (platform varchar, post_id varchar, account_id varchar,
            asked_at timestamptz, question_status varchar, answered_at timestamptz,
            watched_until_at timestamptz, answer_hash varchar, source_name varchar);
        create table t.stg_meta__sources as select source_name, timezone from meta.sources;
    """)
    for name, folder in MODELS.items():
        path = PROJECT / "models" / folder / f"{name}.sql"
        con.execute(f"create table t.{name} as {rendered(path, 'duckdb', 't.{}'.format)}")


def rates(con: duckdb.DuckDBPyConnection, channel: str) -> tuple[object, ...]:
    found = con.execute(
        f"""select questions, {", ".join(f"rate_{h}h" for h in RATES)} from t.reply_timing
            where clock = 'elapsed' and period = 'all' and channel = '{channel}'
            and addressee = 'all' and region_code = 'all'"""
    ).fetchone()
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(4))
def test_nightly_dumps_of_a_board_give_the_curve_of_its_looks(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    looks = nightly_looks(chance)
    head = ("id", "asked", "answered", "state", "seen")
    files = [
        lambda inbox, n=n, some=some: written(
            inbox / "board" / f"{n}.csv",
            [head, *((x.question, wall(ASKED), wall(x.answered), x.state, wall(x.seen))
                     for x in some)],
        )
        for n, some in enumerate(rows_by_file(looks, chance))
    ]  # fmt: skip
    of_question = defaultdict(list)
    for look in looks:
        of_question[look.question].append(look)
    lives = [life(some) for some in of_question.values()]
    fit = KaplanMeierFitter().fit([t for t, _ in lives], [a for _, a in lives])
    longest = max(t for t, _ in lives)
    with open_work(loaded(tmp_path / "home", files, chance)) as con:
        modelled(con)
        found = rates(con, "board")
    expected = [1 - fit.predict(h) if longest >= h else None for h in RATES]
    assert found == (12, *(e if e is None else pytest.approx(e, abs=1e-9) for e in expected))


def test_comments_wait_until_the_last_look(tmp_path: Path) -> None:
    """Five comments that nobody answers, seen unchanged night after night: a week and more."""
    head = ("id", "post", "uid", "asked", "seen")
    files = [
        lambda inbox, n=n, seen=seen: written(
            inbox / "readers" / "9900000001" / f"{n}.csv",
            [head, *((str(i), "p1", "55", wall(ASKED), wall(seen)) for i in range(1, 6))],
        )
        for n, seen in enumerate(NIGHTS)
    ]
    with open_work(loaded(tmp_path / "home", files, random.Random(1))) as con:
        con.execute("update core.comments set post_id = 'p1'")
        modelled(con)
        assert rates(con, "comment") == (5, 0, 0, 0, 0)
        assert con.execute(
            "select distinct watched_until_at = $1 from t.int_public_questions", [NIGHTS[-1]]
        ).fetchall() == [(True,)]
