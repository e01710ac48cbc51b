"""Runs fuzz targets, each in a process of its own, and keeps what it finds.

python -m tests.fuzz [TARGET …] [--seconds N] [--folder DIR]

Every input that breaks a target's promise is kept once per place it broke, in
DIR/TARGET/findings, with its traceback beside it; a crash, an endless input (10 s) or 2 GiB of
memory ends the target and is a finding too. Exit status 1 when anything was found.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import os
import re
import subprocess
import sys
import traceback
from pathlib import Path

from tests.fuzz import TARGETS

INSTRUMENTED = ["orchestration", "trafilatura", "htmldate", "courlan", "feedparser", "zipfile"]
SECONDS_AN_INPUT = 10
FINAL = re.compile(r"#(\d+)\s+(?:DONE|pulse)\s+cov: (\d+) ft: (\d+) corp: (\d+)")


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("targets", nargs="*", default=list(TARGETS), metavar="TARGET")
    options.add_argument("--seconds", type=int, default=600, help="per target (600)")
    options.add_argument("--folder", type=Path, default=Path(".fuzz"))
    options.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if unknown := set(chosen.targets) - set(TARGETS):
        options.error(f"unknown target {sorted(unknown)[0]}; there are: {', '.join(TARGETS)}")
    if chosen.inside:
        _fuzz(chosen.targets[0], chosen.seconds, chosen.folder)
    return max([_run(target, chosen.seconds, chosen.folder) for target in chosen.targets])


def _run(target: str, seconds: int, folder: Path) -> int:
    """One target in its own process; prints executions, edges and findings."""
    place = folder / target
    (place / "findings").mkdir(parents=True, exist_ok=True)
    log = place / "log.txt"
    command = [
        sys.executable, "-m", "tests.fuzz", target, "--inside",
        "--seconds", str(seconds), "--folder", str(folder),
    ]  # fmt: skip
    with log.open("wb") as output:
        status = subprocess.run(
            command, stdout=output, stderr=output, check=False,
            env={**os.environ, "POLARS_MAX_THREADS": "1"},
        ).returncode  # fmt: skip
    progress = FINAL.findall(log.read_text(encoding="utf-8", errors="replace"))
    executions, edges, *_ = progress[-1] if progress else ("0", "0")
    found = sorted((place / "findings").glob("*.txt")) + sorted(place.glob("findings/crash-*"))
    found += sorted(place.glob("findings/timeout-*")) + sorted(place.glob("findings/oom-*"))
    print(f"{target}: {executions} executions, {edges} edges, {len(found)} findings", flush=True)
    for item in found:
        print(f"    {item}", flush=True)
    if status and not found:
        print(f"    the process ended with {status}; see {log}", flush=True)
    return int(bool(found) or status != 0)


def _fuzz(target: str, seconds: int, folder: Path) -> None:
    """Fuzz inside this process; never returns."""
    import atheris

    with atheris.instrument_imports(include=[*INSTRUMENTED, f"tests.fuzz.fuzz_{target}"]):
        module = importlib.import_module(f"tests.fuzz.fuzz_{target}")
    place = folder / target
    corpus, findings = place / "corpus", place / "findings"
    corpus.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    for seed in module.SEEDS:
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)

    def test(data: bytes) -> None:
        try:
            module.check(data)
        except Exception as error:
            _keep(findings, data, error)

    arguments = [
        sys.argv[0], str(corpus), f"-max_total_time={seconds}", f"-timeout={SECONDS_AN_INPUT}",
        f"-max_len={module.MAXIMUM_BYTES}", "-rss_limit_mb=2048", "-print_final_stats=1",
        f"-artifact_prefix={findings}/",
    ]  # fmt: skip
    atheris.Setup(arguments, test)
    atheris.Fuzz()


def _keep(findings: Path, data: bytes, error: Exception) -> None:
    """Keep an input, once for each kind of error and innermost place in our own code."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "orchestration" in f.filename or "fuzz_" in f.filename]
    last = ours[-1] if ours else frames[-1]
    key = f"{type(error).__name__}-{Path(last.filename).stem}-{last.lineno}"
    report = findings / f"{key}.txt"
    if report.exists():
        return
    (findings / f"{key}.bin").write_bytes(data)
    text = "".join(traceback.format_exception(error))
    report.write_text(f"{data!r}\n\n{text}", encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
