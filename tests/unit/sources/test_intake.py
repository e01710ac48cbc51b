"""When records were seen: what they say themselves, and what stands in where they say nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from orchestration.cleaning.fields import (
    OBSERVED_AT,
    OBSERVED_AT_PROBLEM,
    OBSERVED_AT_SOURCE,
    Context,
    observed,
)
from orchestration.cleaning.times import INSTANT
from orchestration.sources.declarations import SourceDeclaration
from orchestration.sources.formats import formats
from orchestration.sources.intake import with_observation

OF_FILE = datetime(2026, 8, 1, tzinfo=UTC)
SAID = datetime(2024, 6, 10, 6, 13, 20, tzinfo=UTC)


def seen(column: str, text: str | None, form: str) -> pl.DataFrame:
    raw = pl.DataFrame(
        {column: [text], "@observed_at_1": [OF_FILE]},
        schema={column: pl.String, "@observed_at_1": INSTANT},
    )
    declaration = SourceDeclaration.model_validate({"name": "a", "format": form})
    return with_observation(raw, declaration, formats()[form])


@pytest.mark.parametrize(("text", "reason"), [
    ("1718000000", "time_range"), ("abc", "not_a_time"), ("-1", "time_range"),
    ("17180000000000", "time_range"), ("99999999999999999", "time_range"),
])  # fmt: skip
def test_a_record_that_says_wrongly_when_it_was_seen_is_not_given_the_time_of_its_file(
    text: str, reason: str
) -> None:
    raw = seen("last_modify_ts", text, "media_crawler")
    assert raw.select(OBSERVED_AT, OBSERVED_AT_PROBLEM).rows() == [(None, reason)]
    required = observed()[0]
    parsed = required.parse(raw, Context("a", "weibo", "Asia/Shanghai", OF_FILE))
    assert (required.required, parsed.problem.to_list()) == (True, [reason])
    assert raw[str(required.raw)].to_list() == [text]  # which the quarantine quotes


def test_words_in_the_column_of_another_format_are_named_too() -> None:
    raw = seen("indexed_at", "rubbish", "media_cloud_csv")
    assert raw.select(OBSERVED_AT, OBSERVED_AT_PROBLEM).rows() == [(None, "not_a_time")]


@pytest.mark.parametrize("text", [None, "", "  "])
def test_the_time_of_the_file_stands_in_for_a_blank_cell(text: str | None) -> None:
    raw = seen("last_modify_ts", text, "media_crawler")
    assert raw.select(OBSERVED_AT, OBSERVED_AT_SOURCE, OBSERVED_AT_PROBLEM).rows() == [
        (OF_FILE, "file_mtime", None)
    ]


def test_what_a_record_says_goes_before_the_time_of_its_file() -> None:
    raw = seen("last_modify_ts", "1718000000000", "media_crawler")
    assert raw.select(OBSERVED_AT, OBSERVED_AT_SOURCE, OBSERVED_AT_PROBLEM).rows() == [
        (SAID, "record", None)
    ]
