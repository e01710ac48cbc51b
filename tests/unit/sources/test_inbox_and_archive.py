"""What is taken from the inbox, what is left with a reason, and that the archive keeps it all."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard

from orchestration.clock import FixedClock
from orchestration.sources.archive import Archive, escape_name
from orchestration.sources.inbox import (
    Candidate,
    InboxMissingError,
    Notice,
    Patience,
    missing_folders,
    scan,
)

NOW = datetime(2026, 9, 1, tzinfo=UTC)
CLOCK = FixedClock(NOW)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    (folder / "source").mkdir(parents=True)
    return folder


def put(inbox: Path, name: str, data: bytes, age: timedelta = timedelta(days=1)) -> Path:
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    moment = (NOW - age).timestamp()
    os.utime(path, (moment, moment))
    return path


def look(inbox: Path, seen=None, patience=None):
    slept = []
    items = list(scan(inbox, seen or {}, CLOCK, patience or Patience(), slept.append))
    taken = [i.display for i in items if isinstance(i, Candidate)]
    left = {i.display: i.reason for i in items if isinstance(i, Notice)}
    return taken, left


def test_regular_files_are_taken_in_order_and_the_rest_is_named(inbox):
    put(inbox, "source/b.jsonl", b"{}\n")
    put(inbox, "source/a.jsonl", b"{}\n")
    put(inbox, "source/c.jsonl.part", b"{")
    (inbox / "source" / "link").symlink_to(inbox / "source" / "a.jsonl")
    os.mkfifo(inbox / "source" / "pipe")
    (inbox / "source" / "dir.jsonl").mkdir()
    taken, left = look(inbox)
    assert taken == ["source/a.jsonl", "source/b.jsonl"]
    assert left == {
        "source/c.jsonl.part": "unfinished_name",
        "source/link": "not_a_regular_file",
        "source/pipe": "not_a_regular_file",
    }


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("source/a.jsonl.gz", gzip.compress(b'{"a": 1}\n' * 99, mtime=0)[:-9]),
        ("source/a.jsonl.zst", zstandard.compress(b'{"a": 1}\n' * 99)[:-1]),
        ("source/a.jsonl", b'{"a": 1}\n{"a": '),
        ("source/a.json", b'[{"a": 1}, {"a'),
        ("source/a.zip", b"PK\x03\x04 cut"),
    ],
)
def test_a_visibly_cut_file_waits_until_its_grace_has_passed(inbox, name, data):
    put(inbox, name, data, age=timedelta(minutes=1))
    assert look(inbox) == ([], {name: "deferred"})
    put(inbox, name, data, age=timedelta(minutes=11))
    assert look(inbox) == ([name], {})


def test_a_complete_young_file_is_taken_at_once(inbox):
    put(inbox, "source/a.jsonl.gz", gzip.compress(b"{}\n"), age=timedelta(seconds=0))
    put(inbox, "source/b.json", b"[]", age=timedelta(seconds=0))
    put(inbox, "source/c.csv.zst", zstandard.compress(b"a\n1\n"), age=timedelta(seconds=0))
    assert look(inbox)[0] == ["source/a.jsonl.gz", "source/b.json", "source/c.csv.zst"]


def test_a_compressed_file_with_something_after_its_end_is_not_waited_for(inbox):
    for suffix, data in (("gz", gzip.compress(b"{}\n")), ("zst", zstandard.compress(b"{}\n"))):
        put(inbox, f"source/a.jsonl.{suffix}", data + b"garbage", age=timedelta(seconds=0))
    assert look(inbox) == (["source/a.jsonl.gz", "source/a.jsonl.zst"], {})


def test_a_known_file_is_not_looked_at_again_and_a_changed_one_is(inbox, tmp_path):
    archive = Archive(tmp_path / "archive")
    path = put(inbox, "source/a.csv", b"a\n1\n")
    assert len(archive.add(path, "source/a.csv", "source", CLOCK)) == 1
    assert look(inbox, archive.seen()) == ([], {})
    put(inbox, "source/a.csv", b"a\n1\n2\n", age=timedelta(hours=1))
    assert look(inbox, archive.seen()) == (["source/a.csv"], {})


def test_an_inbox_that_is_gone_is_an_error_only_when_it_delivered_before(tmp_path):
    assert look(tmp_path / "nowhere") == ([], {})
    archive = Archive(tmp_path / "archive")
    file = tmp_path / "x"
    file.write_bytes(b"1\n")
    archive.add(file, "x", "inbox", CLOCK)
    with pytest.raises(InboxMissingError, match="1 files came through"):
        look(tmp_path / "nowhere", archive.seen())


def test_what_a_killed_run_left_of_a_copy_is_replaced(tmp_path):
    archive = Archive(tmp_path / "archive")
    archive.folder.mkdir()
    (archive.folder / ".incoming").write_bytes(b"half a")
    (archive.folder / ".incoming").chmod(0o444)
    (tmp_path / "a").write_bytes(b"whole\n")
    (file,) = archive.add(tmp_path / "a", "s/a", "s", CLOCK)
    assert file.blob.read_bytes() == b"whole\n"
    assert not (archive.folder / ".incoming").exists()


def test_the_archive_keeps_bytes_under_their_hash_and_never_twice(tmp_path):
    archive = Archive(tmp_path / "archive")
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"same\n")
    (first,) = archive.add(tmp_path / "a", "s/a", "s", CLOCK)
    (second,) = archive.add(tmp_path / "b", "s/b", "s", CLOCK)
    assert archive.add(tmp_path / "b", "s/b", "s", CLOCK) == []
    assert first.sha256 == second.sha256
    assert first.file_id != second.file_id
    assert first.blob.read_bytes() == b"same\n"
    assert first.blob.stat().st_mode & 0o222 == 0
    assert [f.path for f in Archive(tmp_path / "archive").deliveries()] == ["s/a", "s/b"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_stands_twice_in_a_zip_is_one_delivery(tmp_path):
    container = tmp_path / "day.zip"
    with zipfile.ZipFile(container, "w") as z:
        z.writestr("08.json", "[]")
        z.writestr("08.json", "[]")
    archive = Archive(tmp_path / "archive")
    found = archive.add(container, "hot/day.zip", "hot", CLOCK)
    assert [file.path for file in found] == ["hot/day.zip!/08.json"]
    assert archive.deliveries() == found


def test_members_of_a_zip_are_deliveries_of_their_own_and_never_extracted(tmp_path):
    container = tmp_path / "day.zip"
    with zipfile.ZipFile(container, "w") as z:
        z.writestr("2026-07-01/08.json", "[]")
        z.writestr("../../escape.json", "{}")
    found = Archive(tmp_path / "archive").add(container, "hot/day.zip", "hot", CLOCK)
    assert [f.path for f in found] == [
        "hot/day.zip!/2026-07-01/08.json",
        "hot/day.zip!/../../escape.json",
    ]
    assert found[0].read_content() == b"[]"
    assert not (tmp_path / "escape.json").exists()


def test_a_torn_index_line_is_a_delivery_that_never_happened(tmp_path):
    archive = Archive(tmp_path / "archive")
    (tmp_path / "a").write_bytes(b"1\n")
    (tmp_path / "b").write_bytes(b"2\n")
    archive.add(tmp_path / "a", "s/a", "s", CLOCK)
    with archive.index_path.open("ab") as index:
        index.write(b'{"file_id": "torn')
    again = Archive(tmp_path / "archive")
    assert [f.path for f in again.deliveries()] == ["s/a"]
    again.add(tmp_path / "b", "s/b", "s", CLOCK)
    assert [f.path for f in Archive(tmp_path / "archive").deliveries()] == ["s/a", "s/b"]


def test_names_are_made_printable():
    assert escape_name("a\nb") == "a\\nb"
    assert escape_name(os.fsdecode(b"\xff.csv")) == "\\xff.csv"
    assert escape_name("平安样城.csv") == "平安样城.csv"


def zipped(members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as container:
        for name, content in members:
            container.writestr(name, content)
    return buffer.getvalue()


def deliver(tmp_path, data):
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    archive = Archive(tmp_path / "archive")
    return archive.add(path, "a.zip", "s", FixedClock(datetime(2026, 7, 1, tzinfo=UTC)))


def broken(data):
    return data[:60] + b"\xff" * 20 + data[80:]


NOISE = bytes(range(256)) * 8


@pytest.mark.parametrize(
    "data",
    [
        broken(zipped([("a", NOISE)])),
        broken(zipped([("a", NOISE)], zipfile.ZIP_LZMA)),
        zipped([("é.csv", b"x")]).replace("é".encode(), b"\xff\xff"),
        zipped([("q", b"x")]).replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\xff"),
        zipped([("a", b"x" * 400)])[:-30],
        b"PK\x05\x06" + b"\0" * 18,
    ],
)  # fmt: skip
def test_a_damaged_zip_is_one_delivery_that_no_reader_takes_and_never_an_exception(tmp_path, data):
    files = deliver(tmp_path, data)
    assert [(f.path, f.member) for f in files] == [("a.zip", None)]


def test_a_zip_with_one_bomb_is_refused_whole_instead_of_losing_it(tmp_path, monkeypatch):
    monkeypatch.setattr("orchestration.sources.archive.EXPANSION_FLOOR", 1000)
    files = deliver(tmp_path, zipped([("a", b"small"), ("b", b"0" * 100_000)]))
    assert [f.member for f in files] == [None]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_both_read(tmp_path):
    files = deliver(tmp_path, zipped([("a", b"first"), ("a", b"second"), ("c", b"third")]))
    assert [file.read_content() for file in files] == [b"first", b"second", b"third"]


def test_a_declared_source_without_a_folder_is_named_with_the_folder_it_may_mean(tmp_path):
    for folder in ("board", "known"):
        (tmp_path / folder).mkdir()
    found = missing_folders(tmp_path, ["bord", "known", "delivered"], ["delivered/2020/a.csv"])
    assert [(n.source_name, n.reason) for n in found] == [("bord", "no_folder")]
    assert "Did you mean 'board'" in found[0].detail
