"""What an auditor needs to judge a link, as JSON."""

from __future__ import annotations

import json

from orchestration.linking.model import FEATURES, RIVALRY, Model
from orchestration.linking.scoring import HOUR_US, Block, Choice


def evidence_of(block: Block, choice: Choice, model: Model) -> str:
    """Everything the probability rests on: values, matched and missing words, numbers and places,
    distance in time, and the best other title. The same link gives the same text."""
    best, runner_up = choice.best, choice.runner_up
    matched, missing = block.stretches(choice)
    after = int(block.posts.posted[best.post]) - int(block.titles.onsets[best.title])
    agreed = best.agreement
    found = {
        "rule": "text_v1",
        "model": model.id,
        "p": round(choice.probability, 4),
        "title": block.titles.texts[best.title],
        **_rounded(FEATURES, best.features),
        **_rounded(RIVALRY, choice.rivalry),
        "matched": matched,
        "missing": missing,
        "numbers_ok": agreed.numbers_ok,
        "places_ok": agreed.places_ok,
        "hours_after_onset": round(after / HOUR_US, 2),
        "runner_up": block.titles.texts[runner_up.title] if runner_up else None,
    }
    return json.dumps(found, ensure_ascii=False)


def _rounded(names: tuple[str, ...], values: tuple[float, ...]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in zip(names, values, strict=True)}
