"""claims_review.csv: open rows say nothing, wrong ones are named, values survive a spreadsheet."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from orchestration.sources.claim_reviews import COLUMNS, load_claim_reviews, write_claim_reviews
from orchestration.sources.declarations import DeclarationError

FIGURE = {
    "candidate_id": "c1", "decision": "confirmed", "value": 4000.0, "qualifier": ">",
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
    path = written(tmp_path, FIGURE, FIGURE | {"candidate_id": "c2", "decision": "rejected"})
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
        ({"reviewed_at": "2026-01-31T09:00"}, "reviewed_at: '2026-01-31T09:00' is neither a day"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path, change, said):
    message = complaint(written(tmp_path, FIGURE, FIGURE | {"candidate_id": "c2"} | change))
    assert "claims_review.csv:4: candidate c2: " in message
    assert said in message
    assert "; type: observatory claims review" in message


def test_two_decisions_on_one_candidate(tmp_path):
    assert "it stands in line 2 already" in complaint(written(tmp_path, FIGURE, FIGURE))


def test_a_rejected_row_needs_no_figure(tmp_path):
    bare = dict.fromkeys(COLUMNS) | {"candidate_id": "c", "decision": "rejected", "reviewer": "R",
                                     "reviewed_at": "2026-01-31"}  # fmt: skip
    (review,) = load_claim_reviews(written(tmp_path, bare))
    assert review.row["value"] is None
