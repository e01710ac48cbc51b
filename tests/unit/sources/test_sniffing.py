"""What `observatory sniff` says is what the intake does, and what it proposes works."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from orchestration.cleaning.people import Door
from orchestration.clock import FixedClock
from orchestration.paths import DataRoot
from orchestration.settings import Settings
from orchestration.sources import extract
from orchestration.sources.archive import Archive
from orchestration.sources.declarations import DeclarationError, SourceDeclaration
from orchestration.sources.intake import Intake
from orchestration.sources.mapping import mapped_format
from orchestration.sources.proposal import Proposal, propose, quoted
from orchestration.sources.sniffing import sniff
from orchestration.warehouse.staging import Staging
from tests.examples import DEAR
from tests.unit.sources import reading
from tests.unit.sources.test_declared_readers import parquet, workbook


def settings_of(home: Path) -> Settings:
    return Settings(root=DataRoot(home), clock=FixedClock(reading.NOW))


def judged(home: Path, name: str, content: bytes) -> tuple[list[str], bool]:
    path = home / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    found = sniff(path, settings_of(home))
    return found.lines, found.is_readable


def taken_in(home: Path, name: str) -> list[tuple[str | None, str | None]]:
    """(format, reason for the file) of every delivery that the intake makes of an inbox file."""
    at = settings_of(home)
    archive = Archive(home / "archive")
    files = archive.add(home / "inbox" / name, name, name.split("/")[0], at.clock)
    staging = Staging(home / "staging")
    intake = Intake(extract.read_declarations(at), Door(reading.KEY), staging, reading.NOW)
    read = intake.read_all(files)
    staged = staging.close()
    reasons: dict[str, str] = {}
    if "quarantine" in staged.notes:
        rows = pl.read_parquet(staged.notes["quarantine"]).filter(pl.col("extent") == "file")
        reasons = dict(rows.select("file_id", "reason").iter_rows())
    return [(item.format_id, reasons.get(item.file.file_id)) for item in read]


def zipped(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as container:
        for name, content in members.items():
            container.writestr(name.replace("__", "."), content)
    return target.getvalue()


PAGE = b"<!DOCTYPE html><html><body><p>login</p></body></html>"
SPIDER = json.dumps({
    "crawl_time": 1722475801, "_id": "5061234567890123", "mblogid": "Oq1", "content": "x",
    "created_at": "2024-08-01 08:00:00", "user": {"_id": "1", "nick_name": "a"},
}).encode() + b"\n"  # fmt: skip


@pytest.mark.parametrize(("name", "content", "reason"), [
    ("a/x.json", b"", "empty_file"),
    ("a/x.json.gz", gzip.compress(b"", mtime=0), "empty_file"),
    ("a/x.jsonl", b"\n \n", "empty_file"),
    ("a/x.zip", b"PK\x03\x04 no zip", "unreadable_zip"),
    ("a/x.zip", zipped(), "unreadable_zip"),
    ("a/x.json.gz", b"not gzip at all", "unreadable_content"),
    ("a/x.dat", b"\x00\x01\x02", "unrecognised_format"),
    ("a/x.xlsx", workbook(("A", [["a"], [1]])), "unrecognised_format"),
    ("a/x.parquet", parquet(pl.DataFrame({"zz": [1]})), "unrecognised_format"),
])  # fmt: skip
def test_sniff_and_intake_refuse_the_same_for_the_same_reason(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    lines, is_readable = judged(tmp_path, name, content)
    assert not is_readable
    shown = "unrecognised: " if reason == "unrecognised_format" else f"{reason}: "
    assert any(line.startswith(shown) for line in lines), lines
    assert taken_in(tmp_path, name) == [(None, reason)]


@pytest.mark.parametrize(("name", "content"), [
    ("a/page.html", PAGE), ("a/page.json", PAGE), ("a/s.jsonl", SPIDER),
    ("a/s.jsonl.gz", gzip.compress(SPIDER, mtime=0)),
    ("a/s.jsonl.gz", gzip.compress(SPIDER, mtime=0)[:-9]),
])  # fmt: skip
def test_sniff_and_intake_recognise_the_same(tmp_path: Path, name: str, content: bytes) -> None:
    lines, is_readable = judged(tmp_path, name, content)
    ((taken, _),) = taken_in(tmp_path, name)
    assert is_readable == (taken is not None)
    if taken is not None:
        assert any(line.startswith(taken) for line in lines)


def test_members_of_a_zip_are_judged_one_by_one(tmp_path: Path) -> None:
    members = {f"m{n:02}__dat": b"\x00\x01" for n in range(24)}
    content = zipped(a__html=PAGE, empty__json=b"", **members)
    lines, is_readable = judged(tmp_path, "a/x.zip", content)
    assert not is_readable
    assert "  a.html: html" in lines
    assert any(line.startswith("  empty.json: empty_file") for line in lines)
    assert lines[-1] == "  … 6 more"
    assert sum(kind == "html" for kind, _ in taken_in(tmp_path, "a/x.zip")) == 1


def test_a_folder_names_what_each_of_its_files_is(tmp_path: Path) -> None:
    judged(tmp_path, "a/page.html", PAGE)
    judged(tmp_path, "a/x.part", b"half")
    found = sniff(tmp_path / "inbox", settings_of(tmp_path))
    assert "a/page.html: html" in found.lines
    assert any("unfinished_name" in line for line in found.lines)
    assert not sniff(tmp_path / "nowhere", settings_of(tmp_path)).is_readable


def test_links_and_unfinished_names_are_left_as_the_intake_leaves_them(tmp_path: Path) -> None:
    lines, is_readable = judged(tmp_path, "a/x.json.part", b"{}")
    assert not is_readable
    assert "unfinished_name" in lines[0]
    (tmp_path / "link").symlink_to(tmp_path / "inbox" / "a" / "x.json.part")
    assert "not_a_regular_file" in sniff(tmp_path / "link", settings_of(tmp_path)).lines[0]


DECLARED = """
sources:
  - {name: board, format: mapped, reader: csv, table: inquiries,
     columns: {inquiry_id: nr, asked_at: day}}
"""


def test_sniff_honours_the_declaration_of_the_inbox_folder(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(DECLARED)
    lines, is_readable = judged(tmp_path, "board/x.csv", b"nr,day\n1,2021-07-20\n")
    assert is_readable
    assert any("says format: mapped" in line for line in lines)
    lines, is_readable = judged(tmp_path, "board/y.csv", b"no,day\n1,2021-07-20\n")
    assert not is_readable
    assert any("missing_column" in line for line in lines)
    lines, _ = judged(tmp_path, "other/x.csv", b"nr,day\n1,2021-07-20\n")
    assert any("has no entry" in line for line in lines)
    (tmp_path / "sources.yaml").write_text("sources: [{name: x, colour: red}]")


def test_a_broken_sources_file_is_told_and_does_not_keep_a_mapping_from_being_proposed(
    tmp_path: Path,
) -> None:
    (tmp_path / "sources.yaml").write_text("sources: [{name: x, colour: red}]")
    content = b"mid,uid,created_at\n4544836471326734,1,2021-07-20 08:00\n"
    lines, is_readable = judged(tmp_path, "board/x.csv", content)
    assert not is_readable
    assert "sources.yaml cannot work" in lines[0]
    assert "'colour' is no field here" in lines[1]
    assert any("table: posts" in line for line in lines)


def test_observed_at_of_a_column_that_the_file_lacks_refuses_the_file(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(
        "sources: [{name: a, format: mapped, reader: csv, table: inquiries, "
        "observed_at: column:seen, columns: {inquiry_id: nr, asked_at: day}}]"
    )
    judged(tmp_path, "a/x.csv", b"nr,day,sen\n1,2021-07-20,2021-07-21\n2,2021-07-20,\n")
    assert taken_in(tmp_path, "a/x.csv") == [("mapped", "missing_column")]


def test_a_path_with_two_dots_belongs_to_its_source(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(DECLARED)
    judged(tmp_path, "board/x.csv", b"nr,day\n1,2021-07-20\n")
    (tmp_path / "other").mkdir()
    detour = tmp_path / "other" / ".." / "inbox" / "other" / ".." / "board" / "x.csv"
    for home in (tmp_path, tmp_path / "other" / ".."):
        found = sniff(detour, settings_of(home))
        assert found.is_readable
        assert any("source 'board'" in line and "says" in line for line in found.lines)


def test_a_folder_gives_the_verdict_that_each_file_gets_alone(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(DECLARED)
    for name, content in (
        ("board/a.csv", b"nr,day\n1,2021-07-20\n"),
        ("board/b.csv", b"no,day\n1,2021-07-20\n"),
        ("board/c.csv", b"nr,day\n"),
        ("board/d.zip", zipped(x__csv=b"no,day\n1,2021-07-20\n")),
    ):
        judged(tmp_path, name, content)
    found = sniff(tmp_path / "inbox", settings_of(tmp_path))
    assert not found.is_readable
    assert found.lines[0] == "board/a.csv: mapped"
    for line, name in zip(found.lines[1:3], ("b.csv", "c.csv"), strict=True):
        alone = sniff(tmp_path / "inbox" / "board" / name, settings_of(tmp_path))
        assert line == f"board/{name}: mapped, {alone.lines[-1]}"
    assert "refused when read: missing_column" in found.lines[1]
    members = sniff(tmp_path / "inbox" / "board" / "d.zip", settings_of(tmp_path))
    assert not members.is_readable
    assert "missing_column" in members.lines[-1]


def test_what_a_folder_does_not_know_is_told_with_what_to_type(tmp_path: Path) -> None:
    judged(tmp_path, "a/x 1.dat", b"\x00\x01\x02")
    found = sniff(tmp_path / "inbox" / "a", settings_of(tmp_path))
    (line,) = found.lines
    assert line.endswith(f"; type: observatory sniff '{tmp_path}/inbox/a/x 1.dat'")


# -- proposals ------------------------------------------------------------------------------------
def entry_of(proposal: Proposal) -> SourceDeclaration:
    (source,) = yaml.safe_load(f"sources:\n{proposal.entry}")["sources"]
    return SourceDeclaration.model_validate(source)


def loaded(tmp_path: Path, name: str, content: bytes) -> tuple[SourceDeclaration, reading.Outcome]:
    """The proposal for a file, run on the file."""
    file = reading.raw_file(tmp_path, name, content)
    proposal = propose(file, "a")
    assert isinstance(proposal, Proposal), proposal
    assert proposal.is_complete, proposal.entry
    declared = entry_of(proposal)
    outcome = reading.clean(mapped_format(declared), file, encoding=declared.encoding)
    return declared, outcome


POSTS = [
    {"mid": "4544836471326734", "uid": "1", "发布时间": "2021-07-20 08:00", "正文": "a",
     "点赞数": "1.2万"},
    {"mid": "4544836471326735", "uid": "2", "发布时间": "2021-07-20 09:00", "正文": "b;c",
     "点赞数": "3"},
]  # fmt: skip


def delimited(rows: list[dict[str, str]], sign: str) -> bytes:
    return pl.DataFrame(rows).write_csv(separator=sign).encode()


@pytest.mark.parametrize(("name", "content", "reader", "records"), [
    ("x.csv", delimited(POSTS, ","), "csv", "$"),
    ("x.csv", delimited(POSTS, ";"), "csv", "$"),
    ("x.csv", delimited(POSTS, ",").decode().encode("gb18030"), "csv", "$"),
    ("x.csv", delimited(POSTS, ",").decode().encode("utf-16"), "csv", "$"),
    ("x.tsv", delimited(POSTS, "\t"), "tsv", "$"),
    ("x.txt", delimited(POSTS, "|"), "csv", "$"),
    ("x.jsonl", "\n".join(map(json.dumps, POSTS)).encode(), "jsonl", "$"),
    ("x.json", json.dumps(POSTS).encode(), "json", "$"),
    ("x.json", json.dumps({"ok": 1, "data": {"items": POSTS}}).encode(), "json", "$.data.items"),
    ("x.geojson", json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": row, "geometry": {"coordinates": [1, 2]}} for row in POSTS
    ]}).encode(), "json", "$.features[*]"),
    ("x.yaml", yaml.safe_dump({"list": POSTS}, allow_unicode=True).encode(), "yaml", "$.list"),
    ("x.xlsx", workbook(("表", [list(POSTS[0]), *[list(row.values()) for row in POSTS]])),
     "xlsx", "$"),
    ("x.parquet", parquet(pl.DataFrame(POSTS)), "parquet", "$"),
    ("x.csv.gz", gzip.compress(delimited(POSTS, ","), mtime=0), "csv", "$"),
])  # fmt: skip
def test_a_proposal_for_every_reader_loads_the_file(
    tmp_path: Path, name: str, content: bytes, reader: str, records: str
) -> None:
    declared, outcome = loaded(tmp_path, name, content)
    assert (declared.reader, declared.records, declared.table) == (reader, records, "posts")
    assert outcome.tables["posts"]["posted_at"].to_list() == [
        datetime(2021, 7, 20, 0, tzinfo=UTC), datetime(2021, 7, 20, 1, tzinfo=UTC),
    ]  # fmt: skip
    assert outcome.reasons == []


def test_a_file_whose_names_say_nothing_gets_a_skeleton_that_names_what_is_missing(
    tmp_path: Path,
) -> None:
    file = reading.raw_file(tmp_path, "x.csv", "foo,bar\n1,x\n")
    proposal = propose(file, "a")
    assert isinstance(proposal, Proposal)
    assert set(proposal.missing) >= {"post_id", "account_id", "posted_at"}
    assert "# post_id: …" in proposal.entry
    assert "# not mapped: foo, bar" in proposal.entry


def test_what_is_not_mapped_is_told_with_the_columns_that_are_still_free(tmp_path: Path) -> None:
    content = "留言编号,留言时间,状态,承办科室\n1,2021-07-20,已办结,x\n"
    proposal = propose(reading.raw_file(tmp_path, "x.csv", content), "a")
    assert isinstance(proposal, Proposal)
    (free,) = re.findall(r"still be filled there: (.*)\)", proposal.entry)
    assert {"answered_at", "addressee_text", "region_text"} <= set(free.split(", "))
    assert not {"inquiry_id", "asked_at", "status_text", "status"} & set(free.split(", "))


@pytest.mark.parametrize(("content", "table", "columns"), [
    ("用户id,粉丝数,昵称,日期\n1,22.5万,a,2021-07-20\n", "account_snapshots",
     {"account_id": "用户id", "followers": "粉丝数", "screen_name": "昵称"}),
    ("title,rank,heat,time\n洪水,1,100万+,1626739200\n", "hot_topic_slots",
     {"topic": "title", "slot_at": "time", "rank": "rank", "heat": "heat"}),
    ("mid,uid,likes,comments\n1,2,3,4\n", "post_metric_snapshots",
     {"post_id": "mid", "account_id": "uid", "likes": "likes", "comments": "comments"}),
    ("url,标题,发布时间\nhttps://a.example/1,t,2021-07-20\n", "articles",
     {"url": "url", "title": "标题", "published_at": "发布时间"}),
    ("mid,uid,last_seen,deleted_at\n1,2,2021-07-20,2021-07-21\n", "deletions",
     {"post_id": "mid", "account_id": "uid", "seen_until_at": "last_seen",
      "missing_at": "deleted_at"}),
    ("comment_id,mid,uid,created_at,text\n1,2,3,1626739200000,x\n", "comments",
     {"comment_id": "comment_id", "post_id": "mid", "account_id": "uid",
      "commented_at": "created_at", "text": "text"}),
    ("留言编号,留言时间,状态\n1,2021-07-20,x\n", "inquiries",
     {"inquiry_id": "留言编号", "asked_at": "留言时间", "status_text": "状态"}),
])  # fmt: skip
def test_tables_are_found_by_names_and_values(
    tmp_path: Path, content: str, table: str, columns: dict[str, str]
) -> None:
    declared, outcome = loaded(tmp_path, "x.csv", content.encode())
    assert declared.table == table
    assert {name: spec.from_ for name, spec in (declared.columns or {}).items()
            if spec.from_ is not None} == columns  # fmt: skip
    assert outcome.tables[table].height == 1
    assert outcome.problems.height == 0


def test_counts_beside_posts_are_a_second_entry_that_works(tmp_path: Path) -> None:
    content = (
        "微博ID,用户ID,昵称,发布时间,正文,转发量,评论量,点赞量\n"
        "5315658944873284,9900010021,示例公安,2026年07月01日 01:01,x,1.3万,12,100万+\n"
    )
    file = reading.raw_file(tmp_path, "导出.csv", content)
    proposal = propose(file, "a")
    assert isinstance(proposal, Proposal)
    assert (entry_of(proposal).table, entry_of(proposal).platform) == ("posts", "weibo")
    assert proposal.counts is not None
    sources = yaml.safe_load(f"sources:\n{proposal.entry}\n{proposal.counts}")["sources"]
    assert [source["name"] for source in sources] == ["a", "a_counts"]
    second = SourceDeclaration.model_validate(sources[1])
    row = reading.clean(mapped_format(second), file).only("post_metric_snapshots")
    assert (row["reposts_lo"], row["comments_lo"], row["likes_lo"]) == (12000, 12, 1_000_000)
    assert row["observed_at"] == reading.MODIFIED, "the time of publication is not when it was seen"
    told = {line for line in proposal.entry.splitlines() if "not mapped" in line}
    assert any("转发量, 评论量, 点赞量 (counts: the entry below" in line for line in told)
    assert any("昵称 (names of accounts" in line for line in told)
    lines, _ = judged(tmp_path, "a/导出.csv", content.encode())
    place = lines.index(proposal.counts)
    assert "its folder gets the same file too" in lines[place - 1]


def test_states_of_a_message_board_are_listed_with_their_codes(tmp_path: Path) -> None:
    words = ("已办理", "办理中", "待回复", "转交", "a: {b}")
    content = "编号,提问时间,办结时间,办理状态\n" + "".join(
        f"Q{n},2021-07-20 08:00:00,2021-07-2{n} 08:00:00,{word}\n" for n, word in enumerate(words)
    )
    declared, outcome = loaded(tmp_path, "x.csv", content.encode())
    columns = declared.columns or {}
    assert columns["answered_at"].from_ == "办结时间"
    assert columns["status"].map == {
        "已办理": "answered", "办理中": "in_progress", "待回复": "open",
    }  # fmt: skip
    assert outcome.tables["inquiries"]["status"].to_list() == [
        "answered", "in_progress", "open", None, None,
    ]  # fmt: skip
    proposal = propose(reading.raw_file(tmp_path, "y.csv", content), "a")
    assert isinstance(proposal, Proposal)
    for word in ("转交", '"a: {b}"'):
        assert f"#   not in the map: {word}: answered, in_progress" in proposal.entry


def test_times_are_proposed_in_the_notation_they_have(tmp_path: Path) -> None:
    content = "url,text,created_at,user\n" + "".join(
        f"https://twitter.com/a/status/9200{n},t,10/{n}/17 22:59,a\n" for n in (9, 16, 30)
    )
    declared, outcome = loaded(tmp_path, "x.csv", content.encode())
    columns = declared.columns or {}
    assert declared.platform == "twitter"
    assert columns["posted_at"].parse == "%m/%d/%y %H:%M"
    assert outcome.tables["posts"]["posted_at"].to_list()[0] == datetime(
        2017, 10, 9, 14, 59, tzinfo=UTC
    )
    assert outcome.reasons == []


@pytest.mark.parametrize(("days", "parse", "is_open"), [
    (("03/04", "05/06", "07/08"), "%m/%d/%Y %H:%M", True),
    (("03/04", "04/13", "05/06"), "%m/%d/%Y %H:%M", False),
    (("03/04", "13/04", "05/06"), "%d/%m/%Y %H:%M", False),
    (("03/04",) * 24 + ("13/04",), "%d/%m/%Y %H:%M", False),
])  # fmt: skip
def test_the_order_of_day_and_month_is_asked_only_where_nothing_proves_it(
    tmp_path: Path, days: tuple[str, ...], parse: str, is_open: bool
) -> None:
    content = "id,text,created_at,user\n" + "".join(
        f"{n},t,{day}/2017 22:59,a\n" for n, day in enumerate(days, start=1)
    )
    proposal = propose(reading.raw_file(tmp_path, "x.csv", content), "a")
    assert isinstance(proposal, Proposal)
    assert parse in proposal.entry
    assert ("the other way round" in proposal.entry) == is_open


def test_the_collection_time_is_a_column_where_there_is_one(tmp_path: Path) -> None:
    content = b"uid,fans,last_modify_ts\n1,2,1626739200000\n"
    declared, outcome = loaded(tmp_path, "x.csv", content)
    assert declared.observed_column is not None
    assert declared.observed_column.parse == "epoch_ms"
    assert outcome.only("account_snapshots")["observed_at"] == datetime(2021, 7, 20, tzinfo=UTC)


@pytest.mark.parametrize(("content", "said"), [
    (b"\x00\x01\x02", "neither text nor"),
    (b"just words\nand more of them\n", "no rows of a table"),
    (b"<a>b</a>", "HTML or XML"),
    (b"[1, 2]", "no list of objects"),
    (b"", "empty"),
])  # fmt: skip
def test_what_cannot_be_declared_is_said(tmp_path: Path, content: bytes, said: str) -> None:
    found = propose(reading.raw_file(tmp_path, "x.dat", content), "a")
    assert isinstance(found, str)
    assert said in found


def test_a_series_of_one_account_needs_a_person_to_say_whose(tmp_path: Path) -> None:
    found = propose(reading.raw_file(tmp_path, "x.csv", b"date,count\n2021-07-20,5\n"), "a")
    assert isinstance(found, Proposal)
    assert found.missing == ("account_id",)
    with pytest.raises(DeclarationError, match="account_id"):
        mapped_format(entry_of(found))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_quoted_text_is_one_scalar_whatever_is_in_it(text: str) -> None:
    written = quoted(text)
    assert len(written.splitlines()) <= 1
    assert yaml.safe_load(f"a: {{b: {written}}}  # {written}\nc: 1") == {"a": {"b": text}, "c": 1}
    assert yaml.load(f"- {written}", Loader=yaml.CSafeLoader) == [text]


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


@st.composite
def tables(draw: Any) -> tuple[str, bytes, int]:
    """A posts file in some notation, with columns of any other name beside it."""
    others = draw(st.lists(NAMES, max_size=3, unique=True))
    known = (("post_id", "mid", "微博id"), ("uid", "user_id", "用户id"), ("created_at", "发布时间"))
    names = [draw(st.sampled_from(words)) for words in known]
    notation = draw(
        st.sampled_from(("%Y-%m-%d %H:%M:%S", "%m/%d/%y %H:%M", "%s", "%Y年%m月%d日 %H:%M"))
    )
    height = draw(st.integers(1, 6))
    rows = []
    for n in range(height):
        at = datetime(2021, 7, 20, 8, tzinfo=UTC) + timedelta(days=n)
        written = str(int(at.timestamp())) if notation == "%s" else at.strftime(notation)
        values = [str(10**15 + n), str(n + 1), written]
        row = dict(zip(names, values, strict=True))
        row |= {other: draw(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8))
                for other in others if other.strip() and other not in names}  # fmt: skip
        rows.append(row)
    form = draw(st.sampled_from(("csv", "tsv", "json", "jsonl", "yaml", "xlsx", "parquet")))
    frame = pl.DataFrame(rows)
    content = {
        "csv": lambda: frame.write_csv().encode(),
        "tsv": lambda: frame.write_csv(separator="\t").encode(),
        "json": lambda: json.dumps({"data": rows}).encode(),
        "jsonl": lambda: "\n".join(map(json.dumps, rows)).encode(),
        "yaml": lambda: yaml.safe_dump(rows, allow_unicode=True).encode(),
        "xlsx": lambda: workbook(("A", [list(rows[0]), *[list(r.values()) for r in rows]])),
        "parquet": lambda: parquet(frame),
    }[form]()
    return f"x.{form}", content, height


@DEAR
@given(tables())
def test_what_is_proposed_validates_and_loads_every_record(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[str, bytes, int]
) -> None:
    name, content, height = table
    _, outcome = loaded(tmp_path_factory.mktemp("proposed"), name, content)
    assert outcome.tables["posts"].height == height


@DEAR
@given(st.lists(st.tuples(NAMES, st.text(max_size=10)), min_size=1, max_size=5),
       st.sampled_from(("csv", "json", "jsonl", "yaml")))  # fmt: skip
def test_a_proposal_for_anything_validates(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]], form: str
) -> None:
    row = dict(pairs)
    text = (
        json.dumps([row]) if form != "csv" else ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    )
    file = reading.raw_file(
        tmp_path_factory.mktemp("any"), f"x.{form}", text.encode("utf-8", "replace")
    )
    found = propose(file, "a")
    if isinstance(found, Proposal) and found.is_complete:
        mapped_format(entry_of(found))
    elif isinstance(found, Proposal):
        entry_of(found)
