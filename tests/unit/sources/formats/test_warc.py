"""WARC: pages become articles, every other record is accounted for, breaks are named."""

from __future__ import annotations

import gzip
import io
import zlib
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from orchestration.sources import formats
from orchestration.sources.formats.base import Head
from orchestration.sources.formats.warc import FORMAT
from orchestration.sources.readers import warc
from orchestration.sources.readers.base import ReadOptions
from tests.unit.sources import reading

CAPTURED = "2021-07-21T05:06:07Z"
CHINESE = (
    "市公安局周一表示，新开通的政务微博将面向公众，及时回应群众关切，并在一个工作日内答复来自各区居民的"
    "提问，同时发布权威信息，澄清不实传言，欢迎广大市民监督。"
)
HTML = "text/html; charset=utf-8"


def page(number: int = 1, head: str = "", text: str = CHINESE) -> str:
    paragraphs = "".join(f"<p>{text}{number}{part}</p>" for part in range(6))
    return (
        f"<!DOCTYPE html><html><head><title>公安局开通政务微博 {number}</title>{head}</head><body>"
        f"<article><h1>公安局开通政务微博 {number}</h1>{paragraphs}</article></body></html>"
    )


class Archive:
    """A WARC in the making."""

    def __init__(self, *, compressed: bool = False) -> None:
        self.stream = io.BytesIO()
        self._writer = WARCWriter(self.stream, gzip=compressed)

    def add(
        self,
        body: bytes | str = "",
        *,
        address: str = "https://news.example.cn/a/1",
        kind: str = "response",
        status: str | None = "200 OK",
        media: str | None = HTML,
        headers: tuple[tuple[str, str], ...] = (),
        warc_headers: dict[str, str] | None = None,
        content_type: str = "application/http; msgtype=response",
    ) -> Archive:
        data = body.encode() if isinstance(body, str) else body
        http = None
        if status is not None:
            named = [("Content-Type", media)] if media else []
            http = StatusAndHeaders(status, [*named, *headers], protocol="HTTP/1.1")
        record = self._writer.create_warc_record(
            address, kind, payload=io.BytesIO(data), length=len(data), http_headers=http,
            warc_headers_dict={"WARC-Date": CAPTURED, **(warc_headers or {})},
            warc_content_type=content_type,
        )  # fmt: skip
        self._writer.write_record(record)
        return self

    def info(self) -> Archive:
        self._writer.write_record(self._writer.create_warcinfo_record("x.warc", {"a": "b"}))
        return self

    @property
    def data(self) -> bytes:
        return self.stream.getvalue()


def read(
    tmp_path: Path, content: bytes | Archive, name: str = "a.warc", **given: str
) -> reading.Outcome:
    data = content.data if isinstance(content, Archive) else content
    return reading.clean(FORMAT, reading.raw_file(tmp_path, name, data), **given)


def records(outcome: reading.Outcome) -> int:
    """How many records of the file the outcome accounts for."""
    loaded = outcome.tables["articles"].height if outcome.tables else 0
    refused = outcome.problems.filter(outcome.problems["extent"] == "record").height if (
        "extent" in outcome.problems.columns
    ) else 0  # fmt: skip
    return loaded + refused + sum(reject.records for reject in outcome.rejects)


def test_page(tmp_path: Path) -> None:
    head = '<meta property="article:published_time" content="2021-07-20T08:30:15+08:00">'
    row = read(tmp_path, Archive().info().add(page(head=head))).only("articles")
    assert row["url"] == "https://news.example.cn/a/1"
    assert (row["title"], row["outlet"]) == ("公安局开通政务微博 1", "news.example.cn")
    assert "及时回应群众关切" in str(row["text"])
    assert row["observed_at"] == datetime(2021, 7, 21, 5, 6, 7, tzinfo=UTC)
    assert row["published_at"] == datetime(2021, 7, 20, 0, 30, 15, tzinfo=UTC)
    assert row["record_number"] == 2


def test_the_address_a_page_declares_is_believed(tmp_path: Path) -> None:
    head = '<link rel="canonical" href="https://news.example.cn/story/1">'
    archive = Archive().add(page(head=head), address="https://news.example.cn/x?sid=9")
    assert read(tmp_path, archive).only("articles")["url"] == "https://news.example.cn/story/1"


def test_no_date_after_the_capture_is_believed(tmp_path: Path) -> None:
    late = "<p class='date'>Published: 2021-07-23</p>"
    row = read(tmp_path, Archive().add(page() + late)).only("articles")
    assert row["published_at"] is None


@pytest.mark.parametrize("compressed", [False, True])
def test_every_record_is_accounted_for(tmp_path: Path, compressed: bool) -> None:
    archive = Archive(compressed=compressed).info()
    archive.add(kind="request", status="GET / HTTP/1.1", content_type="application/http")
    archive.add(page(1), address="https://a.cn/1")
    archive.add(b"\xff\xd8", media="image/jpeg")
    archive.add(page(2), status="404 Not Found")
    archive.add(status="301 Moved")
    archive.add(kind="revisit", warc_headers={"WARC-Profile": "identical-payload-digest"})
    archive.add(kind="metadata", status=None, content_type="application/warc-fields")
    archive.add("1.2.3.4", address="dns:a.cn", status=None, content_type="text/dns")
    archive.add("<html><body><form></form></body></html>")
    archive.add(page(3), address="https://a.cn/3")
    outcome = read(tmp_path, archive, "a.warc.gz" if compressed else "a.warc")
    assert outcome.tables["articles"]["record_number"].to_list() == [3, 11]
    assert sorted((r.reason, r.records, r.record_number) for r in outcome.rejects) == [
        ("http_status_301", 1, 6), ("http_status_404", 1, 5), ("no_article_text", 1, 10),
        ("not_a_page", 5, None), ("revisit_record", 1, None),
    ]  # fmt: skip
    assert records(outcome) == 11


def test_resource_and_page_without_media_type(tmp_path: Path) -> None:
    archive = Archive().add(page(1), kind="resource", status=None, content_type="text/html")
    archive.add(page(2), media=None, address="https://a.cn/2").add("plain", media=None)
    outcome = read(tmp_path, archive)
    assert outcome.tables["articles"].height == 2
    assert outcome.reasons == ["not_a_page"]


def test_same_page_captured_twice_has_two_observations(tmp_path: Path) -> None:
    archive = Archive().add(page())
    archive.add(page(), warc_headers={"WARC-Date": "2021-07-22T05:06:07.123456Z"})
    articles = read(tmp_path, archive).tables["articles"]
    assert articles["article_id"].n_unique() == 1
    assert articles["observed_at"].n_unique() == 2


# -- encodings ------------------------------------------------------------------------------------
def chunked(data: bytes) -> bytes:
    half = len(data) // 2
    parts = (data[:half], data[half:])
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def deflated(data: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return machine.compress(data) + machine.flush()


def in_members(data: bytes, padding: bytes = b"") -> bytes:
    third = len(data) // 3
    parts = (data[:third], data[third : 2 * third], data[2 * third :])
    return padding.join(map(gzip.compress, parts)) + padding


CHUNKED, GZIP = ("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")


@pytest.mark.parametrize(("body", "headers"), [
    (chunked(page().encode()), (CHUNKED,)),
    (gzip.compress(page().encode()), (GZIP,)),
    (chunked(gzip.compress(page().encode())), (CHUNKED, GZIP)),
    (zlib.compress(page().encode()), (("Content-Encoding", "deflate"),)),
    (deflated(page().encode()), (("Content-Encoding", "Deflate"),)),
    (page().encode(), (CHUNKED, GZIP)),
])  # fmt: skip
def test_transfer_and_content_encoding(
    tmp_path: Path, body: bytes, headers: tuple[tuple[str, str], ...]
) -> None:
    row = read(tmp_path, Archive().add(body, headers=headers)).only("articles")
    assert "及时回应群众关切" in str(row["text"])


@pytest.mark.parametrize(("body", "headers", "reason"), [
    (gzip.compress(page().encode())[:-30], (GZIP,), "truncated_page"),
    (b"\x8b\x03", (("Content-Encoding", "br"),), "content_encoding"),
    (gzip.compress(b"<html>" * 4_000_000), (GZIP,), "document_too_long"),
    (chunked(gzip.compress(b"<html>" * 4_000_000)), (CHUNKED, GZIP), "document_too_long"),
    (b"<html>" * 2_000_000, (), "document_too_long"),
    (b"", (), "no_article_text"),
    (b"<html><body>" + "公安".encode("gb18030") * 9 + bytes(range(128, 256)) * 40, (), "encoding"),
])  # fmt: skip
def test_pages_that_cannot_be_read(
    tmp_path: Path, body: bytes, headers: tuple[tuple[str, str], ...], reason: str
) -> None:
    outcome = read(tmp_path, Archive().add(body, headers=headers).add(page(2)))
    assert outcome.rejects[0].reason in (reason, "no_article_text")
    assert outcome.rejects[0].record_number == 1
    assert outcome.only("articles")["record_number"] == 2
    assert records(outcome) == 2


@pytest.mark.parametrize(("media", "meta", "encoding"), [
    ("text/html; charset=utf-8", "", "gb18030"),
    ("text/html; charset=ISO-8859-1", "", "gb18030"),
    ("text/html; charset=ISO-8859-1", '<meta charset="gb2312">', "gb18030"),
    ("text/html; charset=GBK", "", "gb18030"),
    ("text/html; charset=gb2312", '<meta charset="big5">', "utf-8"),
    ("text/html; charset=klingon", "", "utf-8"),
    ("text/html; charset=undefined", "", "gb18030"),
    ("text/html; charset=punycode", "", "gb18030"),
])  # fmt: skip
def test_charset_labels(tmp_path: Path, media: str, meta: str, encoding: str) -> None:
    archive = Archive().add(page(head=meta).encode(encoding), media=media)
    assert "及时回应群众关切" in str(read(tmp_path, archive).only("articles")["text"])


@pytest.mark.parametrize("body", [
    in_members(page().encode()), in_members(page().encode(), b"\0" * 9),
    in_members(page().encode()) + b"garbage",
])  # fmt: skip
def test_every_member_of_a_compressed_page_is_read(tmp_path: Path, body: bytes) -> None:
    text = str(read(tmp_path, Archive().add(body, headers=(GZIP,))).only("articles")["text"])
    assert text.count("及时回应群众关切") == 6


@pytest.mark.parametrize(("body", "reason"), [
    (in_members(page().encode())[:-30], "truncated_page"),
    (gzip.compress(page().encode()) + b"\x1f\x8bgarbage", "truncated_page"),
    (gzip.compress(b"") * 200_000, "content_encoding"),
])  # fmt: skip
def test_members_that_cannot_be_read_are_named(tmp_path: Path, body: bytes, reason: str) -> None:
    assert read(tmp_path, Archive().add(body, headers=(GZIP,))).reasons == [reason]


@pytest.mark.parametrize(("body", "is_named"), [
    (chunked(page().encode()), False),
    (chunked(page().encode())[:-2] + b"Expires: 0\r\n\r\n", False),
    (chunked(page().encode()).removesuffix(b"0\r\n\r\n"), True),
    (chunked(page().encode())[:-300], True),
    (page().encode(), False),
])  # fmt: skip
def test_a_body_without_its_last_chunk_is_loaded_and_named(
    tmp_path: Path, body: bytes, is_named: bool
) -> None:
    outcome = read(tmp_path, Archive().add(body, headers=(CHUNKED,)))
    assert "及时回应群众关切" in str(outcome.only("articles")["text"])
    found = [(r.reason, r.records, r.record_number) for r in outcome.rejects]
    assert found == ([("truncated_page", 0, 1)] if is_named else [])


def test_page_cut_by_the_crawler(tmp_path: Path) -> None:
    archive = Archive().add(page(), warc_headers={"WARC-Truncated": "length"})
    assert read(tmp_path, archive).reasons == ["truncated_page"]


@pytest.mark.parametrize(("announced", "is_named"), [
    ("999999", True), ("10", False), ("many", False), (None, False),
])  # fmt: skip
def test_a_body_shorter_than_announced_is_loaded_and_named(
    tmp_path: Path, announced: str | None, is_named: bool
) -> None:
    headers = (("Content-Length", announced),) if announced else ()
    outcome = read(tmp_path, Archive().add(page(), headers=headers).data)
    assert "及时回应群众关切" in str(outcome.only("articles")["text"])
    found = [(r.reason, r.records, r.record_number) for r in outcome.rejects]
    assert found == ([("truncated_page", 0, 1)] if is_named else [])


def test_a_page_cut_in_its_text_is_loaded_and_named(tmp_path: Path) -> None:
    whole = page()
    outcome = read(tmp_path, Archive().info().add(whole[: len(whole) * 2 // 3]).data)
    assert "及时回应群众关切" in str(outcome.only("articles")["text"])
    assert ("truncated_page", 0, 2) in [
        (r.reason, r.records, r.record_number) for r in outcome.rejects
    ]


def test_hostile_page(tmp_path: Path) -> None:
    deep = "<div>" * 200_000 + CHINESE
    title = page(2).replace("<title>", "<title>&lt;script&gt;x()&lt;/script&gt;")
    outcome = read(tmp_path, Archive().add(deep).add(title))
    assert records(outcome) == 2
    assert outcome.tables["articles"]["record_number"].to_list()[-1] == 2


# -- broken archives ------------------------------------------------------------------------------
WHOLE = Archive().info().add(page(1), address="https://a.cn/1").add(page(2)).data


@pytest.mark.parametrize("missing", [20, 500, 1000])
def test_archive_cut_in_its_last_record(tmp_path: Path, missing: int) -> None:
    outcome = read(tmp_path, WHOLE[:-missing])
    assert outcome.only("articles")["record_number"] == 2
    assert sorted((r.reason, r.record_number) for r in outcome.rejects if r.record_number) == [
        ("truncated_warc", 3)
    ]
    assert records(outcome) == 3


def test_archive_cut_in_a_header(tmp_path: Path) -> None:
    place = WHOLE.rindex(b"WARC-Date")
    outcome = read(tmp_path, WHOLE[:place])
    assert {r.reason for r in outcome.rejects} <= {"broken_warc", "truncated_warc", "not_a_page"}
    assert outcome.only("articles")["record_number"] == 2
    assert records(outcome) == 3


def test_cut_gzip_member(tmp_path: Path) -> None:
    data = Archive(compressed=True).add(page(1)).add(page(2), address="https://a.cn/2").data
    outcome = read(tmp_path, data[:-40], "a.warc.gz")
    assert outcome.only("articles")["record_number"] == 1
    assert [(r.reason, r.record_number) for r in outcome.rejects] == [("truncated_gzip", 2)]


def test_garbage_after_the_last_gzip_member(tmp_path: Path) -> None:
    data = Archive(compressed=True).add(page(1)).data
    outcome = read(tmp_path, data + b"garbage", "a.warc.gz")
    assert outcome.tables["articles"].height == 1
    assert outcome.reasons == ["trailing_garbage"]
    assert records(outcome) == 1


@pytest.mark.parametrize("damage", [
    lambda data: data.replace(b"WARC/1.0\r\n", b"JUNK/1.0\r\n").replace(b"JUNK", b"WARC", 2),
    lambda data: data.replace(b"Content-Length: ", b"Content-Length: 1", 3),
    lambda data: data[:-4] + b"\r\n\r\njunk after the end",
    lambda data: data + b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: many\r\n\r\n",
    lambda data: data + b"WARC/1.0\r\nX: " + b"x" * 3_000_000,
])  # fmt: skip
def test_broken_archive(tmp_path: Path, damage, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    outcome = read(tmp_path, damage(WHOLE))
    last = max((r for r in outcome.rejects if r.record_number), key=lambda r: r.record_number or 0)
    assert last.reason in ("broken_warc", "truncated_warc")
    assert capsys.readouterr().err == ""


def test_wrong_length_hides_no_record_silently(tmp_path: Path) -> None:
    lengths = WHOLE.split(b"Content-Length: ")
    value = lengths[2].split(b"\r\n", 1)[0]
    short = WHOLE.replace(b"Content-Length: " + value, b"Content-Length: %d" % (int(value) - 50))
    outcome = read(tmp_path, short)
    assert "broken_warc" in outcome.reasons


@pytest.mark.parametrize(("content", "name", "reasons"), [
    (b"", "a.warc", []),
    (gzip.compress(b""), "a.warc.gz", []),
    (b"<html>", "a.warc", ["not_a_warc"]),
    (gzip.compress(WHOLE), "a.warc", ["not_a_warc"]),
    (b"filedesc://x 0.0.0.0 20200101000000 text/plain 1\n", "a.arc", ["not_a_warc"]),
    (WHOLE, "a.warc.gz", ["damaged_gzip"]),
])  # fmt: skip
def test_what_is_no_warc(tmp_path: Path, content: bytes, name: str, reasons: list[str]) -> None:
    outcome = read(tmp_path, content, name)
    assert (outcome.reasons, outcome.tables) == (reasons, {})


def test_response_without_a_header(tmp_path: Path) -> None:
    archive = Archive().add(b"", status=None).add(page(2))
    archive.add("HTTP/1.1 fine\r\n\r\n", status=None)
    outcome = read(tmp_path, archive)
    assert outcome.reasons == ["http_header_unreadable", "http_header_unreadable"]
    assert records(outcome) == 3


def test_large_record_is_passed_over_in_little_memory(tmp_path: Path) -> None:
    import tracemalloc

    archive = Archive().add(b"\x00" * 80_000_000, media="video/mp4").add(page(2)).data
    file = reading.raw_file(tmp_path, "a.warc", archive)
    del archive
    tracemalloc.start()
    found = list(FORMAT.reader.read(file, ReadOptions()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == 2
    assert peak < 40_000_000


def test_records_are_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "BATCH_ROWS", 1)
    for compressed in (False, True):
        archive = Archive(compressed=compressed).info().add(page(1)).add(page(2)).data
        name = "a.warc.gz" if compressed else "a.warc"
        file = reading.raw_file(tmp_path, name, archive)
        located = FORMAT.reader.locate(file, 3, ReadOptions())
        assert located is not None
        content = file.read_content()
        assert content[located.offset :].startswith(located.raw)
        assert located.raw.startswith(b"WARC/1.0\r\nWARC-")
        assert "公安局开通政务微博 2".encode() in located.raw
        assert FORMAT.reader.locate(file, 9, ReadOptions()) is None


def test_sniff() -> None:
    head = Head(PurePosixPath("crawl"), WHOLE[:65536])
    assert formats.sniff(head)[0][0].id == "warc"
    assert FORMAT.sniff(Head(PurePosixPath("a.warc"), b"<html>")) is None
