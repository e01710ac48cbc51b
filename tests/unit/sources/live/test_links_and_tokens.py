"""Where a token may go: to the declared origin, whatever an answer calls its next page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from orchestration.sources.live.client import Answer
from orchestration.sources.live.kinds import Received
from orchestration.sources.live.mastodon import _is_list
from orchestration.sources.live.poll import _Visit
from orchestration.sources.live.trouble import origin_of

START = "https://social.example/api/v1/timelines/public?limit=40"
NEXT = "api/v1/timelines/public?max_id=1"


def received(following: str) -> Received:
    body = json.dumps([{"id": "5", "uri": "x"}]).encode()
    return Received(
        Answer(START, 200, {}, body, following), 1, "", datetime(2026, 7, 1, tzinfo=UTC)
    )


@pytest.mark.parametrize(("origin", "is_followed"), [
    ("https://social.example", True), ("https://social.example:443", True),
    ("https://SOCIAL.example", True), ("http://social.example", False),
    ("http://social.example:443", False), ("https://social.example:8443", False),
    ("https://evil.example", False), ("https://social.example.evil.example", False),
    ("https://social.example@evil.example", False), ("ftp://social.example", False),
])  # fmt: skip
def test_a_next_page_elsewhere_is_neither_followed_nor_given_the_token(
    origin: str, is_followed: bool
) -> None:
    following = f"{origin}/{NEXT}"
    flaw = _is_list(START, START, {})(received(following))
    assert (flaw is None) is is_followed
    assert flaw is None or flaw.reason == "foreign_link"
    visit = SimpleNamespace(
        fetch=SimpleNamespace(token="OBSERVATORY_TOKEN_A", url=START),
        settings=SimpleNamespace(tokens={"OBSERVATORY_TOKEN_A": "xyzzy"}),
    )
    sent = _Visit._authorization(cast(Any, visit), following)
    assert sent == ({"Authorization": "Bearer xyzzy"} if is_followed else {})


def test_an_address_that_cannot_be_read_has_no_origin() -> None:
    assert origin_of("https://[::1") != origin_of(START)
