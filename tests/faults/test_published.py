"""What only whole nights show: without a column that it had, a build is not published."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pytest

from orchestration import cli
from orchestration.nightly import run_nightly
from orchestration.warehouse.connect import open_published
from tests.faults.site import FIRST_ID, SEEN, Site, lines, post

pytestmark = [pytest.mark.faults, pytest.mark.slow]
DAY = 86400


def fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_night_without_a_column_is_refused_and_readers_keep_the_last_good_build(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    site.declare("name: s, format: weibo_spider_jsonl, account: {kind: organ}")
    site.put("s/1.jsonl", lines(*(post(n) for n in range(30))))
    site.put("s/2.jsonl", lines(
        post(1, attitudes_count=4), post(40, content="=1+1 <script>{{ x }}</script>")))  # fmt: skip
    first = run_nightly(site.settings)
    assert first.outcome == "published", first.message
    assert "observations_agree" in {check.check_name for check in first.failed_checks}

    with open_published(site.settings.root.published) as published:
        likes = "select likes_lo from main.posts where post_id = $1"
        assert published.execute(likes, [str(FIRST_ID + 1)]).fetchall() == [(3,)]
    monkeypatch.setenv("OBSERVATORY_HOME", str(site.home))
    query = f"select text, -3 as n from main.posts where post_id = '{FIRST_ID + 40}'"
    capsys.readouterr()  # what dbt said
    assert cli.main(["sql", query, "--format", "csv"]) == 0
    shown = capsys.readouterr().out
    assert list(csv.reader(io.StringIO(shown))) == [
        ["text", "n"], ["'=1+1 <script>{{ x }}</script>", "-3"],
    ]  # fmt: skip

    good = fingerprint(site.settings.root.published)
    later = [post(n, crawl_time=SEEN + DAY) for n in range(30)]
    for record in later:
        del record["attitudes_count"]
    site.put("s/3.jsonl", lines(*later))
    second = run_nightly(site.settings)
    assert second.outcome == "refused", second.message
    assert "counts_do_not_vanish" in second.message
    assert "s/3.jsonl likes" in second.message
    assert fingerprint(site.settings.root.published) == good
    site.assert_ledger()
