"""How much markup is read: bounds checked in one pass over the text, before any parser sees it.

Parsers of HTML, and what walks their trees, need time that grows with the square of the attributes
of one tag; extraction walks the elements many times. Real articles stay far below both bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_ELEMENTS = 50_000
MOST_ATTRIBUTES = 500
"""Of one tag."""
MOST_ATTRIBUTES_IN_ALL = 200_000
DEEPEST_MARKUP = 256
"""Levels; the parser of markup drops what is nested deeper."""
_SELF_ENDING = re.compile(
    r"<(?:area|br|col|dd|dt|hr|img|input|li|link|meta|option|p|param|source|t[dhr]|wbr)\b",
    re.IGNORECASE,
)

_NEXT = re.compile(r"<!--|<([a-zA-Z][^ \t\n\f\r/>]*)")
_COMMENT_END = re.compile(r"--!?>")
_RAW_END = re.compile(r"</(?:script|style)", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"[ \t\n\f\r/]*+[^ \t\n\f\r/>][^ \t\n\f\r/>=]*+"
    r"(?:[ \t\n\f\r]*+=[ \t\n\f\r]*+(?:\"[^\"]*+\"|'[^']*+'|[^ \t\n\f\r>]*+))?+"
)


class MarkupRefusedError(Exception):
    """Markup that is not read, and why."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def too_deep() -> MarkupRefusedError:
    """Markup whose text would be lost."""
    return MarkupRefusedError(
        "too_deep",
        f"its markup is nested deeper than {DEEPEST_MARKUP} levels, so that its text cannot be "
        "taken out whole; the record stays in the archive. Ask the source for the text, or "
        "save it as plain text",
    )


def check_markup(markup: str) -> None:
    """Raise MarkupRefusedError where a text has more tags, or a tag more attributes, than are read.

    Takes time in proportion to the text. What stands in scripts, styles and comments is no tag.
    """
    place = elements = attributes = 0
    while found := _NEXT.search(markup, place):
        if found[1] is None:
            # `<!-->` is a whole comment.
            place = _end(_COMMENT_END, markup, found.start() + 2)
            continue
        elements += 1
        if elements > MOST_ELEMENTS:
            if _is_open(markup[: found.start()], elements):
                raise too_deep()
            raise _refused(f"more than {MOST_ELEMENTS} elements", markup, found.start())
        place = found.end()
        for number, attribute in enumerate(_attributes(markup, place), start=1):
            place = attribute.end()
            attributes += 1
            if number > MOST_ATTRIBUTES:
                told = f"a tag with more than {MOST_ATTRIBUTES} attributes"
                raise _refused(told, markup, attribute.start())
        if attributes > MOST_ATTRIBUTES_IN_ALL:
            raise _refused(f"more than {MOST_ATTRIBUTES_IN_ALL} attributes", markup, found.start())
        if found[1].lower() in ("script", "style"):
            place = _end(_RAW_END, markup, place)


def _attributes(markup: str, place: int) -> Iterator[re.Match[str]]:
    """The attributes of a tag from behind its name on."""
    while found := _ATTRIBUTE.match(markup, place):
        yield found
        place = found.end()


def _is_open(markup: str, elements: int) -> bool:
    """Whether many more elements begin than end."""
    ended = markup.count("</") + len(_SELF_ENDING.findall(markup))
    return elements - ended > DEEPEST_MARKUP


def _end(pattern: re.Pattern[str], markup: str, place: int) -> int:
    found = pattern.search(markup, place)
    return found.end() if found else len(markup)


def _refused(what: str, markup: str, place: int) -> MarkupRefusedError:
    line = markup.count("\n", 0, place) + 1
    return MarkupRefusedError(
        "too_complex",
        f"its markup has {what} (on its line {line}), which no article needs and no parser reads "
        "in bounded time; the record stays in the archive. Save the text alone, or ask the source "
        "for it",
    )


# -- pages that were cut ------------------------------------------------------------------------
_TAIL = 4096
_CLOSED = re.compile(r"</(?:html|body)[ \t\n\f\r]*>", re.IGNORECASE)
_HALF_A_TAG = re.compile(r"</?[a-zA-Z][^<>]*$|<!--(?!.*-->)[^>]*$|&#?\w{0,8}$", re.DOTALL)
_CONTAINER = re.compile(r"<(/?)(?:div|article|section|main|table|ul|ol|form)\b", re.IGNORECASE)


def cut_page(page: str) -> str | None:
    """Why a whole page is known to be cut; None where nothing proves it.

    Many pages leave out the ends that HTML lets them leave out, so that alone proves nothing: the
    page must stop within a tag, or with containers open that nothing but an end tag closes.
    """
    start = page[:_TAIL].lower()
    if "<html" not in start and "<body" not in start:
        return None
    if _CLOSED.search(page):
        return None
    if _HALF_A_TAG.search(page[-_TAIL:].rstrip()):
        return "the page stops within a tag, before its end"
    folded = page.lower()
    if folded.rfind("<script") > folded.rfind("</script"):
        return "the page stops within a script, before its end"
    open_containers = sum(-1 if found[1] else 1 for found in _CONTAINER.finditer(page))
    if open_containers > 0:
        return f"the page stops with {open_containers} elements open, before its end"
    return None
