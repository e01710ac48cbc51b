"""What a run found, in five lines for a person, and what to type next."""

from __future__ import annotations

import os
import shlex

from orchestration.paths import PROJECT_ROOT
from orchestration.settings import Settings
from orchestration.warehouse.connect import open_published

_ACCOUNTS = """
    select count(*), count(*) filter (where account_kind = 'organ'),
           count(*) filter (where account_kind = 'officer'), count(*) filter (where is_active_14d)
    from main.accounts"""
_GROWTH = """
    with every as (
      select * from main.account_growth
      where account_kind = 'all' and admin_level = 'all' and region_code = 'all'
        and platform = 'weibo'
    ), whole as (
      select * from every where period = 'month'
    ), newest as (
      select max(period_start) as day from every where period = 'day'
    )
    select first.accounts_registered, least(last_day(first.period_start), newest.day),
           last.accounts_registered, newest.day,
           (select sum(births) from whole where not is_left_truncated)::bigint,
           (select sum(frame_additions) from whole where not is_left_truncated)::bigint
    from (select * from whole order by period_start limit 1) as first,
         (select * from whole order by period_start desc limit 1) as last, newest"""
_RESPONSE = """
    select events, rate_24h, median_hours, proactive from main.response_timing
    where period = 'all' and event_type = 'hot_topic' and account_kind = 'all'
      and admin_level = 'all' and region_code = 'all' and link_level = 'all'"""
_RECORDS = """
    select sum(records_in)::bigint, sum(records_quarantined)::bigint,
           sum(records_duplicate)::bigint, count(*) from quality.file_ledger"""
_LEADING_REASON = """
    select reason, sum(records)::bigint from quality.quarantine
    group by reason having sum(records) > 0 order by 2 desc, 1 limit 1"""
_REPAIRS = "select count(*) from quality.repairs"


def findings(settings: Settings) -> list[str]:
    """Five lines: accounts, growth, response within 24 hours, quarantine, where to look."""
    with open_published(settings.root.published) as connection:

        def one(query: str) -> tuple[object, ...]:
            return connection.execute(query).fetchone() or ()

        accounts, growth = one(_ACCOUNTS), one(_GROWTH)
        response, records, repairs = one(_RESPONSE), one(_RECORDS), one(_REPAIRS)
        leading = one(_LEADING_REASON)
        synthetic = one("select bool_or(is_synthetic) from meta.builds")
    mark = "SYNTHETIC DATA. " if synthetic and synthetic[0] else ""
    return [
        f"{mark}Accounts: {accounts[0]} official, {accounts[1]} of them organs and {accounts[2]} "
        f"officers; "
        f"{accounts[3]} active within 14 days.",
        _growth_line(growth),
        _response_line(response),
        f"Quarantined: {records[1]} of {records[0]} records in {records[3]} files"
        + (f", {leading[1]} of them as {leading[0]}" if leading else "")
        + f" (place and reason in quality.quarantine); {records[2]} more were duplicates, "
        f"{repairs[0]} values were repaired.",
        f"Look: {settings.root.published}",
    ]


def _growth_line(row: tuple[object, ...]) -> str:
    """Counts stand at the end of a month, or on the newest day where the month is not over."""
    if not row:
        return "Growth: nothing observed yet."
    return (
        f"Growth: {row[0]} accounts registered by {row[1]}, {row[2]} by {row[3]}; after the "
        f"first month {row[4] or 0} were born and {row[5] or 0} newly noticed."
    )


def _response_line(row: tuple[object, ...]) -> str:
    if not row:
        return "Response: no hot topic observed yet."
    rate = f"{float(str(row[1])):.1%}" if row[1] is not None else "unknown share"
    median = f"{float(str(row[2])):.1f} h" if row[2] is not None else "not reached"
    return (
        f"Response: {rate} of {row[0]} hot topics answered within 24 h by an official account "
        f"(Kaplan-Meier; median {median}; {row[3]} addressed before they trended)."
    )


def program(settings: Settings) -> str:
    """How the commands are called from the checkout, for this data root."""
    home = settings.root.home
    try:
        shown = str(home.relative_to(PROJECT_ROOT))
    except ValueError:
        shown = str(home)
    tool = os.path.join(".venv", "bin", "observatory")
    return f"OBSERVATORY_HOME={shlex.quote(shown)} {tool}"


def next_commands(settings: Settings) -> list[str]:
    """Three commands that work from the checkout as they stand."""
    observatory = program(settings)
    return [
        "Next:",
        f'  {observatory} sql "select event_type, events, rate_24h, median_hours from '
        "response_timing where period = 'all' and account_kind = 'all' and admin_level = 'all' "
        "and region_code = 'all' and link_level = 'all'\"",
        f"  {observatory} status",
        f"  {observatory.rsplit(' ', 1)[0]} make ui",
    ]
