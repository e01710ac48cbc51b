"""What a kind of live source is: a conversation of questions, each archived before the next.

A kind is a generator: it yields an Ask and gets what came once its bytes are archived. What it
writes into `memory` after that is saved with them, so a cursor never runs ahead of the archive.
A flawed answer ends the conversation: the generator is closed where it waits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orchestration.sources.live.client import Answer
from orchestration.sources.live.trouble import Flaw

Memory = dict[str, Any]


@dataclass(frozen=True)
class Received:
    """An answer, how many records the reader found in it, its hash, and when it came."""

    answer: Answer
    records: int
    sha256: str
    at: datetime

    @property
    def document(self) -> Any:
        """The body as JSON; only asked of what a JSON reader has accepted."""
        return json.loads(self.answer.body.decode("utf-8-sig"))


Check = Callable[[Received], Flaw | None]


def no_check(received: Received) -> Flaw | None:
    """For answers of which the reader knows enough."""
    del received
    return None


@dataclass(frozen=True)
class Ask:
    """One question. had_items: an empty answer would be suspicious. check: what else can be wrong
    with an answer that its reader accepts."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    had_items: bool = False
    check: Check = no_check


Conversation = Generator[Ask, Received, Flaw | None]
"""What it returns is a remark about the source that is no failure."""


@dataclass(frozen=True)
class Kind:
    """One kind of source.

    suffix: of the files. types: beginnings of content types that its answers may have.
    is_snapshot: the same bytes at a later time say something new.
    """

    talk: Callable[[str, Memory], Conversation]
    suffix: str
    types: tuple[str, ...]
    is_snapshot: bool = False


def told(document: Any) -> str:
    """What an error says of itself; of anything else only its type, as it may be about people."""
    names = ("error", "code", "message")
    texts = [document.get(name) for name in names] if isinstance(document, dict) else []
    said = next((text for text in texts if isinstance(text, str) and text), None)
    return repr(said[:120]) if said else f"a {type(document).__name__}"


def of_format(format_id: str) -> Kind:
    """The kind of source that answers in a format."""
    from orchestration.sources.live import feed, mastodon, wordpress

    kinds = {"rss": feed.KIND, "wordpress_json": wordpress.KIND, "mastodon_json": mastodon.KIND}
    return kinds[format_id]
