"""The rules against names labelled by hand, and the two labellings against each other.

What docs/methodology.md says of both is compared with what is found, digit by digit.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from orchestration.cleaning.accounts import finish_account_snapshots
from orchestration.cleaning.people import Door
from orchestration.cleaning.rows import ROW
from orchestration.paths import PROJECT_ROOT
from orchestration.sources.formats.account_list_csv import FORMAT
from tests.identity import sample
from tests.unit.sources import reading

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def scored(real_data: Path) -> pl.DataFrame:
    """One row per account: what the rules find, and what was labelled. Every account stands in a
    register that says nothing of it, so that only the rules speak."""
    texts = sample.written() + sample.named_in_real_inputs(real_data)
    accounts = pl.DataFrame(
        [(sample.key_of(*text), *text) for text in texts],
        schema=["key", "screen_name", "verified_type", "_verified_reason"], orient="row",
    )  # fmt: skip
    rows = accounts.with_columns(
        pl.when(pl.col(name) != "").then(name).alias(name)
        for name in ("verified_type", "_verified_reason")
    ).with_columns(
        pl.int_range(accounts.height, dtype=pl.UInt32).alias(ROW),
        platform=pl.lit("weibo"), account_id="key", scope_evidence=pl.lit("listed"),
        observed_at=pl.lit(datetime(2019, 6, 1, tzinfo=UTC)),
    )  # fmt: skip
    found = finish_account_snapshots(rows, Door("k" * 64)).rows
    found = found.with_columns(accounts["key"], pl.col("admin_level").fill_null("unclear"))
    labels = sample.labels()
    joined = found.join(labels, on="key", suffix="_agreed", how="full")
    assert joined.height == accounts.height == labels.height, "every account has one label"
    return joined


def stated(pattern: str) -> float:
    """A number that the methodology states."""
    text = re.sub(r"\s+", " ", (PROJECT_ROOT / "docs" / "methodology.md").read_text("utf-8"))
    (number,) = re.findall(pattern, text)
    return float(number)


def share_right(scored: pl.DataFrame, column: str) -> float:
    return scored.select(pl.col(column).eq_missing(pl.col(f"{column}_agreed")).mean()).item()


def test_the_sample_is_large_and_of_every_kind(scored: pl.DataFrame) -> None:
    assert scored.height == stated(r"labelled sample of (\d+) accounts") >= 200
    assert scored["account_kind_agreed"].value_counts()["count"].min() >= 15
    assert set(scored["account_kind_agreed"]) == set(sample.KINDS)
    assert set(scored["admin_level_agreed"]) == set(sample.LEVELS)


def test_the_two_labellings_agree_as_stated(scored: pl.DataFrame) -> None:
    kinds = sample.kappa(scored["first_kind"], scored["second_kind"])
    levels = sample.kappa(scored["first_level"], scored["second_level"])
    assert kinds == pytest.approx(stated(r"kappa is (\d+\.\d+) for kinds"), abs=0.0005)
    assert levels == pytest.approx(stated(r"kinds and (\d+\.\d+) for levels"), abs=0.0005)
    assert min(kinds, levels) >= 0.8


def test_the_blind_labelling_agrees_as_stated(scored: pl.DataFrame) -> None:
    kinds = sample.kappa(scored["account_kind_agreed"], scored["blind_kind"])
    levels = sample.kappa(scored["admin_level_agreed"], scored["blind_level"])
    assert kinds == pytest.approx(stated(r"kappa is (\d+\.\d+) of kinds"), abs=0.0005)
    assert levels == pytest.approx(stated(r"of kinds and (\d+\.\d+) of levels"), abs=0.0005)
    assert (scored["blind_level"] != scored["admin_level_agreed"]).sum() == stated(
        r"the (\d+) levels that differ"
    )
    officers = scored.filter(pl.col("account_kind_agreed") == "officer")
    assert officers["blind_kind"].unique().to_list() == ["officer"]


def test_kinds_are_found_as_stated(scored: pl.DataFrame) -> None:
    table = sample.confusion(
        scored["account_kind_agreed"], scored["account_kind"], sample.KINDS
    ).tolist()
    told = (PROJECT_ROOT / "docs" / "methodology.md").read_text("utf-8")
    for kind, row in zip(sample.KINDS, table, strict=True):
        assert f"| {kind} | {' | '.join(map(str, row))} |" in told, (kind, row)
    right = share_right(scored, "account_kind")
    assert 100 * right == pytest.approx(stated(r"kinds of (\d+\.\d+) %"), abs=0.05)
    kappa = sample.kappa(scored["account_kind_agreed"], scored["account_kind"])
    assert kappa == pytest.approx(stated(r"kappa of rules and labels is (\d+\.\d+)"), abs=0.0005)
    assert min(right, kappa) >= 0.95


def test_no_officer_is_taken_for_anything_else(scored: pl.DataFrame) -> None:
    """The one mistake that would publish a person's name."""
    officers = scored.filter(pl.col("account_kind_agreed") == "officer")
    assert officers["account_kind"].unique().to_list() == ["officer"]
    assert officers["screen_name"].null_count() == officers.height


def test_levels_and_regions_are_found_as_stated(scored: pl.DataFrame) -> None:
    clear = scored.filter(pl.col("account_kind_agreed") != "unclear")
    levels = share_right(clear, "admin_level")
    assert 100 * levels == pytest.approx(stated(r"levels of (\d+\.\d+) %"), abs=0.05)
    bodies = clear.filter(pl.col("account_kind_agreed") != "officer")
    regions = share_right(bodies, "region_code")
    assert 100 * regions == pytest.approx(stated(r"regions of (\d+\.\d+) %"), abs=0.05)
    assert min(levels, regions) >= 0.95


def test_the_county_list_resolves_as_stated(real_data: Path, tmp_path: Path) -> None:
    """Every county has its code, though the list is years older than the last edition."""
    content = (real_data / sample.COUNTIES).read_bytes()
    rows = reading.clean(FORMAT, reading.raw_file(tmp_path, "list.csv", content)).tables
    accounts = rows["account_snapshots"]
    assert accounts["region_code"].null_count() == 0
    at_county = accounts["admin_level"].eq("county").mean()
    assert 100 * at_county == pytest.approx(stated(r"county of (\d+\.\d+) %"), abs=0.05)
    assert accounts["region_rule"].unique().to_list() == ["region_text"]
