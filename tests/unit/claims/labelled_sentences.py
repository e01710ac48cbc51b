"""Scores extraction against sentences labelled by hand.

A figure is found where the candidate has its value. `all` counts every field of the label: value,
bounds, qualifier, unit, metric, actors, sector, platform, day and its basis, speaker and outlet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.claims.candidates import Candidate, candidates

FOLDER = Path(__file__).parent / "labelled"
DATE_FIELDS = ("as_of", "basis")


@dataclass(frozen=True)
class Scores:
    sentences: int
    labels: int
    found: int
    value_and_qualifier: int
    all_fields: int
    dates_right: int
    dates_judged: int
    wrong: tuple[str, ...]

    @property
    def value_precision(self) -> float:
        return self.value_and_qualifier / self.found

    @property
    def value_recall(self) -> float:
        return self.value_and_qualifier / self.labels

    @property
    def all_precision(self) -> float:
        return self.all_fields / self.found

    @property
    def all_recall(self) -> float:
        return self.all_fields / self.labels

    @property
    def date_accuracy(self) -> float:
        return self.dates_right / self.dates_judged


def labelled(name: str) -> list[dict[str, Any]]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def expected(label: dict[str, Any]) -> dict[str, Any]:
    value, qualifier = label["value"], label["qualifier"]
    lo = value if qualifier in ("=", ">", ">=") else None
    hi = value if qualifier in ("=", "<", "<=") else None
    return {
        "value": value, "qualifier": qualifier,
        "lo": label.get("lo", lo), "hi": label.get("hi", hi),
        "unit": label["unit"], "metric": label["metric"], "actor": label.get("actor"),
        "sector": label.get("sector"), "platform": label["platform"], "as_of": label["as_of"],
        "basis": label["basis"], "speaker": label.get("speaker"),
        "speaker_kind": label.get("speaker_kind", "body" if label.get("speaker") else None),
        "region": label.get("region"), "outlet": label.get("outlet"),
    }  # fmt: skip


def as_found(candidate: Candidate) -> dict[str, Any]:
    return {
        "value": candidate.value, "qualifier": candidate.qualifier, "lo": candidate.value_lo,
        "hi": candidate.value_hi, "unit": candidate.claim_unit, "metric": candidate.metric,
        "actor": candidate.actor_scope, "sector": candidate.sector,
        "platform": candidate.platform_scope,
        "as_of": candidate.as_of_date.isoformat() if candidate.as_of_date else None,
        "basis": candidate.as_of_basis, "speaker": candidate.speaker,
        "speaker_kind": candidate.speaker_kind, "region": candidate.region_code,
        "outlet": candidate.quoted_outlet,
    }  # fmt: skip


def pairs(
    sentence: dict[str, Any],
) -> Iterator[tuple[dict[str, Any] | None, dict[str, Any] | None]]:
    """(label, candidate) of one value; None on the side where it is missing."""
    found = [as_found(c) for c in candidates(sentence["text"], _day(sentence["published"]))]
    for label in map(expected, sentence["figures"]):
        same = next((c for c in found if c["value"] == label["value"]), None)
        if same is not None:
            found.remove(same)
        yield label, same
    for extra in found:
        yield None, extra


def score(*names: str) -> Scores:
    sentences = [sentence for name in names for sentence in labelled(name)]
    labels = found = value = every = right = judged = 0
    wrong: list[str] = []
    for sentence in sentences:
        for label, candidate in pairs(sentence):
            labels, found = labels + (label is not None), found + (candidate is not None)
            if label is None or candidate is None:
                wrong.append(
                    f"{'missed' if label else 'extra'}: {label or candidate} in {sentence['text']}"
                )
                continue
            judged += 1
            right += all(label[name] == candidate[name] for name in DATE_FIELDS)
            value += label["qualifier"] == candidate["qualifier"]
            differing = {n: (label[n], candidate[n]) for n in label if label[n] != candidate[n]}
            every += not differing
            if differing:
                wrong.append(f"{differing} in {sentence['text']}")
    return Scores(len(sentences), labels, found, value, every, right, judged, tuple(wrong))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


if __name__ == "__main__":
    import sys

    for name in sys.argv[1:] or ("before_freeze",):
        result = score(name)
        print("\n".join(result.wrong))
        print(
            f"{name}: {result.sentences} sentences, {result.labels} figures, {result.found} found; "
            f"value+qualifier P {result.value_precision:.3f} R {result.value_recall:.3f}; "
            f"all P {result.all_precision:.3f} R {result.all_recall:.3f}; "
            f"dates {result.dates_right}/{result.dates_judged}"
        )
