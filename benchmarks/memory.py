"""Whether the observatory's memory grows with the file: tweets of 1, 4 and 10 GiB.

On the disk it takes about three times the largest file; everything is removed again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import generate, load_speed

_DISK_FACTOR = 3


def run(folder: Path, sizes: Sequence[float]) -> Iterator[tuple[str, str]]:
    """(topic, Markdown table) with one row a size, in GiB."""
    lines = [
        "### Memory of the observatory by size of the file",
        "",
        "| tweets, JSON Lines | records | anonymous peak MiB | CPU s | CPU µs a record |",
        "|---|---|---|---|---|",
    ]
    for size in sizes:
        lines.append(_measured(folder / "memory", size))
    yield "memory", "\n".join(lines) + "\n"


def _measured(place: Path, size: float) -> str:
    wanted = int(size * 2**30)
    free = shutil.disk_usage(place.parent).free
    if free < _DISK_FACTOR * wanted:
        return f"| {size:g} GiB | not measured: {free / 2**30:.0f} GiB free | | | |"
    files = place / "files"
    files.mkdir(parents=True)
    try:
        rows = generate.rows_of_size(wanted)
        file = files / "tweets.jsonl"
        generate.tweets(file, rows)
        entry = load_speed.INPUTS["tweets"].entry
        cost = load_speed.observatory(place, entry, [file], files, rows)
    finally:
        shutil.rmtree(place)
    each = cost.cpu_seconds / rows * 1e6
    return (
        f"| {size:g} GiB | {rows:,} | {cost.anonymous_mib:.0f} | {cost.cpu_seconds:.0f} "
        f"| {each:.0f} |"
    )
