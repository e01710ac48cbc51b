"""Links by text on real posts whose hashtags were taken out, at the shipped threshold."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

import pytest

from benchmarks import linking
from orchestration.linking.learning import learn
from orchestration.linking.model import read_model
from orchestration.linking.training import Corpus, outcomes

pytestmark = [pytest.mark.real_data, pytest.mark.slow]
DRAWS = 4


@pytest.fixture(scope="module")
def lists(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return linking.real_corpus(tmp_path_factory.mktemp("linking"), real_data)


@pytest.fixture(scope="module")
def tagged(lists: Corpus) -> Corpus:
    return linking.with_hashtags(lists)


def test_nine_of_ten_links_are_right_and_half_of_the_answers_found(tagged: Corpus) -> None:
    model = read_model()
    found = [
        linking.of_model(linking.thinned(tagged, seed), model).linked_from(model.link_at)
        for seed in range(DRAWS)
    ]
    assert mean(precision for _, precision, _ in found) >= 0.90
    assert mean(recall for _, _, recall in found) >= 0.50
    assert min(precision for _, precision, _ in found) >= 0.90


def test_more_topics_cost_little(tagged: Corpus) -> None:
    model = read_model()
    _, precision, recall = linking.of_model(tagged, model).linked_from(model.link_at)
    assert precision >= 0.89
    assert recall >= 0.50


def test_no_single_method_is_as_precise(tagged: Corpus) -> None:
    corpus = linking.thinned(tagged)
    model = linking.of_model(corpus, read_model()).precision_at(0.5)
    for name in ("characters and pairs, TF-IDF", "characters and pairs, BM25"):
        assert linking.of_method(corpus, linking.METHODS[name]).precision_at(0.5) < model, name


def test_posts_without_an_answer_stay_unlinked(tagged: Corpus) -> None:
    model = read_model()
    for days in (-30, 30):
        found = outcomes(tagged.moved(days), model)
        made = sum(choice.probability >= model.link_at for _, choice, _ in found)
        assert made <= 0.04 * len(tagged.texts)


def test_a_model_of_the_posts_themselves_holds_on_later_ones(tagged: Corpus) -> None:
    model, score = learn(linking.thinned(tagged))
    assert score.links >= 80
    assert score.precision >= 0.85
    assert model.link_at >= 0.5
