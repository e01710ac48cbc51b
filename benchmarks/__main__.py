"""`make bench`: run the benchmarks and print one table a topic, ready for benchmarks/README.md."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import (
    articles,
    linking,
    load_speed,
    memory,
    nightly_growth,
    quiet_night,
    response_speed,
)
from benchmarks.report import block, machine, replaced

_README = Path(__file__).with_name("README.md")
TOPICS = ("load", "quiet", "memory", "articles", "linking", "response", "growth")
_SIZES = {"memory": [1, 4, 10], "growth": [1, 10, 100]}


def main() -> None:
    """Parse arguments and run; the long ones run only when they are asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only",
        choices=TOPICS,
        help="run one topic; memory, response and growth run only so",
    )
    parser.add_argument("--rows", type=int, default=2_000_000, help="records of each file")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds")
    kinds = list(load_speed.INPUTS)
    parser.add_argument(
        "--formats", nargs="+", choices=kinds, default=kinds, help="kinds of file for `load`"
    )
    parser.add_argument("--sizes", nargs="+", type=float,
                        help="GiB of the files for `memory`, million snapshots of history for "
                        "`growth`")  # fmt: skip
    parser.add_argument("--write", action="store_true",
                        help="also put the tables into benchmarks/README.md")  # fmt: skip
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="observatory-bench-") as folder:
        for topic, table in _tables(Path(folder), options):
            rounds = options.rounds if topic.startswith(("load", "quiet")) else 1
            text = f"{table}\n{machine(rounds)}\n"
            print(block(topic, text), flush=True)
            if options.write:
                readme = _README.read_text(encoding="utf-8")
                _README.write_text(replaced(readme, topic, text), encoding="utf-8")


def _tables(folder: Path, options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    if options.only in (None, "load"):
        yield from load_speed.run(folder, options.rows, options.rounds, options.formats)
    if options.only in (None, "quiet"):
        yield from quiet_night.run(folder, options.rounds)
    if options.only in (None, "articles"):
        yield from articles.run(folder)
    if options.only in (None, "linking"):
        yield from linking.run(folder)
    if options.only == "response":
        yield from response_speed.run(folder / "response")
    if options.only == "memory":
        yield from memory.run(folder, options.sizes or _SIZES["memory"])
    if options.only == "growth":
        yield from nightly_growth.run(folder, options.sizes or _SIZES["growth"], options.rounds)


if __name__ == "__main__":
    main()
