"""A small observatory that the pipeline tests share: three days of the synthetic sample."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.paths import SAMPLE, DataRoot
from orchestration.settings import Settings

FIRST_DAYS = (
    "registry/accounts_2026-07-01.csv",
    "spider_users/user_spider_20260702021000*",
    "spider_users/user_spider_20260703021000*",
    "spider_tweets/tweet_spider_by_user_id_20260702023000*",
    "spider_tweets/tweet_spider_by_user_id_20260703023000*",
    "hot_daily/2026-07-0[1-3].json",
)
NEXT_DAY = ("spider_users/user_spider_20260704021000*", "hot_daily/2026-07-04.json")
LATER_DAY = ("spider_users/user_spider_20260705021000*", "hot_daily/2026-07-05.json")
LAST_DAY = ("hot_daily/2026-07-06.json",)


def deliver(home: Path, patterns: tuple[str, ...]) -> int:
    """Copy files of the sample into the inbox; returns how many."""
    count = 0
    for pattern in patterns:
        for source in sorted((SAMPLE / "inbox").glob(pattern)):
            target = home / "inbox" / source.relative_to(SAMPLE / "inbox")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            count += 1
    return count


@pytest.fixture(scope="module")
def observatory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings over a data root with three days in its inbox."""
    home = tmp_path_factory.mktemp("观测 站") / "data"
    home.mkdir()
    shutil.copyfile(SAMPLE / "sources.yaml", home / "sources.yaml")
    assert deliver(home, FIRST_DAYS) >= 6
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OBSERVATORY_HOME", str(home))
        patch.setenv("DAGSTER_HOME", "")  # put back what run_nightly sets
        yield Settings(DataRoot(home))
