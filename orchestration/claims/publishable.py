"""What of a reviewed figure may be published: nothing of people, no words that a person typed
freely."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orchestration.claims.dates import printed_date
from orchestration.claims.people import (
    is_bodys_account,
    is_of_one_person,
    is_own_figure,
    without_people,
)
from orchestration.claims.speakers import kind_of, outlet_of


def publishable(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The row as it may be published (columns of quality.claim_reviews); None where it may not.

    publisher and outlet stand only where they name a body or an outlet, the sentence with people
    hidden, dates only as dates; the note stays in the file. A sentence that tells of one person's
    account is not published, nor is the name of an account that may be theirs.
    """
    return None if _is_own(row) else _without_people(row)


def _is_own(row: Mapping[str, Any]) -> bool:
    """Whether a figure is of one person's account, whatever its cells say of sector and actor."""
    if row["actor_scope"] == "officer" and (row["sector"] or "").startswith("@"):
        return True
    return is_own_figure(row["metric"] or "", row["quote"] or "")


def _without_people(row: Mapping[str, Any]) -> dict[str, Any]:
    publisher, quote, sector = row["publisher"], row["quote"], row["sector"]
    kind = row["speaker_kind"]
    if publisher:
        speaker = kind_of(publisher)
        is_named = speaker.kind in ("body", "outlet")
        publisher, kind = speaker.name, kind if is_named else speaker.kind
    if sector and sector.startswith("@") and not is_bodys_account(sector):
        sector = None
    if quote and is_of_one_person(quote):
        quote = None
    return {
        **row,
        "publisher": publisher, "speaker_kind": kind,
        "sector": sector if _is_sector(sector) else None,
        "outlet": outlet_of(row["outlet"]) if row["outlet"] else None,
        "as_of_text": printed_date(row["as_of_text"]) if row["as_of_text"] else None,
        "published_text": _only_digits(row["published_text"]),
        "source_url": _only_address(row["source_url"]),
        "quote": without_people(quote) if quote else None,
        "note": None,
    }  # fmt: skip


def _is_sector(text: str | None) -> bool:
    """police, all, or the name of one account."""
    return text in ("police", "all") or bool(text and re.fullmatch(r"@[\w\u4e00-\u9fff-]+", text))


def _only_digits(text: str | None) -> str | None:
    return text if text and re.fullmatch(r"[\d年月日./: +TZ-]+", text) else None


def _only_address(text: str | None) -> str | None:
    return text if text and re.fullmatch(r"https?://\S+", text) else None
