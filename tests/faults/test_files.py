"""Faults of files and paths: writers, names, links, containers, order, numbers of files."""

from __future__ import annotations

import io
import os
import resource
import socket
import stat
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration.sources import extract as extraction
from orchestration.sources.archive import Archive
from orchestration.sources.extract import extract, read_declarations
from orchestration.sources.inbox import InboxMissingError
from orchestration.warehouse import ingest
from tests.faults.matrix import FAULTS
from tests.faults.site import SEEN, Site, lines, post

pytestmark = pytest.mark.faults

SPIDER = "name: s, format: weibo_spider_jsonl, account: {kind: organ}"
NEW = timedelta(0)


@pytest.fixture
def spider(site: Site) -> Site:
    """A site with one declared source, `s`."""
    site.declare(SPIDER)
    return site


def ids(site: Site) -> list[str]:
    return [row[0] for row in site.ask("select distinct post_id from core.posts order by 1")]


def accounts(site: Site) -> int:
    return len(site.ask("select distinct account_id from core.account_snapshots"))


def test_b1_a_half_written_file_is_never_half_loaded(spider: Site) -> None:
    whole = lines(post(1), post(2))
    spider.put("s/x.jsonl", whole[:-20], age=NEW)
    spider.put("s/.y.jsonl.part", whole)
    spider.put("s/z.jsonl.tmp", whole)
    assert spider.night().files == 0
    assert (spider.left["s/x.jsonl"],) == FAULTS["B1"].reasons
    assert spider.left["s/z.jsonl.tmp"] == "unfinished_name"
    assert not ids(spider)
    spider.put("s/x.jsonl", whole, age=NEW)
    done = spider.night()
    assert (done.files, done.records_loaded, done.records_quarantined) == (1, 2, 0)
    spider.assert_conserved()
    spider.assert_repeatable()


def test_b2_a_file_that_changes_while_it_is_read_waits(
    spider: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = spider.put("s/x.jsonl", lines(post(1)))
    spider.put("s/y.jsonl", lines(post(2)))
    store = Archive._store

    def store_while_it_grows(archive: Archive, source: Path) -> str:
        digest = store(archive, source)
        if source == path:
            with path.open("ab") as writer:
                writer.write(lines(post(3)))
        return digest

    monkeypatch.setattr(Archive, "_store", store_while_it_grows)
    assert spider.night().files == 1
    assert (spider.left["s/x.jsonl"],) == FAULTS["B2"].reasons
    monkeypatch.undo()
    assert spider.night().records_loaded == 2
    assert len(ids(spider)) == 3
    spider.assert_conserved()
    spider.assert_repeatable()


def test_b3_a_file_that_vanishes_or_is_forbidden_stops_nobody(
    spider: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("early", "forbidden", "late", "young", "z"):
        spider.put(f"s/{name}.jsonl", lines(post(ord(name[0]))), NEW if name == "young" else
                   timedelta(days=1))  # fmt: skip
    lstat, opened, flaw = Path.lstat, os.open, "orchestration.sources.inbox.incompleteness"

    def vanishing(path: Path) -> os.stat_result:
        if path.name == "early.jsonl":
            path.unlink(missing_ok=True)
        return lstat(path)

    def refusing(path: Any, *arguments: Any, **named: Any) -> int:
        name = os.path.basename(os.fsdecode(path)) if isinstance(path, (str, os.PathLike)) else ""
        if name == "late.jsonl":
            os.unlink(path)
        if name == "forbidden.jsonl":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **named)

    def unlinking(path: Path) -> str | None:
        path.unlink()
        path.open("rb")
        return None

    monkeypatch.setattr(Path, "lstat", vanishing)
    monkeypatch.setattr(os, "open", refusing)
    monkeypatch.setattr(flaw, unlinking)
    done = spider.night()
    monkeypatch.undo()
    assert (done.files, done.records_loaded) == (1, 1)
    assert set(spider.left.values()) == set(FAULTS["B3"].reasons)
    assert set(spider.left) == {f"s/{n}.jsonl" for n in ("early", "forbidden", "late", "young")}
    assert spider.last is not None
    told = {notice.display: notice.detail for notice in spider.last.notices}
    assert "vanished" in told["s/early.jsonl"]
    assert "check its owner and mode" in told["s/forbidden.jsonl"]
    assert spider.night().records_loaded == 1  # the forbidden one is readable again
    spider.assert_conserved()


def test_b4_hostile_names_are_only_shown(spider: Site, tmp_path: Path) -> None:
    names: list[bytes] = [
        b"x..%2f..%2fx.jsonl", b"~root..jsonl", b"two\nlines.jsonl", b"a" * 249 + b".jsonl",
        b"not-utf8-\xff\xfe.jsonl", "<b>样</b> $(rm) `x`.jsonl".encode(), b"' or 1=1 --.jsonl",
        b"C:\\windows\\x.jsonl", b"\x1b[31m.jsonl",
    ]  # fmt: skip
    for number, name in enumerate(names):
        spider.put(b"s/" + name, lines(post(number)))
    before = {path for path in tmp_path.rglob("*") if spider.home not in path.parents}
    done = spider.night()
    assert (done.files, done.records_loaded) == (len(names), len(names))
    assert {path for path in tmp_path.rglob("*") if spider.home not in path.parents} == before
    paths = [row[0] for row in spider.ask("select path from quality.file_ledger")]
    assert all(path.isprintable() and path.startswith("s/") for path in paths)
    assert "s/two\\nlines.jsonl" in paths
    assert "s/not-utf8-\\xff\\xfe.jsonl" in paths
    spider.assert_conserved()
    spider.assert_repeatable()


def test_b5_only_regular_files_are_read(spider: Site, tmp_path: Path) -> None:
    outside = tmp_path / "outside.jsonl"
    outside.write_bytes(lines(post(7)))
    real = spider.put("s/real.jsonl", lines(post(1)))
    folder = real.parent
    (folder / "link.jsonl").symlink_to(outside)
    (folder / "linked_folder").symlink_to(tmp_path)
    (folder / "dangling.jsonl").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "pipe.jsonl")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(folder)  # a socket's path is short
        try:
            server.bind("socket.jsonl")
        finally:
            os.chdir(here)
    spider.put("s/folder.jsonl/inner.jsonl", lines(post(2)))
    os.link(real, folder / "hard.jsonl")
    done = spider.night()
    assert (done.files, done.records_in, done.records_loaded) == (3, 3, 2)
    left = ("link.jsonl", "linked_folder", "dangling.jsonl", "pipe.jsonl", "socket.jsonl")
    assert spider.left == dict.fromkeys((f"s/{name}" for name in left), FAULTS["B5"].reasons[0])
    spider.assert_conserved()
    spider.assert_repeatable()


def test_b6_members_of_a_zip_are_read_where_they_are(spider: Site, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    link = zipfile.ZipInfo("link.jsonl")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(buffer, "w") as container:
        container.writestr("../../evil.jsonl", lines(post(1)))
        container.writestr("/etc/evil.jsonl", lines(post(2)))
        container.writestr(link, "/etc/passwd")
    spider.put("s/x.zip", buffer.getvalue())
    before = set(tmp_path.rglob("*evil*")) | set(tmp_path.rglob("*link*"))
    done = spider.night()
    assert (done.files, done.records_loaded, done.records_quarantined) == (3, 2, 1)
    found = [(row["path"], row["reason"], row["excerpt"]) for row in spider.quarantine("s")]
    assert found == [("s/x.zip!/link.jsonl", FAULTS["B6"].reasons[0], None)]
    assert set(tmp_path.rglob("*evil*")) | set(tmp_path.rglob("*link*")) == before
    spider.assert_conserved()
    spider.assert_repeatable()


def test_b7_an_old_name_with_new_content_is_another_delivery(spider: Site) -> None:
    spider.put("s/x.jsonl", lines(post(1), post(2)))
    spider.night()
    spider.put("s/x.jsonl", lines(post(2), post(3)), age=timedelta(hours=1))
    done = spider.night()
    assert (done.records_loaded, done.records_duplicate) == (1, 1)
    assert spider.ask("select path, count(distinct file_sha256) from quality.file_ledger group by 1"
                      ) == [("s/x.jsonl", 2)]  # fmt: skip
    spider.assert_conserved()
    spider.assert_repeatable()


def test_b8_late_files_give_what_they_would_have_given_in_time(tmp_path: Path) -> None:
    day = 86400
    files = {
        f"{n}.jsonl": lines(
            *(post(k, crawl_time=SEEN + n * day, attitudes_count=k * n) for k in range(5)),
            post(9, content=f"第{n // 2}版", crawl_time=SEEN + n * day),
        )
        for n in (0, 1, 20)
    }
    contents, touched = [], []
    first, second, last = files
    for order in ((first, second, last), (last, second, first), (second, last, first)):
        site = Site(tmp_path / "-".join(order))
        site.declare(SPIDER)
        for name in order:
            site.put(f"s/{name}", files[name])
            site.night()
            newest = site.ask(
                """select distinct observed_date::varchar from meta.touched_days
                   where build_id = (select max(build_id) from meta.builds)
                     and table_name = 'core.post_metric_snapshots'"""
            )
            touched.append((name, newest))
        site.assert_conserved()
        contents.append(site.content())
    assert all(content == contents[0] for content in contents)
    expected = {"0.jsonl": "2026-07-01", "1.jsonl": "2026-07-02", "20.jsonl": "2026-07-21"}
    assert all(newest == [(expected[name],)] for name, newest in touched)


def test_b9_thousands_of_small_files_are_told_bounded_and_resumed(
    spider: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 2000
    spider.declare("name: s, format: account_list_csv, platform: weibo, observed_at: file_mtime")
    for number in range(count):
        row = f"account_id,account_kind\n{9900000000 + number},organ\n"
        spider.put(f"s/{number % 30}/{number}.csv", row.encode())
    monkeypatch.setattr(ingest, "FILES_PER_LOAD", 1300)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # power cuts are another test's
    said: list[str] = []
    extract(spider.settings, read_declarations(spider.settings), said.append)
    assert said == [f"archived {n} files" for n in range(500, count + 1, 500)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    batches, whole = [], ingest._ingest_batch

    def interrupted(*arguments: Any) -> None:
        if batches:
            raise KeyboardInterrupt
        whole(*arguments)
        batches.append(True)

    monkeypatch.setattr(ingest, "_ingest_batch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        spider.night()
    assert accounts(spider) == 1300
    monkeypatch.setattr(ingest, "_ingest_batch", whole)
    assert (spider.night().files, accounts(spider)) == (count - 1300, count)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600 * 1024
    assert spider.ask(
        "select count(*), sum(records_in) = sum(records_loaded) from quality.file_ledger"
    ) == [(count, True)]
    spider.assert_repeatable()


def test_b10_an_inbox_that_is_gone_or_empty_is_no_quiet_night(spider: Site) -> None:
    (spider.settings.root.inbox / "s").mkdir(parents=True)
    spider.night()
    assert spider.left == {}  # nothing came yet: nothing is missing
    path = spider.put("s/x.jsonl", lines(post(1)))
    spider.night()
    path.unlink()
    path.parent.rmdir()
    spider.night()
    assert tuple(spider.left.values()) == FAULTS["B10"].reasons
    assert spider.last is not None
    assert "is it mounted?" in spider.last.notices[0].detail
    spider.settings.root.inbox.rmdir()
    with pytest.raises(InboxMissingError, match="OBSERVATORY_HOME"):
        extraction.extract(spider.settings, read_declarations(spider.settings))
    assert len(ids(spider)) == 1
