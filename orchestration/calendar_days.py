"""Which days are worked in China, as a seed of the dbt project.

`python -m orchestration.calendar_days` rewrites the seed from the package chinese_calendar, which
follows the State Council's yearly notices; `--check` fails when it is out of date. Only days that
differ from Monday to Friday stand in the seed. It covers the years that it names: of a year whose
notice is not in the package yet, working hours are unknown.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from datetime import date

from orchestration.paths import DBT_PROJECT

SEED = DBT_PROJECT / "seeds" / "working_day_exceptions.csv"
HEADER = ("calendar_date", "is_workday", "occasion")


def exceptions() -> list[tuple[date, bool, str]]:
    """Holidays on weekdays and days worked on weekends, in order, with what they are for."""
    from chinese_calendar.constants import holidays, workdays

    days = [(day, False, name) for day, name in holidays.items() if day.weekday() < 5]
    days += [(day, True, name) for day, name in workdays.items() if day.weekday() >= 5]
    return sorted(days)


def seed_text() -> str:
    """The seed as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((day, str(works).lower(), name) for day, works, name in exceptions())
    return out.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if the seed is out of date")
    check = parser.parse_args().check
    if SEED.exists() and SEED.read_text(encoding="utf-8") == seed_text():
        return 0
    if not check:
        SEED.write_text(seed_text(), encoding="utf-8")
    print(f"{'out of date' if check else 'wrote'}: {SEED.name}", file=sys.stderr)
    return 1 if check else 0


if __name__ == "__main__":
    sys.exit(main())
