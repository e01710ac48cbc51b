"""Plain-text articles: title, text, a date line, and furniture that is moved, never deleted."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.sources import formats
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.text_article import FORMAT, furniture_start
from tests.unit.sources import reading

BODY = (
    "The ministry said that police should use microblogs as a channel to the public.\n\n"
    "More than 4,000 official accounts have been opened, and 5,000 officers have joined."
)
FURNITURE = [
    "SITE EBOOKS",
    "Subscribe to Site",
    "SUPPORT US",
    "Google Ads 1",
    "Now, you can help in a new way: by toggling the switch below while you browse this site, "
    "you can provide a bridge for people elsewhere.",
    "Open popup",
    "X",
    "Welcome back!",
    "Site is non-profit, and we need your support. Thank you.",
]


def read(tmp_path: Path, content: str | bytes, **given: str) -> reading.Outcome:
    return reading.clean(FORMAT, reading.raw_file(tmp_path, "article.txt", content), **given)


def test_title_and_text(tmp_path: Path) -> None:
    row = read(tmp_path, f"\n  Ministry urges microblogs \n\n{BODY}\n").only("articles")
    assert row["title"] == "Ministry urges microblogs"
    assert row["text"] == BODY
    assert row["article_id"] == hashlib.sha256(BODY.encode()).hexdigest()[:16]
    assert (row["language"], row["stripped_text"], row["published_at"]) == ("en", None, None)
    assert row["url"] is None


def test_a_date_line_of_two_readings_is_named(tmp_path: Path) -> None:
    outcome = read(tmp_path, f"Title\n2020年7月2日 晚上12:30\n{BODY}\n")
    assert outcome.only("articles")["published_at"] is None
    assert outcome.reasons == ["ambiguous_hour"]
    row = read(tmp_path, f"Title\n2020年7月2日 凌晨12:30\n{BODY}\n").only("articles")
    assert row["published_at"] == datetime(2020, 7, 1, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(("line", "quoted"), [
    ("来源：样城日报", "样城日报"), ("2026年7月7日 09:20　来源：样报网　记者 例一", "样报网"),
    ("原文来自微信公众号「样城周刊」：开通微博", "样城周刊"),
    ("文章出自样城网，转自别处", "样城网"),
    ("来源：本文原载于《样城周刊》2013年第27期", "样城周刊"),
    ("新华社北京6月30日电 市公安局表示", "新华社"), ("(Xinhua) -- The bureau said", "Xinhua"),
    ("信息源自Example Times： 开通微博", "Example Times"),
    ("Microblogs spread. From China Daily:", "China Daily"),
    ("出自微博 @某人 ，原文已被删。", None), ("来源：网络", None),
    ("原文来自豆瓣广播，已被404", None),
    ("来源：2168", None), ("昨日，市公安局表示。", None), ("据新华社报道，市公安局表示。", None),
])  # fmt: skip
def test_the_outlet_a_text_is_taken_from_is_no_publisher(
    tmp_path: Path, line: str, quoted: str | None
) -> None:
    row = read(tmp_path, f"开通微博\n\n{line}\n\n市公安局周一开通微博。\n").only("articles")
    assert (row["quoted_outlet"], row["outlet"]) == (quoted, None)


def test_furniture_is_moved_not_deleted(tmp_path: Path) -> None:
    row = read(tmp_path, f"Title\n\n{BODY}\n\n" + "\n\n".join(FURNITURE)).only("articles")
    # The first line of the furniture carries no mark: what is not known stays with the text.
    assert row["text"] == f"{BODY}\n\nSITE EBOOKS"
    assert str(row["stripped_text"]).split("\n") == FURNITURE[1:]
    assert "furniture" in str(row["extractor"])


@pytest.mark.parametrize("tail", [
    ["Subscribe to us"],
    ["Subscribe to us", "Welcome back!"],
    ["Subscribe to us", "Open popup", "X", "But the story goes on here.", "And on.", "And ends."],
])  # fmt: skip
def test_too_little_to_call_furniture(tmp_path: Path, tail: list[str]) -> None:
    row = read(tmp_path, f"Title\n{BODY}\n" + "\n".join(tail)).only("articles")
    assert row["stripped_text"] is None
    assert str(row["text"]).endswith(tail[-1])


def test_chinese_furniture(tmp_path: Path) -> None:
    tail = "责任编辑：某某\n分享到：微信\n相关阅读\n返回顶部"
    body = "公安部要求各级公安机关开通政务微博，及时回应群众关切。"
    row = read(tmp_path, f"公安部：开通微博\n{body}\n{tail}").only("articles")
    assert (row["text"], row["stripped_text"], row["language"]) == (body, tail, "zh")


@given(st.lists(st.sampled_from([*FURNITURE, "", "A sentence of the article, long or short."])))
def test_no_line_is_lost(lines: list[str]) -> None:
    start = furniture_start(lines)
    assert 0 <= start <= len(lines)
    assert lines[:start] + lines[start:] == lines
    assert start == len(lines) or lines[start] in FURNITURE


@pytest.mark.parametrize(("line", "at", "precision"), [
    ("2011-09-27", datetime(2011, 9, 26, 16, tzinfo=UTC), "day"),
    ("日期：2011年9月27日 08:30", datetime(2011, 9, 27, 0, 30, tzinfo=UTC), "minute"),
    ("Published on September 27, 2011", datetime(2011, 9, 26, 16, tzinfo=UTC), "day"),
    ("Date: Tue, 27 Sep 2011 08:30:00 +0000", datetime(2011, 9, 27, 8, 30, tzinfo=UTC), "second"),
])  # fmt: skip
def test_date_line(tmp_path: Path, line: str, at: datetime, precision: str) -> None:
    row = read(tmp_path, f"Title\nBy Alice\n{line}\n\n{BODY}").only("articles")
    assert (row["published_at"], row["published_at_precision"]) == (at, precision)
    assert (row["published_at_source"], row["stripped_text"]) == ("date_line", line)
    assert row["text"] == f"By Alice\n\n{BODY}"


@pytest.mark.parametrize("line", [
    "On September 27, 2011, the ministry spoke.", "27/09/2011", "2011-13-45", "September 2011",
])  # fmt: skip
def test_no_date_line(tmp_path: Path, line: str) -> None:
    row = read(tmp_path, f"Title\n{line}\n{BODY}").only("articles")
    assert row["published_at"] is None
    assert line in str(row["text"])


def test_date_deep_in_the_text_is_no_date_line(tmp_path: Path) -> None:
    row = read(tmp_path, f"Title\n1\n2\n3\n4\n2011-09-27\n{BODY}").only("articles")
    assert row["published_at"] is None


def test_encodings(tmp_path: Path) -> None:
    text = "标题\n公安部要求各级公安机关开通政务微博。"
    for data in (text.encode("utf-8-sig"), text.encode("utf-16")):
        assert read(tmp_path, data).only("articles")["title"] == "标题"
    assert read(tmp_path, text.encode("gb18030")).reasons == ["encoding"]
    row = read(tmp_path, text.encode("gb18030"), encoding="gb18030").only("articles")
    assert row["title"] == "标题"


@pytest.mark.parametrize(("content", "reasons"), [
    ("", []), ("\n \n", []), ("Only a title\n", ["no_article_text"]),
    ("Title\nText with a \x00 in it", ["control_character"]),
])  # fmt: skip
def test_bad_files(tmp_path: Path, content: str, reasons: list[str]) -> None:
    assert read(tmp_path, content).reasons == reasons


SERIES = "Date (YYYY-MM-DD),Followers (tens of thousands)\n2022-04-01,3047.9\n2022-04-02,3048\n"


@pytest.mark.parametrize(("name", "content", "winner"), [
    ("weibo_1_2022.txt", SERIES, "follower_series_csv"),
    ("weibo_1_2022.txt", SERIES.split("\n")[0] + "\n", None),
    ("article.txt", f"Title\n\n{BODY}", "text_article"),
    ("names.txt", "id,name\n1,a\n2,b\n3,c\n", None),
    ("post.txt", '{"id": 1}\n{"id": 2, "text": "' + "x" * 80 + '"}', None),
    ("corpus.txt", ("a line of a corpus with words in it, " * 3 + "\n") * 200, None),
    ("page.txt", "<html>\n<body>" + "x" * 80, None),
    ("article.md", f"Title\n\n{BODY}", None),
])  # fmt: skip
def test_recognition(name: str, content: str, winner: str | None) -> None:
    found = formats.sniff(Head(PurePosixPath(name), content.encode()))
    assert (found[0][0].id if found else None) == winner


SEED = Path(__file__).parents[5] / "shared/data/news_articles/seed/000_bdd7776bf38cd729.txt"


@pytest.mark.real_data
@pytest.mark.skipif(not SEED.exists(), reason="the real inputs are not beside the checkout")
def test_the_seed_article(tmp_path: Path) -> None:
    row = read(tmp_path, SEED.read_bytes()).only("articles")
    assert row["title"] == "China's MPS Urges Use of Microblogs as a Work Tool"
    assert len(str(row["text"]).split("\n\n")) == 10
    assert len(str(row["stripped_text"]).split("\n")) == 15
    assert "4,000 official microblogs" in str(row["text"])
    assert (row["language"], row["published_at"]) == ("en", None)


@pytest.mark.parametrize(("line", "at", "precision"), [
    ("2021年7月7日 09:20　来源：样报网　记者 例一",
     datetime(2021, 7, 7, 1, 20, tzinfo=UTC), "minute"),
    ("来源：示例日报　2021年7月7日", datetime(2021, 7, 6, 16, tzinfo=UTC), "day"),
    ("2021年7月7日，记者在2021年7月6日到过现场", None, None),
    ("2021年7月7日，市公安局开通微博", None, None),
    ("来源：样报网　截至2021年7月7日", None, None),
])  # fmt: skip
def test_the_only_date_of_a_byline(
    tmp_path: Path, line: str, at: datetime | None, precision: str | None
) -> None:
    content = f"开通微博\n\n{line}\n\n市公安局周一开通微博。\n"
    row = read(tmp_path, content).only("articles")
    assert (row["published_at"], row["published_at_precision"]) == (at, precision)
    assert str(row["text"]).startswith(line)
