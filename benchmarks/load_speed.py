"""Raw files to loaded core rows, everything accounted for, against what only loads.

Every contender is a process of its own and gets the same bytes; for the observatory they lie in
the inbox of a fresh data root. The ratio is to bare DuckDB reading the plain file.
"""

from __future__ import annotations

import gzip
import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from benchmarks import generate
from benchmarks.measure import Cost, extrapolated, interleaved, run_child, table

RIVAL = "bare DuckDB"
_DICT_ROWS = 100_000
_FEW_ROWS = 1_000

Run = Callable[[], Cost]


@dataclass(frozen=True)
class Input:
    """One kind of file: how to write it, how to declare it, who reads it how."""

    name: str
    what: str
    write: Callable[[Path, int], list[Path]]
    entry: str
    duckdb: str
    pandas: str
    dlt_dicts: str
    dlt_arrow: str | None
    compressed: bool = False


def _one(name: str, write: Callable[[Path, int], None]) -> Callable[[Path, int], list[Path]]:
    def written(folder: Path, rows: int) -> list[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / name, rows)
        return [folder / name]

    return written


_SPIDER = "format: weibo_spider_jsonl, account: {kind: organ}"
_CRAWLER = (
    "format: weibo_crawler_csv, account: {kind: organ}, observed_at: 2026-08-30T02:30:00+08:00"
)
_MAPPED = (
    "format: mapped, reader: csv, platform: weibo, table: post_metric_snapshots, "
    "observed_at: {from: collected_at}, account: {kind: organ}, columns: {post_id: post_id, "
    "account_id: account_id, reposts: reposts, comments: comments, likes: likes}"
)

INPUTS = {
    given.name: given
    for given in (
        Input("tweets", "tweets of WeiboSpider, all fields, JSON Lines",
              _one("tweets.jsonl", generate.tweets), _SPIDER,
              "duckdb_json", "pandas_json", "dlt_dicts_json", "dlt_arrow_json", compressed=True),
        Input("snapshots", "thin metric snapshots, JSON Lines",
              _one("snapshots.jsonl", generate.snapshots), _SPIDER,
              "duckdb_json", "pandas_json", "dlt_dicts_json", "dlt_arrow_json"),
        Input("crawler_csv", "posts of weibo-crawler, ragged CSV", generate.crawler_csv, _CRAWLER,
              "duckdb_ragged_csv", "pandas_csv", "dlt_dicts_csv", None),
        Input("mapped_csv", "metric snapshots, regular CSV, mapped",
              _one("metrics.csv", generate.metrics_csv), _MAPPED,
              "duckdb_csv", "pandas_typed_csv", "dlt_dicts_csv", "dlt_arrow_csv"),
    )
}  # fmt: skip


def run(folder: Path, rows: int, rounds: int, formats: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(topic, Markdown table) of each kind of file; its files are removed afterwards."""
    for name in formats:
        place = folder / name
        given = INPUTS[name]
        files = given.write(place / "files", rows)
        size = sum(file.stat().st_size for file in files) / 2**20
        costs = interleaved(dict(_contenders(given, place, files, rows)), rounds)
        title = f"{rows:,} {given.what}, {size:,.0f} MiB"
        yield f"load-{name}", table(title, costs, RIVAL) + _notes(given, rows)
        shutil.rmtree(place)


def _contenders(
    given: Input, place: Path, files: Sequence[Path], rows: int
) -> Iterator[tuple[str, Run]]:
    yield RIVAL, lambda: _load(given.duckdb, place, files, rows)
    yield "observatory", lambda: observatory(place, given.entry, files, place / "files", rows)
    if given.compressed:
        for suffix, packed in _compressed(files[0]):
            yield f"observatory, {suffix}", _of_packed(given, place, packed, rows)
    yield "pandas", lambda: _load(given.pandas, place, files, rows)
    if importlib.util.find_spec("dlt") is None:
        return
    if given.dlt_arrow is not None:
        arrow = given.dlt_arrow
        yield "dlt fed Arrow", lambda: _load(arrow, place, files, rows)
    yield "dlt fed dicts", _dicts(given, place, rows)


def _of_packed(given: Input, place: Path, packed: Path, rows: int) -> Run:
    return lambda: observatory(place, given.entry, [packed], place / "files", rows)


def _dicts(given: Input, place: Path, rows: int) -> Run:
    """Dicts are too slow for the whole: what it costs a row is measured on fewer."""
    many = min(rows, _DICT_ROWS)
    large = given.write(place / "many", many)
    small = given.write(place / "few", _FEW_ROWS)

    def measured() -> Cost:
        start = _load(given.dlt_dicts, place, small, _FEW_ROWS)
        end = _load(given.dlt_dicts, place, large, many)
        return extrapolated((_FEW_ROWS, start), (many, end), rows)

    return measured


def _notes(given: Input, rows: int) -> str:
    notes = []
    if importlib.util.find_spec("dlt") is None:
        notes.append("dlt is not installed here; `make bench` installs it.")
    else:
        if rows > _DICT_ROWS:
            notes.append(
                f"dlt fed dicts: CPU and wall extrapolated linearly from {_FEW_ROWS:,} and "
                f"{_DICT_ROWS:,} rows, memory as at {_DICT_ROWS:,}."
            )
        if given.dlt_arrow is None:
            notes.append("dlt fed Arrow: pyarrow refuses rows that are shorter than their header.")
    if given.pandas == "pandas_csv":
        notes.append("Bare DuckDB reads it on one thread, as text, or not at all.")
    return "".join(f"\n{note}" for note in notes) + ("\n" if notes else "")


# -- children -------------------------------------------------------------------------------------
def observatory(
    place: Path, entry: str, files: Sequence[Path], below: Path, rows: int, *, keep: bool = False
) -> Cost:
    """Run the observatory on a fresh data root whose inbox holds the files (as hard links)."""
    home = place / "home"
    shutil.rmtree(home, ignore_errors=True)
    for file in files:
        link = home / "inbox" / "bench" / file.relative_to(below)
        link.parent.mkdir(parents=True, exist_ok=True)
        os.link(file, link)
    declared = f"settle_seconds: 0\nsources:\n  - {{name: bench, {entry}}}\n"
    (home / "sources.yaml").write_text(declared, encoding="utf-8")
    cost = _child("observatory", rows, home, ())
    if not keep:
        shutil.rmtree(home)
    return cost


def _load(name: str, place: Path, files: Sequence[Path], rows: int) -> Cost:
    out = place / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    cost = _child(name, rows, out / "rival.duckdb", files)
    shutil.rmtree(out)
    return cost


def _child(name: str, rows: int, target: Path, files: Sequence[Path]) -> Cost:
    environment = {
        "RUNTIME__DLTHUB_TELEMETRY": "false",
        "DLT_DATA_DIR": str(target.parent / "dlt"),
    }
    arguments = ["-m", "benchmarks.contenders", name, str(rows), str(target), *map(str, files)]
    return run_child(arguments, environment)


def _compressed(file: Path) -> Iterator[tuple[str, Path]]:
    """The same file as people store it: gzip and Zstandard at their usual levels."""
    import zstandard

    def as_gzip(target: Path) -> None:
        with file.open("rb") as plain, gzip.open(target, "wb", compresslevel=6) as packed:
            shutil.copyfileobj(plain, cast(BinaryIO, packed), 1 << 20)

    def as_zstd(target: Path) -> None:
        with file.open("rb") as plain, target.open("wb") as packed:
            zstandard.ZstdCompressor(level=3).copy_stream(plain, packed)

    for suffix, write in ((".gz", as_gzip), (".zst", as_zstd)):
        target = file.with_name(file.name + suffix)
        write(target)
        yield suffix, target
