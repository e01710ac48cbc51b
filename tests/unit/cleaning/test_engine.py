"""What becomes of a batch: rows that records repeat, who gives them, and the engine's own rules:
what no mapping can do without, whatever its format forgot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from orchestration.cleaning import accounts, engine, times
from orchestration.cleaning import fields as f
from orchestration.cleaning.fields import OBSERVED_AT, OBSERVED_AT_SOURCE, Context
from orchestration.cleaning.people import Door
from orchestration.cleaning.rows import Finished
from orchestration.schemas import tables
from orchestration.sources.formats.weibo_spider_jsonl import FORMAT
from tests.unit.sources.formats.weibo_posts import ORGAN, bid, mid, wall

AT = datetime(2024, 3, 5, 4, 30, 24, tzinfo=UTC)
SEEN = datetime(2024, 3, 6, 2, 30, tzinfo=UTC)


def cleaned(*tweets: dict[str, object], door: Door | None = None) -> engine.Cleaned:
    """Tweets of one organ, seen at the same second, each with its author beside it."""
    records = []
    for number, given in enumerate(tweets):
        post_id = mid(AT, number)
        records.append(
            dict.fromkeys(FORMAT.reader.fields)  # type: ignore[attr-defined]
            | {
                "_id": post_id, "mblogid": bid(post_id), "created_at": wall(AT),
                "isLongText": "false", "reposts_count": "1",
                "user._id": ORGAN, "user.nick_name": "平安例市",
                "user.verified_type": "1", "user.followers_count": "7",
                "file_id": "a", "record_number": number + 1,
            }
            | given
        )  # fmt: skip
    text = pl.DataFrame(records, infer_schema_length=None, schema_overrides=dict.fromkeys(
        FORMAT.reader.fields, pl.String  # type: ignore[attr-defined]
    ))  # fmt: skip
    raw = text.with_columns(
        pl.lit(SEEN, dtype=times.INSTANT).alias(OBSERVED_AT),
        pl.lit("record").alias(OBSERVED_AT_SOURCE),
        source_name=pl.lit("test"), file_sha256=pl.col("file_id"),
    )  # fmt: skip
    context = Context("test", "weibo", "Asia/Shanghai", SEEN)
    return engine.clean_batch(raw, FORMAT.mappings, context, door or Door("0" * 64))


def givers(outcome: engine.Cleaned) -> list[tuple[str, int, int]]:
    """File and record of each account row, and its followers."""
    found = outcome.tables["account_snapshots"]
    return found.select("file_id", "record_number", "followers_lo").rows()


WRONG = {"created_at": wall(AT + timedelta(days=-3))}
"""A time that contradicts the second inside the id."""


def test_the_first_record_gives_what_all_repeat() -> None:
    outcome = cleaned({}, {}, {})
    assert givers(outcome) == [("a", 1, 7)]
    assert outcome.is_used.to_list() == [True] * 3


def test_a_refused_record_gives_its_account_row_to_the_next_that_repeats_it() -> None:
    outcome = cleaned(WRONG, {}, {})
    assert givers(outcome) == [("a", 2, 7)]
    assert outcome.is_used.to_list() == [False, True, True]
    assert outcome.problems["reason"].to_list() == ["id_clock_contradiction"]


def test_of_refused_records_alone_no_account_row_is_left() -> None:
    outcome = cleaned(WRONG, WRONG)
    assert givers(outcome) == []
    assert outcome.is_used.to_list() == [False, False]


def test_other_counts_and_other_files_are_rows_of_their_own() -> None:
    outcome = cleaned({}, {"user.followers_count": "8"}, {"file_id": "b"}, {}, WRONG)
    assert givers(outcome) == [("a", 1, 7), ("a", 2, 8), ("b", 3, 7)]


def test_a_record_whose_only_row_is_a_repeated_one_is_used() -> None:
    """A record of nothing but an author is no empty one because another said the same before."""
    user = dict.fromkeys(("mblogid", "isLongText", "created_at"))
    outcome = cleaned(user, user)
    assert givers(outcome) == [("a", 1, 7)]
    assert outcome.is_used.to_list() == [True, True]
    assert outcome.problems.is_empty()


def test_equal_account_rows_are_finished_once(monkeypatch: pytest.MonkeyPatch) -> None:
    heights = []

    def finish(rows: pl.DataFrame, door: Door) -> Finished:
        heights.append(rows.height)
        return accounts.finish_account_snapshots(rows, door)

    monkeypatch.setattr(engine, "FINISHERS", {**engine.FINISHERS, engine.ACCOUNTS: finish})
    cleaned({}, {}, {"user.followers_count": "8"}, {})
    assert heights == [2]


NOW = datetime(2024, 8, 20, 12, tzinfo=UTC)


def clean(table: tables.Table, raw: pl.DataFrame, *fields: f.Field) -> engine.Cleaned:
    provenance = raw.with_columns(
        pl.lit(NOW).dt.cast_time_unit("us").alias(f.OBSERVED_AT),
        pl.lit("declared").alias(f.OBSERVED_AT_SOURCE),
        record_number=pl.int_range(1, raw.height + 1, dtype=pl.Int64),
        source_name=pl.lit("s"), file_id=pl.lit("f"), file_sha256=pl.lit("0" * 64),
    )  # fmt: skip
    mapping = f.TableMapping(table, (*fields, *f.observed()))
    context = f.Context("s", "weibo", "Asia/Shanghai", NOW)
    return engine.clean_batch(provenance, (mapping,), context, Door("0" * 64))


def test_a_row_without_its_key_is_refused_though_no_field_asks_for_it() -> None:
    """The warehouse refuses such a row, and with it everything else of the night."""
    raw = pl.DataFrame({"uid": ["1", "2"], "p": ["weibo", None]})
    cleaned = clean(
        tables.ACCOUNT_SNAPSHOTS, raw, f.text("platform", "p"), f.ident("account_id", "uid"),
        f.const("scope_evidence", "listed"), f.const("account_kind", "organ"),
    )  # fmt: skip
    assert cleaned.tables["account_snapshots"]["account_id"].to_list() == ["1"]
    assert cleaned.problems.select("_row", "reason", "extent", "column_name").rows() == [
        (1, "missing_key:platform", "record", "platform")
    ]
    assert cleaned.people["platform"].null_count() == 0


def test_what_refuses_a_repeated_row_refuses_every_record_of_it() -> None:
    raw = pl.DataFrame({"uid": ["2", "2"], "p": pl.Series([None, None], dtype=pl.String)})
    cleaned = clean(
        tables.ACCOUNT_SNAPSHOTS, raw, f.text("platform", "p"), f.ident("account_id", "uid"),
        f.const("scope_evidence", "listed"), f.const("account_kind", "organ"),
    )  # fmt: skip
    assert cleaned.problems.select("_row", "reason").rows() == [
        (0, "missing_key:platform"), (1, "missing_key:platform"),
    ]  # fmt: skip
