"""What a sentence leaves to the sentences before it in its paragraph: whose accounts, where, on
which platform.

What belongs here: how far a paragraph is remembered, and when a sentence refers back. A field that
a sentence itself says is never taken from another one; who said it is never carried, except over a
；within one statement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from orchestration.claims import places, scope

_REFERS = re.compile(
    r"\b(?:it|its|they|them|their|theirs|these|those|both|together|(?:the|this|that)\s+(?:official\s+)?(?:accounts?|"
    r"micro-?\s?blogs?|pages?|posts?|messages?|entry|videos?|commission|bureau|ministry|department|agency|office|court|force|service|site|city|province|county))\b|"
    r"该|这(?:一|些|个|两|三|条)?|其|此|它们?|他们?|她们?|上述|两者|三者",
    re.IGNORECASE,
)
_SAME_ACCOUNT = re.compile(
    r"(?:该|这一?个?|此|其)(?:官方)?(?:微博|账号|帐号|号|公众号|微信|抖音号)|\b(?:the|this|its)\s+(?:\w+\s+)?(?:account|micro-?\s?blog|page)\b|^\W*It\b|\bit\s+(?:has|had|gained)\b",
    re.IGNORECASE,
)
_BARE_BODY = re.compile(
    r"\b(?:the|this|that)\s+(?:commission|bureau|ministry|department|agency|office|court|authority|service|city|province)(?:['’]s)?\b(?!\s+of\b)"
    r"|该[局厅部委院]",
    re.IGNORECASE,
)
"""A body that the sentence before has named in full."""
_WHOLE_COUNTRY = re.compile(
    r"\bnation(?:wide|ally)\b|\bcountrywide\b|\bcountry['’]s\b|\bacross\s+China\b|\bChina['’]s\b|\bin\s+China\b|全国(?!第|首|最|前|领先|之首|各地)|我国|中国(?!电信|移动|联通)",
    re.IGNORECASE,
)
_HERE = re.compile(
    r"\bthe\s+(?:city|province|region|county|municipality)\b|\b(?:provincial|municipal|local)\b|全[省市区州县]|[本我该][省市区州县]|当地|[省市](?:公安|委|政府|直|网信)",
    re.IGNORECASE,
)
_PROVINCE = re.compile(
    r"\bprovinc|全[省区]|[本我该][省区]|省(?:公安|委|政府|直|网信)", re.IGNORECASE
)
_SENT_FROM = re.compile(
    r"^\W*(?P<en>[A-Z][A-Z'’]{2,15}(?:\s[A-Z'’]{2,12})?)(?:,|\s+(?:--?|—|–))|^\W*[\u4e00-\u9fff]{2,8}?(?:社|网|报)(?P<zh>[\u4e00-\u9fff]{2,8}?)\d{1,2}月\d{1,2}日(?:电|讯)"
)
_LONGEST = 600


@dataclass(frozen=True)
class Before:
    """The sentences before one, in its paragraph; last: the candidate read last among them;
    is_same: it ends with a ； and goes on; sent_from: the place of the dateline;
    sent_on: its day; maker: who published the report they speak of."""

    text: str = ""
    last: Any = None
    is_same: bool = False
    sent_from: str = ""
    sent_on: Any = None
    speaker: Any = None
    maker: str | None = None


def place_of_dateline(sentence: str) -> str:
    """The place from which a text was sent, as printed; empty for none."""
    match = _SENT_FROM.match(sentence)
    if match is None:
        return ""
    return match["zh"] or (match["en"] or "").title().replace("'S", "'s")


def refers_back(sentence: str) -> bool:
    """Whether a sentence speaks of something that the one before named."""
    return _REFERS.search(sentence) is not None


def actor_of(own: str, clause: str, before: Before) -> str:
    """Actors of a figure that its sentence does not tell apart: those of the sentence before."""
    if own != "organ+officer" or not before.text or scope.names_actor(clause):
        return own
    if before.last is not None and before.last.actor_scope:
        return str(before.last.actor_scope)
    return scope.named_actor(before.text) or own


def sector_of(own: str | None, sentence: str, before: Before) -> str | None:
    """Sector of a figure: the account by name that a sentence refers to, else what it says itself,
    else that of the sentence before."""
    if own and own.startswith("@"):
        return own
    if before.text and _SAME_ACCOUNT.search(sentence) and (handle := scope.handle_of(before.text)):
        return f"@{handle}"
    is_weak = own in (None, "all") and not scope.names_sector_or_state(_BARE_BODY.sub("", sentence))
    if not is_weak or not before.text:
        return own
    if before.last is not None:
        return before.last.sector  # type: ignore[no-any-return]
    whole = (0, len(before.text))
    is_silent = not scope.names_any(before.text)
    return own if is_silent else scope.sector_of(before.text, whole, whole, None)


def platform_of(own: str, sentence: str, is_of_own_medium: bool, before: Before) -> str:
    """Platform of a figure, from the sentence before where it is of no medium of its own or of the
    same account."""
    if own != "unspecified" or not before.text:
        return own
    if is_of_own_medium and not _SAME_ACCOUNT.search(sentence):
        return own
    if before.last is not None and before.last.platform_scope:
        return str(before.last.platform_scope)
    return scope.platforms_named(before.text) or own


def region_of(own: str | None, sentence: str, is_chinese: bool, before: Before) -> str | None:
    """Region of a figure that its sentence does not place: that of the sentence before, or of the
    dateline where "the city" or 全省 is there; none for what is said of the whole country."""
    if own is not None or places.names_place(sentence, is_chinese):
        return own
    if _WHOLE_COUNTRY.search(sentence):
        return own
    if before.last is not None and before.last.region_code:
        return str(before.last.region_code)
    unnamed = scope.without_handles(before.text)
    if before.last is None and (code := places.only_place(unnamed, is_chinese)):
        return code
    if before.sent_from and _HERE.search(f"{before.text} {sentence}"):
        code = places.only_place(before.sent_from, is_chinese)
        return code[:2] + "0000" if code and _PROVINCE.search(sentence) else code
    return own


def after(
    before: Before,
    sentence: str,
    told: list[Any],
    speaker: Any,
    sent_on: Any,
    maker: str | None,
) -> Before:
    """What is remembered for the next sentence."""
    return Before(
        f"{before.text} {sentence}".strip()[-_LONGEST:],
        _of_all(told) if told else before.last,
        sentence.endswith(("；", ";")),
        before.sent_from or place_of_dateline(sentence),
        before.sent_on or sent_on,
        speaker if speaker is not None else before.speaker if before.is_same else None,
        maker or before.maker,
    )


def _of_all(told: list[Any]) -> Any:
    """The last candidate, with the actors of all of them: "these accounts" are those of bodies and
    of officers where both were counted."""
    actors = {candidate.actor_scope for candidate in told} - {None}
    return replace(told[-1], actor_scope="organ+officer") if len(actors) > 1 else told[-1]
