"""The id clock verifies, completes and repairs publication times, or refuses the record."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from orchestration.cleaning.ids import ID_CLOCK_OFFSET
from orchestration.cleaning.people import Door
from orchestration.cleaning.posts import finish_metrics, finish_posts

TRUE_TIME = datetime(2026, 7, 1, 4, 30, 24, tzinfo=UTC)
MID = str((int(TRUE_TIME.timestamp()) - ID_CLOCK_OFFSET) * 2**22 + 17)


def finish(posted_at, precision="second", mid=MID, source="api"):
    rows = pl.DataFrame(
        {
            "_row": [0],
            "platform": ["weibo"],
            "post_id": [mid],
            "account_id": ["1"],
            "posted_at": [posted_at],
            "posted_at_precision": [precision],
            "posted_at_source": [source],
            "text": ["#Topic# words ...全文"],
        },
        schema_overrides={
            "_row": pl.UInt32,
            "posted_at": pl.Datetime("us", "UTC"),
            "posted_at_precision": pl.String,
        },
    )
    return finish_posts(rows, Door("k"))


@pytest.mark.parametrize(
    ("recorded", "precision", "repair"),
    [
        (TRUE_TIME + timedelta(seconds=5), "second", None),
        (TRUE_TIME + timedelta(seconds=59), "second", None),
        (TRUE_TIME.replace(second=0), "minute", "second_from_id_clock"),
        (TRUE_TIME.replace(second=0), "second", "second_from_id_clock"),
        (TRUE_TIME.replace(hour=0, minute=0, second=0), "day", "second_from_id_clock"),
        (TRUE_TIME + timedelta(hours=8), "second", "zone_shift_8h"),
        (TRUE_TIME - timedelta(hours=8, seconds=20), "second", "zone_shift_8h"),
        (None, None, "time_from_id_clock"),
    ],
)
def test_what_the_clock_proves_is_kept_or_repaired(recorded, precision, repair):
    done = finish(recorded, precision)
    assert not done.problems
    assert [frame["rule"][0] for frame in done.repairs] == ([repair] if repair else [])
    assert done.rows["posted_at"][0] == (TRUE_TIME if repair else recorded)
    assert done.rows["posted_at_source"][0] == ("id_clock" if repair else "api")


@pytest.mark.parametrize("years", [-3, 1, 10])
def test_a_time_without_year_is_given_the_year_of_its_id(years):
    """A year is only what the collection said where the text had none."""
    elsewhere = TRUE_TIME.replace(year=TRUE_TIME.year + years, second=0)
    done = finish(elsewhere, "minute", source="relative")
    assert [frame["rule"][0] for frame in done.repairs] == ["year_from_id_clock"]
    assert done.rows["posted_at"][0] == TRUE_TIME
    for stated, source in ((elsewhere, "api"), (elsewhere + timedelta(hours=1), "relative")):
        refused = finish(stated, "minute", source=source)
        assert refused.problems[0]["reason"][0] == "id_clock_contradiction"


@pytest.mark.parametrize("off", [timedelta(seconds=61), timedelta(hours=7), timedelta(days=365)])
def test_what_the_clock_contradicts_is_refused(off):
    done = finish(TRUE_TIME + off)
    assert done.rows.is_empty()
    assert done.problems[0]["reason"][0] == "id_clock_contradiction"


def test_the_clock_is_never_applied_to_other_ids():
    done = finish(TRUE_TIME + timedelta(days=400), mid="97c643e4cc3aae62b387c48d4b3c14c1")
    assert done.rows.height == 1
    assert not done.repairs


def test_people_pass_without_text_topics_or_ids():
    row = finish(TRUE_TIME).rows.row(0, named=True)
    assert row["post_id"].startswith("p:")
    assert row["account_id"].startswith("p:")
    assert row["text"] is None
    assert row["hashtags"] is None
    assert row["is_truncated"]


def test_a_snapshot_without_any_count_is_no_observation():
    rows = pl.DataFrame(
        {
            "_row": [0, 1],
            "platform": ["weibo"] * 2,
            "post_id": ["1", "2"],
            "account_id": ["1", "2"],
            "likes_lo": [None, 0],
        },
        schema_overrides={"likes_lo": pl.Int64},
    )
    assert finish_metrics(rows, Door("k")).rows["_row"].to_list() == [1]
