"""Articles in Markdown: with YAML front matter (Jekyll, Hugo), or as the duty-machine saves them.

Front matter has title, date, tags and description, sometimes with blank lines between, and the
name may begin with the date. A duty-machine file is `[title](address)`, a line of dashes,
`日期：<RFC 822 time>` and an HTML body. Of Markdown, only the marks that hide words are taken
off (links, images, emphasis, headings, quotes, rules); the file keeps them. Page furniture at the
end goes to stripped_text, as in plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from orchestration.cleaning import articles
from orchestration.cleaning.markup_limits import MarkupRefusedError
from orchestration.sources.formats.base import Evidence, Format, Head
from orchestration.sources.formats.text_article import FURNITURE_VERSION, without_furniture
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import ReadOptions, Reject, decode_strictly
from orchestration.sources.readers.whole_file import WholeFile

MAXIMUM_PAGE = 10 * 1024 * 1024
MAXIMUM_FRONT_MATTER = 64 * 1024
MAXIMUM_DEPTH = 8
"""Deeper front matter is none; the YAML scanner needs minutes for thousands of brackets."""
_SUFFIXES = (".md", ".markdown", ".mdx", ".mkd")
_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_CORE = "tag:yaml.org,2002:"
_ADDRESS_KEYS = ("canonical_url", "original_url", "source_url", "url", "link", "permalink")
_USED = ("title", "date", "author", *_ADDRESS_KEYS)
"""Names whose values are read; what stands under another never matters."""
_DAY_IN_NAME = re.compile(r"^(\d{4}-\d{2}-\d{2})-")
_DUTY = re.compile(
    r"\A\s*\[(?P<title>[^\n]*)\]\((?P<url>[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)\)[ \t]*\n"
    r"-{3,}[ \t]*\n+日期[:\uff1a](?P<date>[^\n]*)(?:\n|\Z)"
)


def _split(
    data: bytes, file: RawFile, options: ReadOptions
) -> Iterator[dict[str, str | None] | Reject]:
    if len(data) > MAXIMUM_PAGE:
        yield Reject("document_too_long", f"{len(data)} bytes; at most {MAXIMUM_PAGE}")
        return
    decoded = decode_strictly(data, options)
    if isinstance(decoded, Reject):
        yield decoded
        return
    text = decoded[0].replace("\r\n", "\n")
    if "\x00" in text:
        yield Reject("control_character", "a NUL stands in the text", extent="file")
    elif duty := _DUTY.match(text):
        yield _duty_article(duty, text[duty.end() :])
    elif _FENCE.match(text.lstrip("\n")):
        yield _front_matter_article(text.lstrip("\n"), file)
    else:
        yield Reject(
            "no_front_matter",
            "the file begins neither with YAML between lines of --- nor with [title](address), "
            "a line of dashes and 日期",
            extent="file",
        )


def _duty_article(head: re.Match[str], rest: str) -> dict[str, str | None] | Reject:
    try:
        title = articles.one_line(articles.markup_text(head["title"]))
        body = articles.markup_text(rest, whole=True)
    except MarkupRefusedError as error:
        return Reject(error.reason, str(error))
    if title is None and body is None:
        return Reject("no_article_text", "the file has neither title nor text")
    address = articles.canonical_address(head["url"])
    text, stripped = _parted(body)
    date = head["date"].strip()
    return {
        "article_id": articles.identity(address or body or title or ""),
        "outlet": articles.host_of(address),
        "title": title,
        "url": address,
        "published_at": (articles.plain_time(date) or date) if date else None,
        "published_at_source": "date_line" if date else None,
        "text": text,
        "stripped_text": stripped,
        "extractor": f"markdown_article 1 html, furniture {FURNITURE_VERSION}",
        "_line": "1",
    }


def _front_matter_article(text: str, file: RawFile) -> dict[str, str | None] | Reject:
    start = text.index("\n") + 1 if "\n" in text else len(text)
    end = _END.search(text, start, start + MAXIMUM_FRONT_MATTER)
    if end is None:
        return _unreadable(f"it has no end within {MAXIMUM_FRONT_MATTER} characters")
    fields = _scalars(text[start : end.start()])
    if isinstance(fields, Reject):
        return fields
    body = plain_text(text[end.end() :])
    title = articles.one_line(fields.get("title"))
    if not body:
        return Reject("no_article_text", "nothing stands below the front matter")
    addresses = (articles.canonical_address(fields.get(key)) for key in _ADDRESS_KEYS)
    address = next((address for address in addresses if address), None)
    at, source = _published(fields, file)
    kept, stripped = _parted(body)
    return {
        "article_id": articles.identity(address or body),
        "outlet": articles.host_of(address),
        "title": title,
        "url": address,
        "author": fields.get("author"),
        "published_at": at,
        "published_at_source": source,
        "text": kept,
        "stripped_text": stripped,
        "extractor": f"markdown_article 1, furniture {FURNITURE_VERSION}",
        "_line": "1",
    }


def _parted(body: str | None) -> tuple[str | None, str | None]:
    """Text and furniture; a body that is nothing else stays."""
    text, furniture = without_furniture((body or "").split("\n"))
    return (text, "\n".join(furniture) or None) if text else (body, None)


def _published(fields: dict[str, str], file: RawFile) -> tuple[str | None, str | None]:
    if date := fields.get("date", "").strip():
        return articles.plain_time(date) or date, "front_matter"
    named = _DAY_IN_NAME.match(file.inner_path.name)
    day = articles.plain_time(named[1]) if named else None
    return (day, "file_name") if day else (None, None)


def _unreadable(detail: str) -> Reject:
    return Reject("front_matter_unreadable", f"the front matter cannot be read: {detail}")


def _scalars(source: str) -> dict[str, str] | Reject:
    """Plain values of the front matter as text, lower-case keys.

    Only its tree is composed: no object is built, a date stays as written, and an alias, with
    which a few lines can stand for gigabytes, is refused.
    """
    import yaml

    try:
        depth = 0
        for event in yaml.parse(source, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                return _unreadable("it uses YAML aliases")
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAXIMUM_DEPTH:
                return _unreadable(f"it is nested deeper than {MAXIMUM_DEPTH} levels")
        node = yaml.compose(source, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f" on line {mark.line + 2}" if mark is not None else ""
        return _unreadable(f"it is no YAML{place}")
    if node is None:
        return {}
    if not isinstance(node, yaml.MappingNode):
        return _unreadable("it is no list of names and values")
    found: dict[str, str] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        name = key.value.strip().lower()
        if name in found:
            return _unreadable("a name stands twice in it")
        text = _text(value)
        if text is None and name in _USED:
            mark = key.start_mark.line + 2
            return _unreadable(f"`{name}` on line {mark} is {value.tag[:60]}, no text")
        found[name] = text or ""
    return found


def _text(node: Any) -> str | None:
    """A scalar as written, "" for null, a list of scalars joined; None for anything else, such as
    what asks for an object of some program."""
    import yaml

    if isinstance(node, yaml.ScalarNode):
        tag = node.tag.removeprefix(_CORE)
        is_plain = tag in ("str", "int", "float", "bool", "timestamp", "!")
        return node.value if is_plain else "" if tag == "null" else None
    if isinstance(node, yaml.SequenceNode) and node.tag == f"{_CORE}seq":
        texts = [_text(item) for item in node.value if isinstance(item, yaml.ScalarNode)]
        is_whole = len(texts) == len(node.value) and None not in texts
        return "; ".join(text for text in texts if text) if is_whole else None
    return None


# -- text out of Markdown ---------------------------------------------------------------------
_IMAGE = re.compile(r"!\[([^\[\]\n]{0,500})\]\([^()\s]{0,2000}(?:\s+\"[^\"\n]{0,300}\")?\)")
_LINK = re.compile(r"\[([^\[\]\n]{0,500})\]\([^()\s]{0,2000}(?:\s+\"[^\"\n]{0,300}\")?\)")
_LINE_MARKS = re.compile(r"^[ \t]{0,3}(?:#{1,6}[ \t]+|(?:>[ \t]?){1,8})")
_RULE = re.compile(r"^[ \t]{0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_EMPHASIS = re.compile(r"(\*\*|__|~~)(?=\S)([^\n]{1,200}?)(?<=\S)\1")


def plain_text(markdown: str) -> str:
    """Markdown without the marks that hide words; paragraphs and everything else stay."""
    lines = []
    for line in markdown.split("\n"):
        if _RULE.match(line):
            continue
        bare = _LINE_MARKS.sub("", line, count=1)
        for pattern, kept in ((_IMAGE, r"\1"), (_LINK, r"\1"), (_EMPHASIS, r"\2")):
            bare = pattern.sub(kept, bare)
        lines.append(bare.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _sniff(head: Head) -> Evidence | None:
    if head.suffix not in _SUFFIXES:
        return None
    text = head.text.replace("\r\n", "\n")
    if _DUTY.match(text):
        return Evidence(0.9, "Markdown with [title](address), a line of dashes and 日期")
    start = text.lstrip("\n")
    end = _END.search(start, start.find("\n") + 1) if _FENCE.match(start) else None
    if end is None:
        return None
    names = re.findall(r"^([a-z_]+):", start[: end.start()], re.MULTILINE | re.IGNORECASE)
    if "title" in names and ("date" in names or _DAY_IN_NAME.match(head.path.name)):
        return Evidence(0.85, "Markdown with a title and a date in its front matter")
    return None


FORMAT = Format(
    id="markdown_article",
    producer="static sites (Jekyll, Hugo) and duty-machine archives",
    becomes=("articles",),
    reader=WholeFile(articles.RAW_FIELDS, _split),
    platform="web",
    sniff=_sniff,
    mappings=(articles.mapping(),),
)
