"""Separated values: any bytes give rows and rejects whose numbers have no gap."""

from __future__ import annotations

from orchestration.sources.readers.base import RECORD, ReadOptions
from orchestration.sources.readers.delimited import Delimited
from tests.fuzz.inputs import memory_file, read_all

MAXIMUM_BYTES = 2048
READERS = (
    (Delimited(("id", "text")), None),
    (Delimited(delimiter="\t"), None),
    (Delimited(("id",)), "gb18030"),
)
SEEDS = (
    '\ufeffid,text\n1,"two\nlines"\n2,plain\n3,too,wide\n'.encode(),
    b'id\ttext\n1\t"a ""quoted"" one"\r\n2\tb\r3\tc',
    "id,text\n1,样城\n".encode("gb18030"),
    "id,text\n1,样城\n".encode("utf-16"),
    b'id,text\n1,"open\n2,x\n',
    b'id,id\n1,2\n\n\n,\n"",""\n4826279188108038\t,x\x00y\n',
)


def check(data: bytes) -> None:
    file = memory_file("a.csv", data)
    for reader, encoding in READERS:
        frames, rejects = read_all(reader, file, reader.fields, encoding)
        if any(r.extent == "file" and r.records for r in rejects):
            assert not frames, "a file refused whole gave rows"
            continue
        numbers = {n for frame in frames for n in frame[RECORD]}
        numbers |= {r.record_number for r in rejects if r.extent == "record"}
        assert numbers == set(range(1, len(numbers) + 1)), "a record has no number"
        for number in sorted(n for n in numbers if n)[:2]:
            located = reader.locate(file, number, ReadOptions(encoding))
            assert located is not None, f"record {number} is not found again"
            assert data[located.offset :].startswith(located.raw), number
