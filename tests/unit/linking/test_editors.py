"""Editors' files: what is taken, and how what cannot be taken is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.linking.editors import EditorsError, read_aliases, read_decisions

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
    rows = read_aliases(written(tmp_path, text, "gb18030"), lambda event: "乙").rows()
    assert [row[:2] for row in rows] == [("甲市起火", "甲市k厂起火"), ("乙", "乙事")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("hot_topic:0011223344556677,乙事", "no event of the last build has this id"),
        ("甲市起火,乙", "must have two characters"),
        (",乙事", "title '': is empty"),
    ],
)
def test_bad_aliases_are_refused(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(EditorsError, match=message):
        read_aliases(written(tmp_path, f"title,alias\n{line}\n"), lambda event: None)
