"""The hot list hour by hour: which topics stood on it, how hot, when it was captured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from .study_period import DAY, DAYS, HOUR, second_at
from .topics import Topic, advertised_topics, noise_topics, pinned_topics

MISSING_HOURS = frozenset(
    {
        ("2026-07-05", 3),
        ("2026-07-12", 14),
        ("2026-07-12", 15),
        ("2026-07-28", 22),
        ("2026-08-02", 9),
        ("2026-08-13", 0),
        ("2026-08-13", 1),
        ("2026-08-21", 17),
        ("2026-08-27", 6),
    }
)
HTML_HOUR = ("2026-08-16", 4)
"""The capture of this hour is an HTML error page."""
_ROWS = 16


@dataclass(frozen=True)
class Row:
    """A topic on the list with its heat; pinned rows have heat 0."""

    topic: Topic
    heat: int


@dataclass(frozen=True)
class Slot:
    """One hourly capture. `is_kept` is False where the archive has a hole."""

    day: date
    hour: int
    captured_at: int
    rows: tuple[Row, ...]

    @property
    def is_kept(self) -> bool:
        return (key := (self.day.isoformat(), self.hour)) not in MISSING_HOURS and key != HTML_HOUR


def build_slots(incidents: list[Topic], rng: Random) -> list[Slot]:
    """Every hour of the 60 days, in order."""
    noise = _Noise(rng)
    pinned, advertised = pinned_topics(), advertised_topics()
    slots = []
    for day in DAYS:
        for hour in range(24):
            captured_at = second_at(day, hour) + rng.randint(16 * 60, 42 * 60)
            current = [t for t in incidents if t.listed_from <= captured_at < t.listed_until]
            ranked = [Row(topic, _heat(topic, captured_at, rng)) for topic in current]
            ranked += noise.rows(_ROWS - len(ranked))
            ranked.sort(key=lambda row: (-row.heat, row.topic.title))
            if rng.random() < 0.3:
                ranked.insert(3, Row(rng.choice(advertised), rng.randint(90_000, 400_000)))
            number = (captured_at - second_at(DAYS[0])) // (5 * DAY)
            ranked.append(Row(pinned[number], 0))
            slots.append(Slot(day, hour, captured_at, tuple(ranked)))
    return slots


def first_sightings(slots: list[Slot]) -> dict[str, int]:
    """Title → instant of the first kept capture that shows it."""
    seen: dict[str, int] = {}
    for slot in slots:
        if slot.is_kept:
            for row in slot.rows:
                seen.setdefault(row.topic.title, slot.captured_at)
    return seen


def _heat(topic: Topic, captured_at: int, rng: Random) -> int:
    """Rises within two hours, fades over the rest of the topic's life."""
    age = (captured_at - topic.listed_from) / HOUR
    left = (topic.listed_until - captured_at) / (topic.listed_until - topic.listed_from)
    return int(topic.peak_heat * min(1, 0.4 + age * 0.3) * (0.25 + left) * rng.uniform(0.9, 1.1))


class _Noise:
    """Keeps the list full: topics stay a few hours, then others take their place."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._fresh = noise_topics(rng)
        self._current: list[tuple[Topic, int]] = []

    def rows(self, count: int) -> list[Row]:
        self._current = [(topic, hours - 1) for topic, hours in self._current if hours > 1]
        del self._current[max(count, 0) :]
        while len(self._current) < count:
            hours = max(2, int(self._rng.lognormvariate(2.3, 0.5)))
            self._current.append((next(self._fresh), hours))
        return [
            Row(topic, int(topic.peak_heat * self._rng.uniform(0.6, 1.0)))
            for topic, _ in self._current
        ]
