"""`make demo`: the synthetic sample through the whole job, against the truth it was made with."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.paths import PROJECT_ROOT, SAMPLE, DataRoot
from orchestration.schemas.tables import TABLES
from orchestration.settings import Settings
from orchestration.warehouse.trace import MEMBERS, trace
from tests.pipeline.commands import observatory
from tests.pipeline.people_of_the_sample import (
    exact_figures,
    instants_shown,
    known_people,
    profiles_shown,
    pseudonyms_shown,
    sightings,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    home = tmp_path_factory.mktemp("demo with 空格")
    done = observatory(home, "demo", "--home", str(home))
    assert done.returncode == 0, done.stderr[-3000:]
    return home, done.stdout


@pytest.fixture(scope="module")
def published(demo: tuple[Path, str]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(DataRoot(demo[0]).published), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


@pytest.fixture(scope="module")
def planted() -> dict:
    """The truth of the generator; the models never see it."""
    done = subprocess.run(
        [sys.executable, str(PROJECT_ROOT / "data" / "sample_generator"), "--facts"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def test_the_sample_is_what_its_generator_makes():
    done = subprocess.run(
        [sys.executable, str(PROJECT_ROOT / "data" / "sample_generator"), "--check"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_ends_with_five_findings_and_three_commands(demo):
    findings, _, commands = demo[1].partition("\n\n")
    assert [line.split(":")[0] for line in findings.splitlines()] == [
        "SYNTHETIC DATA. Accounts", "Growth", "Response", "Quarantined", "Look",
    ]  # fmt: skip
    assert len([line for line in commands.splitlines() if line.startswith("  ")]) == 3


def test_every_rule_that_decided_is_explained(published):
    page = (PROJECT_ROOT / "docs" / "identity_rules.md").read_text(encoding="utf-8")
    found = published.execute(
        """select kind_rule from main.accounts union select level_rule from main.accounts
           union select region_rule from main.accounts"""
    ).fetchall()
    assert len(found) > 3
    assert {rule for (rule,) in found if rule} <= set(re.findall(r"[a-z_0-9]+", page))


README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_shows_what_the_demo_prints(demo):
    shown = re.search(
        r"\n\n((?:    .+\n){5})\n", README[README.index("ends\nwith what it found") :]
    )
    shown_lines = [line.removeprefix("    ") for line in shown[1].splitlines()]
    printed = demo[1].partition("\n\n")[0].splitlines()
    assert shown_lines[:4] == printed[:4]
    assert shown_lines[4].partition("/…/data/demo/")[::2] == (
        "Look: ", str(DataRoot(demo[0]).published.relative_to(demo[0])),
    )  # fmt: skip


def test_readme_shows_what_its_query_answers(published):
    (query,) = re.findall(r'observatory sql "\n(.*?)"\n', README, re.DOTALL)
    shown = re.search(r"^(\|.*\n)+", README[README.index(query) :], re.MULTILINE)[0].splitlines()
    answer = published.execute(query)
    rows = [[column[0] for column in answer.description], *answer.fetchall()]
    table = ["| " + " | ".join("NULL" if v is None else str(v) for v in row) + " |" for row in rows]
    assert [shown[0], *shown[2:]] == table


def test_the_samples_description_counts_the_posts_that_are_published(published):
    text = (PROJECT_ROOT / "data" / "README.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"Together ([0-9,]+) distinct posts in `main\.posts`", text)
    (found,) = published.execute("select count(*) from main.posts").fetchone()
    assert told == f"{found:,}"


@pytest.fixture(scope="module")
def officer_ids() -> set[str]:
    return known_people(SAMPLE / "inbox")["officer_ids"]


def test_every_planted_answer_is_found_at_its_hour_and_no_other(published, planted, officer_ids):
    found = {
        title: (post_id, round(hours, 3))
        for title, post_id, hours in published.execute(
            """select e.title, r.post_id, r.response_hours from main.event_responses r
               join main.events e using (event_id)
               where e.event_type = 'hot_topic' and r.link_level = 'exact'"""
        ).fetchall()
    }
    answered = {
        incident["title"]: incident
        for incident in planted["coverage"]
        if incident["style"] in ("answered", "early")
    }
    assert len(answered) == planted["incidents_answered_with_hashtag"]
    of_officers = {t for t, incident in answered.items() if incident["account_id"] in officer_ids}
    assert of_officers
    # What an officer answered stands in no row, unless an institution passed it on.
    assert set(answered) - of_officers <= set(found) <= set(answered)
    for title in set(answered) - of_officers:
        incident = answered[title]
        post_id, hours = found[title]
        assert post_id == incident["post_id"]
        assert hours == pytest.approx(incident["response_hours"], abs=0.001)


def test_answers_without_a_hashtag_are_found_by_their_text_and_no_other(
    published, planted, officer_ids
):
    found = dict(
        published.execute(
            """select e.title, r.post_id from main.event_responses r
               join main.events e using (event_id)
               where e.event_type = 'hot_topic' and r.link_level = 'lexical'"""
        ).fetchall()
    )
    untagged = {
        incident["title"]: incident["post_id"]
        for incident in planted["coverage"]
        if incident["style"] == "untagged" and incident["account_id"] not in officer_ids
    }
    assert set(found) <= set(untagged)
    assert len(found) >= 0.7 * len(untagged)
    for title, post_id in found.items():
        assert post_id == untagged[title]


def test_every_record_of_the_sample_is_accounted_for(published):
    broken = published.execute(
        """select path from quality.file_ledger
           where records_in <> records_loaded + records_duplicate + records_quarantined"""
    ).fetchall()
    assert broken == []


def test_every_table_and_column_is_described(published):
    tables = published.execute(
        """select schema_name || '.' || table_name, comment from duckdb_tables()
           where schema_name in ('main', 'core', 'quality', 'meta')"""
    ).fetchall()
    columns = published.execute(
        """select schema_name || '.' || table_name || '.' || column_name from duckdb_columns()
           where schema_name in ('main', 'core', 'quality', 'meta') and comment is null
             and not internal"""
    ).fetchall()
    assert {name for name, _ in tables} == set(TABLES)
    assert all(comment for _, comment in tables)
    assert columns == []
    described = published.execute("select count(*) from meta.columns").fetchone()
    assert described == (sum(len(t.column_names) for t in TABLES.values()),)


def test_no_private_field_passed_the_door(published):
    texts = published.execute(
        """select count(*) from core.posts where not is_official and text is not null
           union all select count(*) from main.accounts where account_kind = 'officer'
             and coalesce(screen_name, registered_at::varchar, followers_lo::varchar,
                          region_code) is not null
           union all select count(*) from core.posts
             where not is_official and account_id not like 'p:%'"""
    ).fetchall()
    assert texts == [(0,), (0,), (0,)]


def test_no_person_is_named_anywhere_in_the_published_file(published):
    """Every text of every table, against the people the raw files name."""
    people = known_people(SAMPLE / "inbox")
    assert min(len(known) for known in people.values()) > 25
    seen = list(sightings(published, set().union(*people.values())))
    # A ruling names the claim it rules on, and an event is the claim: its author is in neither.
    assert {place[:2] for place in seen} <= {
        ("core.rulings", "claim_text"),
        ("main.events", "title"),
        ("main.silence_ledger", "title"),
    }
    for kind in ("officer_names", "officer_ids", "ids"):
        assert list(sightings(published, people[kind])) == [], kind
    assert list(sightings(published, {"平安样省"})), "the search finds what is there"


def test_no_exact_figure_of_an_officer_is_published(published, demo):
    """Registration to the second or followers to the last one would lead to the profile."""
    registered, counts = exact_figures(SAMPLE / "inbox")
    assert len(registered) > 20
    assert len(counts) > 200
    assert list(profiles_shown(published, registered, counts)) == []
    # The search finds them where they are: in the work file, which nobody is given.
    with duckdb.connect(str(DataRoot(demo[0]).warehouse), read_only=True) as work:
        found = {place[:2] for place in profiles_shown(work, registered, counts)}
    assert ("core.account_snapshots", "followers_lo") in found
    assert ("core.account_snapshots", "registered_at") in found


def test_no_officer_and_no_instant_of_one_is_in_any_column(published, demo):
    """Every text and every instant of every table, against what the work file knows of people."""
    with duckdb.connect(str(DataRoot(demo[0]).warehouse), read_only=True) as work:
        work.execute("set TimeZone = 'UTC'")
        pseudonyms = {
            row[0]
            for row in work.execute(
                """select account_id from main.accounts where account_id like 'p:%'
                   union select post_id from core.posts where is_official and post_id like 'p:%'"""
            ).fetchall()
        }
        instants = {
            row[0]
            for row in work.execute(
                """select posted_at from core.posts where is_official and account_id like 'p:%'
                   except select posted_at from core.posts where account_id not like 'p:%'
                   except select observed_at from core.posts
                   except select answered_at from core.inquiries
                   except select slot_at from core.hot_topic_slots
                   except select slot_at from quality.coverage_slots"""
            ).fetchall()
        }
        assert len(pseudonyms) > 100
        assert len(instants) > 100
        assert {place[0] for place in pseudonyms_shown(work, pseudonyms)} > {
            "core.event_links", "core.account_snapshots", "main.accounts",
        }  # fmt: skip
        assert {place[:2] for place in instants_shown(work, instants)} >= {
            ("core.event_links", "posted_at"), ("core.posts", "posted_at"),
        }  # fmt: skip
    shown = {place[:2] for place in pseudonyms_shown(published, pseudonyms)}
    assert shown == {("main.accounts", "account_id")}, "the list of accounts, and nothing else"
    assert list(instants_shown(published, instants)) == []


def test_the_published_file_is_read_only_and_locked_down(demo):
    home = demo[0]
    path = DataRoot(home).published
    assert path.stat().st_mode & 0o222 == 0
    for attack in (
        "create table x as select 1",
        "copy (select 1) to '/tmp/observatory-leak.csv'",
        "select * from read_csv('/etc/passwd')",
        "attach '/tmp/observatory-other.duckdb'",
        "set enable_external_access = true",
    ):
        done = observatory(home, "sql", attack)
        assert done.returncode == 1, attack
        assert "Traceback" not in done.stderr


def test_sql_prints_tables_csv_and_json(demo):
    query = "select account_id, followers_lo from main.accounts order by 1 limit 2"
    as_json = json.loads(observatory(demo[0], "sql", query, "--format", "json").stdout)
    as_csv = list(csv.DictReader(io.StringIO(observatory(demo[0], "sql", query, "--format",
                                                         "csv").stdout)))  # fmt: skip
    assert [row["account_id"] for row in as_json] == [row["account_id"] for row in as_csv]
    assert as_json[0]["account_id"] in observatory(demo[0], "sql", query).stdout


def test_csv_never_carries_a_formula(demo):
    query = "select '=1+1' as a, -3 as b, ['x', 'y'] as c, '@d' as d, 'ok' as e"
    done = observatory(demo[0], "sql", query, "--format", "csv")
    assert done.stdout.splitlines()[1] == "'=1+1,-3,x; y,'@d,ok"


def test_a_post_is_traced_to_its_file_line_and_bytes(demo, published):
    (post_id,) = published.execute(
        "select post_id from main.posts where account_id not like 'p:%' order by 1 limit 1"
    ).fetchone()
    done = observatory(demo[0], "trace", "main.posts", post_id)
    assert done.returncode == 0, done.stderr
    assert "sha256" in done.stdout
    assert "line" in done.stdout
    assert post_id in done.stdout.split("bytes", 1)[1]


def test_days_and_onsets_are_traced_to_their_own_records(demo, published):
    settings = Settings(DataRoot(demo[0]))
    days = published.execute(
        """select account_id, observed_date::varchar from main.account_days
           where platform = 'weibo' and followers_lo is not null
           order by hash(account_id || observed_date) limit 40"""
    ).fetchall()
    for account_id, day in days:
        key = f"platform=weibo,account_id={account_id},observed_date={day}"
        seen = [
            (o.key["observed_at"] + timedelta(hours=8)).date().isoformat()
            for o in trace(published, settings, "main.account_days", key).origins
            if o.table == "core.account_snapshots"
        ]
        assert seen, key
        assert set(seen) == {day}, key
    events = published.execute(
        """select event_id, event_type, onset_hi_at from main.events
           qualify row_number() over (partition by event_type order by event_id) <= 10"""
    ).fetchall()
    for event_id, event_type, onset in events:
        found = trace(published, settings, "main.events", event_id).origins
        assert found, event_id
        if event_type == "hot_topic":
            (first,) = published.execute(
                """select min(seen_hi_at) from core.hot_topic_slots
                   where slot_at = $1 and topic = $2 and list_name = $3 and source_name = $4""",
                [found[0].key[name] for name in ("slot_at", "topic", "list_name", "source_name")],
            ).fetchone()
            assert first == onset, event_id


@pytest.mark.parametrize("query", sorted({query for query, _ in MEMBERS.values()}))
def test_what_is_in_a_sum_can_be_listed(published, query):
    assert published.execute(query).fetchall()


def test_a_row_that_is_not_there_is_named(demo):
    done = observatory(demo[0], "trace", "main.posts", "no-such-post")
    assert done.returncode == 1
    assert "no-such-post" in done.stderr
    assert "Traceback" not in done.stderr


def test_status_tells_data_through_and_quarantine(demo):
    report = json.loads(observatory(demo[0], "status", "--json").stdout)
    assert report["published"]["data_through_at"].startswith("2026-08-2")
    assert report["published"]["is_synthetic"] is True
    assert {row["reason"] for row in report["quarantine"]} >= {
        "not_json", "duplicate_key", "truncated_gzip", "encoding", "scientific_id",
        "id_clock_contradiction", "unrecognised_format", "ragged_row", "future_time",
    }  # fmt: skip


COOKBOOK = (PROJECT_ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("query", re.findall(r"```sql\n(.*?)```", COOKBOOK, re.DOTALL))
def test_every_query_of_the_cookbook_answers(published, query):
    assert published.execute(query).fetchall()
