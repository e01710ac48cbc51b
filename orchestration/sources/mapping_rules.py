"""What a core table needs beyond the columns that a mapped source declares.

Identities that can be derived, intervals that collapse to an instant, accounts that are in
scope because the source says so. The declaration itself is checked in `mapping.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from orchestration.cleaning import articles
from orchestration.cleaning import fields as f
from orchestration.cleaning.times import INSTANT, beginnings
from orchestration.schemas.tables import Table
from orchestration.sources.declarations import ColumnSource, SourceDeclaration


@dataclass(frozen=True)
class Declared:
    """What a declaration fills: its core columns by name, checked."""

    declaration: SourceDeclaration
    table: Table
    kinds: Mapping[str, str]
    columns: Mapping[str, ColumnSource]
    fields: Mapping[str, f.Field]
    has_id_clock: bool


class TableRules:
    """The mappings of a declaration: its own fields, and what its table needs beyond them."""

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self.fields = declared.fields

    def mappings(self) -> tuple[f.TableMapping, ...]:
        """The table's own mapping."""
        # Instants first: a declared precision or zone flag overrules the one they imply.
        named = sorted(self.fields, key=lambda name: self.declared.kinds[name] != "instant")
        fields = [self._begun(name) for name in named]
        if "platform" not in self.fields:
            fields.insert(0, f.platform())
        complete = _COMPLETED.get(self.declared.table.name)
        fields += complete(self) if complete is not None else []
        return (f.TableMapping(self.declared.table, (*fields, *f.observed())),)

    def _begun(self, name: str) -> f.Field:
        """A field; an instant that is declared to tell its hour or day only begins with that."""
        prefix = _PRECISION_OF.get((self.declared.table.name, name), name)
        field, precision = self.fields[name], self.fields.get(f"{prefix}_precision")
        if precision is None or self.declared.kinds[name] != "instant":
            return field

        def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
            parsed = field.parse(frame, context)
            told = precision.parse(frame, context).columns[precision.column]
            at = beginnings(parsed.columns[field.column], told, context.zone)
            return replace(parsed, columns={**parsed.columns, field.column: at})

        return replace(field, parse=parse)

    def slots(self) -> list[f.Field]:
        """A list without the interval of its capture was captured at one instant."""
        low = self.fields.get("seen_lo_at")
        given = low or self.fields.get("seen_hi_at") or self.fields["slot_at"]
        missing = [name for name in ("seen_lo_at", "seen_hi_at") if name not in self.fields]
        return [_copy_of(given, name) for name in missing]

    def articles(self) -> list[f.Field]:
        """Identity from the address or text, the source of the date, and a title to key."""
        fields = [] if "title" in self.fields else [f.const("title", None)]
        published = self.declared.columns.get("published_at")
        if published is not None and "published_at_source" not in self.fields:
            where = f"column {published.from_}" if published.from_ else "declared"
            fields.append(f.const("published_at_source", where))
        if "article_id" not in self.fields:
            fields.append(self._article_id())
        return fields

    def _article_id(self) -> f.Field:
        def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
            url, text = (
                self.fields[name].parse(frame, context).columns[name].to_list()
                if name in self.fields else [None] * frame.height
                for name in ("url", "text")
            )  # fmt: skip
            keys = [
                articles.canonical_address(address) or body
                for address, body in zip(url, text, strict=True)
            ]
            found = [articles.identity(key) if key else None for key in keys]
            return f.Parsed({"article_id": pl.Series(found, dtype=pl.String())})

        return f.computed("article_id", parse, required=True)

    def dated(self) -> list[f.Field]:
        """Records of Weibo without a declared time: those are usable whose id has a clock."""
        time = str(self.declared.table.bucket)
        if not self.declared.has_id_clock or time in self.fields:
            return []

        def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
            del context
            return f.Parsed({time: pl.repeat(None, frame.height, dtype=INSTANT, eager=True)})

        return [f.computed(time, parse, required=True)]

    def rulings(self) -> list[f.Field]:
        """The rules of rulings expect a claim's wording, if only to find none."""
        return [] if "claim_text" in self.fields else [f.const("_claim", None)]

    def accounts(self) -> list[f.Field]:
        """Why these accounts are in scope: the source declares them, or lists them by kind."""
        account = self.declared.declaration.account
        if "scope_evidence" in self.fields:
            return []
        if account is not None:
            declared = self._declared_fields()
            return [field for field in declared if field.column not in self.fields]
        kind = self.fields.get("account_kind")
        if kind is None:
            return []

        def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
            known = kind.parse(frame, context).columns["account_kind"].is_not_null()
            none = pl.repeat(None, frame.height, dtype=pl.String(), eager=True)
            return f.Parsed({"scope_evidence": none.set(known, "listed")})

        return [f.computed("scope_evidence", parse)]

    def _declared_fields(self) -> list[f.Field]:
        account = self.declared.declaration.account
        assert account is not None
        return [
            f.const("scope_evidence", "declared"),
            f.const("account_kind", account.kind),
            f.const("admin_level", account.level),
            f.const("region_code", account.region),
        ]


_PRECISION_OF = {("rulings", "claimed_at"): "posted_at"}
"""Prefix of the column that holds an instant's precision, where it is not the instant's name."""

_COMPLETED: Mapping[str, Callable[[TableRules], list[f.Field]]] = {
    "account_snapshots": TableRules.accounts,
    "posts": TableRules.dated,
    "comments": TableRules.dated,
    "repost_timings": TableRules.dated,
    "hot_topic_slots": TableRules.slots,
    "articles": TableRules.articles,
    "rulings": TableRules.rulings,
}


def _copy_of(field: f.Field, name: str) -> f.Field:
    """Another core column with the value of a field."""

    def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
        return f.Parsed({name: field.parse(frame, context).columns[field.column]})

    return f.computed(name, parse)
