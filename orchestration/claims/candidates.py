"""Candidates for reported figures in one article: numbers with all that says what they count.

A candidate is what a rule reads, never a fact: somebody confirms, corrects or rejects it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl

from orchestration.claims import dates, places, scope, speakers
from orchestration.claims.numbers import Figure, figures
from orchestration.schemas.render import polars_schema
from orchestration.schemas.tables import CLAIM_CANDIDATES

RULE_VERSION = 6
"""Every change of a rule of this folder is a new version: articles are read again under it."""

_SUBJECT = re.compile(
    r"micro-?\s?blog|weibo|微博|围脖|[“\"「][^”\"」，。]{0,8}(?:警方|平安|公安|交警|发布)[^”\"」，。]{0,8}[”\"」]的?粉丝",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[。！？!?；](?:[”’」）\"]*)|[.](?:[”\"')]*)(?=\s+[A-Z“\"@(]|\s*$)")
_ABBREVIATED = re.compile(
    r"\b(?:Mr|Ms|Mrs|Dr|No|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|St|U\.S|Co|Inc|vs)\.$"
)
_CLAUSE_END = re.compile(r"[,，;；:：—]|\s--?\s|[()（）]")
_ADDRESS = re.compile(r"https?://[^\s<>\"）)]+|www\.[^\s<>\"）)]+|<[^<>]*>|\b\d{13,}\b|&\w+;")
"""Addresses, markup and long ids count nothing."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_EARLIER = re.compile(
    r"\ba\s+year\s+(?:earlier|ago|before)|\blast\s+year|上年同?期?|去年同期", re.IGNORECASE
)
_UP_FROM = re.compile(r"\b(?:up|down|rising|compared|rose|increased|"
                      r"grew)\s+(?:\w+\s+)?(?:from|with|to)\s*$|从$|由$|而[^，。]{0,12}(?:为|"
                      r"仅|只有)$", re.IGNORECASE)  # fmt: skip
_OF_THEM = re.compile(r"\s+of\s+(?:them|these|those)\b", re.IGNORECASE)
_ANOTHER = re.compile(
    r"\b(?:another|a\s+further)\s*$|另有?$|其中[^，。；\d]{0,8}$"
    r"|[,;]\s+(?:and\s+)?(?:Sina|Tencent)(?:\s+Weibo)?\s+(?:has\s+|had\s+)?$",
    re.IGNORECASE,
)
"""What stands before a figure that counts what the one before does."""
_SHARE = re.compile(
    r"占|比重|比例|份额|\bshare\b|\bof\s+(?:all|the|them|its|their)\b|account(?:s|ed|ing)? for",
    re.IGNORECASE,
)
_GROWTH = re.compile(
    r"\b(?:rose|grew|grown|increas\w+|up|growth|jump\w+|ris(?:e|ing|en)|soar\w+|surg\w+|expand\w+)\b|增长|增加|上升|增幅|同比|环比|提高",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Candidate:
    """One figure of one sentence; offsets are characters of the article's text."""

    quote: str
    quote_start: int
    quote_end: int
    figure_text: str
    figure_start: int
    figure_end: int
    value: float
    value_lo: float | None
    value_hi: float | None
    qualifier: str
    claim_unit: str
    metric: str
    actor_scope: str | None
    sector: str | None
    platform_scope: str
    region_code: str | None
    as_of_text: str | None
    as_of_date: date | None
    date_precision: str
    as_of_basis: str | None
    speaker: str | None
    speaker_kind: str | None
    quoted_outlet: str | None


def candidates(text: str, published: date | None = None) -> list[Candidate]:
    """Figures about microblogs that a text reports; none where it does not speak of microblogs."""
    if not _SUBJECT.search(text):
        return []
    found: list[Candidate] = []
    outlet: str | None = None
    for start, end in _paragraphs(text):
        paragraph = text[start:end]
        outlet = speakers.byline_of(paragraph) or outlet
        for first, last in _sentences(paragraph):
            found += _of_sentence(text, (start + first, start + last), published, outlet)
        outlet = speakers.quoted_outlet(paragraph) or outlet
    return found


def candidate_id(article_id: str, candidate: Candidate, occurrence: int = 0) -> str:
    """The same printed figure in the same sentence of an article, in whatever version of it."""
    key = "\x1f".join(
        (article_id, candidate.quote, candidate.figure_text,
         str(candidate.figure_start - candidate.quote_start), str(occurrence))
    )  # fmt: skip
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"[^\n]+", text):
        yield match.span()


def _sentences(paragraph: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _SENTENCE_END.finditer(paragraph):
        if _ABBREVIATED.search(paragraph[start : match.end()]):
            continue
        yield from _filled(paragraph, start, match.end())
        start = match.end()
    yield from _filled(paragraph, start, len(paragraph))


def _filled(paragraph: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = paragraph[start:end]
    if piece.strip():
        yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _of_sentence(
    text: str, span: tuple[int, int], published: date | None, outlet: str | None
) -> list[Candidate]:
    quote = text[span[0] : span[1]]
    # Of equal length, so that offsets stay right.
    sentence = _ADDRESS.sub(lambda match: " " * len(match[0]), quote)
    is_chinese = len(_HAN.findall(sentence)) * 5 > len(sentence)
    numbers = figures(sentence, is_chinese)
    speaker = speakers.speaker_of(sentence, is_chinese) if numbers else None
    told: list[Candidate] = []
    for place, figure in enumerate(numbers):
        clause = _clause(sentence, figure)
        segment = _segment(numbers, place, clause)
        read = _read(sentence, figure, segment, clause, told, is_chinese)
        if read is None:
            continue
        metric, actor = read
        at = _as_of(sentence, figure, segment, published, told)
        printed = sentence[figure.start : figure.end].strip()
        said = speaker.name if speaker else None
        sector = None if metric == "users" else scope.sector_of(sentence, segment, clause)
        told.append(
            Candidate(
                quote, span[0], span[1], printed, span[0] + figure.start,
                span[0] + figure.start + len(printed), figure.value, figure.lo, figure.hi,
                figure.qualifier, _unit(metric, figure), metric, actor,
                sector, scope.platforms_of(sentence, clause, said),
                # The account that is named says where it is.
                None if sector and sector.startswith("@")
                else places.region_of(sentence, clause, is_chinese, said),
                at.text, at.day, at.precision, at.basis,
                said, speaker.kind if speaker else None,
                speakers.reported_by(sentence) or outlet,
            )
        )  # fmt: skip
    return told


def _as_of(
    sentence: str,
    figure: Figure,
    segment: tuple[int, int],
    published: date | None,
    told: Sequence[Candidate],
) -> dates.AsOf:
    if told and (match := _EARLIER.search(sentence, figure.end, segment[1])):
        return dates.year_before(
            dates.as_of(sentence, (0, figure.start), figure.start, published), match[0]
        )
    return dates.as_of(sentence, segment, figure.start, published)


def _read(
    sentence: str,
    figure: Figure,
    segment: tuple[int, int],
    clause: tuple[int, int],
    told: Sequence[Candidate],
    is_chinese: bool,
) -> tuple[str, str | None] | None:
    """metric and actors of a figure; None where it counts nothing of ours."""
    if figure.unit == "percent":
        return _percentage(sentence, figure, segment, clause, told)
    noun = scope.noun_of(sentence, figure, segment, is_chinese)
    is_base = bool(_UP_FROM.search(sentence[: figure.start]))
    if told and is_base and (noun is None or noun.metric != "followers"):
        return told[-1].metric, told[-1].actor_scope
    if noun is None:
        return _of_the_last(sentence, figure, segment, clause, told)
    if noun.metric in ("officers", "organs"):
        if not scope.adopts(sentence, noun, clause):
            return _of_the_last(sentence, figure, segment, clause, told)
        return "accounts", "officer" if noun.metric == "officers" else "organ"
    sector = scope.sector_of(sentence, segment, clause)
    if noun.metric != "accounts" and sector is None and not _SUBJECT.search(sentence):
        return None
    actor = scope.actor_of(sentence, figure, noun, segment, clause)
    if actor == "organ+officer" and noun.metric != "accounts" and told:
        actor = told[-1].actor_scope or actor
    return noun.metric, actor


def _of_the_last(
    sentence: str,
    figure: Figure,
    segment: tuple[int, int],
    clause: tuple[int, int],
    told: Sequence[Candidate],
) -> tuple[str, str | None] | None:
    """A figure without a noun of its own that counts what the one before does: 40 of them, another
    40."""
    before, behind = sentence[: figure.start], sentence[figure.end :]
    if not told or not (_OF_THEM.match(behind) or _ANOTHER.search(before)):
        return None
    noun = scope.Noun(told[-1].metric, figure.end, figure.end)
    return told[-1].metric, scope.actor_of(sentence, figure, noun, segment, clause)


def _percentage(
    sentence: str,
    figure: Figure,
    segment: tuple[int, int],
    clause: tuple[int, int],
    told: Sequence[Candidate],
) -> tuple[str, str | None] | None:
    if not scope.names_adoption(sentence):
        return None
    around = sentence[segment[0] : segment[1]]
    if not (_SHARE.search(around) or _GROWTH.search(around) or scope.names_adoption(around)):
        return None
    metric = "growth" if _GROWTH.search(around) else "share"
    counted = [candidate.actor_scope for candidate in told if candidate.metric == "accounts"]
    noun = scope.Noun("accounts", figure.end, figure.end)
    whose = counted[-1:] or [scope.actor_of(sentence, figure, noun, segment, clause)]
    return metric, whose[0]


def _unit(metric: str, figure: Figure) -> str:
    if figure.unit == "percent":
        return "percent"
    return {"reposts": "repost", "reads": "read", "likes": "like"}.get(metric, metric.rstrip("s"))


def _clause(sentence: str, figure: Figure) -> tuple[int, int]:
    """The part of a sentence between the commas around a figure; 1,000 has none."""
    start = 0
    for match in _CLAUSE_END.finditer(sentence, 0, figure.start):
        around = sentence[max(0, match.start() - 1) : match.end() + 1]
        if not re.fullmatch(r"\d[,，]\d", around):
            start = match.end()
    for match in _CLAUSE_END.finditer(sentence, figure.end):
        if not re.fullmatch(r"\d[,，]\d", sentence[match.start() - 1 : match.end() + 1]):
            return start, match.start()
    return start, len(sentence)


def _segment(numbers: Sequence[Figure], place: int, clause: tuple[int, int]) -> tuple[int, int]:
    """The clause, cut at the figures before and behind."""
    start = max([clause[0], *(n.end for n in numbers[:place])])
    end = min([clause[1], *(n.start for n in numbers[place + 1 :])])
    return start, end


def candidate_rows(articles: pl.DataFrame) -> pl.DataFrame:
    """Rows of quality.claim_candidates of versions of articles.

    articles: article_id, outlet, url, published_at, text and provenance.
    """
    days = articles["published_at"].dt.convert_time_zone("Asia/Shanghai").dt.date()
    rows: list[dict[str, Any]] = []
    for article, day in zip(articles.iter_rows(named=True), days, strict=True):
        text = article.pop("text")
        seen: Counter[tuple[str, int]] = Counter()
        for found in candidates(text, day):
            place = (found.quote, found.figure_start - found.quote_start)
            identity = candidate_id(article["article_id"], found, seen[place])
            seen[place] += 1
            rows.append(
                article | asdict(found) | {"candidate_id": identity, "rule_version": RULE_VERSION}
            )
    return pl.DataFrame(rows, schema=polars_schema(CLAIM_CANDIDATES))
