"""Of the names that people write only those of bodies pass, and only where they are called."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from orchestration.cleaning import identity
from orchestration.cleaning.addressed import addressed_names
from orchestration.cleaning.identity import bodies_among, names_of_bodies
from orchestration.cleaning.people import Door
from orchestration.cleaning.posts import finish_posts


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("有人丢了孩子@平安北京 请转发", ["平安北京"]),
        ("求证@南京公安 @江宁公安在线 ，真的假的", ["南京公安", "江宁公安在线"]),
        ("@南京公安@南京公安 快来", ["南京公安"]),
        ("回复@德州运河公安分局:你们怎么看", ["德州运河公安分局"]),
        ("@小王爱生活 @李警官说 你看", None),  # people, one of them an officer
        ("转发微博//@平安北京:已处理", None),  # whom one reposts
        ("@王斌: 求证@南京公安", None),  # another's words
        ("今日停水（@武汉晚报 讯）", None),
        ("好消息 via@人民日报", None),
        ("属谣言，@广州公安 已证实", None),
        ("@平安北京 已经三天了没人管", ["平安北京"]),  # credits look like the words of complaints
        ("@平安北京 电话打不通", ["平安北京"]),
        ("@平安北京 讯问时不让请律师", ["平安北京"]),
        ("@平安北京 消息发了没人回", ["平安北京"]),
        ("@人民日报 报道一下吧", ["人民日报"]),
        ("@平安北京 摄像头坏了", ["平安北京"]),
        ("收据 @北京公安局", ["北京公安局"]),
        ("有图@平安北京", ["平安北京"]),
        ("看作文@平安北京", ["平安北京"]),
        ("my baby @平安北京", ["平安北京"]),
        ("图@平安北京", None),
        ("真好看。文/@平安北京（图：@南京公安）摄影by@江宁公安在线", None),
        ("据@新华网 电，今日停水", None),
        ("今日停水。@武汉晚报 消息", None),
        ("＠平安北京 在吗", ["平安北京"]),
        ("@平安北京：我家被盗了 http://t.cn/1", ["平安北京"]),
        ("#求助#@平安北京 @南京公安: 我家被盗了", ["平安北京", "南京公安"]),
        ("@平安北京：已处理//@小王:在吗", None),
        ("转发微博 @平安北京：已处理", None),
        ("求证@南京公安@王斌: 牵挂@平安北京", ["南京公安"]),
        ("写信到 help@example.com", None),
        ("没有人", None),
        (None, None),
    ],
)
def test_who_is_called_upon(text: str | None, names: list[str] | None) -> None:
    found = addressed_names(pl.Series([text, "@平安上海 在吗"], dtype=pl.String))
    assert found.to_list() == [names, ["平安上海"]]


def test_without_an_at_sign_nothing_is_asked() -> None:
    assert addressed_names(pl.Series(["a", None], dtype=pl.String)).to_list() == [None, None]


def test_the_hint_spares_names_and_loses_none() -> None:
    """Names of the labelled sample and of persons: the quick question must not answer otherwise."""
    names = pl.read_csv("tests/identity/names.csv", infer_schema=False)["screen_name"].unique()
    names = pl.concat([names, pl.Series("screen_name", ["小王", "蔡康永", "读者", "-Ccc文"])])
    assert set(bodies_among(names)) == set(names.filter(names_of_bodies(names)))


def test_a_name_asked_about_before_is_not_looked_through_again(monkeypatch) -> None:
    looked = []

    def look(names: pl.Series) -> pl.Series:
        looked.extend(names)
        return names_of_bodies(names)

    monkeypatch.setattr(identity, "_NAMES_ANSWERED", {})
    monkeypatch.setattr(identity, "_NAMES_KEPT", 3)
    monkeypatch.setattr(identity, "names_of_bodies", look)
    asked = pl.Series(["平安上海", "小王", "平安小王", "平安上海"])
    for _ in range(2):
        assert bodies_among(asked).to_list() == ["平安上海"]
    assert looked == ["平安上海", "平安小王"]
    more = pl.Series(["平安北京", "平安天津", "平安重庆", "平安上海"])  # more than are kept
    assert bodies_among(more).to_list() == more.to_list()
    assert bodies_among(asked).to_list() == ["平安上海"]


def test_only_posts_of_ordinary_people_call_upon_anybody() -> None:
    """An organ's and an officer's post that names an office is no question of the public."""
    rows = pl.DataFrame(
        {
            "_row": [0, 1, 2], "platform": ["weibo"] * 3, "post_id": ["x", "y", "z"],
            "account_id": ["1", "2", "3"], "posted_at": [datetime(2020, 1, 1, tzinfo=UTC)] * 3,
            "posted_at_precision": ["second"] * 3, "posted_at_source": ["api"] * 3,
            "text": ["@平安北京 在吗 @小王"] * 3, "_kind": [None, "organ", "officer"],
        },
        schema_overrides={"_row": pl.UInt32, "posted_at": pl.Datetime("us", "UTC")},
    )  # fmt: skip
    person, organ, officer = finish_posts(rows, Door("k")).rows.to_dicts()
    assert person["addressed_names"] == ["平安北京"]
    assert (person["text"], person["account_id"][:2], person["post_id"][:2]) == (None, "p:", "p:")
    assert (organ["addressed_names"], officer["addressed_names"]) == (None, None)


@pytest.mark.real_data
def test_one_of_600_real_posts_calls_upon_offices(real_data: Path) -> None:
    """Of the others that name bodies, read by eye, all credit them as their source."""
    files = sorted((real_data / "rumours" / "ced_original").glob("*.json"))
    texts = [json.loads(path.read_text(encoding="utf-8"))["text"] for path in files]
    found = addressed_names(pl.Series(texts, dtype=pl.String)).drop_nulls().to_list()
    assert len(texts) == 600
    assert found == [["宁波发布", "宁波晚报"]]


def test_texts_without_names_cost_next_to_nothing() -> None:
    texts = pl.Series(["今天天气很好，出门走走看看。" * 5] * 200_000)
    before = time.process_time()
    addressed_names(texts)
    assert (time.process_time() - before) / 200_000 < 2e-6
