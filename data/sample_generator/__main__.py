"""Write data/sample, or check that the committed files are what this generator makes.

python data/sample_generator            rewrite data/sample
python data/sample_generator --check    exit 1 and name every file that differs
python data/sample_generator --facts    print, as JSON, the truth that was planted
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sample_generator.facts import facts
from sample_generator.sample import build_files, differences, write
from sample_generator.world import build_world

SAMPLE = Path(__file__).resolve().parent.parent / "sample"


def main() -> int:
    """Run one command; 0 on success."""
    verbatim = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python data/sample_generator", description=__doc__, formatter_class=verbatim
    )
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--facts", action="store_true", help="print the planted truth")
    parser.add_argument("--into", type=Path, default=SAMPLE, help="folder (data/sample)")
    options = parser.parse_args()
    world = build_world()
    if options.facts:
        print(json.dumps(facts(world), ensure_ascii=False, indent=2))
        return 0
    files = build_files(world)
    if options.check:
        found = differences(options.into, files)
        for line in found:
            print(line)
        print(f"{len(files)} files checked, {len(found)} differ", file=sys.stderr)
        return 1 if found else 0
    changed = write(options.into, files)
    print(f"{len(files)} files in {options.into}, {changed} rewritten", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
