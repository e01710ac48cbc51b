"""Names of platforms: however people write them, one platform each; what means none is refused."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.sources.platforms import (
    ALIASES,
    HOSTS,
    PLATFORMS,
    called,
    nearest,
    parse_platforms,
)


@pytest.mark.parametrize(("name", "platform"), [
    ("weibo", "weibo"), (" Weibo ", "weibo"), ("新浪微博", "weibo"), ("微博", "weibo"),
    ("Sina Weibo", "weibo"), ("ｗｅｉｂｏ", "weibo"), ("qq", "tencent_weibo"),
    ("Tencent-Weibo", "tencent_weibo"), ("tencent", "tencent_weibo"), ("X", "twitter"),
    ("wiebo", None), ("火星", None), ("", None),
])  # fmt: skip
def test_what_a_platform_is_called(name: str, platform: str | None) -> None:
    assert called(name) == platform


def test_only_a_suggestion_guesses() -> None:
    assert (nearest("wiebo"), nearest("微博"), nearest("火星")) == ("weibo", "weibo", None)


def test_every_name_leads_to_a_platform_there_is() -> None:
    assert {*ALIASES.values(), *HOSTS.values()} <= set(PLATFORMS)
    assert all(called(alias) == platform for alias, platform in ALIASES.items())


def test_a_column_of_words() -> None:
    words = pl.Series(["微博", None, " ", "火星", "7"])
    found = parse_platforms(words, "twitter", {"7": "facebook", "微博": "people_weibo"})
    assert found.value.to_list() == ["people_weibo", "twitter", "twitter", None, "facebook"]
    assert found.problem.to_list() == [None, None, None, "unknown_platform", None]
    assert parse_platforms(words, None).value.to_list() == ["weibo", None, None, None, None]
