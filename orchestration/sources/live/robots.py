"""robots.txt: asked once for each host and run, honoured for every address of it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from protego import Protego


class Robots:
    """The rules of all hosts. `text`: gives a robots.txt, None where a host has none."""

    def __init__(self, agent: str, text: Callable[[str], str | None]) -> None:
        self._agent = agent
        self._text = text
        self._known: dict[str, Protego] = {}

    def allows(self, url: str) -> bool:
        """Whether the host wants this address to be asked by programs like this one."""
        return bool(self._rules(url).can_fetch(url, self._agent))

    def delay(self, url: str) -> float | None:
        """Seconds that the host wants between two requests."""
        found = self._rules(url).crawl_delay(self._agent)
        return float(found) if found is not None else None

    def _rules(self, url: str) -> Protego:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._known:
            self._known[origin] = Protego.parse(self._text(f"{origin}/robots.txt") or "")
        return self._known[origin]
