"""Separated values: any bytes give rows and rejects whose numbers have no gap, the same whether
whole blocks or single rows are read."""

from __future__ import annotations

import polars as pl

from orchestration.sources.formats.weibo_crawler_csv import FORMAT
from orchestration.sources.readers.base import RECORD, ReadOptions
from orchestration.sources.readers.delimited import Delimited
from tests.fuzz.inputs import MemoryFile, memory_file, read_all

MAXIMUM_BYTES = 2048
CRAWLER = FORMAT.reader
assert isinstance(CRAWLER, Delimited)
READERS = (
    (CRAWLER, None),
    (Delimited(("id", "text")), None),
    (Delimited(delimiter="\t"), None),
    (Delimited(("id",)), "gb18030"),
)
SEEDS = (
    "\ufeffid,bid,正文,头条文章url,原始图片url,视频url,位置,日期,工具,点赞数,评论数,转发数,话题,@用户,完整日期\n"
    '5326530091679744\t,x,"a\nb",,http://x/,,,2026-07-30,w,1,2,3,,,2026-07-30 10:00\n'
    "5326530091679745,x,a,,,,,2026-07-30,w,1,2,3,,,True\nid,bid,正文\n1,2,3,,,,,,,,,,,\n".encode(),
    '\ufeffid,text\n1,"two\nlines"\n2,plain\n3,too,wide\n'.encode(),
    b'id\ttext\n1\t"a ""quoted"" one"\r\n2\tb\r3\tc',
    "id,text\n1,样城\n".encode("gb18030"),
    "id,text\n1,样城\n".encode("utf-16"),
    b'id,text\n1,"open\n2,x\n',
    b'id,id\n1,2\n\n\n,\n"",""\n4826279188108038\t,x\x00y\n',
)


def _equals_row_by_row(reader: Delimited, file: MemoryFile, encoding: str | None) -> None:
    both = []
    for whole_blocks in (True, False):
        found = list(reader.read_rows(file, ReadOptions(encoding), whole_blocks=whole_blocks))
        rows = [row for f in found if isinstance(f, pl.DataFrame) for row in f.iter_rows()]
        rejects = [str(f) for f in found if not isinstance(f, pl.DataFrame)]
        both.append((sorted(rows, key=lambda row: row[0]), sorted(rejects)))
    assert both[0] == both[1], "whole blocks give something else"


def check(data: bytes) -> None:
    file = memory_file("a.csv", data)
    for reader, encoding in READERS:
        frames, rejects = read_all(reader, file, reader.fields, encoding)
        if any(r.extent == "file" and r.records for r in rejects):
            assert not frames, "a file refused whole gave rows"
            continue
        _equals_row_by_row(reader, file, encoding)
        numbers = {n for frame in frames for n in frame[RECORD]}
        numbers |= {r.record_number for r in rejects if r.extent == "record"}
        assert numbers == set(range(1, len(numbers) + 1)), "a record has no number"
        for number in sorted(n for n in numbers if n)[:2]:
            located = reader.locate(file, number, ReadOptions(encoding))
            assert located is not None, f"record {number} is not found again"
            assert data[located.offset :].startswith(located.raw), number
