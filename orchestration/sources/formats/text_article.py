"""Articles as plain text: the first line is the title, the rest the text.

Page furniture that was copied with the article is taken off its end by a short list of markers.
Nothing is deleted: what is cut stands in stripped_text, and the extractor names the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from orchestration.cleaning import articles
from orchestration.sources.formats.base import Evidence, Format, Head
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import ReadOptions, Reject, decode_strictly
from orchestration.sources.readers.whole_file import WholeFile

FURNITURE_VERSION = 2
_FURNITURE = re.compile(
    r"""(?:
      (?:subscribe|sign\ up|donate|log\ ?in|welcome\ back)\b.{0,40}
    | support\ (?:us|[A-Z]{2,6})
    | .{0,200}\bneed\ your\ support\b.{0,200}
    | .{0,20}\bgoogle\ ads?(?:\ \d+)? | advertisements? | sponsored(?:\ content)?
    | (?:share|follow)\ (?:this|on|us)\b.{0,40} | (?:open|close)\ popup | x | ×
    | (?:related|recommended|more|most\ read)\ (?:articles|posts|stories|news)
    | click\ on\ the\ image\b.{0,80} | back\ to\ top | all\ rights\ reserved.{0,60}
    | (?:copyright|©|版权所有).{0,120}
    | CDT\ EBOOKS | giving\ assistant | anti-censorship\ tools | life\ without\ walls
    | browsers\ unbounded\b.{0,40}
    | (?:post\ )?(?:tags|categories|filed\ under):.{0,200} | permalink\b.{0,60} | no\ comments?
    | feed\ enhanced\ by\b.{0,60} | the\ post\b.{0,200}\bappeared\ first\ on\b.{0,80}
    | (?:责任编辑|责编|编辑)[:\uff1a].{0,30} | 分享到.{0,30}
    | (?:相关|推荐|延伸)(?:阅读|新闻|链接|文章)[:\uff1a]?
    | (?:上|下)一篇[:\uff1a]?.{0,60} | 返回(?:顶部|首页) | 扫一扫.{0,30}
    | 点击.{0,10}(?:关注|下载).{0,20}
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
"""Furniture list version 2: whole lines. A change to it is a new FURNITURE_VERSION."""
_MINIMUM_MARKERS = 3
_MAXIMUM_GAP = 1
"""Unmarked lines between two markers: a notice between two menus. More is running text."""

_HEAD_LINES = 4
_DATE_LABEL = re.compile(
    r"^(?:date|published|posted|publication date|日期|时间|发布时间|发表时间|发布日期)"
    r"\s*(?:on\s+)?[:\uff1a]?\s*",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"来源|记者|作者|编辑|责编")
_AS_OF = re.compile(r"截[至止到]")
"""The day up to which something was counted is not that of publication."""
_DATE = re.compile(
    r"\d{4}(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\s?\d{1,2}月\s?\d{1,2}日)"
    r"(?:\s*\d{1,2}[:\uff1a]\d{2}(?:[:\uff1a]\d{2})?)?"
)
_LONGEST_BYLINE = 80
_LINES_OF_A_CORPUS = 150
"""More lines than this without a blank one: a list of texts rather than one."""
_SHORT_CELLS = re.compile(r"^[^,\t]{0,40}[,\t][^,\t]{0,40}(?:[,\t][^,\t]{0,40})*$")


def _split(
    data: bytes, file: RawFile, options: ReadOptions
) -> Iterator[dict[str, str | None] | Reject]:
    del file
    decoded = decode_strictly(data, options)
    if isinstance(decoded, Reject):
        yield decoded
        return
    if "\x00" in decoded[0]:
        yield Reject("control_character", "a NUL stands in the text", extent="file")
        return
    lines = [line.rstrip() for line in decoded[0].splitlines()]
    filled = [place for place, line in enumerate(lines) if line.strip()]
    if not filled:
        return
    title, rest = lines[filled[0]].strip(), lines[filled[0] + 1 :]
    date_line, at = _date_line(rest)
    if date_line is not None:
        rest = [line for place, line in enumerate(rest) if place != date_line[0]]
    body, furniture = without_furniture(rest)
    if not body:
        yield Reject("no_article_text", "the file has a title line and no text below it")
        return
    cut = [date_line[1]] if date_line else []
    cut += furniture
    yield {
        "article_id": articles.identity(body),
        "title": title,
        "published_at": at,
        "published_at_source": "date_line" if at else None,
        "text": body,
        "stripped_text": "\n".join(cut) or None,
        "extractor": f"text_article 1, furniture {FURNITURE_VERSION}",
        "_line": str(filled[0] + 1),
    }


def _date_line(lines: list[str]) -> tuple[tuple[int, str] | None, str | None]:
    """A line of the head that is nothing but a date, and the date it says; or the only date of a
    byline there, which stays in the text."""
    head = [(place, line.strip()) for place, line in enumerate(lines) if line.strip()]
    for place, line in head[:_HEAD_LINES]:
        date = _DATE_LABEL.sub("", line, count=1)
        at = articles.plain_time(date)
        if at is None and articles.has_open_hour(date):
            at = date  # the engine names what is open
        if at is not None:
            return (place, line), at
    for _, line in head[:_HEAD_LINES]:
        is_byline = _BYLINE.search(line) and not _AS_OF.search(line)
        dates = _DATE.findall(line) if is_byline else []
        if (
            len(dates) == 1
            and len(line) <= _LONGEST_BYLINE
            and (at := articles.plain_time(dates[0]))
        ):
            return None, at
    return None, None


def without_furniture(lines: list[str]) -> tuple[str, list[str]]:
    """A text and the lines of furniture that stood at its end."""
    end = furniture_start(lines)
    return "\n".join(lines[:end]).strip(), [line for line in lines[end:] if line.strip()]


def furniture_start(lines: list[str]) -> int:
    """Where the furniture at the end of a text begins; the number of lines where it has none.

    Furniture is the longest end of the text that starts with a marked line, has at least
    three, and nowhere more than one line without a mark in a row.
    """
    filled = [place for place, line in enumerate(lines) if line.strip()]
    start, markers, gap = len(lines), 0, 0
    for place in reversed(filled):
        if _FURNITURE.match(lines[place].strip()):
            markers, gap = markers + 1, 0
            if markers >= _MINIMUM_MARKERS:
                start = place
        else:
            gap += 1
            if gap > _MAXIMUM_GAP:
                break
    return start


def _sniff(head: Head) -> Evidence | None:
    if head.suffix != ".txt" or "\x00" in head.text:
        return None
    every = [line.strip() for line in head.text.splitlines()]
    if "" not in every[1:-1] and len(every) > _LINES_OF_A_CORPUS:
        return None
    lines = [line for line in every if line][:40]
    if len(lines) < 2 or lines[0][0] in "{[<":
        return None
    cells = sum(bool(_SHORT_CELLS.match(line)) for line in lines)
    if cells * 2 > len(lines) or (_SHORT_CELLS.match(lines[0]) and "follower" in lines[0].lower()):
        return None
    if max(len(line) for line in lines) < 40:
        return None
    return Evidence(0.4, "lines of running text under a title")


FORMAT = Format(
    id="text_article",
    producer="articles saved as plain text",
    becomes=("articles",),
    reader=WholeFile(articles.RAW_FIELDS, _split),
    platform="web",
    sniff=_sniff,
    mappings=(articles.mapping(),),
)
