"""Editors' files: what is taken, and how what cannot be taken is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.linking.editors import EditorsError, Known, read_aliases, read_decisions

HEADER = "platform,post_id,title_key,decision,reviewer,note\n"


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "file.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_decisions_are_read(tmp_path: Path) -> None:
    text = HEADER + "weibo,1,甲,yes,ab,\n\nweibo,2,'=乙,no,,同名\n"
    rows = read_decisions(written(tmp_path, text, "utf-8-sig")).rows()
    assert rows == [
        ("weibo", "1", "甲", "yes", "ab", None),
        ("weibo", "2", "=乙", "no", None, "同名"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + "weibo,1,甲,maybe,,\n", "line 2: decision 'maybe': must be yes or no"),
        (HEADER + "weibo,,甲,yes,,\n", "line 2: post_id '': is empty"),
        (HEADER + "weibo,1,甲,yes,,\nweibo,1,甲,no,,\n", "line 3: post_id '1': stands"),
        ("platform,post_id\n", "line 1: the header .* lacks title_key, decision"),
        (HEADER + "weibo,1,甲,yes,,a,b\n", "line 2: 7 fields stand under 6 headings"),
        (HEADER + 'weibo,1,甲,yes,,"see\nweibo,2,乙,no,,\n', "line 2: .*close the quotes"),
        (HEADER + 'weibo,1,甲,yes,,"a\nweibo,2,乙,no,,b"\n', "line 2: a field goes on to line 3"),
    ],
)
def test_bad_decisions_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(EditorsError, match=message) as caught:
        read_decisions(written(tmp_path, text))
    assert "file.csv" in str(caught.value)
    assert "observatory run" in str(caught.value)


def test_no_file_and_an_empty_one_hold_nothing(tmp_path: Path) -> None:
    assert read_decisions(tmp_path / "none.csv").is_empty()
    assert read_decisions(written(tmp_path, "")).is_empty()


def test_aliases_are_read_by_title_and_by_event(tmp_path: Path) -> None:
    text = (
        "title,alias\n甲市 起火,甲市Ｋ厂起火\nhot_topic:0011223344556677,乙事\n甲市起火,甲市起火\n"
    )
    aliases, set_aside = read_aliases(written(tmp_path, text, "gb18030"), Known(lambda event: "乙"))
    rows = aliases.rows()
    assert not set_aside
    assert [row[:2] for row in rows] == [("甲市起火", "甲市k厂起火"), ("乙", "乙事")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("甲市起火,乙", "must have two characters"),
        (",乙事", "title '': is empty"),
    ],
)
def test_bad_aliases_are_refused(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(EditorsError, match=message):
        read_aliases(written(tmp_path, f"title,alias\n{line}\n"), Known(lambda event: None))


def test_aliases_of_unknown_events_and_of_rumours_are_set_aside(tmp_path: Path) -> None:
    text = (
        "title,alias\nhot_topic:0011223344556677,乙事\n甲市起火,甲市一厂起火\n"
        "rumor:0011223344556677,丙事\n丁市 停水,丁市全城停水\n"
    )
    known = Known(lambda event: None, rumours=frozenset({"丁市停水"}))
    aliases, set_aside = read_aliases(written(tmp_path, text), known)
    assert aliases["title_key"].to_list() == ["甲市起火"]
    assert [(line.line_number, line.title, line.reason) for line in set_aside] == [
        (2, "hot_topic:0011223344556677", "unknown_event"),
        (4, "rumor:0011223344556677", "alias_of_a_rumour"),
        (5, "丁市 停水", "alias_of_a_rumour"),
    ]
    assert "line 2: title: no event of the last build has this id" in set_aside[0].detail
    assert "name the topic or article that carries it" in set_aside[1].detail
