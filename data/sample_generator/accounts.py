"""Who exists: police organs, other government organs, state media and officers, and what
happens to them in the 60 days: births, renames, disappearances, a purge of zombie followers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from .places import NATION, Place, counties, prefectures, provinces
from .study_period import DAY_COUNT, DAYS, END, FIRST_DAY, PURGE_DAY, second_at

_FOLLOWERS = {
    "ministry": 8_000_000,
    "province": 2_000_000,
    "prefecture": 400_000,
    "county": 40_000,
    "station": 5_000,
}
_POSTS_A_DAY = {
    "ministry": 3.2,
    "province": 2.5,
    "prefecture": 1.9,
    "county": 1.28,
    "station": 0.62,
}
_OFFICER_NICKNAMES = "老样 小例 阿示 大样 例哥 示姐 样叔 小示 老例 样妹 阿例 示哥 大例"
_STATION_NAMES = ("城关", "湖滨", "河口", "东街", "北站", "工业园", "大学城")
_UNITS = ("治安大队", "交警大队", "刑侦大队", "社区警务室", "城关派出所", "宣传科")
_BIRTH_DAYS = (3, 8, 13, 17, 22, 26, 31, 35, 42, 46, 51, 56)
_VANISH_DAYS = (16, 28, 41, 50)
_RENAME_DAYS = (15, 29, 48)
TENS_OF_THOUSANDS_NAME = "样江公安"
"""Its follower history is the one noted in 万 (about 30)."""


@dataclass
class Account:
    """One official account; days are Shanghai dates."""

    uid: str
    screen_name: str
    kind: str
    level: str
    place: Place
    registered_at: int
    verified_type: int
    verified_reason: str
    posts_a_day: float
    listed: str
    """`first` or `second` account list, or `never` (found through its verification)."""
    gone_on: date | None = None
    away: tuple[date, ...] = ()
    renamed_on: date | None = None
    new_name: str = ""
    silent_from: date | None = None
    collector: str = "spider"
    """`spider`, `csv`, `both` or `none`: which post collector follows it."""
    followers: list[int] = field(default_factory=list)
    """On the morning of each day, one more than there are days."""
    friends: int = 0
    earlier_posts: int = 0

    def name_on(self, day: date) -> str:
        """Screen name shown on a day."""
        return self.new_name if self.renamed_on and day >= self.renamed_on else self.screen_name

    def exists_on(self, day: date) -> bool:
        """Whether the account can be seen on the morning of a day."""
        born = second_at(day, 2) >= self.registered_at
        gone = self.gone_on is not None and day >= self.gone_on
        return born and not gone and day not in self.away

    def posts_on(self, day: date) -> bool:
        """Whether the account may publish on a day."""
        tomorrow = day + timedelta(days=1)
        silent = self.silent_from is not None and day >= self.silent_from
        return self.exists_on(day) and self.exists_on(tomorrow) and not silent


def build_accounts(rng: Random) -> list[Account]:
    """All accounts, in a fixed order."""
    maker = _Maker(rng)
    _add_organs(maker)
    _add_stations(maker)
    _add_media(maker)
    _add_officers(maker)
    _add_second_list(maker)
    _add_births(maker)
    _choose_collectors(maker.accounts)
    _give_fates(maker.accounts, rng)
    for account in maker.accounts:
        account.followers = _follower_path(account, rng)
    return maker.accounts


class _Maker:
    """Makes accounts one by one with ids that no platform has given out."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.accounts: list[Account] = []
        self._last_number = 10_000

    def add(
        self,
        name: str,
        kind: str,
        place: Place,
        level: str = "",
        reason: str = "",
        listed: str = "first",
        registered_at: int = 0,
    ) -> Account:
        level = level or place.level
        rate = _POSTS_A_DAY[level] * self.rng.lognormvariate(0, 0.45)
        self._last_number += self.rng.randint(3, 99)
        account = Account(
            uid=f"99{self._last_number:08d}",
            screen_name=name,
            kind=kind,
            level=level,
            place=place,
            registered_at=registered_at or self._registration(level),
            verified_type={"officer": 0, "state_media": 3}.get(kind, 1),
            verified_reason=reason or _reason(name, kind, place),
            posts_a_day=0.9 if kind == "officer" else rate,
            listed=listed,
            friends=self.rng.randint(40, 900),
            earlier_posts=int(self.rng.lognormvariate(8, 0.8)),
        )
        self.accounts.append(account)
        return account

    def _registration(self, level: str) -> int:
        """Most came with the wave of 2010-2013, lower levels later."""
        year = 2009.8 + self.rng.expovariate(1 / (1.5 if level in ("ministry", "province") else 3))
        day = date(2009, 10, 1) + timedelta(days=int((min(year, 2025.5) - 2009.8) * 365))
        return second_at(day, self.rng.randint(8, 18), self.rng.randint(0, 59))


def _reason(name: str, kind: str, place: Place) -> str:
    if kind == "state_media":
        return f"{name}官方微博"
    if kind == "other_government":
        return f"{place.full_name}人民政府新闻办公室官方微博"
    if "派出所" in name:
        return f"{name}官方微博"
    office = {"ministry": "示例公安部", "province": f"{place.name}公安厅"}
    return f"{office.get(place.level, place.full_name + '公安局')}官方微博"


def _add_organs(maker: _Maker) -> None:
    maker.add("示例公安在线", "organ", NATION)
    maker.add("示例交管", "organ", NATION, reason="示例公安部交通管理局官方微博")
    maker.add("示例应急发布", "other_government", NATION, reason="示例应急管理部官方微博")
    for place in provinces():
        maker.add(f"平安{place.name}", "organ", place)
        maker.add(f"{place.name}交警", "organ", place)
        maker.add(f"{place.name}发布", "other_government", place)
    for number, place in enumerate(prefectures()):
        maker.add(f"{place.name}公安" if number % 2 else f"平安{place.name}", "organ", place)
        maker.add(f"{place.name}交警", "organ", place)
        maker.add(f"{place.name}发布", "other_government", place)
    for number, place in enumerate(counties()):
        maker.add(place.name + ("公安", "警方", "警事")[number % 3], "organ", place)
        if number % 2 == 0:
            maker.add(f"{place.name}发布", "other_government", place)


def _add_stations(maker: _Maker) -> None:
    for number, place in enumerate(counties()[:42]):
        if number % 3 != 2:
            name = f"{place.name}公安{_STATION_NAMES[number % 7]}派出所"
            maker.add(name, "organ", place, level="station")


def _add_media(maker: _Maker) -> None:
    maker.add("示例日报", "state_media", NATION).posts_a_day = 6.0
    maker.add("样省电视台新闻", "state_media", provinces()[0]).posts_a_day = 4.0


def _add_officers(maker: _Maker) -> None:
    nicknames = _OFFICER_NICKNAMES.split()
    places = prefectures() + counties()
    for number in range(25):
        place = places[number * 2]
        unit = _UNITS[number % len(_UNITS)]
        name = f"{place.name}民警{nicknames[number % len(nicknames)]}"
        reason = f"{place.full_name}公安局{unit}民警"
        maker.add(name, "officer", place, level="station", reason=reason)


def _add_second_list(maker: _Maker) -> None:
    """Registered years ago, but put on the watch list on 2026-08-10 only."""
    for place in counties()[1::5]:
        name = f"{place.name}交警"
        reason = f"{place.full_name}公安局交警大队官方微博"
        maker.add(name, "organ", place, reason=reason, listed="second")
    for place in counties()[3::16]:
        maker.add(f"{place.name}应急", "other_government", place, listed="second")
    for place in counties()[4::24]:
        reason = f"{place.full_name}公安局反诈中心民警"
        name = f"{place.name}反诈民警示样"
        maker.add(name, "officer", place, level="station", reason=reason, listed="second")


def _add_births(maker: _Maker) -> None:
    """Twelve accounts that register within the 60 days; no list names them."""
    for number, day in enumerate(_BIRTH_DAYS):
        place = counties()[number * 4 + 2]
        born = second_at(DAYS[day], 9 + number % 9, 7 * number % 60)
        if number % 4 == 3:
            name, kind = f"{place.name}政务", "other_government"
        else:
            name, kind = f"{place.name}公安反诈中心", "organ"
        account = maker.add(name, kind, place, listed="never", registered_at=born)
        account.earlier_posts = 0


def _choose_collectors(accounts: list[Account]) -> None:
    """Twelve busy accounts are followed by the CSV crawler, two of them by both."""
    names = {
        "示例公安在线", "示例日报", "平安样省", "平安示省", "平安例省", "平安样城", "样江公安",
        "平安示州", "示江公安", "例江公安", "样州交警", "样州发布",
    }  # fmt: skip
    for account in accounts:
        if account.screen_name in names:
            account.posts_a_day = 6.9
            is_both = account.screen_name in ("平安例省", "样州发布")
            account.collector = "both" if is_both else "csv"
    stations = [account for account in accounts if account.level == "station"]
    stations[3].collector = "none"  # its CSV has a header only
    stations[8].collector = "none"  # its CSV is GB18030 and does not say so


def _give_fates(accounts: list[Account], rng: Random) -> None:
    ordinary = [
        account
        for account in accounts
        if account.listed == "first"
        and account.collector == "spider"
        and account.level in ("county", "station")
    ]
    chosen = rng.sample(ordinary, 26)
    for account, day in zip(chosen[:4], _VANISH_DAYS, strict=True):
        account.gone_on = DAYS[day]
    for account, day in zip(chosen[4:7], _RENAME_DAYS, strict=True):
        account.renamed_on, account.new_name = DAYS[day], _new_name(account)
    chosen[7].away = tuple(DAYS[22:25])
    for account in chosen[8:18]:
        account.silent_from = FIRST_DAY
    for number, account in enumerate(chosen[18:26]):
        account.silent_from = DAYS[12 + 4 * number]


def _new_name(account: Account) -> str:
    if account.kind == "officer":
        return account.screen_name.replace("民警", "警官")
    return f"{account.place.name}示范{account.screen_name.removeprefix(account.place.name)}"


def _follower_path(account: Account, rng: Random) -> list[int]:
    if account.screen_name == TENS_OF_THOUSANDS_NAME:
        count = 300_400.0
    elif account.registered_at > second_at(FIRST_DAY):
        count = 60.0
    else:
        count = _FOLLOWERS[account.level] * rng.lognormvariate(0, 0.7)
    growth = rng.lognormvariate(-7.9, 0.7)
    is_purged = rng.random() < 0.55
    path = []
    for day in (*DAYS, None):
        path.append(int(count))
        count *= 1 + growth + rng.gauss(0, growth * 0.8)
        count += rng.randint(-1, 2)
        if account.earlier_posts == 0 and day and second_at(day) > account.registered_at:
            count += rng.randint(8, 60)
        if day == PURGE_DAY and is_purged:
            count *= rng.uniform(0.91, 0.98)
    assert len(path) == DAY_COUNT + 1 and account.registered_at < END
    return path
