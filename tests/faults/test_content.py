"""Faults inside files. Cases that do not disturb each other share one night, one source a case."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from orchestration import cli
from orchestration.quality import expectations, profiles
from orchestration.quality.expectations import RULES, Subject
from orchestration.sources.readers.base import ReadOptions, Reject
from orchestration.sources.readers.json_lines import JsonLines
from orchestration.warehouse.connect import open_work
from tests.faults.matrix import FAULTS
from tests.faults.site import AUTHOR, FIRST_ID, NOW, SEEN, Site, lines, post, zipped_text
from tests.unit.sources.reading import raw_file

pytestmark = pytest.mark.faults

SPIDER = "format: weibo_spider_jsonl, account: {kind: organ}"
ACCOUNTS = "format: account_list_csv, platform: weibo, observed_at: file_name"
MAPPED = (
    "format: mapped, reader: csv, platform: twitter, timezone: America/New_York, table: posts, "
    "account: {kind: organ}, observed_at: OBSERVED, "
    "columns: {post_id: id, uid: user, posted_at: at, text: text}"
)
LIST = "list_2026-07-01.csv"
LIST_HEADER = "account_id,screen_name,account_kind\n"
HTML = b"<!DOCTYPE html>\n<html><body>captcha</body></html>\n"
SMALL_FLOOR = 2 << 20
HOSTILE = (
    "<script>alert(1)</script>", "![x](javascript:alert(1)) [y](http://example.invalid)",
    "${HOME} {{ var('x') }} {% raw %}", "'; drop table core.posts; --", "\x1b[31mred\x07",
    "=HYPERLINK(\"http://example.invalid\")", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1",
)  # fmt: skip
DISPLAYED = {
    "1.2万": (11000, 13000), "1.2w": (11000, 13000), "10万+": (100000, None),
    "3.4亿": (330000000, 350000000), "1,234": (1234, 1234), "１２３": (123, 123),
}  # fmt: skip


def raw(record: dict[str, Any], old: str, new: str) -> str:
    """A record as JSON with one piece replaced, for what json would not write."""
    text = json.dumps(record, ensure_ascii=False)
    assert old in text
    return text.replace(old, new)


def without(record: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != key}


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in members.items():
            container.writestr(f"{name}.jsonl", data)
    return buffer.getvalue()


def injected() -> Iterator[tuple[str, str, str, bytes, int]]:
    """(case, declaration, file, bytes, records that a person counts in it)."""
    spider: dict[str, list[tuple[str, bytes, int]]] = {
        "a1": [("x.jsonl", lines(post(100), "{broken", post(101)), 3)],
        "a3": [(
            "x.jsonl.gz",
            zipped_text(lines(post(110))) + zipped_text(lines(post(111))) + b"garbage", 2,
        )],
        "a4": [
            ("bomb.jsonl.gz", zipped_text(b"a" * (3 * SMALL_FLOOR)), 1),
            ("bomb.zip", zipped(bomb=b"a" * (3 * SMALL_FLOOR), good=lines(post(120))), 1),
        ],
        "a5": [
            ("mark.jsonl", b"\xef\xbb\xbf" + lines(post(130)), 1),
            ("wide.jsonl", lines(post(131)).decode().encode("utf-16"), 2),
        ],
        "a7": [("x.jsonl", lines(post(140), b'{"content": "\xff\xff"}', post(141)), 3)],
        "a8": [("x.jsonl", lines(
            b'{"_id": "1\x002"}', raw(post(150), '"content": "', '"content": "\\u0000'),
            raw(post(151), '"content": "', '"content": "\\ud83d'),
            post(152, content="#样\u200b城\u202e通报#"), post(153, content="#样城通报#"),
        ), 5)],
        "a10": [("x.jsonl", lines(post(160), b"[" * 100_000, b'{"a":' * 100_000), 3)],
        "a11": [("x.jsonl", lines(
            post(170), raw(
                post(171), '"reposts_count": 1', '"reposts_count": 1, "reposts_count": 9'
            ),
        ), 2)],
        "a12": [("x.jsonl", lines(
            raw(post(180), '"attitudes_count": 3', '"attitudes_count": NaN'),
            raw(post(181), '"attitudes_count": 3', '"attitudes_count": 1e400'),
            post(182, attitudes_count=2**63), post(183, attitudes_count=10**29),
            post(184, attitudes_count=2**63 - 1),
        ), 5)],
        "a13": [("x.jsonl", lines(
            *(post(190 + at, attitudes_count=text) for at, text in enumerate(DISPLAYED)),
            post(199, attitudes_count="many"),
        ), len(DISPLAYED) + 1)],
        "a14": [("x.jsonl", lines(post(200, attitudes_count=-1)), 1)],
        "a15": [("x.jsonl", lines(post(210, attitudes_count=1.5)), 1)],
        "a16": [("x.jsonl", lines(
            without(post(220), "_id"), without(post(221), "crawl_time")), 2)],
        "a17": [("x.jsonl", lines(
            post(230, attitudes_count=None), without(post(231), "attitudes_count"),
            post(232, attitudes_count=0)), 3)],
        "a19": [("x.jsonl", lines(
            post(240, attitudes_count={"n": 1}), post(241, attitudes_count=[1]),
            post(242, _id=[1]), post(243, content={"a": 1}), post(244, created_at=True),
            post(245, attitudes_count="3")), 6)],
        "a21": [("x.jsonl", lines(
            post(250, created_at="2027-03-01 00:00:00"),
            post(251, created_at="1970-01-01 08:00:00"),
            post(252, created_at="20226-07-01 00:00:00"), post(253, crawl_time=SEEN * 1000),
            post(254, created_at=str(SEEN))), 5)],
        "a23": [("x.jsonl", lines(
            post(260, created_at="5分钟前", crawl_time=SEEN - 14100),
            post(261, created_at="昨天 00:00", crawl_time=SEEN + 86400)), 2)],
        "a28": [("empty.jsonl", b"", 0), ("blank.jsonl", b"\n\n\n", 0)],
        "a30": [("x.json", HTML, 2)],
        "a31": [("<script>x.jsonl", lines(
            *(post(270 + at, content=text) for at, text in enumerate(HOSTILE)),
            post(290, attitudes_count="<b>7</b>")), len(HOSTILE) + 1)],
    }  # fmt: skip
    for case, files in spider.items():
        for name, data, records in files:
            yield case, SPIDER, name, data, records
    one = LIST_HEADER + "9900000005,样城公安,organ\n"
    yield "a5_list", ACCOUNTS, LIST, one.encode("utf-16"), 1
    yield "a6", ACCOUNTS, LIST, one.replace("05,", "06,").encode("gb18030"), 1
    declared = one.replace("05,", "07,").encode("gb18030")
    yield "a6_declared", f"{ACCOUNTS}, encoding: gb18030", LIST, declared, 1
    zones = (
        "id,user,at,text\n71,77,2025-11-02 01:30:00,a\n72,77,2025-03-09 02:30:00,b\n"
        "73,77,2025-07-01T00:00:00Z,c\n74,77,2025-07-01T08:00:00+08:00,d\n"
        "75,77,2025-07-01 00:00:00,e\n"
    )
    yield "a22", MAPPED.replace("OBSERVED", "file_mtime"), "t.csv", zones.encode(), 5
    relative = "id,user,at,seen,text\n81,77,5分钟前,,a\n82,77,昨天 12:30,2025-07-02 10:00:00,b\n"
    yield "a23_list", MAPPED.replace("OBSERVED", '"column:seen"'), "t.csv", relative.encode(), 2
    yield "a28_list", ACCOUNTS, LIST, LIST_HEADER.encode(), 0
    rows = '9900000011,"样城\n公安",organ\n9900000012,a\n9900000013,"b""c",organ\n'
    yield "a29", ACCOUNTS, LIST, (LIST_HEADER + rows).encode(), 3
    other = (LIST_HEADER + "9900000014,样城,organ\n").replace(",", ";")
    yield "a29_other", ACCOUNTS, LIST, other.encode(), 1
    yield "a30_sniffed", "", "x.json", HTML, 1
    names = "9900000021,样城公安Ａ,organ\n9900000022,Cafe\u0301,organ\n9900000023,Caf\u00e9,organ\n"
    yield "a27", ACCOUNTS, LIST, (LIST_HEADER + names + "9900000024,樣城公安,organ\n").encode(), 4


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """One night with every case that fits into one."""
    site = Site(tmp_path_factory.mktemp("faults") / "home")
    declared: dict[str, str] = {}
    for case, declaration, name, data, _ in injected():
        declared[case] = declaration
        site.put(f"{case}/{name}", data)
    site.declare(*(f"name: {case}, {text}" for case, text in declared.items() if text))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orchestration.sources.rawfile.EXPANSION_FLOOR", SMALL_FLOOR)
        patch.setattr("orchestration.sources.archive.EXPANSION_FLOOR", SMALL_FLOOR)
        site.night()
    return site


def assert_case(site: Site, *sources: str) -> list[dict[str, Any]]:
    """The case's reasons are those of the matrix, each with its place; P1 holds for its files."""
    found = [row for source in sources for row in site.quarantine(source)]
    case = FAULTS[sources[0].split("_")[0].upper()]
    assert {row["reason"] for row in found} == set(case.reasons)
    for row in found:
        assert row["path"]
        assert row["reason"]
        assert row["detail"] or row["excerpt"], row
        assert row["extent"] == "file" or row["record_number"] is not None
        if row["extent"] == "record":
            assert row["records"] == 1
    records = dict(
        site.ask(
            "select source_name, sum(records_in)::bigint from quality.file_ledger group by all"
        )
    )
    counted: dict[str, int] = {}
    for source, _, _, _, count in injected():
        counted[source] = counted.get(source, 0) + count
    for source in sources:
        assert records[source] == counted[source], source
    site.assert_conserved()
    return found


def ledger(site: Site, source: str) -> list[tuple[Any, ...]]:
    return site.ask(
        """select records_in, records_loaded, records_duplicate, records_quarantined, encoding
           from quality.file_ledger where source_name = $1 order by path""",
        source,
    )


def metric(site: Site, number: int, stem: str = "likes") -> list[tuple[Any, ...]]:
    return site.ask(
        f"select {stem}_lo, {stem}_hi from core.post_metric_snapshots where post_id = $1 "
        "order by 1",
        str(FIRST_ID + number),
    )


def text_of(site: Site, number: int) -> list[Any]:
    return [
        row[0]
        for row in site.ask(
            "select text from core.posts where post_id = $1 order by 1", str(FIRST_ID + number)
        )
    ]


# -- one night for many ---------------------------------------------------------------------------
def test_a1_a_line_that_is_no_json_costs_only_itself(crowd: Site) -> None:
    (found,) = assert_case(crowd, "a1")
    assert (found["path"], found["line_number"]) == ("a1/x.jsonl", 2)
    assert "column" in found["detail"]
    assert ledger(crowd, "a1") == [(3, 2, 0, 1, "utf-8")]


def test_a3_members_are_read_and_garbage_behind_them_is_told(crowd: Site) -> None:
    (found,) = assert_case(crowd, "a3")
    assert found["records"] == 0
    assert ledger(crowd, "a3") == [(2, 2, 0, 0, "utf-8")]


def test_a4_what_expands_without_end_is_refused_whole(crowd: Site, tmp_path: Path) -> None:
    found = assert_case(crowd, "a4")
    assert {row["extent"] for row in found} == {"file"}
    assert not metric(crowd, 120)
    bomb = raw_file(tmp_path, "bomb.jsonl.gz", gzip.compress(b"a" * (70 << 20)))
    tracemalloc.start()
    rejects = list(JsonLines(("a",)).read(bomb, ReadOptions()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [r.reason for r in rejects if isinstance(r, Reject)] == ["decompression_bomb"]
    assert peak < 200 << 20


def test_a5_byte_order_marks_are_honoured(crowd: Site) -> None:
    assert_case(crowd, "a5", "a5_list")
    assert ledger(crowd, "a5") == [(1, 1, 0, 0, "utf-8-sig"), (2, 0, 0, 2, "utf-16")]
    assert ledger(crowd, "a5_list") == [(1, 1, 0, 0, "utf-16")]


def test_a6_an_encoding_is_declared_or_refused_never_guessed(crowd: Site) -> None:
    (found,) = assert_case(crowd, "a6", "a6_declared")
    assert "encoding: gb18030" in found["detail"]
    assert ledger(crowd, "a6_declared") == [(1, 1, 0, 0, "gb18030")]
    names = crowd.ask(
        "select account_id, screen_name from core.account_snapshots "
        "where account_id in ('9900000006', '9900000007')"
    )
    assert names == [("9900000007", "样城公安")]


def test_a7_invalid_utf_8_costs_its_line_and_keeps_its_bytes(crowd: Site) -> None:
    (found,) = assert_case(crowd, "a7")
    assert found["line_number"] == 2
    archived = crowd.archived(found["file_sha256"])
    assert archived is not None
    assert b"\xff\xff" in archived


def test_a8_invisible_characters_stay_in_the_text_and_out_of_keys(crowd: Site) -> None:
    assert len(assert_case(crowd, "a8")) == 3
    assert text_of(crowd, 152) == ["#样\u200b城\u202e通报#"]
    keys = crowd.ask("select distinct hashtag_keys from core.posts where source_name = 'a8'")
    assert keys == [(["样城通报"],)]


def test_a9_a_line_of_100_mb_is_skipped_in_flat_memory(site: Site, tmp_path: Path) -> None:
    site.declare(f"name: a9, {SPIDER}")
    site.put("a9/x.jsonl", lines(post(1), b"a" * (100 << 20), post(2)))
    done = site.night()
    assert (done.records_in, done.records_loaded, done.records_quarantined) == (3, 2, 1)
    (found,) = site.quarantine("a9")
    assert (found["reason"],) == FAULTS["A9"].reasons
    assert found["line_number"] == 2
    assert str((100 << 20) + 1) in found["detail"]
    site.assert_conserved()
    peaks = []
    for megabytes in (128, 512):
        blob = raw_file(tmp_path, f"{megabytes}.jsonl", b"")
        with blob.blob.open("wb") as sparse:
            sparse.truncate(megabytes << 20)
        tracemalloc.start()
        assert [type(f) for f in JsonLines(("a",)).read(blob, ReadOptions())] == [Reject]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + (1 << 20)


def test_a10_deep_nesting_is_no_recursion_error(crowd: Site) -> None:
    assert [row["line_number"] for row in assert_case(crowd, "a10")] == [2, 3]


def test_a11_a_key_that_stands_twice_is_refused(crowd: Site) -> None:
    (found,) = assert_case(crowd, "a11")
    assert "reposts_count" in found["detail"]
    assert not metric(crowd, 171)


def test_a12_numbers_out_of_range(crowd: Site) -> None:
    found = assert_case(crowd, "a12")
    assert [row["extent"] for row in found].count("record") == 1
    assert [metric(crowd, number) for number in (180, 181, 182, 183, 184)] == [
        [], [(None, None)], [(None, None)], [(None, None)], [(2**63 - 1, 2**63 - 1)],
    ]  # fmt: skip


def test_a13_displayed_counts_become_exact_intervals(crowd: Site) -> None:
    (found,) = assert_case(crowd, "a13")
    assert found["excerpt"] == "many"
    for at, interval in enumerate(DISPLAYED.values()):
        assert metric(crowd, 190 + at) == [interval]
    assert metric(crowd, 199) == [(None, None)]


def test_a14_a_negative_count_costs_its_field(crowd: Site) -> None:
    (found,) = assert_case(crowd, "a14")
    assert (found["extent"], found["excerpt"]) == ("field", "-1")
    assert (metric(crowd, 200), metric(crowd, 200, "comments")) == ([(None, None)], [(2, 2)])


def test_a15_a_count_with_a_fraction_costs_its_field(crowd: Site) -> None:
    (found,) = assert_case(crowd, "a15")
    assert (found["extent"], found["excerpt"]) == ("field", "1.5")
    assert metric(crowd, 210) == [(None, None)]


def test_a16_a_missing_key_is_named(crowd: Site) -> None:
    assert [row["line_number"] for row in assert_case(crowd, "a16")] == [1, 2]


def test_a17_zero_is_zero_and_nothing_is_null(crowd: Site) -> None:
    assert_case(crowd, "a17")
    assert [metric(crowd, number) for number in (230, 231, 232)] == [
        [(None, None)], [(None, None)], [(0, 0)],
    ]  # fmt: skip


def test_a19_a_value_of_another_type_is_told(crowd: Site) -> None:
    found = assert_case(crowd, "a19")
    expected = [row["detail"] for row in found if row["reason"] in ("not_a_count", "not_a_text")]
    assert len(expected) == 3
    assert all(text.startswith("Expected ") for text in expected)
    assert text_of(crowd, 243) == [None]
    assert metric(crowd, 245) == [(3, 3)]
    assert not crowd.ask("select 1 from core.posts where post_id like '[%'")


def test_a21_impossible_times_are_refused_and_no_unit_is_guessed(crowd: Site) -> None:
    assert len(assert_case(crowd, "a21")) == 5
    assert not crowd.ask("select 1 from core.posts where source_name = 'a21'")


def test_a22_zones_and_clock_changes(crowd: Site) -> None:
    (found,) = assert_case(crowd, "a22")
    assert found["excerpt"] == "2025-03-09 02:30:00"
    assert crowd.ask(
        "select post_id, posted_at, is_zone_assumed from core.posts where source_name = 'a22' "
        "order by 1"
    ) == [
        ("71", datetime(2025, 11, 2, 5, 30, tzinfo=UTC), True),
        ("73", datetime(2025, 7, 1, tzinfo=UTC), False),
        ("74", datetime(2025, 7, 1, tzinfo=UTC), False),
        ("75", datetime(2025, 7, 1, 4, tzinfo=UTC), True),
    ]


def test_a23_relative_times_count_from_their_own_observation(crowd: Site) -> None:
    (found,) = assert_case(crowd, "a23", "a23_list")
    assert found["excerpt"] == "5分钟前"
    assert crowd.ask(
        "select posted_at, posted_at_precision from core.posts where post_id = '82'"
    ) == [(datetime(2025, 7, 1, 16, 30, tzinfo=UTC), "minute")]
    midnight = datetime(2026, 6, 30, 16, tzinfo=UTC)
    assert crowd.ask("select distinct posted_at from core.posts where source_name = 'a23'") == [
        (midnight,)
    ]


def test_a27_names_stay_as_written_and_topics_meet(crowd: Site, site: Site) -> None:
    assert_case(crowd, "a27")
    names = crowd.ask(
        "select screen_name from core.account_snapshots where source_name = 'a27' "
        "order by account_id"
    )
    assert [name for (name,) in names] == ["样城公安Ａ", "Cafe\u0301", "Caf\u00e9", "樣城公安"]
    site.declare(f"name: a27, {SPIDER}")
    tags = ("#Cafe\u0301Ａ#", "#caf\u00e9a#", "#樣城#", "#样城#")
    site.put("a27/x.jsonl", lines(*(post(n, content=tag) for n, tag in enumerate(tags))))
    site.night()
    keys = site.ask("select hashtag_keys[1], text from core.posts order by post_id")
    assert [key for key, _ in keys] == ["caféa", "caféa", "樣城", "样城"]
    assert [text for _, text in keys] == list(tags)
    site.assert_conserved()


def test_a28_nothing_is_recorded_as_nothing(crowd: Site) -> None:
    found = assert_case(crowd, "a28", "a28_list")
    assert [(row["extent"], row["records"]) for row in found] == [("file", 0)] * 3


def test_a29_csv_rows_are_told_by_their_physical_line(crowd: Site) -> None:
    found = assert_case(crowd, "a29", "a29_other")
    assert [row["line_number"] for row in found] == [4, 2]
    names = crowd.ask(
        "select screen_name from core.account_snapshots where source_name = 'a29' "
        "order by account_id"
    )
    assert [name for (name,) in names] == ["样城\n公安", 'b"c']


def test_a30_a_page_under_the_name_of_json_is_recognised(crowd: Site) -> None:
    for row in assert_case(crowd, "a30", "a30_sniffed"):
        assert "looks like an HTML page" in row["detail"]


def test_a31_hostile_text_is_data(crowd: Site, capsys: pytest.CaptureFixture[str]) -> None:
    found = crowd.quarantine("a31")
    assert [(row["reason"], row["excerpt"], row["path"]) for row in found] == [
        ("not_a_count", "<b>7</b>", "a31/<script>x.jsonl")
    ]
    stored = [text_of(crowd, 270 + at)[0] for at in range(len(HOSTILE))]
    assert stored == [text.strip() for text in HOSTILE]
    crowd.assert_conserved()
    shown = cli._shown(lines(post(1, content=HOSTILE[4])) + b"\x1b[31m\xff")
    assert "\x1b" not in shown
    assert "\\x1b[31m" in shown
    assert "\\xff" in shown


def test_a32_text_that_a_spreadsheet_would_run_is_guarded(
    capsys: pytest.CaptureFixture[str],
) -> None:
    texts = ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "plain", "a=b", None]
    frame = pl.DataFrame({"text": texts, "number": [-3, -2, -1, 0, 1, 2, 3, 4, None],
                          "=head": [-0.5] * 9})  # fmt: skip
    guarded = cli._guarded(frame)
    assert guarded["text"].to_list() == [
        "'=1+1", "'+1", "'-1", "'@A1", "'\t=1", "'\r=1", "plain", "a=b", None,
    ]  # fmt: skip
    assert guarded["number"].to_list() == frame["number"].to_list()
    assert guarded.columns == ["text", "number", "'=head"]
    assert guarded.write_csv().splitlines()[1] == "'=1+1,-3,-0.5"


def test_the_shared_night_can_be_repeated(crowd: Site) -> None:
    crowd.assert_repeatable()


# -- nights of their own --------------------------------------------------------------------------
def test_a2_a_cut_gzip_waits_then_loads_and_the_whole_one_supersedes_it(
    site: Site, tmp_path: Path
) -> None:
    whole = lines(*(post(n, content=f"第{n}条 {n * 7919 % 10007}") for n in range(400)))
    packed = zipped_text(whole)
    site.declare(f"name: a2, {SPIDER}")
    site.put("a2/x.jsonl.gz", packed[: len(packed) // 2], age=timedelta(0))
    assert site.night().files == 0
    assert site.left == {"a2/x.jsonl.gz": "deferred"}
    site.put("a2/x.jsonl.gz", packed[: len(packed) // 2])
    first = site.night()
    (found,) = site.quarantine("a2")
    assert (found["reason"],) == FAULTS["A2"].reasons
    assert found["line_number"] == first.records_loaded + 1
    assert 0 < first.records_loaded < 400
    site.assert_conserved()
    site.put("a2/x.jsonl.gz", packed, age=timedelta(hours=1))
    second = site.night()
    assert second.records_duplicate == first.records_loaded
    assert second.records_loaded == 400 - first.records_loaded
    site.assert_conserved()
    alone = Site(tmp_path / "alone")
    alone.declare(f"name: a2, {SPIDER}")
    alone.put("a2/x.jsonl.gz", packed, age=timedelta(hours=1))
    alone.night()
    assert site.content() == alone.content()
    site.assert_repeatable()


def publish(site: Site) -> None:
    """Mark the last build as one that readers have."""
    with open_work(site.settings.root.warehouse) as connection:
        connection.execute(
            "update meta.builds set outcome = 'published' "
            "where build_id = (select max(build_id) from meta.builds)"
        )


def judged(site: Site, check: str, table: str) -> tuple[bool, str]:
    """Whether the newest build passes one expectation, and what it says."""
    rule = next(r for r in RULES if (r.check.check_name, r.check.table_name) == (check, table))
    with open_work(site.settings.root.warehouse) as connection:
        (build,) = connection.execute("select max(build_id) from meta.builds").fetchone() or ("",)
        frame = expectations.FRAMES[rule.frame](Subject(connection, build, NOW, None))
    if frame.is_empty():
        return True, ""
    return frame.filter(expectations._breaks(rule)).is_empty(), expectations.describe(rule, frame)


def test_a18_an_unknown_column_is_told_once_and_its_values_stay_outside(site: Site) -> None:
    def check() -> tuple[bool, str]:
        return judged(site, "columns_are_known", "quality.schema_drift")

    site.declare(f"name: a18, {SPIDER}", f"name: a18_list, {ACCOUNTS}")
    site.put("a18/1.jsonl", lines(post(1)))
    site.put(f"a18_list/{LIST}", (LIST_HEADER + "9900000031,样城,organ\n").encode())
    site.night()
    assert check() == (True, "")
    publish(site)
    new = {"mood": "secret-mood", "phone_13912345678": 1, "user": {"_id": AUTHOR, "mbti": "secret"}}
    site.put("a18/2.jsonl", lines(post(2), post(3), post(4, **new)))
    header = LIST_HEADER.replace("\n", ",shoe_size\n")
    site.put(
        "a18_list/list_2026-07-02.csv", (header + "9900000032,样城,organ,secret-43\n").encode()
    )
    site.night()
    passed, said = check()
    assert not passed
    assert "a18 mood a18/2.jsonl:3" in said
    assert site.ask(
        "select source_name, column_name, path, record_number, line_number "
        "from quality.schema_drift order by all"
    ) == [
        ("a18", "mood", "a18/2.jsonl", 3, 3),
        ("a18", "phone_#", "a18/2.jsonl", 3, 3),
        ("a18", "user.mbti", "a18/2.jsonl", 3, 3),
        ("a18_list", "shoe_size", "a18_list/list_2026-07-02.csv", None, 1),
    ]
    assert "secret" not in repr(site.content())
    assert "13912345678" not in repr(site.ask("from quality.schema_drift"))
    publish(site)
    site.put("a18/3.jsonl", lines(post(5, **new)))
    site.night()
    assert check() == (True, "")
    site.assert_conserved()
    site.assert_repeatable()


def test_a24_the_same_again_is_counted_and_changes_nothing(site: Site) -> None:
    site.declare(f"name: a24, {SPIDER}")
    data = lines(post(1), post(2), post(2))
    site.put("a24/x.jsonl", data)
    first = site.night()
    assert (first.records_in, first.records_loaded, first.records_duplicate) == (3, 2, 1)
    before = site.content()
    site.put("a24/copy.jsonl", data, age=timedelta(hours=2))
    site.put("a24/x.jsonl", data, age=timedelta(hours=1))
    again = site.night()
    assert (again.files, again.records_in, again.records_duplicate) == (1, 3, 3)
    assert site.content() == before
    site.assert_conserved()
    site.assert_repeatable()


def test_a25_a_contradiction_is_kept_reported_and_decided_alike_in_any_order(
    tmp_path: Path,
) -> None:
    files = {"1.jsonl": lines(post(1)), "2.jsonl": lines(post(1, attitudes_count=4))}
    contents = []
    for order in itertools.permutations(files):
        site = Site(tmp_path / "-".join(order))
        site.declare(f"name: a25, {SPIDER}")
        for name in order:
            site.put(f"a25/{name}", files[name])
            site.night()
        assert metric(site, 1) == [(3, 3), (4, 4)]
        passed, said = judged(site, "observations_agree", "core.post_metric_snapshots")
        assert not passed
        assert said == "a25 2026-07-01: 1"
        site.assert_conserved()
        contents.append(site.content())
    assert contents[0] == contents[1]


def test_a26_an_edit_is_a_version_and_the_first_keeps_its_sighting(site: Site) -> None:
    site.declare(f"name: a26, {SPIDER}")
    day = 86400
    edited = post(1, content="改过", crawl_time=SEEN + 2 * day)
    site.put("a26/2.jsonl", lines(edited, post(1, crawl_time=SEEN + day)))
    site.night()
    site.put("a26/1.jsonl", lines(post(1)))
    site.night()
    versions = site.ask("select text, epoch(observed_at)::bigint from core.posts order by 2")
    assert versions == [("#样城通报# 第1条", SEEN), ("改过", SEEN + 2 * day)]
    site.assert_conserved()
    site.assert_repeatable()


def test_a20_a_count_that_vanishes_is_seen_and_can_be_accepted(site: Site) -> None:
    site.declare(f"name: a20, {SPIDER}")
    site.put("a20/1.jsonl", lines(*(post(n) for n in range(30))))
    site.night()
    check = ("counts_do_not_vanish", "core.post_metric_snapshots")
    assert judged(site, *check) == (True, "")
    publish(site)
    later = [without(post(n, crawl_time=SEEN + 86400), "attitudes_count") for n in range(30)]
    site.put("a20/2.jsonl", lines(*later))
    site.night()
    passed, said = judged(site, *check)
    assert not passed
    assert said.startswith("a20/2.jsonl likes: 1")
    rule = next(r for r in RULES if r.check.check_name == check[0])
    assert rule.check.severity == "error"
    site.declare(f"name: a20, {SPIDER}, without_counts: [likes]")
    site.night()
    assert judged(site, *check)[0]
    site.assert_conserved()


def test_profiles_of_vanished_counts_need_enough_rows() -> None:
    observed = pl.DataFrame(
        [("s", "f", False, None, 100, 95, 50), ("s", "f", True, "few", 5, 0, 0),
         ("s", "f", True, "many", 40, 0, 0), ("s", "f", True, "good", 40, 1, 0)],
        schema=["source_name", "format", "is_new", "path", "rows", "likes", "reads"], orient="row",
    )  # fmt: skip
    found = profiles._vanished(observed, ["likes", "reads"], {})
    assert found.rows() == [("good", "likes", 0), ("many", "likes", 1)]
    assert profiles._vanished(observed, ["likes", "reads"], {"s": ["likes"]}).is_empty()
