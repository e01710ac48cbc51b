"""`make bench`: run the benchmarks and print one table a topic, ready for benchmarks/README.md."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import load_speed, quiet_night


def main() -> None:
    """Parse arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000, help="records of the big file")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds")
    parser.add_argument("--only", choices=("load", "quiet"), help="run one topic")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="observatory-bench-") as folder:
        if options.only in (None, "load"):
            load_speed.run(Path(folder), options.rows, options.rounds)
        if options.only in (None, "quiet"):
            quiet_night.run(Path(folder), options.rounds)


if __name__ == "__main__":
    main()
