"""RSS and Atom: one address, asked whether it changed."""

from __future__ import annotations

from orchestration.sources.live.kinds import Ask, Conversation, Kind, Memory
from orchestration.sources.live.trouble import Flaw, shown

CONFIRM_AFTER = 20
"""After so many answers of "unchanged" in a row, the feed is asked for in full."""


def _talk(url: str, memory: Memory) -> Conversation:
    is_doubted = memory.get("unchanged", 0) >= CONFIRM_AFTER
    headers = {} if is_doubted or memory.get("lies") else _conditions(memory)
    received = yield Ask(url, headers, had_items=memory.get("records", 0) > 0)
    answer = received.answer
    if answer.status == 304:
        memory["unchanged"] = memory.get("unchanged", 0) + 1
        return None
    validators = {
        "etag": answer.headers.get("etag"),
        "last_modified": answer.headers.get("last-modified"),
    }
    before = {name: memory.get(name) for name in validators}
    lies = is_doubted and validators == before and received.sha256 != memory.get("sha256")
    memory.update(validators, records=received.records, sha256=received.sha256, unchanged=0)
    if not lies:
        return None
    memory["lies"] = True
    return Flaw(
        "unchanged_is_untrue",
        f"{shown(url)} said {CONFIRM_AFTER} times that it had not changed, and it had; from now on "
        "it is always asked for in full",
    )


def _conditions(memory: Memory) -> dict[str, str]:
    names = {"If-None-Match": "etag", "If-Modified-Since": "last_modified"}
    return {header: memory[name] for header, name in names.items() if memory.get(name)}


KIND = Kind(
    _talk,
    ".xml",
    ("application/rss", "application/atom", "application/rdf", "application/xml", "text/xml",
     "text/plain", "application/octet-stream"),
)  # fmt: skip
