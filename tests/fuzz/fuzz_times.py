"""Times: an instant with precision and source, a reason, or nothing; rows stand alone."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from orchestration.cleaning.times import INSTANT, parse_instants
from tests.fuzz.inputs import texts_of

MAXIMUM_BYTES = 256
SEEN = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
ZONES = ("Asia/Shanghai", "America/New_York", "UTC")
PATTERNS = (
    None, "epoch_s", "epoch_ms", "epoch_s_or_text", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y",
    "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S%:z", "%Y/%m/%d %H",
)  # fmt: skip
REASONS = {
    "not_a_time", "time_range", "relative_without_observed_at", "nonexistent_time",
    "too_coarse_time", "later_than_observed", "ambiguous_hour",
}  # fmt: skip
SEEDS = (
    "2026-02-01 10:00:05\n2026/2/1 10:00\n2026年2月1日 下午3:05\n2026-02-01".encode(),
    b"2021-07-01T08:00:00.123+08:00\n2021-07-01 08:00 +0800\n2021-07-01T08:00:00Z",
    b"Wed Oct 19 13:41:29 +0800 2022\nThu, 02 Jul 2020 18:28:24 GMT\n20260313T101500Z",
    "今天 23:00\n2026年2月1日 晚上12:30\n2026年2月1日 凌晨12:30\n7月5日晚上8:00".encode(),
    "刚刚\n5分钟前\n3小时前\n今天 12:30\n昨天08:15\n前天\n3天前\n2周前".encode(),
    "02-29 12:30\n3月5日\n12月30日 下午1:05\n13-01 25:61".encode(),
    b"1349768694\n1349768694000\n-1\n99999999999999999999\n1988-04-10 02:30:00\n0000-00-00",
    b"2022-03-13 02:30:00\n2022-11-06 01:30:00\n2/3/2021 5:04:03 PM\n2021-07-01 12:00 AM\n",
)


def check(data: bytes) -> None:
    texts = texts_of(data, 8)
    raw = pl.Series(texts, dtype=pl.String)
    seen = pl.Series([SEEN] * len(texts), dtype=INSTANT)
    zone = ZONES[len(data) % len(ZONES)]
    for pattern in (None, PATTERNS[len(data) % len(PATTERNS)]):
        found = parse_instants(raw, zone, observed_at=seen, pattern=pattern)
        assert found.at.dtype == INSTANT
        for text, (at, precision, source, assumed, problem) in zip(
            texts, zip(*found, strict=True), strict=True
        ):
            assert problem is None or problem in REASONS, problem
            assert at is None or problem is None, text
            assert at is not None or problem is not None or not text.strip(), text
            if at is not None:
                assert 1985 <= at.year <= 2200, (text, at)
                assert precision in ("second", "minute", "hour", "day"), (text, precision)
                assert source in ("api", "relative"), (text, source)
                assert assumed is not None, text
    whole = parse_instants(raw, zone, observed_at=seen)
    place = len(data) % len(texts)
    alone = parse_instants(raw[place : place + 1], zone, observed_at=seen[:1])
    assert [s[0] for s in alone] == [s[place] for s in whole], texts[place]
