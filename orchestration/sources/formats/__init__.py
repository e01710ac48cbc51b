"""The registry: every format that can be read, in one place.

A new format is one file in this folder with a `FORMAT`, and one line in `_MODULES`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from orchestration.sources.formats.base import Evidence, Format, Head

_MODULES = (
    "account_list_csv",
    "bluesky_json",
    "ced_json",
    "checked_jsonl",
    "crowdtangle_csv",
    "follower_series_csv",
    "gdelt_json",
    "hot_search_daily_json",
    "hot_search_hourly_json",
    "hot_search_markdown",
    "html",
    "markdown_article",
    "mastodon_json",
    "media_cloud_csv",
    "media_crawler",
    "rss",
    "sfm_weibo_csv",
    "text_article",
    "warc",
    "weibo_crawler_csv",
    "weibo_crawler_json",
    "weibo_crawler_sqlite",
    "weibo_crawler_users_csv",
    "weibo_search_csv",
    "weibo_spider_jsonl",
    "weiboscope_csv",
    "wordpress_json",
)
RECOGNISED = 0.3
"""Below this score a file is reported as unrecognised rather than read on a guess."""


@cache
def formats() -> dict[str, Format]:
    """Format by id."""
    found = {}
    for name in _MODULES:
        module_format: Format = import_module(f"{__name__}.{name}").FORMAT
        found[module_format.id] = module_format
    return found


def sniff(head: Head) -> list[tuple[Format, Evidence]]:
    """Formats that a file may have, most likely first."""
    candidates = [(f, evidence) for f in formats().values() if (evidence := f.sniff(head))]
    return sorted(candidates, key=lambda pair: (-pair[1].score, pair[0].id))
