"""Candidates for reported figures in one article: numbers with all that says what they count.

A candidate is what a rule reads, never a fact: somebody confirms, corrects or rejects it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from orchestration.claims import dates, scope, speakers
from orchestration.claims.numbers import Figure, figures

RULE_VERSION = 1
"""Every change of a rule of this folder is a new version: articles are read again under it."""

_SUBJECT = re.compile(r"micro-?\s?blog|weibo|微博|围脖", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[。！？!?；](?:[”’」）\"]*)|[.;](?:[”\"')]*)(?=\s+[A-Z“\"@(]|\s*$)")
_ABBREVIATED = re.compile(
    r"\b(?:Mr|Ms|Mrs|Dr|No|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|St|U\.S|Co|Inc|vs)\.$"
)
_CLAUSE_END = re.compile(r"[,，;；:：—]|\s--?\s|[()（）]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_EARLIER = re.compile(
    r"\ba\s+year\s+(?:earlier|ago|before)|\blast\s+year|上年同?期?|去年同期", re.IGNORECASE
)
_UP_FROM = re.compile(r"\b(?:up|down|rising|compared|rose|increased|grew)\s+(?:\w+\s+)?(?:from|with|to)\s*$|从$|由$|而[^，。]{0,12}(?:为|仅|只有)$", re.IGNORECASE)  # fmt: skip
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
    as_of_text: str | None
    as_of_date: date | None
    date_precision: str
    as_of_basis: str | None
    speaker: str | None
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
) -> Iterator[Candidate]:
    sentence = text[span[0] : span[1]]
    is_chinese = len(_HAN.findall(sentence)) * 5 > len(sentence)
    numbers = figures(sentence, is_chinese)
    told: list[Candidate] = []
    for place, figure in enumerate(numbers):
        clause = _clause(sentence, figure)
        segment = _segment(numbers, place, clause)
        read = _read(sentence, figure, segment, clause, told, is_chinese)
        if read is None:
            continue
        metric, actor, noun = read
        at = dates.as_of(sentence, segment, published)
        if _EARLIER.search(sentence, figure.end, segment[1]) and told:
            at = dates.year_before(
                dates.as_of(sentence, (0, figure.start), published), "a year earlier"
            )
        candidate = Candidate(
            sentence, span[0], span[1], sentence[figure.start : figure.end].strip(),
            span[0] + figure.start, span[0] + figure.end, figure.value, figure.lo, figure.hi,
            figure.qualifier, _unit(metric, figure), metric, actor,
            None if metric == "users" else scope.sector_of(sentence, segment, clause),
            scope.platforms_of(sentence, clause),
            at.text, at.day, at.precision, at.basis, speakers.speaker_of(sentence, is_chinese),
            speakers.reported_by(sentence) or outlet,
        )  # fmt: skip
        candidate = replace(
            candidate, figure_end=candidate.figure_start + len(candidate.figure_text)
        )
        told.append(candidate)
        yield candidate


def _read(
    sentence: str,
    figure: Figure,
    segment: tuple[int, int],
    clause: tuple[int, int],
    told: Sequence[Candidate],
    is_chinese: bool,
) -> tuple[str, str | None, scope.Noun | None] | None:
    """metric and actors of a figure; None where it counts nothing of ours."""
    if figure.unit == "percent":
        return _percentage(sentence, figure, segment, clause, told)
    noun = scope.noun_of(sentence, figure, segment, is_chinese)
    if noun is None or (noun.metric != "followers" and _UP_FROM.search(sentence[: figure.start])):
        before = sentence[: figure.start]
        if told and _UP_FROM.search(before):
            return told[-1].metric, told[-1].actor_scope, None
        if noun is None:
            return None
    if noun.metric in ("officers", "organs"):
        if not scope.names_adoption(sentence):
            return None
        return "accounts", "officer" if noun.metric == "officers" else "organ", noun
    if noun.metric in ("comments", "reposts", "likes", "reads", "questions", "users", "followers",
                       "posts") and not _SUBJECT.search(sentence) and scope.sector_of(
                           sentence, segment, clause) is None:  # fmt: skip
        return None
    return noun.metric, scope.actor_of(sentence, figure, noun, segment, clause), noun


def _percentage(
    sentence: str,
    figure: Figure,
    segment: tuple[int, int],
    clause: tuple[int, int],
    told: Sequence[Candidate],
) -> tuple[str, str | None, None] | None:
    if not scope.names_adoption(sentence):
        return None
    around = sentence[segment[0] : segment[1]]
    metric = "growth" if _GROWTH.search(around) else "share"
    noun = scope.Noun("accounts", figure.end, figure.end)
    counted = [candidate for candidate in told if candidate.metric == "accounts"]
    actor = (
        counted[-1].actor_scope
        if counted
        else scope.actor_of(sentence, figure, noun, segment, clause)
    )
    return metric, actor, None


def _unit(metric: str, figure: Figure) -> str:
    if figure.unit == "percent":
        return "percent"
    return {"reposts": "repost", "reads": "read", "likes": "like"}.get(metric, metric.rstrip("s"))


def _clause(sentence: str, figure: Figure) -> tuple[int, int]:
    """The part of a sentence between the commas around a figure."""
    start = 0
    for match in _CLAUSE_END.finditer(sentence, 0, figure.start):
        if not re.match(r"\d", sentence[match.end() : match.end() + 1]) or match[0] not in ",，":
            start = match.end()
        elif not re.search(r"\d$", sentence[: match.start()]):
            start = match.end()
    after = _CLAUSE_END.search(sentence, figure.end)
    return start, after.start() if after else len(sentence)


def _segment(numbers: Sequence[Figure], place: int, clause: tuple[int, int]) -> tuple[int, int]:
    """The clause, cut at the figures before and behind."""
    start = max([clause[0], *(n.end for n in numbers[:place])])
    end = min([clause[1], *(n.start for n in numbers[place + 1 :])])
    return start, end
