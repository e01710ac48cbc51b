"""The id clock verifies, completes and repairs publication times, or refuses the record."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cleaning.ids import ID_CLOCK_OFFSET
from orchestration.cleaning.people import Door
from orchestration.cleaning.posts import finish_metrics, finish_posts
from orchestration.cleaning.public_talk import finish_comments, finish_repost_timings

TRUE_TIME = datetime(2026, 7, 1, 4, 30, 24, tzinfo=UTC)
MID = str((int(TRUE_TIME.timestamp()) - ID_CLOCK_OFFSET) * 2**22 + 17)


def mid_of(at, low=17):
    return str((int(at.timestamp()) - ID_CLOCK_OFFSET) * 2**22 + low)


def finish(posted_at, precision="second", mid=MID, source="api", **columns):
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
            **{name: [value] for name, value in columns.items()},
        },
        schema_overrides={
            "_row": pl.UInt32,
            "posted_at": pl.Datetime("us", "UTC"),
            "posted_at_precision": pl.String,
        },
    )
    return finish_posts(rows, Door("k"))


def rules(done):
    return [frame["rule"][0] for frame in done.repairs]


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


SHANGHAI = timedelta(hours=8)
DAY = datetime(2026, 6, 30, 16, tzinfo=UTC)  # midnight in Shanghai, the day of TRUE_TIME


@pytest.mark.parametrize(
    ("recorded", "precision", "source", "repair"),
    [
        (TRUE_TIME - timedelta(seconds=59), "minute", "api", "second_from_id_clock"),
        (TRUE_TIME + timedelta(seconds=61), "minute", "api", None),
        (TRUE_TIME + timedelta(seconds=61), "minute", "relative", "second_from_id_clock"),
        (TRUE_TIME.replace(minute=0, second=0), "hour", "api", "second_from_id_clock"),
        (TRUE_TIME + timedelta(minutes=50), "hour", "api", None),
        (TRUE_TIME + timedelta(minutes=50), "hour", "relative", "second_from_id_clock"),
        (TRUE_TIME.replace(minute=0, second=0) + SHANGHAI, "hour", "api", "zone_shift_8h"),
        (TRUE_TIME.replace(second=0) - SHANGHAI, "minute", "api", "zone_shift_8h"),
        (DAY, "day", "api", "second_from_id_clock"),
        (DAY, "second", "api", "second_from_id_clock"),  # a system that knows only the day
        (DAY + timedelta(days=1), "day", "api", None),
        (DAY - timedelta(days=1), "day", "api", None),
        (DAY + timedelta(hours=8), "day", "api", "second_from_id_clock"),  # midnight UTC
        (DAY + timedelta(hours=16), "day", "api", None),  # eight hours late proves nothing
    ],
)
def test_the_window_of_a_recorded_time_is_what_it_leaves_open(recorded, precision, source, repair):
    done = finish(recorded, precision, source=source)
    assert rules(done) == ([repair] if repair else [])
    assert done.rows.height == (1 if repair else 0)
    if repair:
        assert done.rows["posted_at"][0] == TRUE_TIME
        assert done.rows["posted_at_precision"][0] == "second"


@pytest.mark.parametrize(
    ("recorded", "precision", "true", "is_repaired"),
    [
        (TRUE_TIME.replace(year=2025), "second", TRUE_TIME, True),
        (TRUE_TIME.replace(year=2027), "second", TRUE_TIME, True),
        (TRUE_TIME.replace(year=1988), "second", TRUE_TIME, True),  # summer time in Shanghai
        (TRUE_TIME.replace(year=2025) + timedelta(seconds=59), "second", TRUE_TIME, True),
        (TRUE_TIME.replace(year=2025) + timedelta(seconds=61), "second", TRUE_TIME, False),
        (TRUE_TIME.replace(year=2025) + SHANGHAI, "second", TRUE_TIME, False),
        (TRUE_TIME.replace(year=2025, second=0), "minute", TRUE_TIME, True),
        (DAY.replace(year=2025), "day", TRUE_TIME, True),
        (DAY.replace(year=2025) + timedelta(days=1), "day", TRUE_TIME, False),
        # leap days: only another leap year has one
        ((2020, 2, 29, 10), "second", (2024, 2, 29, 10), True),
        ((2023, 3, 1, 2), "second", (2024, 3, 1, 2), True),  # 28 February in UTC
        ((2024, 2, 29, 10), "second", (2025, 2, 28, 10), False),
        ((2024, 2, 29, 10), "second", (2025, 3, 1, 10), False),
        ((2023, 2, 28, 10), "second", (2024, 2, 29, 10), False),
        # around New Year the clock may already show the next year
        ((2023, 12, 31, 23, 59, 40), "second", (2025, 1, 1, 0, 0, 10), True),
        ((2023, 1, 1, 0, 0, 10), "second", (2024, 12, 31, 23, 59, 40), True),
        ((2023, 12, 31), "day", (2024, 12, 31, 23), True),
    ],
)
def test_only_a_wrong_year_is_repaired(recorded, precision, true, is_repaired):
    recorded, true = (
        value if isinstance(value, datetime) else datetime(*value, tzinfo=UTC) - SHANGHAI
        for value in (recorded, true)
    )
    if recorded.year == 1988:
        recorded -= timedelta(hours=1)
    done = finish(recorded, precision, mid_of(true))
    assert rules(done) == (["year_from_id_clock"] if is_repaired else [])
    assert done.rows["posted_at"].to_list() == ([true] if is_repaired else [])
    assert len(done.problems) == (0 if is_repaired else 1)


@given(st.lists(st.integers(-70, 70), min_size=2, max_size=6))
def test_a_record_is_judged_alike_alone_and_among_others(offs):
    midnight = DAY + timedelta(seconds=3)
    whole = talk_of([(midnight + timedelta(seconds=off), mid_of(midnight)) for off in offs])
    alone = [talk_of([(midnight + timedelta(seconds=off), mid_of(midnight))]) for off in offs]
    assert whole == [row for rows in alone for row in rows]


def talk_of(pairs):
    """What is kept of comments (time, id): the times."""
    rows = pl.DataFrame(
        {
            "_row": range(len(pairs)),
            "platform": ["weibo"] * len(pairs),
            "comment_id": [mid for _, mid in pairs],
            "commented_at": [at for at, _ in pairs],
            "_commented_at_precision": ["second"] * len(pairs),
        },
        schema_overrides={"_row": pl.UInt32},
    )
    return finish_comments(rows, Door("k")).rows["commented_at"].to_list()


def test_a_repair_says_what_stood_there_and_what_stands_now():
    made = finish(TRUE_TIME + SHANGHAI).repairs[0].row(0, named=True)
    assert (made["before"][:19], made["after"][:19]) == (
        "2026-07-01 12:30:24", "2026-07-01 04:30:24",
    )  # fmt: skip


@pytest.mark.parametrize("mid", ["1234567890123456", "p:0123456789abcdef0123", "bid:zudhTB"])
def test_an_id_without_a_clock_judges_nothing(mid):
    done = finish(TRUE_TIME, mid=mid)
    assert (done.rows.height, done.repairs, done.problems) == (1, [], [])


def test_an_id_from_after_its_sighting_judges_nothing():
    seen = TRUE_TIME - timedelta(days=30)
    done = finish(TRUE_TIME - timedelta(days=400), observed_at=seen)
    assert (done.rows.height, done.repairs, done.problems) == (1, [], [])


def test_ids_of_other_platforms_are_never_clocks():
    done = finish(TRUE_TIME - timedelta(days=1), platform="mastodon")
    assert (done.rows.height, done.repairs, done.problems) == (1, [], [])


def talk(finisher, **columns):
    rows = pl.DataFrame(
        {"_row": [0], "platform": ["weibo"], **{name: [value] for name, value in columns.items()}},
        schema_overrides={"_row": pl.UInt32},
    )
    return finisher(rows, Door("k"))


@pytest.mark.parametrize(
    ("off", "precision", "repair"),
    [
        (timedelta(seconds=30), "second", None),
        (SHANGHAI, "second", "zone_shift_8h"),
        (timedelta(seconds=-24), "minute", "second_from_id_clock"),
        (timedelta(days=-365), "second", "year_from_id_clock"),
        (timedelta(days=3), "second", "id_clock_contradiction"),
    ],
)
def test_comments_and_reposts_are_judged_by_their_own_ids(off, precision, repair):
    done = talk(
        finish_comments, comment_id=MID, commented_at=TRUE_TIME + off,
        _commented_at_precision=precision,
    )  # fmt: skip
    timing = talk(
        finish_repost_timings, repost_id=MID, post_id="4826279188108038",
        reposted_at=TRUE_TIME + off, _reposted_at_precision=precision, posted_at_source="api",
    )  # fmt: skip
    for result, column in ((done, "commented_at"), (timing, "reposted_at")):
        found = rules(result) + [frame["reason"][0] for frame in result.problems]
        assert found == ([repair] if repair else [])
        if repair not in (None, "id_clock_contradiction"):
            assert result.rows[column][0] == TRUE_TIME
            assert result.repairs[0]["column_name"][0] == column
    if repair == "zone_shift_8h":
        assert timing.rows["posted_at_source"][0] == "id_clock"


def test_a_repost_known_by_an_old_bid_keeps_its_time():
    done = talk(
        finish_repost_timings, repost_id="bid:zudhTB", post_id="1", reposted_at=TRUE_TIME,
        _reposted_at_precision="second", posted_at_source="api",
    )  # fmt: skip
    assert (done.rows["reposted_at"][0], done.repairs, done.problems) == (TRUE_TIME, [], [])


@given(
    st.datetimes(datetime(2011, 9, 1), datetime(2055, 1, 1)),
    st.integers(-100_000, 100_000),
    st.sampled_from(["second", "minute", "hour", "day"]),
)
def test_whatever_was_recorded_the_clock_is_right_or_the_record_refused(true, off, precision):
    true = true.replace(microsecond=0, tzinfo=UTC)
    done = finish(true + timedelta(seconds=off), precision, mid_of(true))
    if done.rows.height:
        kept = done.rows["posted_at"][0]
        assert kept == true if done.repairs else abs(kept - true) <= timedelta(seconds=60)
    else:
        assert abs(off) > 60
        assert done.problems[0]["reason"][0] == "id_clock_contradiction"


@pytest.mark.parametrize("off", [timedelta(seconds=61), timedelta(hours=7), timedelta(days=364)])
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


@pytest.mark.parametrize("kind", ["organ", None])
def test_official_posts_that_cite_a_post_by_address(kind):
    """Beside one that cites none; a list can not be put into a column in place."""
    rows = pl.DataFrame(
        {
            "_row": [0, 1, 2],
            "platform": ["weibo"] * 3,
            "post_id": ["a", "b", "c"],
            "account_id": ["1"] * 3,
            "text": [
                "plain",
                "https://weibo.com/1234567890/Jabc12def and weibo.com/1234567890/Kabc12def",
                "weibo.com/about",
            ],
            "_kind": [kind] * 3,
        },
        schema_overrides={"_row": pl.UInt32, "_kind": pl.String},
    )
    plain, citing, other = finish_posts(rows, Door("k")).rows["cited_post_ids"].to_list()
    assert (plain, other) == (None, None)
    if kind is None:
        assert citing is None
    else:
        assert len(citing) == 2
        assert all(post.startswith("p:") for post in citing)


@pytest.mark.parametrize("finish", [finish_comments, finish_repost_timings])
@pytest.mark.parametrize(("author", "is_named"), [("9", True), ("8", False), (None, False)])
def test_a_comment_or_repost_names_its_post_where_the_author_may_be_named(author, is_named, finish):
    """And whose post it is is noted, so that the file is read again when they come into scope."""
    door = Door("k", pl.DataFrame({"platform": ["weibo"], "account_id": ["9"],
                                   "account_kind": ["organ"]}))  # fmt: skip
    rows = pl.DataFrame(
        {"_row": [0], "platform": ["weibo"], "comment_id": ["1"], "repost_id": ["1"],
         "post_id": ["100"], "account_id": ["7"], "_author_id": [author]},
        schema_overrides={"_row": pl.UInt32, "_author_id": pl.String},
    )  # fmt: skip
    done = finish(rows, door)
    weibo = pl.Series(["weibo"])
    hidden = door.pseudonyms(weibo, pl.Series(["100"]))[0]
    assert done.rows["post_id"].to_list() == ["100" if is_named else hidden]
    noted = [frame["account_id"].to_list() for frame in done.parents]
    passed = author if is_named else door.pseudonyms(weibo, pl.Series([author], dtype=pl.String))[0]
    assert noted == ([[passed]] if author else [])


@pytest.mark.parametrize(("author", "is_named"), [("9", True), ("8", False), (None, False)])
def test_the_post_replied_to_keeps_its_id_only_where_its_author_may_be_named(author, is_named):
    door = Door("k", pl.DataFrame({"platform": ["weibo"], "account_id": ["9"],
                                   "account_kind": ["organ"]}))  # fmt: skip
    rows = pl.DataFrame(
        {
            "_row": [0],
            "platform": ["weibo"],
            "post_id": ["a"],
            "account_id": ["1"],
            "text": ["yes"],
            "_kind": ["organ"],
            "reply_to_post_id": ["100"],
            "_reply_to_account_id": [author],
        },
        schema_overrides={"_row": pl.UInt32, "_reply_to_account_id": pl.String},
    )
    (parent,) = finish_posts(rows, door).rows["reply_to_post_id"]
    hidden = door.pseudonyms(pl.Series(["weibo"]), pl.Series(["100"]))[0]
    assert parent == ("100" if is_named else hidden)
