"""The benchmarks' files are what producers write, and their tables say what was measured."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import generate, load_speed
from benchmarks.measure import Cost, extrapolated, table
from benchmarks.report import block, replaced

ROWS = 1_200
README = Path(load_speed.__file__).with_name("README.md")


def test_tweets_are_lines_of_json_dumps_collected_night_after_night(tmp_path: Path) -> None:
    path = tmp_path / "tweets.jsonl"
    generate.tweets(path, ROWS)
    lines = path.read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert [json.dumps(record, ensure_ascii=False) for record in records] == lines
    assert set(Counter(r["_id"] for r in records).values()) == {generate.NIGHTS}
    assert len(records) == ROWS
    seen = [r["crawl_time"] for r in records]
    assert seen == sorted(seen)
    assert all(r["url"] == f"https://weibo.com/{r['user']['_id']}/{r['mblogid']}" for r in records)
    assert {"retweet_id" in r for r in records} == {True, False}


@pytest.mark.parametrize("write", [generate.tweets, generate.snapshots, generate.metrics_csv])
def test_the_same_call_writes_the_same_bytes(
    tmp_path: Path, write: Callable[[Path, int], None]
) -> None:
    for name in ("first", "second"):
        write(tmp_path / name, ROWS)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_crawler_csv_is_ragged_quoted_and_split_by_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "ROWS_A_FILE", 500)
    files = generate.crawler_csv(tmp_path, ROWS)
    assert len(files) == 3
    assert all(re.fullmatch(r"\d{10}\.csv", file.name) for file in files)
    widths: Counter[int] = Counter()
    ids = set()
    for file in files:
        text = file.read_bytes().decode()
        assert text.startswith("\ufeffid,bid,正文,")
        header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
        assert len(header) == 39
        widths += Counter(map(len, rows))
        ids |= {row[0] for row in rows}
        again = io.StringIO(newline="")
        csv.writer(again).writerows([header, *rows])
        assert "\ufeff" + again.getvalue() == text
    assert set(widths) == {19, 37}
    assert len(ids) == widths.total() == ROWS
    assert all(post_id.endswith("\t") for post_id in ids)


def test_rows_of_size_makes_a_file_of_about_that_size(tmp_path: Path) -> None:
    wanted = 4 << 20
    generate.tweets(tmp_path / "tweets.jsonl", generate.rows_of_size(wanted))
    assert (tmp_path / "tweets.jsonl").stat().st_size == pytest.approx(wanted, rel=0.1)


def test_costs_are_extrapolated_without_multiplying_the_start() -> None:
    cost = extrapolated((1_000, Cost(2, 3, 50)), (11_000, Cost(3, 5, 80)), 101_000)
    assert (cost.cpu_seconds, cost.wall_seconds, cost.anonymous_mib) == (12, 23, 80)
    assert extrapolated((5, Cost(1, 1, 1)), (5, Cost(2, 2, 2)), 5) == Cost(2, 2, 2)


def test_a_table_has_medians_and_the_ratio_to_the_rival() -> None:
    costs = {
        "rival": [Cost(1, 1, 10), Cost(2, 1, 30), Cost(9, 1, 20)],
        "ours": [Cost(5, 4, 7)],
    }
    lines = table("Topic", costs, "rival").splitlines()
    assert lines[-2:] == [
        "| rival | 2.00 | 1.00 | 1.00 | 30 |",
        "| ours | 5.00 | 2.50 | 4.00 | 7 |",
    ]


def test_every_topic_has_one_block_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    topics = [
        *(f"load-{name}" for name in load_speed.INPUTS),
        "memory",
        "quiet",
        "articles",
        "linking-quality",
        "linking-cost",
        "response",
        "growth",
    ]
    for topic in topics:
        new = replaced(text, topic, f"the figures of {topic}")
        assert block(topic, f"the figures of {topic}") in new
        assert replaced(new, topic, "x").count("<!-- ") == text.count("<!-- ") == 2 * len(topics)
    with pytest.raises(ValueError, match="no block"):
        replaced(text, "absent", "x")


@pytest.mark.parametrize("name", load_speed.INPUTS)
def test_the_observatory_accounts_for_every_generated_record(tmp_path: Path, name: str) -> None:
    given = load_speed.INPUTS[name]
    files = given.write(tmp_path / "files", 200)
    load_speed.observatory(tmp_path, given.entry, files, tmp_path / "files", 200)
