"""weibo-crawler CSV: six layouts of its history, appended to each other in every order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.cleaning.engine import DeclaredAccount
from orchestration.cleaning.people import Door
from orchestration.sources.formats import sniff, weibo_crawler_csv
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.weibo_crawler_csv import FORMAT
from orchestration.sources.readers.base import ReadOptions
from tests.unit.sources.formats.weibo_posts import (
    BEIJING,
    ORGAN,
    PERSON,
    STATION,
    bid,
    mid,
    table,
    wall,
)
from tests.unit.sources.reading import KEY, Outcome, clean, raw_file

AT = datetime(2024, 3, 5, 4, 30, 24, tzinfo=UTC)
SOURCE_AT = datetime(2024, 3, 4, 1, 2, 3, tzinfo=UTC)
LIKES, COMMENTS, REPOSTS = 531, 72, 18
NAME = f"平安例市/{ORGAN}.csv"

FIRST = ["id", "bid", "正文", "头条文章url", "原始图片url", "视频url", "位置", "日期", "工具",
         "点赞数", "评论数", "转发数", "话题", "@用户"]  # fmt: skip
DATED = [*FIRST, "完整日期"]
LIVE = [*DATED[:6], "Live Photo视频url", *DATED[6:]]
EDITS = [*LIVE, "是否编辑过", "编辑次数"]
VERSIONS = ("2020", "2022-04-09", "2024-01-10", "2025-04-06", "2025-11-20", "2025-12-03")
HEADER_OF = dict(zip(VERSIONS, (FIRST, FIRST, DATED, DATED, LIVE, EDITS), strict=True))
ROW_OF = dict(zip(VERSIONS, (FIRST, DATED, DATED, LIVE, LIVE, EDITS), strict=True))
WIDTHS = dict(
    zip(VERSIONS, ((31, 15, 31), (31, 16, 33), (33, 16, 33), (33, 17, 35), (35, 17, 35),
                   (39, 19, 37)), strict=True)
)  # fmt: skip


def header(version: str, *, only_originals: bool = False) -> list[str]:
    own = HEADER_OF[version]
    if only_originals:
        return own
    return [*own, "是否原创", "源用户id", "源用户昵称", *(f"源微博{name}" for name in own)]


def post(version: str, at: datetime, serial: int = 0, **other: object) -> dict[str, object]:
    number = mid(at, serial)
    day = "%Y-%m-%d" if version == "2020" else "%Y-%m-%dT%H:%M:%S"
    return {
        "id": f"{number}\t", "bid": bid(number), "正文": "今天,\n天气好 #例市通报#",
        "头条文章url": "", "原始图片url": "", "视频url": "", "Live Photo视频url": "",
        "位置": "例市", "日期": wall(at, day), "工具": "政务微博", "点赞数": LIKES,
        "评论数": COMMENTS, "转发数": REPOSTS, "话题": "例市通报", "@用户": "",
        "完整日期": wall(at), "是否编辑过": True, "编辑次数": 2,
    } | other  # fmt: skip


def original(version: str, at: datetime = AT, serial: int = 0, **other: object) -> list[object]:
    values = post(version, at, serial, **other)
    return [*(values[name] for name in ROW_OF[version]), True]


def repost(
    version: str, at: datetime = AT, serial: int = 0, source: dict[str, object] | None = None,
    **other: object,
) -> list[object]:  # fmt: skip
    values = post(version, at, serial, **other)
    quoted = {
        "正文": "原文",
        "点赞数": 7,
        "评论数": 8,
        "转发数": 9,
        "uid": STATION,
        **(source or {}),
    }
    of_source = post(version, SOURCE_AT, 5, **quoted)
    names = [name for name in ROW_OF[version] if name not in ("是否编辑过", "编辑次数")]
    return [
        *(values[name] for name in ROW_OF[version]), False, quoted["uid"], "例市派出所",
        *(of_source[name] for name in names),
    ]  # fmt: skip


def filtered(version: str, at: datetime = AT, serial: int = 0) -> list[object]:
    return original(version, at, serial)[:-1]


def door() -> Door:
    return Door(
        KEY,
        pl.DataFrame(
            {
                "platform": ["weibo", "weibo"],
                "account_id": [ORGAN, STATION],
                "account_kind": ["organ", "organ"],
            }
        ),
    )


def read(tmp_path, rows: list[list[object]], **options: object) -> Outcome:
    return clean(FORMAT, raw_file(tmp_path, NAME, table(rows)), door=door(), **options)


def repairs_of(outcome: Outcome, table_name: str = "core.post_metric_snapshots") -> list[tuple]:
    made = outcome.repairs.filter(pl.col("table_name") == table_name)
    return sorted(made.select("rule", "column_name", "before", "after").rows())


def is_whole(outcome: Outcome, *, reposted: bool) -> None:
    """Every value of the row stands where it belongs."""
    posts = {row["post_id"]: row for row in outcome.tables["posts"].to_dicts()}
    metrics = {row["post_id"]: row for row in outcome.tables["post_metric_snapshots"].to_dicts()}
    own = posts[mid(AT)]
    assert (own["posted_at"], own["text"]) == (AT, "今天,\n天气好 #例市通报#")
    assert (own["account_id"], own["is_repost"]) == (ORGAN, reposted)
    assert own["hashtags"] == ["例市通报"]
    counts = metrics[mid(AT)]
    assert (counts["likes_lo"], counts["comments_lo"], counts["reposts_lo"]) == (
        LIKES, COMMENTS, REPOSTS,
    )  # fmt: skip
    assert counts["likes_hi"] == LIKES
    assert len(posts) == len(metrics) == (2 if reposted else 1)
    if reposted:
        source = posts[mid(SOURCE_AT, 5)]
        assert (source["account_id"], source["posted_at"]) == (STATION, SOURCE_AT)
        assert (source["text"], source["is_repost"]) == ("原文", False)
        counts = metrics[mid(SOURCE_AT, 5)]
        assert (counts["likes_lo"], counts["comments_lo"], counts["reposts_lo"]) == (7, 8, 9)
        assert own["repost_of_post_id"] == mid(SOURCE_AT, 5)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("row", [original, repost])
def test_every_layout_gives_the_same_post(tmp_path, version, row):
    made = row(version)
    assert (len(header(version)), len(made)) == (
        WIDTHS[version][0], WIDTHS[version][1 if row is original else 2],
    )  # fmt: skip
    outcome = read(tmp_path, [header(version), made])
    assert outcome.reasons == []
    is_whole(outcome, reposted=row is repost)


@pytest.mark.parametrize("above", VERSIONS)
def test_any_header_may_stand_above_rows_of_any_version(tmp_path, above):
    rows = [header(above)]
    for number, below in enumerate(VERSIONS):
        rows.append(original(below, AT, 2 * number, 是否编辑过=False))
        rows.append(repost(below, AT, 2 * number + 1, 是否编辑过=True))
    outcome = read(tmp_path, rows)
    assert outcome.reasons == []
    posts = outcome.tables["posts"].filter(pl.col("account_id") == ORGAN).sort("post_id")
    assert posts["post_id"].to_list() == [mid(AT, serial) for serial in range(12)]
    assert posts["posted_at"].unique().to_list() == [AT]
    assert posts["is_repost"].to_list() == [False, True] * 6
    for account, counts in ((ORGAN, (LIKES, COMMENTS, REPOSTS)), (STATION, (7, 8, 9))):
        seen = outcome.tables["post_metric_snapshots"].filter(pl.col("account_id") == account)
        assert seen.select("likes_lo", "comments_lo", "reposts_lo").unique().rows() == [counts]
    made = outcome.repairs.filter(pl.col("rule").str.starts_with("columns"))
    for number, below in enumerate(VERSIONS):
        for row in (2 * number, 2 * number + 1):
            rules = set(made.filter(pl.col("_row") == row)["rule"])
            if VERSIONS.index(above) <= VERSIONS.index(below):
                assert bool(rules) is (ROW_OF[below] != HEADER_OF[above])
                assert "columns_shifted_older_rows" not in rules
            else:
                assert rules <= {"columns_shifted_older_rows"}


def test_the_period_of_2022_loses_its_flag_under_the_header(tmp_path):
    outcome = read(tmp_path, [header("2022-04-09"), original("2022-04-09")])
    assert repairs_of(outcome) == []
    assert repairs_of(outcome, "core.posts") == [
        ("columns_shifted_2022", "is_repost", None, "false")
    ]


def test_the_period_of_2025_has_every_count_wrong_under_the_header(tmp_path):
    outcome = read(tmp_path, [header("2025-04-06"), original("2025-04-06")])
    assert repairs_of(outcome) == [
        ("columns_shifted_2025", "comments_lo", str(LIKES), str(COMMENTS)),
        ("columns_shifted_2025", "likes_lo", None, str(LIKES)),
        ("columns_shifted_2025", "reposts_lo", str(COMMENTS), str(REPOSTS)),
    ]


def test_counts_of_the_source_post_are_logged_apart(tmp_path):
    outcome = read(tmp_path, [header("2025-04-06"), repost("2025-04-06")])
    assert ("columns_shifted_2025", "source_post.reposts_lo", "8", "9") not in repairs_of(outcome)
    columns = {column for _, column, _, _ in repairs_of(outcome)}
    assert {"likes_lo", "source_post.likes_lo"} <= columns
    keys = outcome.repairs.select("_row", "table_name", "column_name", "rule")
    assert keys.is_unique().all()


def test_edit_columns_put_a_valid_but_wrong_flag_under_the_old_header(tmp_path):
    row = original("2025-12-03", 是否编辑过=False)
    outcome = read(tmp_path, [header("2025-11-20"), row])
    assert repairs_of(outcome, "core.posts") == [
        ("columns_shifted_edits", "is_repost", "true", "false")
    ]


def test_edits_are_known_only_where_they_were_written(tmp_path):
    new = read(tmp_path, [header("2025-12-03"), original("2025-12-03")]).only("posts")
    assert (new["is_edited"], new["edit_count"]) == (True, 2)
    old = read(tmp_path, [header("2024-01-10"), original("2024-01-10")]).only("posts")
    assert (old["is_edited"], old["edit_count"]) == (None, None)


@pytest.mark.parametrize("above", VERSIONS)
def test_files_of_originals_only_have_no_flag(tmp_path, above):
    rows = [filtered(below, AT, number) for number, below in enumerate(VERSIONS)]
    outcome = read(tmp_path, [header(above, only_originals=True), *rows])
    assert outcome.reasons == []
    posts = outcome.tables["posts"]
    assert posts.select("posted_at", "is_repost", "text").unique().rows() == [
        (AT, False, "今天,\n天气好 #例市通报#")
    ]
    assert outcome.tables["post_metric_snapshots"].select(
        "likes_lo", "comments_lo", "reposts_lo"
    ).unique().rows() == [(LIKES, COMMENTS, REPOSTS)]


def test_one_file_of_all_versions_with_headers_in_between(tmp_path):
    rows: list[list[object]] = [header("2020")]
    for number, version in enumerate(VERSIONS):
        rows.append(original(version, AT + timedelta(minutes=number), number))
        rows.append(repost(version, AT + timedelta(minutes=30 + number), number))
    rows.append(header("2025-12-03"))
    rows.append(original("2025-12-03", AT + timedelta(hours=2)))
    rows.append(filtered("2025-04-06", AT + timedelta(hours=3)))
    outcome = read(tmp_path, rows)
    assert outcome.reasons == []
    metrics = outcome.tables["post_metric_snapshots"]
    own = metrics.filter(pl.col("account_id") == ORGAN)
    assert own.height == 14
    assert own.select("likes_lo", "comments_lo", "reposts_lo").unique().rows() == [
        (LIKES, COMMENTS, REPOSTS)
    ]
    located = FORMAT.reader.locate(raw_file(tmp_path, NAME, table(rows)), 13, ReadOptions())
    assert located is not None
    assert located.raw.decode().startswith(mid(AT + timedelta(hours=2)))


def test_what_cannot_be_proven_is_refused_with_its_reason(tmp_path):
    no_flag = original("2025-04-06")
    no_flag[-1] = "maybe"
    neither = original("2024-01-10", AT, 1)
    neither[-1] = "?"
    no_date = original("2025-04-06", AT, 2)
    no_date[8] = "iPhone"
    wide = [*original("2025-12-03", AT, 3), *["x"] * 5]
    rows = [header("2025-04-06"), no_flag, neither, no_date, wide]
    outcome = read(tmp_path, rows)
    assert sorted(outcome.reasons) == [
        "layout_not_proven", "layout_not_proven", "layout_not_proven", "ragged_row"
    ]  # fmt: skip
    assert all(frame.is_empty() for frame in outcome.tables.values())


def test_a_bad_date_in_an_aligned_row_is_named_as_such(tmp_path):
    row = original("2025-12-03", 日期="gestern", 完整日期="gestern")
    outcome = read(tmp_path, [header("2025-12-03"), row])
    assert outcome.reasons == ["not_a_time"]


def test_rows_padded_by_a_spreadsheet_are_read(tmp_path):
    padded = [*original("2025-12-03"), *[""] * 20]
    is_whole(read(tmp_path, [header("2025-12-03"), padded]), reposted=False)
    padded = [*original("2025-04-06"), *[""] * 16]
    is_whole(read(tmp_path, [header("2025-04-06"), padded]), reposted=False)
    padded = [*repost("2025-12-03"), "", ""]
    is_whole(read(tmp_path, [header("2025-12-03"), padded]), reposted=True)


def test_rows_without_a_header_are_read(tmp_path):
    outcome = read(tmp_path, [original("2025-12-03")])
    assert outcome.reasons == []
    is_whole(outcome, reposted=False)


def test_a_day_is_refined_by_the_id(tmp_path):
    outcome = read(tmp_path, [header("2020"), original("2020")])
    row = outcome.only("posts")
    assert (row["posted_at"], row["posted_at_source"], row["posted_at_text"]) == (
        AT, "id_clock", "2024-03-05",
    )  # fmt: skip


def shown(at: datetime) -> dict[str, object]:
    return {"日期": wall(at, "%Y-%m-%dT%H:%M:%S"), "完整日期": wall(at)}


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        (AT + timedelta(hours=5, minutes=7), "clock_of_relative_time"),
        (AT - timedelta(hours=3), "clock_of_relative_time"),
        (AT + timedelta(minutes=40), "clock_of_relative_time"),
        (AT + timedelta(hours=8), "zone_shift_8h"),
        (AT + timedelta(seconds=30), None),
    ],
)
def test_clock_times_computed_from_relative_texts_are_repaired_by_the_id(tmp_path, written, rule):
    outcome = read(tmp_path, [header("2025-12-03"), original("2025-12-03", **shown(written))])
    assert outcome.reasons == []
    assert outcome.only("posts")["posted_at"] == (AT if rule else written)
    assert outcome.repairs["rule"].to_list() == ([rule] if rule else [])


def test_an_hour_that_crosses_midnight_is_still_within_an_hour(tmp_path):
    late = datetime(2024, 3, 5, 15, 45, tzinfo=UTC)  # 23:45 in Beijing
    row = original("2025-12-03", late, **shown(late + timedelta(minutes=35)))
    assert read(tmp_path, [header("2025-12-03"), row]).only("posts")["posted_at"] == late


def test_another_day_is_no_relative_text(tmp_path):
    row = original("2025-12-03", **shown(AT + timedelta(days=3)))
    assert read(tmp_path, [header("2025-12-03"), row]).reasons == ["id_clock_contradiction"]


def test_a_source_post_that_contradicts_itself_costs_the_repost_nothing(tmp_path):
    row = repost("2025-12-03", source=shown(SOURCE_AT + timedelta(days=40)))
    outcome = read(tmp_path, [header("2025-12-03"), row])
    assert outcome.only("posts")["post_id"] == mid(AT)
    assert outcome.problems.select("extent", "reason").rows() == [
        ("field", "id_clock_contradiction")
    ]


def test_a_deleted_source_has_no_row_of_its_own(tmp_path):
    row = repost("2025-12-03", source={"uid": "", "正文": "抱歉，此微博已被作者删除"})
    outcome = read(tmp_path, [header("2025-12-03"), row])
    assert outcome.reasons == []
    own = outcome.only("posts")
    assert own["is_repost"]
    assert own["repost_of_post_id"].startswith("p:")


def test_an_ordinary_source_passes_as_a_pseudonym_without_text(tmp_path):
    row = repost("2025-12-03", source={"uid": PERSON})
    outcome = read(tmp_path, [header("2025-12-03"), row])
    for frame in (*outcome.tables.values(), outcome.repairs):
        text = str(frame.to_dicts())
        assert PERSON not in text
        assert mid(SOURCE_AT, 5) not in text
        assert "原文" not in text


def test_html_is_text(tmp_path):
    markup = (
        '#<a href="/s">例市</a>#<br />大雨 &amp; 风<span class="url-icon"><img alt="[雨]" src="x">'
        '</span>...<a href="/status/1">全文</a>'
    )
    row = original("2025-12-03", 正文=markup)
    post_row = read(tmp_path, [header("2025-12-03"), row]).only("posts")
    assert post_row["text"] == "#例市#\n大雨 & 风[雨]...全文"
    assert post_row["is_truncated"]
    plain = read(tmp_path, [header("2025-12-03"), original("2025-12-03", 正文="a <3 b")])
    assert plain.only("posts")["text"] == "a <3 b"


@pytest.mark.parametrize(
    ("written", "lo", "hi", "rule"),
    [
        ("229999999", 220_000_000, 240_000_000, "count_cut_below_yi"),
        ("230000000", 230_000_000, 230_000_000, None),
        ("199999999", 199_999_999, 199_999_999, None),
        ("12000", 12_000, 12_000, None),
        ("100万+", 1_000_000, None, None),
    ],
)
def test_hundreds_of_millions_cut_by_floating_point(tmp_path, written, lo, hi, rule):
    outcome = read(tmp_path, [header("2025-12-03"), original("2025-12-03", 点赞数=written)])
    row = outcome.only("post_metric_snapshots")
    assert (row["likes_lo"], row["likes_hi"]) == (lo, hi)
    assert outcome.repairs["rule"].to_list() == ([rule] if rule else [])


def test_a_scientific_id_is_named_before_the_layout(tmp_path):
    row = original("2025-12-03", id="4.9E+15")
    assert read(tmp_path, [header("2025-12-03"), row]).reasons == ["scientific_id"]


def test_a_declared_source_brings_its_author_into_scope(tmp_path):
    file = raw_file(tmp_path, NAME, table([header("2025-12-03"), original("2025-12-03")]))
    outcome = clean(FORMAT, file, declared=DeclaredAccount("organ", "prefecture", "110000"))
    assert outcome.only("posts")["account_id"] == ORGAN


def test_a_file_without_its_account_in_the_path_is_refused(tmp_path):
    file = raw_file(
        tmp_path, "平安例市/posts.csv", table([header("2025-12-03"), original("2025-12-03")])
    )
    assert clean(FORMAT, file).reasons == ["no_account_in_path"]


def test_it_is_recognised_by_its_header():
    text = table([header("2025-12-03"), original("2025-12-03")])
    found = sniff(Head(PurePosixPath(f"x/{ORGAN}.csv"), text.encode()))
    assert found[0][0].id == "weibo_crawler_csv"
    assert found[0][1].score > 0.9


def test_the_table_of_layouts_is_that_of_the_history():
    widths = {WIDTHS[version][1] for version in VERSIONS} | {WIDTHS[v][2] for v in VERSIONS}
    assert widths | {14, 18} == weibo_crawler_csv.WIDTHS
    assert timedelta(hours=8) == BEIJING


def test_a_comma_that_no_quote_guards_makes_a_row_of_no_version(tmp_path):
    cells = [str(cell) for cell in original("2024-01-10", 正文="前半,后半")]
    outcome = clean(FORMAT, raw_file(
        tmp_path, NAME, ",".join(header("2024-01-10")) + "\n" + ",".join(cells) + "\n"
    ))  # fmt: skip
    assert [reject.reason for reject in outcome.rejects] == ["layout_not_proven"]


def unquoted(rows: list[list[object]], above: str) -> str:
    """A file in which no comma is guarded by a quote."""
    return "".join(",".join(map(str, row)) + "\n" for row in (header(above), *rows))


def has_none_of(outcome: Outcome) -> bool:
    return all(frame.is_empty() for frame in outcome.tables.values())


@pytest.mark.parametrize("above", ["2022-04-09", "2024-01-10", "2025-11-20"])
@pytest.mark.parametrize("tool", ["", "政务微博"])
def test_a_comma_in_the_topics_makes_no_row_of_2025(tmp_path, above, tool):
    row = original("2022-04-09", 正文="天气好", 话题="甲,乙", 位置="", 工具=tool)
    assert len(",".join(map(str, row)).split(",")) == 17
    outcome = clean(FORMAT, raw_file(tmp_path, NAME, unquoted([row], above)), door=door())
    assert outcome.reasons == ["layout_not_proven"]
    assert has_none_of(outcome)
    assert outcome.repairs.is_empty()


def test_a_comma_in_the_topics_of_2020_makes_no_row_of_2022(tmp_path):
    row = original("2020", 正文="天气好", 话题="甲,乙")
    outcome = clean(FORMAT, raw_file(tmp_path, NAME, unquoted([row], "2024-01-10")), door=door())
    assert outcome.reasons == ["layout_not_proven"]
    assert has_none_of(outcome)


@pytest.mark.parametrize("other", ["2024-03-06 12:30:24", "2024-03-05 12:31:00", ""])
@pytest.mark.parametrize("above", ["2022-04-09", "2024-01-10"])
def test_two_dates_that_differ_prove_no_layout(tmp_path, other, above):
    row = original("2024-01-10", 完整日期=other)
    assert read(tmp_path, [header(above), row]).reasons == ["layout_not_proven"]


@pytest.mark.parametrize("shown", ["2024-03-05 12:30", "2024/3/5 12:30", "2024-03-05"])
def test_two_dates_agree_as_far_as_their_precision_goes(tmp_path, shown):
    row = original("2024-01-10", 日期=shown)
    assert read(tmp_path, [header("2024-01-10"), row]).only("posts")["posted_at"] == AT


def test_a_row_of_which_a_repaired_count_would_be_none_is_refused(tmp_path):
    row = original("2025-04-06", 转发数="甲")
    outcome = read(tmp_path, [header("2025-04-06"), row])
    assert outcome.reasons == ["layout_not_proven"]
    assert has_none_of(outcome)
    aligned = original("2025-11-20", 转发数="甲")
    outcome = read(tmp_path, [header("2025-11-20"), aligned])
    assert outcome.reasons == ["not_a_count"]
    assert outcome.only("post_metric_snapshots")["likes_lo"] == LIKES


def test_a_date_where_the_place_should_be_refuses_the_row(tmp_path):
    row = original("2020", 位置="2024-03-05 12:30")
    assert read(tmp_path, [header("2020"), row]).reasons == ["layout_not_proven"]


def assert_source_left_out(outcome: Outcome) -> None:
    """Of both tables, with a note and at no cost to the repost."""
    assert outcome.problems["extent"].unique().to_list() == ["field"]
    noted = outcome.problems.filter(pl.col("reason") == "layout_not_proven")["table_name"]
    assert sorted(noted) == ["core.post_metric_snapshots", "core.posts"]


@pytest.mark.parametrize("above", ["2022-04-09", "2024-01-10", "2025-11-20"])
@pytest.mark.parametrize("tool", ["", "政务微博"])
def test_a_source_post_out_of_its_places_is_not_loaded_and_its_repost_is(tmp_path, above, tool):
    source = {"正文": "原文", "话题": "甲,乙", "位置": "", "工具": tool}
    row = repost("2024-01-10", 正文="看这里,http://t.cn/abc", source=source)
    assert len(",".join(map(str, row)).split(",")) == 35
    outcome = clean(FORMAT, raw_file(tmp_path, NAME, unquoted([row], above)), door=door())
    assert outcome.only("posts")["post_id"] == mid(AT)
    counts = outcome.only("post_metric_snapshots")
    assert (counts["post_id"], counts["likes_lo"], counts["reposts_lo"]) == (
        mid(AT), LIKES, REPOSTS,
    )  # fmt: skip
    assert_source_left_out(outcome)
    assert not outcome.repairs["column_name"].str.starts_with("source_post.").any()


@pytest.mark.parametrize("wrong", [{"日期": ""}, {"日期": "iPhone"}, {"点赞数": "Pro"}])
def test_a_source_post_of_2020_needs_its_date_and_counts(tmp_path, wrong):
    outcome = read(tmp_path, [header("2020"), repost("2020", source=wrong)])
    assert outcome.only("posts")["post_id"] == mid(AT)
    assert outcome.only("post_metric_snapshots")["post_id"] == mid(AT)
    assert_source_left_out(outcome)


REPOST_OF = {31: "2020", 33: "2024-01-10", 35: "2025-11-20", 37: "2025-12-03"}


def padded(row: list[object], width: int) -> list[object]:
    return [*row, *[""] * (width - len(row))]


def test_older_rows_padded_by_a_spreadsheet_to_any_width_are_read(tmp_path):
    rows, wanted = [header("2020")], []
    for width, version in REPOST_OF.items():
        for at, to in enumerate((31, 32, 33, 35, 37, 39, 41)):
            if to >= width:
                serial = 10 * (width + at)
                rows.append(padded(repost(version, AT, serial, source={"话题": ""}), to))
                rows.append(padded(original(version, AT, serial + 1), to))
                wanted += [mid(AT, serial), mid(AT, serial + 1)]
    outcome = read(tmp_path, rows)
    assert outcome.reasons == []
    own = outcome.tables["posts"].filter(pl.col("account_id") == ORGAN)
    assert own["post_id"].to_list() == wanted
    assert own["is_repost"].to_list() == [True, False] * (len(wanted) // 2)
    for account, counts in ((ORGAN, (LIKES, COMMENTS, REPOSTS)), (STATION, (7, 8, 9))):
        seen = outcome.tables["post_metric_snapshots"].filter(pl.col("account_id") == account)
        assert seen.select("likes_lo", "comments_lo", "reposts_lo").unique().rows() == [counts]


def test_padded_reposts_whose_source_is_gone_are_read(tmp_path):
    rows = [header("2020")]
    for serial, (width, version) in enumerate(REPOST_OF.items()):
        row = repost(version, AT, serial)
        own = row.index(False) + 1 if version != "2025-12-03" else 19
        gone = [*row[:own], "", "", "", "", "抱歉，此微博已被作者删除"]
        rows.append(padded(padded(gone, width), 39))
    outcome = read(tmp_path, rows)
    assert outcome.reasons == []
    assert outcome.tables["posts"]["is_repost"].to_list() == [True] * 4


def test_padded_rows_of_originals_only_keep_their_edits(tmp_path):
    row = padded(filtered("2025-12-03"), 39)
    own = read(tmp_path, [header("2025-12-03"), row]).only("posts")
    assert (own["is_edited"], own["edit_count"], own["is_repost"]) == (True, 2, False)


CELLS_OF_WIDTHS = ("", "", " ", "x", "True", "false ", "2024-03-05")


@settings(max_examples=20)
@given(st.sampled_from([20, 30, 31, 32, 33, 35, 36, 37, 39]), st.randoms(use_true_random=False))
def test_widths_of_a_block_are_those_of_its_rows(width, chance):
    rows = []
    for _ in range(200):
        end = chance.randint(0, width)
        row = chance.choices(CELLS_OF_WIDTHS[: chance.choice([4, 7])], k=end) + [""] * (width - end)
        row[chance.choice([14, 15, 16, 18])] = "True"
        rows.append(row)
    cells = pl.DataFrame(rows, schema=[str(place) for place in range(width)], orient="row")
    found = cells.with_columns(weibo_crawler_csv._widths(cells).alias("w"))["w"]
    assert found.to_list() == [weibo_crawler_csv._width(row) for row in rows]
