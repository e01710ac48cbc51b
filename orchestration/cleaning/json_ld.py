"""JSON-LD of a page: what its scripts of type application/ld+json say about its article."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

SCRIPTS = '//script[@type="application/ld+json"]'
_ARTICLE_TYPES = re.compile(r"(?:Article|Posting|Report)$")


def articles_in(script: str) -> list[dict[str, Any]]:
    """Its objects that are articles; of a script that is no JSON, none."""
    try:
        document = json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return []
    return [thing for thing in _things(document) if _is_article(thing)]


def _things(document: Any) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD script: itself, its list, its @graph, the page's main entity."""
    for item in document if isinstance(document, list) else [document]:
        if not isinstance(item, dict):
            continue
        yield item
        graph, main = item.get("@graph"), item.get("mainEntity")
        yield from (thing for thing in _listed(graph) if isinstance(thing, dict))
        if isinstance(main, dict):
            yield main


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else ()


def _is_article(thing: Mapping[str, Any]) -> bool:
    kinds = thing.get("@type")
    return any(
        isinstance(kind, str) and bool(_ARTICLE_TYPES.search(kind))
        for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def names(author: Any) -> Iterator[str]:
    """Names of a JSON-LD author: a text, an object, or a list of either."""
    for one in author if isinstance(author, list) else [author]:
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str):
            yield name
