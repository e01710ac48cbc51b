"""claims_review.csv: open rows say nothing, wrong ones are named, values survive a spreadsheet."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orchestration.claims.scope import PLATFORM_PARTS
from orchestration.sources.claim_reviews import COLUMNS, load_claim_reviews, write_claim_reviews
from orchestration.sources.declarations import DeclarationError

C1, C2 = "c1" * 8, "c2" * 8
FIGURE = {
    "candidate_id": C1, "decision": "confirmed", "value": 4000.0, "qualifier": ">",
    "value_lo": 4000.0, "value_hi": None, "claim_unit": "account", "metric": "accounts",
    "actor_scope": "organ", "sector": "@平安北京", "platform_scope": "sina+tencent",
    "region_code": "110000", "speaker_kind": "body",
    "as_of_text": None, "as_of_date": date(2011, 9, 26), "date_precision": "day",
    "publisher": "MPS", "outlet": "China Daily", "source_url": None, "published_text": "2011-09-27",
    "confidence": None, "quote": "=Police, “it” said,\nrun 4,000 microblogs.", "reviewer": "R",
    "reviewed_at": datetime(2026, 1, 31, 1, tzinfo=UTC), "note": None,
}  # fmt: skip


def written(tmp_path: Path, *rows: dict) -> Path:
    path = tmp_path / "claims_review.csv"
    write_claim_reviews(path, rows)
    return path


def complaint(path: Path) -> str:
    with pytest.raises(DeclarationError) as error:
        load_claim_reviews(path)
    return str(error.value)


def test_an_absent_file_decides_nothing(tmp_path):
    assert load_claim_reviews(tmp_path / "claims_review.csv") == ()


def test_what_is_written_is_read(tmp_path):
    path = written(tmp_path, FIGURE, FIGURE | {"candidate_id": C2, "decision": "rejected"})
    first, second = load_claim_reviews(path)
    assert {n: first.row[n] for n in COLUMNS} == FIGURE
    assert (first.line_number, second.row["decision"]) == (2, "rejected")
    # No cell begins like a formula.
    text = path.read_text()
    assert not any(start in text for start in ("\n=", ",=", ",@", ',"='))


def test_an_open_row_says_nothing(tmp_path):
    open_row = FIGURE | {"decision": None, "reviewer": None, "value": None}
    assert load_claim_reviews(written(tmp_path, open_row)) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"decision": "confirm"}, "decision: 'confirm' is unknown; did you mean 'confirmed'?"),
        ({"qualifier": "more"}, "qualifier: 'more' is unknown"),
        ({"value": "4,000"}, "value: '4,000' is no number; write digits without commas"),
        ({"value": "-1"}, "value: '-1' is negative"),
        ({"value": None}, "value: it is empty, and a figure needs it"),
        ({"quote": None}, "quote: it is empty"),
        ({"value_hi": "10"}, "value: '4000' is above value_hi '10'"),
        ({"platform_scope": "sina+tencnt"}, "names 'tencnt', which is unknown; did you mean"),
        ({"as_of_date": "2011-13-01"}, "as_of_date: '2011-13-01' is no day"),
        ({"metric": "account"}, "metric: 'account' is unknown; did you mean 'accounts'?"),
        ({"publisher": None, "outlet": None}, "publisher: it is empty and so is outlet"),
        ({"reviewer": None}, "reviewer: it is empty"),
        ({"as_of_date": "2011/9/26"}, "as_of_date: '2011/9/26' is no day such as 2011-09-26"),
        ({"reviewed_at": "31/01/2026"}, "reviewed_at: '31/01/2026' is neither a day"),
        ({"metric": "posts_per_fortnight"}, "or one of them with an ending: _gained, _lost"),
        ({"claim_unit": "Li Wei"}, "claim_unit: 'Li Wei' is unknown"),
        ({"source_url": "seen by Li Wei"}, "source_url: 'seen by Li Wei' is no address"),
        ({"reviewed_at": "2026-01-31T09:00"}, "reviewed_at: '2026-01-31T09:00' is neither a day"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path, change, said):
    message = complaint(written(tmp_path, FIGURE, FIGURE | {"candidate_id": C2} | change))
    assert f"claims_review.csv:4: candidate {C2}: " in message
    assert said in message
    assert "; type: observatory claims review" in message


@pytest.mark.parametrize("identity", ["1.23457E+15", "1234567890123", "c1"])
def test_an_id_that_a_spreadsheet_changed(tmp_path, identity):
    message = complaint(written(tmp_path, FIGURE | {"candidate_id": identity}))
    assert f"candidate_id: '{identity}' is no id of 16 hex digits" in message


def test_metrics_of_what_came_and_units_of_what_comes_in_a_time(tmp_path):
    rate = {"metric": "posts_per_day", "claim_unit": "post per day"}
    came = {"candidate_id": C2, "metric": "accounts_gained"}
    first, second = load_claim_reviews(written(tmp_path, FIGURE | rate, FIGURE | came))
    assert (first.row["claim_unit"], second.row["metric"]) == ("post per day", "accounts_gained")


@pytest.mark.parametrize(
    "platforms", [*PLATFORM_PARTS, "wechat+?", "sina+?", "sina+douyin+twitter"]
)
def test_every_platform_of_the_rules_is_one_of_a_review(tmp_path, platforms):
    (review,) = load_claim_reviews(written(tmp_path, FIGURE | {"platform_scope": platforms}))
    assert review.row["platform_scope"] == platforms


@pytest.mark.parametrize("platforms", ["wechat+", "+", "we chat", "wechat,sina", "sina+Li Wei"])
def test_other_words_are_no_platforms(tmp_path, platforms):
    path = written(tmp_path, FIGURE | {"platform_scope": platforms})
    assert f"platform_scope: '{platforms}' names " in complaint(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_lines_and_marks_of_a_spreadsheet(tmp_path, encoding):
    path = written(tmp_path, FIGURE)
    text = path.read_text(encoding="utf-8-sig").replace("\n", "\r\n")
    path.write_bytes(text.encode(encoding))
    (review,) = load_claim_reviews(path)
    assert review.row["as_of_date"] == date(2011, 9, 26)


def test_a_file_saved_as_gbk_is_named(tmp_path):
    path = written(tmp_path, FIGURE)
    path.write_bytes(
        path.read_text(encoding="utf-8-sig").replace("“", "").replace("”", "").encode("gbk")
    )
    assert "is not UTF-8; save the file as UTF-8" in complaint(path)


def test_two_decisions_on_one_candidate(tmp_path):
    assert "it stands in line 2 already" in complaint(written(tmp_path, FIGURE, FIGURE))


def test_a_rejected_row_needs_no_figure(tmp_path):
    bare = dict.fromkeys(COLUMNS) | {"candidate_id": C1, "decision": "rejected", "reviewer": "R",
                                     "reviewed_at": "2026-01-31"}  # fmt: skip
    (review,) = load_claim_reviews(written(tmp_path, bare))
    assert review.row["value"] is None


def test_a_rejected_row_may_hold_anything_and_what_is_wrong_in_it_goes_nowhere(tmp_path):
    wrong = {
        "value": "4,000", "value_hi": "-1", "as_of_date": "2011/9/26", "platform_scope": "myspace",
        "metric": "Li Wei", "claim_unit": "Li Wei", "actor_scope": "Li Wei", "qualifier": "more",
        "region_code": "Li Wei", "speaker_kind": "Li Wei", "confidence": "Li Wei",
        "date_precision": "Li Wei", "source_url": "seen by Li Wei", "publisher": None,
        "outlet": None,
    }  # fmt: skip
    (review,) = load_claim_reviews(written(tmp_path, FIGURE | wrong | {"decision": "rejected"}))
    assert {n: review.row[n] for n in COLUMNS} == (
        FIGURE | dict.fromkeys(wrong) | {"decision": "rejected"}
    )


@pytest.mark.parametrize(("change", "said"), [
    ({"reviewer": None}, "reviewer: it is empty"),
    ({"reviewed_at": "31/01/2026"}, "reviewed_at: '31/01/2026' is neither a day"),
    ({"candidate_id": "1.23E+15"}, "candidate_id: '1.23E+15' is no id"),
])  # fmt: skip
def test_a_rejected_row_says_which_candidate_who_and_when(tmp_path, change, said):
    assert said in complaint(written(tmp_path, FIGURE | {"decision": "rejected"} | change))
