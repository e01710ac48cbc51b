"""`inbox/registry` (two account lists) and `inbox/followers` (follower histories)."""

from __future__ import annotations

from datetime import date

from .accounts import TENS_OF_THOUSANDS_NAME, Account
from .files import Files, csv_text
from .study_period import DAYS, FIRST_DAY, SECOND_LIST_DAY, wall
from .world import World

_COLUMNS = (
    "platform", "account_id", "url", "screen_name", "account_kind", "admin_level", "region_code",
    "registered_at", "listed_at",
)  # fmt: skip
_HISTORIES = ("示例公安在线", "平安样省", "样州发布")
_HISTORY_GAPS = frozenset({date(2026, 7, 9), date(2026, 7, 26), date(2026, 8, 20)})
_NOTES_GAPS = frozenset(range(4, 60, 7))


def registry(world: World) -> Files:
    """The list at the start, and the longer one of 2026-08-10, which adds 15 older accounts."""
    first = [account for account in world.accounts if account.listed == "first"]
    second = [account for account in world.accounts if account.listed == "second"]
    return {
        f"inbox/registry/accounts_{day.isoformat()}.csv": _list(accounts, day)
        for day, accounts in ((FIRST_DAY, first), (SECOND_LIST_DAY, second))
    }


def _list(accounts: list[Account], day: date) -> bytes:
    rows = [
        (
            "weibo", account.uid, f"https://weibo.com/u/{account.uid}", account.name_on(day),
            account.kind, account.level, account.place.code, wall(account.registered_at),
            day.isoformat(),
        )
        for account in accounts
    ]  # fmt: skip
    return csv_text([_COLUMNS, *rows], "\n").encode()


def followers(world: World) -> Files:
    """Three exact series, and one noted in units of ten thousand with blanks."""
    files: Files = {}
    for name in _HISTORIES:
        account = world.account(name)
        pairs = zip(DAYS, account.followers, strict=False)
        rows = [(day.isoformat(), count) for day, count in pairs if day not in _HISTORY_GAPS]
        files[f"inbox/followers/{account.uid}.csv"] = csv_text(
            [("date", "count"), *rows], "\n"
        ).encode()
    noted = world.account(TENS_OF_THOUSANDS_NAME)
    lines = ["Date (YYYY-MM-DD),Followers (tens of thousands)"]
    for number, (day, count) in enumerate(zip(DAYS, noted.followers, strict=False)):
        shown = "" if number in _NOTES_GAPS else f"{count / 10_000:.1f}"
        lines.append(f"{day.isoformat()},{shown}")
    files[f"inbox/followers/{noted.uid}.txt"] = ("\n".join(lines) + "\n").encode()
    return files
