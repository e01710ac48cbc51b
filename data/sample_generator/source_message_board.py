"""`inbox/message_board`: an export of petitions, for a source that is declared, not coded."""

from __future__ import annotations

from random import Random

from .files import Files, csv_text
from .places import counties, prefectures
from .study_period import DAY, END, HOUR, MORNING_AFTER, START, second_at, wall
from .world import World, stream

_COLUMNS = ("replyID", "replyDate", "handleTime", "stateInfo", "province", "addressee")
_COUNT = 400
_EXPORTED_AT = second_at(MORNING_AFTER, 2, 30)
_OFFICES = ("公安局", "人民政府", "交通运输局", "市场监督管理局")


def message_board(world: World) -> Files:
    """About 400 petitions; the late ones are mostly open."""
    del world  # petitions are about nothing else in it
    rng = stream("message board")
    rows = sorted(_petition(rng) for _ in range(_COUNT))
    numbered = [(8_600_000 + 7 * n, *row) for n, row in enumerate(rows)]
    text = csv_text([_COLUMNS, *numbered], "\n")
    return {"inbox/message_board/petitions.csv": text.encode()}


def _petition(rng: Random) -> tuple[str, str, str, str, str]:
    asked_at = rng.randrange(START, END - HOUR)
    answered_at = asked_at + int(rng.lognormvariate(1.7, 0.8) * DAY)
    place = rng.choice(prefectures() + counties())
    addressee = place.full_name + rng.choice(_OFFICES)
    if answered_at < _EXPORTED_AT and rng.random() < 0.85:
        return wall(asked_at), wall(answered_at), "已办理", place.province, addressee
    state = rng.choice(("办理中", "待回复"))
    return wall(asked_at), "", state, place.province, addressee
