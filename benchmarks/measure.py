"""CPU seconds and anonymous peak memory of a child process.

CPU time counts all threads and grandchildren. Memory is RssAnon: pages of mapped files are the
kernel's to drop and say nothing about need; it is sampled every 20 ms over the process tree.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True)
class Cost:
    """What one run of one contender took."""

    cpu_seconds: float
    wall_seconds: float
    anonymous_mib: float


def run_child(code: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run `python …` to its end and measure it; raises RuntimeError with its last words.

    Modules are compiled before, as on a machine in use, and not again in every child.
    """
    with tempfile.TemporaryFile() as errors:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, *code], env={**_own_environment(), **(environment or {})},
            stdout=subprocess.DEVNULL, stderr=errors,
        )  # fmt: skip
        peak = 0
        while child.poll() is None:
            peak = max(peak, _anonymous_bytes(child.pid))
            time.sleep(0.02)
        wall = time.perf_counter() - started
        if child.returncode:
            errors.seek(0)
            told = errors.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(code)[:200]} ended with {child.returncode}:\n{told}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, wall, peak / 2**20)


def _own_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}


def interleaved(contenders: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, list[Cost]]:
    """Run every contender once a round, so that drift of the machine hits all alike."""
    costs: dict[str, list[Cost]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            costs[name].append(contender())
    return costs


def extrapolated(small: tuple[int, Cost], large: tuple[int, Cost], rows: int) -> Cost:
    """What `rows` rows would take, linearly from two sizes; memory is the larger one's."""
    (few, start), (many, end) = small, large
    if few == many:
        return end
    factor = (rows - few) / (many - few)
    return Cost(
        start.cpu_seconds + (end.cpu_seconds - start.cpu_seconds) * factor,
        start.wall_seconds + (end.wall_seconds - start.wall_seconds) * factor,
        end.anonymous_mib,
    )


def table(title: str, costs: Mapping[str, list[Cost]], rival: str) -> str:
    """Medians as a Markdown table with the ratio to the rival."""
    base = statistics.median(c.cpu_seconds for c in costs[rival])
    lines = [
        f"### {title}",
        "",
        f"| contender | CPU s | ratio to {rival} | wall s | anonymous peak MiB |",
        "|---|---|---|---|---|",
    ]
    for name, found in costs.items():
        cpu = statistics.median(c.cpu_seconds for c in found)
        wall = statistics.median(c.wall_seconds for c in found)
        memory = max(c.anonymous_mib for c in found)
        lines.append(f"| {name} | {cpu:.2f} | {cpu / base:.2f} | {wall:.2f} | {memory:.0f} |")
    return "\n".join(lines) + "\n"


def _anonymous_bytes(pid: int) -> int:
    """RssAnon of a process and its descendants; 0 where the system does not tell."""
    total = 0
    for process in _tree(pid):
        try:
            status = Path(f"/proc/{process}/status").read_text()
        except OSError:
            continue
        for line in status.splitlines():
            if line.startswith("RssAnon:"):
                total += int(line.split()[1]) * 1024
    return total


def _tree(pid: int) -> list[int]:
    found = [pid]
    for process in found:
        try:
            children = Path(f"/proc/{process}/task/{process}/children").read_text()
        except OSError:
            continue
        found += [int(child) for child in children.split()]
    return found
