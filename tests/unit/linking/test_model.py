"""The shipped model is what its seed makes, and a broken file says so."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from orchestration.linking.model import SHIPPED, ModelError, as_text, read_model, write_model
from orchestration.linking.scoring import log_odds
from orchestration.linking.synthetic import shipped_model, synthetic_corpus
from orchestration.linking.training import blocks, fit, outcomes


def test_the_shipped_model_comes_from_its_seed() -> None:
    assert as_text(shipped_model()) == SHIPPED.read_text(encoding="utf-8")


def test_as_many_posts_are_expected_to_have_a_title_as_do() -> None:
    corpora = [synthetic_corpus(7), synthetic_corpus(7).moved(15)]
    model = fit(corpora, "v", "p", 0.5, 0.3)
    expected = answered = 0.0
    for block, answers in (day for corpus in corpora for day in blocks(corpus)):
        for found in block.candidates():
            standing = [candidate for candidate in found if not candidate.is_vetoed]
            odds = np.exp(log_odds([c.features for c in standing], model)).sum() if standing else 0
            expected += odds / (1 + odds)
            answered += any(block.titles.keys[c.title] in answers[c.post] for c in standing)
    assert expected == pytest.approx(answered, rel=1e-3)


def test_too_few_answers_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^0 posts whose hashtag .* keep the shipped one"):
        fit([synthetic_corpus(7).moved(15)], "v", "p", 0.5, 0.3)


def test_it_links_made_up_posts_of_another_seed() -> None:
    corpus, model = synthetic_corpus(7), read_model()
    made = [right for _, choice, right in outcomes(corpus, model) if choice.probability >= 0.9]
    assert len(made) > 100
    assert sum(made) / len(made) >= 0.8
    moved = [choice for _, choice, _ in outcomes(corpus.moved(15), model)]
    assert sum(choice.probability >= model.link_at for choice in moved) <= len(made) / 20


def test_a_written_model_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    write_model(read_model(), path)
    assert read_model(path) == read_model()
    assert path.read_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"weights": {}},
        {"link_at": 0.2},
        {"link_at": "much"},
        {"unheard_of": 1},
        {"intercept": None},
    ],
)
def test_a_broken_model_names_the_file_and_what_to_do(
    tmp_path: Path, change: dict[str, object]
) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(json.loads(SHIPPED.read_text()) | change))
    with pytest.raises(ModelError, match=r"model\.json: .*(links train|mend the file)"):
        read_model(path)
