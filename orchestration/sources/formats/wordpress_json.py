"""WordPress: saved answers of `/wp-json/wp/v2/posts`, a list, one post, or one post a line.

`date_gmt` is UTC without saying so and is believed before `date`, which is in the site's zone;
drafts have neither, or zeros. Titles and bodies are rendered HTML with entities. The REST API
answers errors with status 200 pages or objects of `code` and `message`: they are no posts. Posts
that are not published (drafts, private and scheduled ones) are not articles yet; what a password
protects is none even where the answer holds it, for its author does not show it to everybody.
"""

from __future__ import annotations

import re

from orchestration.cleaning import articles, notices
from orchestration.sources.formats.base import Evidence, Format, Head
from orchestration.sources.readers.base import Reject
from orchestration.sources.readers.converted import Converted, Row
from orchestration.sources.readers.json_either import DocumentOrLines

_FIELDS = (
    "id", "date", "date_gmt", "link", "guid.rendered", "status", "title.rendered",
    "content.rendered", "content.protected", "excerpt.rendered", "code", "message", "data.status",
)  # fmt: skip
_PUBLISHED = ("publish", "")
_UNPUBLISHED = ("future", "draft", "pending", "private", "trash", "auto-draft", "inherit")
_NO_DATE = "0000-00-00"
_OFFSET = re.compile(r"[+-]\d{4}$")


def _article(post: Row) -> Row | Reject:
    if post["code"] and post["message"] and not post["title.rendered"]:
        status = f" with status {post['data.status'][:3]}" if post["data.status"] else ""
        return Reject(
            "rest_error",
            f"the site answered {post['code'][:60]!r}{status}: an error, no post; ask it again "
            "for /wp-json/wp/v2/posts, logged in if it must be",
        )
    status = (post["status"] or "").strip()
    if status not in _PUBLISHED:
        shown = status if status in _UNPUBLISHED else "unknown"
        return Reject("not_published", f"the post's status is {shown}, not publish")
    if post["content.protected"] == "true":
        return Reject("no_article_text", f"content.protected is true: {notices.LOCKED}")
    title = articles.one_line(articles.markup_text(post["title.rendered"]))
    body = articles.markup_text(post["content.rendered"], whole=True)
    body = body or articles.markup_text(post["excerpt.rendered"], whole=True)
    if title is None and body is None:
        return Reject("no_article_text", "neither title.rendered nor content.rendered has text")
    if notice := notices.text_notice(body):
        return Reject("no_article_text", f"of this post {notice}")
    address = articles.canonical_address(post["link"]) or articles.canonical_address(
        post["guid.rendered"]
    )
    at, source = _published(post)
    return {
        "article_id": articles.identity(address or post["guid.rendered"] or body or title or ""),
        "outlet": articles.host_of(address),
        "title": title,
        "url": address,
        "published_at": at,
        "published_at_source": source,
        "text": body,
        "extractor": "wordpress_json 1",
    }


def _published(post: Row) -> tuple[str | None, str | None]:
    """(time, where it stands). What is no time stays as it is: the engine reports it."""
    gmt, wall = ((post[name] or "").strip() for name in ("date_gmt", "date"))
    if gmt and not gmt.startswith(_NO_DATE):
        at = articles.plain_time(gmt)
        has_clock_alone = at is not None and "T" in at and not _OFFSET.search(at)
        return (f"{at}+0000" if has_clock_alone else at or gmt), "date_gmt"
    if wall and not wall.startswith(_NO_DATE):
        return articles.plain_time(wall) or wall, "date"
    return None, None


def _sniff(head: Head) -> Evidence | None:
    start = head.text.lstrip()[:1]
    if start not in ("[", "{"):
        return None
    if all(f'"{key}"' in head.text for key in ("date_gmt", "rendered", "link")):
        return Evidence(0.95, "JSON with date_gmt, link and rendered: WordPress posts")
    if start == "{" and '"rest_' in head.text[:400] and '"message"' in head.text[:4000]:
        return Evidence(0.7, "an error answer of the WordPress REST API")
    return None


FORMAT = Format(
    id="wordpress_json",
    producer="any WordPress site, /wp-json/wp/v2/posts",
    becomes=("articles",),
    reader=Converted(DocumentOrLines(_FIELDS), articles.RAW_FIELDS, _article),
    platform="web",
    sniff=_sniff,
    mappings=(articles.mapping(),),
)
