"""The best title of a post, its rivals, its vetoes and its probability."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from orchestration.linking.evidence import evidence_of
from orchestration.linking.model import read_model
from orchestration.linking.scoring import Block, Choice, Posts, inserted, logistic
from tests.unit.linking.worlds import block

MODEL = read_model()
TITLE = "临江化工厂深夜起火"
POST = "警情通报 今日2时许 临江一化工厂起火 消防已到场 无人员伤亡"


def chosen(found: Block) -> dict[int, Choice]:
    return {choice.best.post: choice for choice in found.choices(MODEL)}


def test_a_post_is_linked_to_its_title_and_routine_to_nothing() -> None:
    found = block([(TITLE, 0)], [(POST, 1)])
    choices = chosen(found)
    assert set(choices) == {0}
    assert found.titles.keys[choices[0].best.title] == TITLE
    assert choices[0].probability >= MODEL.link_at


@pytest.mark.parametrize(
    ("hours", "is_linked"), [(-73, False), (-72, True), (24, True), (25, False)]
)
def test_only_in_the_window(hours: int, is_linked: bool) -> None:
    assert bool(chosen(block([(TITLE, 0)], [(POST, hours)]))) is is_linked


def test_numbers_and_places_veto() -> None:
    titles = [("湖北新增41例确诊病例", 0), ("湖南新增12例确诊病例", 0)]
    choices = chosen(block(titles, [("通报 湖南新增12例确诊病例 均为输入", 1)]))
    assert choices[0].best.title == 1
    assert choices[0].runner_up is None  # what is vetoed is no rival
    assert not chosen(block(titles, [("通报 湖南新增57例确诊病例 均为输入", 1)]))


def test_a_rival_lowers_the_probability() -> None:
    alone = chosen(block([(TITLE, 0)], [(POST, 1)]))[0]
    contested = chosen(block([(TITLE, 0), ("临江化工厂深夜爆炸", 0)], [(POST, 1)]))[0]
    assert contested.runner_up is not None
    assert contested.probability < alone.probability


def test_titles_of_one_story_are_no_rivals_and_one_rival() -> None:
    """A story competes with its best title, however many outlets tell it."""
    titles = [(TITLE, 0), ("临江化工厂深夜爆炸", 0), ("临江化工厂深夜冒烟", 0)]
    apart = block(titles, [(POST, 1)])
    alike = [frozenset({"s"})] * 3
    others = [frozenset({"s"}), frozenset({"t"}), frozenset({"t"})]
    alone = chosen(block(titles[:1], [(POST, 1)]))[0]
    found = []
    for stories in (alike, others):
        rest = [frozenset[str]()] * (len(apart.titles) - len(titles))
        told = replace(apart.titles, stories=[*stories, *rest])
        found.append(chosen(Block(told, apart.posts))[0])
    assert found[0].runner_up is None
    assert set(found[0].titles) == {found[0].best.title}
    (first, second), contested = found, chosen(apart)[0]
    assert first.rivalry[2] == 0 < second.rivalry[2] < contested.rivalry[2]
    assert alone.probability > 0
    assert first.probability > second.probability > contested.probability


def test_wordings_of_one_event_are_no_rivals() -> None:
    titles = [(TITLE, 0), ("临江一化工厂深夜起火", 5)]
    choice = chosen(block(titles, [(POST, 6)]))[0]
    assert set(choice.titles) == {0, 1}
    assert choice.runner_up is None


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("临江化工厂深夜起火", "临江一化工厂深夜起火", True),
        ("临江化工厂深夜起火", "临海化工厂深夜起火", False),
        ("全市确诊病例归零", "全市无确诊病例归零", False),
        ("广东新增12例本土病例", "广东新增2例本土病例", False),
        ("化工厂起火", "临江化工厂深夜起火", False),
    ],
)
def test_what_is_one_event(one: str, other: str, is_same: bool) -> None:
    found = block([(one, 0), (other, 0)], [])
    assert found.is_same_event(0, 1) is is_same
    assert found.is_same_event(1, 0) is is_same


def test_inserted() -> None:
    assert inserted("甲丙", "甲乙丙") == "乙"
    assert inserted("甲丁", "甲乙丙") is None
    assert inserted("甲乙", "甲乙") == ""


def test_order_of_titles_and_posts_decides_nothing() -> None:
    titles = [(TITLE, 0), ("临江化工厂深夜爆炸", 0), ("临江中学食堂检查", 3)]
    posts = [(POST, 1), ("临江中学食堂检查结果公布", 4)]

    def links(found: Block) -> set[tuple[str, str, float]]:
        return {
            (found.posts.texts[c.best.post], found.titles.keys[c.best.title],
             round(c.probability, 9))
            for c in found.choices(MODEL)
        }  # fmt: skip

    assert len(links(block(titles, posts))) == 2
    assert links(block(titles, posts)) == links(block(titles[::-1], posts[::-1]))


def test_evidence_can_be_audited() -> None:
    found = block([(TITLE, 0), ("临江化工厂深夜爆炸", 0)], [(POST, 1)])
    choice = chosen(found)[0]
    evidence = json.loads(evidence_of(found, choice, MODEL))
    assert evidence["model"] == MODEL.id
    assert evidence["p"] == round(choice.probability, 4)
    assert evidence["p"] == pytest.approx(logistic(evidence["score"] - evidence["crowd"]), abs=1e-3)
    assert evidence["matched"] == ["临江", "化工厂", "起火"]
    assert evidence["missing"] == ["深夜"]
    assert evidence["numbers_ok"]
    assert evidence["places_ok"]
    assert evidence["hours_after_onset"] == 1.0
    assert evidence["runner_up"] == "临江化工厂深夜爆炸"
    assert {"tfidf", "bm25", "coverage", "margin", "crowd"} <= set(evidence)


def test_nothing_to_compare_is_no_error() -> None:
    full = block([(TITLE, 0)], [(POST, 1)])
    none = full.titles.taken(np.array([], dtype=np.intp))
    nobody = Posts([], full.posts.posted[:0])
    assert not list(Block(none, full.posts).choices(MODEL))
    assert not list(Block(full.titles, nobody).choices(MODEL))
