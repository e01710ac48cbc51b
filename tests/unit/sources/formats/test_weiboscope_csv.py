"""Weiboscope: deletions are open intervals, ids are pseudonyms, damage stays in its line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.cleaning.engine import DeclaredAccount
from orchestration.sources import formats
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.weiboscope_csv import FORMAT
from orchestration.sources.readers.base import ReadOptions, Reject
from tests.unit.sources import reading

HEADER = (
    "mid,retweeted_status_mid,uid,retweeted_uid,source,image,text,geo,created_at,"
    "deleted_last_seen,permission_denied"
)
ORGAN = DeclaredAccount("organ", "county", None)


def line(
    mid: str = "m1", text: str = "hello", seen: str = "", denied: str = "",
    at: str = "2012-07-21 08:00:00", rt: str = "",
) -> str:  # fmt: skip
    return f"{mid},{rt},u1,{'u9' if rt else ''},web,0,{text},,{at},{seen},{denied}"


def read(tmp_path: Path, *lines: str | bytes, **given: Any) -> reading.Outcome:
    raw = [part.encode() if isinstance(part, str) else part for part in (HEADER, *lines)]
    file = reading.raw_file(tmp_path, "week30.csv", b"\n".join(raw) + b"\n")
    return reading.clean(FORMAT, file, **given)


def test_it_is_recognised() -> None:
    head = Head(PurePosixPath("week1.csv"), f"{HEADER}\n{line()}\n".encode())
    assert formats.sniff(head)[0][0].id == "weiboscope_csv"


def test_a_post_that_stayed(tmp_path: Path) -> None:
    found = read(tmp_path, line(rt="m9"), declared=ORGAN)
    post = found.only("posts")
    assert (post["post_id"], post["account_id"]) == ("weiboscope:m1", "weiboscope:u1")
    assert post["posted_at"] == datetime(2012, 7, 21, 0, 0, tzinfo=UTC)
    assert (post["is_zone_assumed"], post["account_state"], post["text"]) == (True, None, "hello")
    assert post["is_repost"] is True
    assert str(post["repost_of_post_id"]).startswith("p:")
    assert found.tables["deletions"].is_empty()


@pytest.mark.parametrize(("denied", "state"), [
    ("permission denied", "permission_denied"), ("TRUE", "permission_denied"),
    ("", "not_found"), ("FALSE", "not_found"),
])  # fmt: skip
def test_last_seen_is_the_left_end_of_an_interval(tmp_path: Path, denied: str, state: str) -> None:
    found = read(tmp_path, line(seen="2012-07-21 09:30:00", denied=denied), declared=ORGAN)
    row = found.only("deletions")
    assert row["seen_until_at"] == datetime(2012, 7, 21, 1, 30, tzinfo=UTC)
    assert (row["missing_at"], row["account_state"]) == (None, state)
    assert (row["post_id"], row["is_zone_assumed"]) == ("weiboscope:m1", True)
    assert found.only("posts")["account_state"] == state
    assert found.reasons == []


def test_people_pass_as_pseudonyms_even_when_their_posts_vanish(tmp_path: Path) -> None:
    found = read(tmp_path, line(seen="2012-07-21 09:30:00"))
    for table in ("posts", "deletions"):
        row = found.only(table)
        assert str(row["post_id"]).startswith("p:")
        assert str(row["account_id"]).startswith("p:")
    assert found.only("posts")["text"] is None


def test_the_id_clock_is_never_read(tmp_path: Path) -> None:
    mid = str((1_342_828_800 - 515_483_463) << 22)
    assert len(mid) == 16
    found = read(tmp_path, line(mid, at="2012-01-01 00:00:00"), declared=ORGAN)
    post = found.only("posts")
    assert (post["posted_at_source"], post["posted_at"]) == (
        "api", datetime(2011, 12, 31, 16, tzinfo=UTC),
    )  # fmt: skip
    assert (found.reasons, found.repairs.height) == ([], 0)


@pytest.mark.parametrize(("bad", "reasons"), [
    (line(text="a, b"), [("ragged_row", 3)]),
    (line(text="broken\nhere"), [("ragged_row", 3), ("ragged_row", 4)]),
    (line(text='"he said "no""'), [("broken_quotes", 3)]),
    (line(text='"never closed'), [("unclosed_quote", 3)]),
    (line(text="nul\x00"), [("control_character", 3)]),
    (line(text="bad").encode() + b"\xff", [("encoding", 3)]),
    (line(at="yesterday"), [("not_a_time", 3)]),
    (line(mid=""), [("missing_key:post_id", 3)]),
])  # fmt: skip
def test_damage_stays_in_its_line(
    tmp_path: Path, bad: str | bytes, reasons: list[tuple[str, int]]
) -> None:
    found = read(tmp_path, line("m1"), bad, line("m3"), line("m4"), declared=ORGAN)
    assert found.tables["posts"]["post_id"].to_list() == [f"weiboscope:m{n}" for n in (1, 3, 4)]
    refused = [(r.reason, r.line_number) for r in found.rejects]
    if not refused:
        assert found.problems["reason"].to_list() == [reasons[0][0]]
    else:
        assert refused == reasons


@pytest.mark.parametrize(("seen", "reason"), [
    ("2012-07-20 08:00:00", "seen_before_posted"), ("2012-02-30 08:00:00", "not_a_time"),
    ("web", "not_a_time"),
])  # fmt: skip
def test_a_deletion_that_cannot_be_read_costs_no_post(
    tmp_path: Path, seen: str, reason: str
) -> None:
    found = read(tmp_path, line("m1"), line("m2", seen=seen), declared=ORGAN)
    assert found.tables["posts"]["post_id"].to_list() == ["weiboscope:m1", "weiboscope:m2"]
    assert found.tables["posts"]["account_state"].to_list() == [None, None]
    assert found.tables["deletions"].height == 0
    assert found.problems.select("reason", "extent", "table_name").rows() == [
        (reason, "field", "core.deletions")
    ]  # fmt: skip


def test_a_quoted_text_may_have_commas_and_lines(tmp_path: Path) -> None:
    found = read(tmp_path, line(text='"one, two\nthree ""four"""'), line("m2"), declared=ORGAN)
    assert found.tables["posts"]["text"].to_list() == ['one, two\nthree "four"', "hello"]
    assert found.reasons == []


def test_an_open_quote_does_not_swallow_a_quoted_row_behind_it(tmp_path: Path) -> None:
    found = read(tmp_path, line(text='"open'), line("m2", text='"a\nb"'), line("m3"),
                 declared=ORGAN)  # fmt: skip
    assert found.tables["posts"]["post_id"].to_list() == ["weiboscope:m2", "weiboscope:m3"]
    assert [(r.reason, r.line_number) for r in found.rejects] == [("broken_quotes", 2)]


def test_an_unknown_word_for_denied_is_reported(tmp_path: Path) -> None:
    found = read(tmp_path, line(denied="perhaps"), declared=ORGAN)
    assert found.problems.select("extent", "reason").rows() == [("field", "unknown_word")]
    assert found.tables["posts"].height == 1


def test_a_record_is_found_again_with_all_its_lines(tmp_path: Path) -> None:
    data = "\n".join((HEADER, line("m1"), line("m2", text='"a\nb"'), line("m3"))).encode()
    file = reading.raw_file(tmp_path, "week1.csv", data)
    located = FORMAT.reader.locate(file, 3, ReadOptions())
    assert located is not None
    assert located.raw == line("m2", text='"a\nb"').encode()
    assert data[located.offset :].startswith(located.raw)
    assert FORMAT.reader.locate(file, 4, ReadOptions()) is None


@settings(deadline=None)
@given(st.lists(st.sampled_from([
    line(), line(text='"a\nb"'), line(text='"open'), line(text="a,b"), line(text="x\ny"), '"', ",",
    line(text='"q"x'),
]), max_size=12))  # fmt: skip
def test_no_physical_line_is_lost_or_read_twice(pieces: list[str]) -> None:
    import tempfile

    text = "\n".join((HEADER, *pieces))
    with tempfile.TemporaryDirectory() as folder:
        file = reading.raw_file(Path(folder), "w.csv", text)
        found = list(FORMAT.reader._rows(file, ReadOptions(), []))  # type: ignore[attr-defined]
    taken: list[int] = []
    for item in found:
        if isinstance(item, Reject):
            assert item.line_number is not None
            taken.append(item.line_number)
        else:
            taken += range(item.first_line, item.last_line + 1)
    assert sorted(taken) == list(range(2, text.count("\n") + 2))
    good = [p for p in pieces if p == line()]
    assert sum(1 for i in found if not isinstance(i, Reject)) >= len(good)
