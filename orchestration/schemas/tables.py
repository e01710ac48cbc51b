"""Every published table: its grain, its key, its columns in order, its caveats.

Columns are defined in `columns.py`; a table only names them. `core`, `quality` and `meta`
tables that Python writes and `main` marts that dbt builds stand here side by side, because
DDL, Polars schemas, dbt contracts, comments and the dictionary are all rendered from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestration.schemas.columns import COLUMNS, Column

Writer = Literal["load", "run", "dbt"]

PROVENANCE = ("source_name", "file_id", "file_sha256", "record_number")


@dataclass(frozen=True)
class Table:
    """One published table.

    key: columns that make a row unique. For `load` tables it is the natural key; rows with
    the same key and different values are kept side by side as versions (`one_value_per_key`
    is False there), and staging models choose among them.
    bucket: the instant whose month bounds a merge; key rows never move between buckets.
    is_dated: whether a record without its bucket is refused. Many articles tell no date.
    seen: the instant that may differ between two sightings of the same values; the earliest
    is kept. None where observed_at is part of the key.
    is_grown: a mart of which a night makes only the later rows anew; the others keep the id of the
    build that made them.
    """

    schema: str
    name: str
    grain: str
    column_names: tuple[str, ...]
    key: tuple[str, ...]
    writer: Writer
    required: tuple[str, ...] = ()
    bucket: str | None = None
    seen: str | None = None
    caveat: str = ""
    one_value_per_key: bool = True
    is_grown: bool = False
    is_dated: bool = True

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(COLUMNS[name] for name in self.column_names)

    @property
    def moment(self) -> str:
        """The instant whose local day a row of a core table belongs to."""
        return "observed_at" if "observed_at" in self.column_names else str(self.bucket)

    @property
    def day(self) -> str:
        """The local day or period that is part of a mart's key."""
        return next(name for name in ("observed_date", "period_start") if name in self.key)

    @property
    def value_names(self) -> tuple[str, ...]:
        """Columns that make two rows the same observation: all but provenance and `seen`."""
        skipped = {*PROVENANCE, self.seen}
        return tuple(name for name in self.column_names if name not in skipped)


def _core(
    name: str,
    grain: str,
    key: tuple[str, ...],
    columns: tuple[str, ...],
    bucket: str,
    *,
    seen: str | None = None,
    required: tuple[str, ...] = (),
    caveat: str = "",
    is_dated: bool = True,
) -> Table:
    return Table(
        schema="core",
        name=name,
        grain=grain,
        column_names=(*columns, *PROVENANCE),
        key=key,
        writer="load",
        required=(*dict.fromkeys((*key, *required)), *PROVENANCE),
        bucket=bucket,
        seen=seen,
        caveat=caveat,
        one_value_per_key=False,
        is_dated=is_dated,
    )


def _interval(*stems: str) -> tuple[str, ...]:
    return tuple(f"{stem}_{end}" for stem in stems for end in ("lo", "hi"))


IDENTITY_EVIDENCE = (
    "kind_rule", "kind_match", "level_rule", "level_match", "region_rule", "region_match",
    "region_year",
)  # fmt: skip

ACCOUNT_SNAPSHOTS = _core(
    "account_snapshots",
    "what one source said about one account at one instant",
    ("platform", "account_id", "observed_at"),
    (
        "platform", "account_id", "observed_at", "observed_at_source", "screen_name",
        "account_kind", "admin_level", "region_code", *IDENTITY_EVIDENCE, "scope_evidence",
        "verified_type", "registered_at", "registered_at_precision", "account_state", "account_url",
        *_interval("followers", "following", "statuses"),
    ),
    "observed_at",
    caveat="A registry entry is a snapshot without counts. Ordinary people appear as pseudonyms.",
)  # fmt: skip

POSTS = _core(
    "posts",
    "one version of one post, and one look where the source says in which state the post was: a "
    "changed text or flag is a new row, a repeated sighting is not, a look at the state is",
    ("platform", "post_id"),
    (
        "platform", "post_id", "account_id", "posted_at", "posted_at_source",
        "posted_at_precision", "posted_at_text", "is_zone_assumed", "text", "hashtags",
        "hashtag_keys", "kind", "is_repost", "repost_of_post_id", "reply_to_post_id",
        "cited_post_ids", "addressed_names", "is_rebuttal", "is_reversal", "is_truncated",
        "is_edited", "edit_count", "is_official", "account_state",
        "state_observed_at", "observed_at", "observed_at_source",
    ),
    "posted_at",
    seen="observed_at",
    required=("observed_at",),
    caveat="observed_at is the earliest sighting of this version; later sightings are in "
    "core.post_metric_snapshots and, with the state found, in rows of their own here. "
    "account_state here is the state of the post.",
)  # fmt: skip

POST_METRIC_SNAPSHOTS = _core(
    "post_metric_snapshots",
    "the counts of one post as one source saw them at one instant",
    ("platform", "post_id", "observed_at"),
    (
        "platform", "post_id", "account_id", "observed_at", "observed_at_source",
        *_interval("reposts", "comments", "likes", "reads"),
    ),
    "observed_at",
)  # fmt: skip

HOT_TOPIC_SLOTS = _core(
    "hot_topic_slots",
    "one topic on one hot list in one slot",
    ("platform", "source_name", "list_name", "slot_at", "topic"),
    (
        "platform", "list_name", "slot_at", "seen_lo_at", "seen_hi_at", "topic", "topic_key",
        "rank", *_interval("heat", "reads", "discussions"), "category", "is_ad", "is_pinned",
    ),
    "slot_at",
)  # fmt: skip

ARTICLES = _core(
    "articles",
    "one version of one article",
    ("article_id",),
    (
        "article_id", "outlet", "quoted_outlet", "title", "title_key", "url", "author",
        "language", "published_at", "published_at_source", "published_at_precision",
        "is_zone_assumed", "text", "stripped_text", "extractor", "observed_at",
        "observed_at_source",
    ),
    "published_at",
    seen="observed_at",
    required=("observed_at",),
    is_dated=False,
)  # fmt: skip

COMMENTS = _core(
    "comments",
    "one comment under a post as one look saw it; where the source does not say when it looked, "
    "one version of it",
    ("platform", "comment_id"),
    (
        "platform", "comment_id", "post_id", "account_id", "commented_at", "text",
        "is_official", "reply_to_comment_id", *_interval("likes"), "looked_at", "observed_at",
        "observed_at_source", "commented_at_precision",
    ),
    "commented_at",
    seen="observed_at",
    required=("observed_at",),
    caveat="Collectors return samples of the comments, never all of them.",
)  # fmt: skip

INQUIRIES = _core(
    "inquiries",
    "one petition or question as one look found it, also where the look before had found the same",
    ("source_name", "inquiry_id", "asked_at", "observed_at"),
    (
        "platform", "inquiry_id", "asked_at", "answered_at", "status", "status_text",
        "region_text", "region_code", "addressee_text", "channel", "is_zone_assumed",
        "observed_at", "observed_at_source", "asked_at_precision", "answered_at_precision",
    ),
    "observed_at",
)  # fmt: skip

RULINGS = _core(
    "rulings",
    "one ruling of a platform on one public claim",
    ("platform", "ruling_id"),
    (
        "platform", "ruling_id", "claimed_at", "posted_at_precision", "ruled_at", "verdict",
        "claim_text", "hashtag_keys", "cited_account_ids", "cited_post_ids", "cited_at",
        "cited_names", "is_zone_assumed", "observed_at", "observed_at_source",
    ),
    "claimed_at",
    seen="observed_at",
    required=("observed_at",),
    caveat="A ruling is a claim by the platform, not truth.",
)  # fmt: skip

REPOST_TIMINGS = _core(
    "repost_timings",
    "one repost of or comment on a post, as an anonymous instant",
    ("platform", "post_id", "repost_id"),
    (
        "platform", "post_id", "repost_id", "reposted_at", "posted_at_source", "is_zone_assumed",
        "is_callout", "observed_at", "observed_at_source",
    ),
    "reposted_at",
    seen="observed_at",
    required=("observed_at",),
    caveat="post_id is the post at the root. Which repost was made from which other is not kept, "
    "also where a file tells it: both are people's, and the instants say how a post spread.",
)  # fmt: skip

DELETIONS = _core(
    "deletions",
    "one post that a collector found missing, with the interval in which it went",
    ("platform", "post_id"),
    (
        "platform", "post_id", "account_id", "seen_until_at", "missing_at", "account_state",
        "is_zone_assumed", "observed_at", "observed_at_source",
    ),
    "seen_until_at",
    seen="observed_at",
    required=("seen_until_at", "observed_at"),
    caveat="A post went after seen_until_at and, where the collector says so, before missing_at; "
    "neither is the moment of its deletion. account_state here is the state of the post.",
)  # fmt: skip

CORE_TABLES: tuple[Table, ...] = (
    ACCOUNT_SNAPSHOTS, POSTS, POST_METRIC_SNAPSHOTS, HOT_TOPIC_SLOTS, ARTICLES, COMMENTS,
    INQUIRIES, RULINGS, REPOST_TIMINGS, DELETIONS,
)  # fmt: skip


def _run(
    schema: str,
    name: str,
    grain: str,
    key: tuple[str, ...],
    columns: tuple[str, ...],
    *,
    required: tuple[str, ...] | None = None,
) -> Table:
    return Table(
        schema, name, grain, columns, key, "run", required=key if required is None else required
    )


FILE_LEDGER = _run(
    "quality", "file_ledger", "one delivery of one raw file",
    ("file_id",),
    (
        "file_id", "file_sha256", "path", "container_sha256", "source_name", "bytes", "format",
        "format_version", "encoding", "records_in", "records_loaded", "records_duplicate",
        "records_quarantined", "observed_from", "observed_to", "archived_at", "build_id",
    ),
)  # fmt: skip

QUARANTINE = _run(
    "quality", "quarantine", "one refused record, field or file",
    ("file_id", "extent", "record_number", "table_name", "column_name", "reason"),
    (
        "file_id", "file_sha256", "path", "source_name", "extent", "records", "record_number",
        "line_number", "table_name", "column_name", "reason", "detail", "excerpt", "build_id",
    ),
    required=("file_id", "extent", "reason", "records"),
)  # fmt: skip

REPAIRS = _run(
    "quality", "repairs", "one repair of one value",
    ("file_id", "record_number", "table_name", "column_name", "rule"),
    (
        "file_id", "file_sha256", "source_name", "record_number", "table_name", "column_name",
        "rule", "before", "after", "build_id",
    ),
)  # fmt: skip

REPAIR_RULES = _run(
    "quality", "repair_rules", "one rule of the repair catalogue",
    ("rule",),
    ("rule", "wrong", "proof", "change"),
)  # fmt: skip

SCHEMA_DRIFT = _run(
    "quality", "schema_drift",
    "one column that files of a source have and their format does not read, where it first stood",
    ("source_name", "format", "column_name"),
    (
        "source_name", "format", "column_name", "file_id", "path", "record_number", "line_number",
        "build_id",
    ),
)  # fmt: skip

FILE_DAYS = _run(
    "quality", "file_days", "one delivery and one local day on which it observed anything",
    ("file_id", "observed_date"),
    ("file_id", "source_name", "observed_date"),
)  # fmt: skip

TOUCHED_DAYS = _run(
    "meta", "touched_days", "one local day of one core table that a build changed",
    ("build_id", "table_name", "observed_date"),
    ("build_id", "table_name", "observed_date"),
)  # fmt: skip

TOUCHED_BUCKETS = _run(
    "meta", "touched_buckets",
    "one day by which rows of a core table are kept, that a build added to, changed or took from",
    ("build_id", "table_name", "bucket_date"),
    ("build_id", "table_name", "bucket_date"),
    required=("build_id", "table_name"),
)  # fmt: skip

ACCOUNT_SCOPE = _run(
    "quality", "account_scope", "one account that was ever found to be in scope",
    ("platform", "account_id"),
    ("platform", "account_id", "account_kind"),
)  # fmt: skip

ACCOUNT_OVERRIDES = _run(
    "quality", "account_overrides",
    "one account of which somebody reviewed what it is, as account_overrides.csv says now",
    ("platform", "account_id"),
    (
        "platform", "account_id", "account_kind", "admin_level", "region_code", "reviewer",
        "reviewed_at", "note", "line_number",
    ),
    required=("platform", "account_id", "reviewer", "reviewed_at"),
)  # fmt: skip

_CLAIM = ("value", "qualifier", "value_lo", "value_hi", "claim_unit", "metric", "actor_scope",
          "sector", "platform_scope", "region_code")  # fmt: skip

CLAIM_CANDIDATES = _run(
    "quality", "claim_candidates",
    "one figure about official accounts, microblogs or others, that a rule found in an article; "
    "no fact before it is confirmed",
    ("candidate_id",),
    (
        "candidate_id", "article_id", "outlet", "url", "published_at", "quoted_outlet", "speaker",
        "speaker_kind", "quote", "quote_start", "quote_end", "figure_text", "figure_start",
        "figure_end", *_CLAIM, "as_of_text", "as_of_date", "date_precision", "as_of_basis",
        "rule_version", *PROVENANCE,
    ),
    required=(
        "candidate_id", "article_id", "quote", "quote_start", "quote_end", "figure_text",
        "figure_start", "figure_end", "value", "qualifier", "claim_unit", "metric",
        "platform_scope", "date_precision", "rule_version", *PROVENANCE,
    ),
)  # fmt: skip

ARTICLE_READINGS = _run(
    "quality", "article_readings",
    "one delivery whose articles were read for figures, or for stories",
    ("file_id", "reading"),
    ("file_id", "reading", "rule_version"),
)  # fmt: skip

ARTICLE_ANCHORS = _run(
    "quality", "article_anchors",
    "one hash by which near-duplicates of one article are looked for",
    ("anchor", "article_id"),
    ("anchor", "article_id", "published_date"),
)  # fmt: skip

ARTICLE_PAIRS = _run(
    "quality", "article_pairs", "two articles of one week with nearly the same text",
    ("article_id", "other_article_id"),
    ("article_id", "other_article_id", "similarity"),
)  # fmt: skip

ARTICLE_STORIES = _run(
    "quality", "article_stories", "one article that tells the same story as another one",
    ("article_id",),
    ("article_id", "story_id"),
)  # fmt: skip

OUTLET_LINES = _run(
    "quality", "outlet_lines",
    "one line of an article, by which lines are found that its outlet repeats",
    ("outlet", "line_hash", "article_id"),
    ("outlet", "line_hash", "article_id"),
)  # fmt: skip

ARTICLE_TEXTS = _run(
    "quality", "article_texts",
    "one article that holds lines which its outlet prints under several articles",
    ("article_id",),
    ("article_id", "text", "stripped_text", "repeated_lines_count", "repeated_lines_key"),
    required=("article_id", "text", "repeated_lines_count", "repeated_lines_key"),
)  # fmt: skip

CLAIM_REVIEWS = _run(
    "quality", "claim_reviews",
    "one candidate that somebody reviewed, as claims_review.csv says now",
    ("candidate_id",),
    (
        "candidate_id", "decision", *_CLAIM, "as_of_text", "as_of_date", "date_precision",
        "publisher", "speaker_kind", "outlet", "source_url", "published_text", "confidence",
        "quote", "reviewer",
        "reviewed_at", "note", "line_number",
    ),
    required=("candidate_id", "decision", "reviewer", "reviewed_at"),
)  # fmt: skip

CHECK_RESULTS = _run(
    "quality", "check_results", "one check of one build",
    ("build_id", "tool", "check_name", "table_name"),
    (
        "build_id", "tool", "check_name", "table_name", "severity", "passed", "observed",
        "expected",
    ),
)  # fmt: skip

BUILDS = _run(
    "meta", "builds", "one build that reached its audit",
    ("build_id",),
    (
        "build_id", "started_at", "published_at", "data_through_at", "outcome", "message",
        "code_version", "inputs", "row_counts", "is_synthetic",
    ),
)  # fmt: skip

COLUMN_DICTIONARY = _run(
    "meta", "columns", "one column of one published table",
    ("table_name", "column_name"),
    ("table_name", "column_name", "ordinal", "type", "unit", "meaning", "is_key"),
)  # fmt: skip

SOURCES = _run(
    "meta", "sources", "one source as declared or sniffed",
    ("source_name",),
    ("source_name", "format", "platform", "timezone", "declaration", "is_synthetic"),
)  # fmt: skip

DIFFUSION_FITS = _run(
    "main", "diffusion_fits",
    "one curve of diffusion fitted to accounts_registered of one platform and kind of account",
    ("platform", "account_kind", "admin_level", "region_code", "diffusion_model"),
    (
        "platform", "account_kind", "admin_level", "region_code", "diffusion_model", "period",
        "fitted_from", "fitted_to", "time_points", "accounts_before", "accounts_after",
        "no_fit_reason", "likelihood", "dispersion",
        *(
            f"{stem}{end}"
            for stem in ("ceiling", "rate_per_year", "innovation_per_year", "imitation_per_year")
            for end in ("", "_lo", "_hi")
        ),
        "inflection_date", "inflection_lo_date", "inflection_hi_date", "is_before_inflection",
        "log_likelihood", "aic", "is_best_aic", "residual_chi2_per_df", "residual_worst",
        "residual_autocorrelation", "bootstrap_fits", "series_hash", "build_id",
    ),
)  # fmt: skip

TEXT_LINKS = _run(
    "core", "text_links",
    "one official post and one title that it speaks of by its text",
    ("platform", "post_id", "title_key"),
    (
        "platform", "post_id", "title_key", "posted_date", "link_state", "link_method",
        "link_probability", "evidence", "build_id",
    ),
    required=("platform", "post_id", "title_key", "link_state", "link_method"),
)  # fmt: skip

EVENT_ALIASES = _run(
    "core", "event_aliases", "one other wording of a title, given by an editor",
    ("title_key", "alias_key"),
    ("title_key", "alias_key", "title", "alias"),
)  # fmt: skip

REVIEWED_LINKS = _run(
    "core", "reviewed_links", "one editor's word on whether a post speaks of a title",
    ("platform", "post_id", "title_key"),
    ("platform", "post_id", "title_key", "decision", "reviewer", "note"),
    required=("platform", "post_id", "title_key", "decision"),
)  # fmt: skip

LINK_RUNS = _run(
    "meta", "link_runs", "one build whose posts were compared with titles",
    ("build_id",),
    ("build_id", "linking_model", "editors_hash", "days_linked", "posts_compared"),
)  # fmt: skip

POST_PARENTS = _run(
    "door", "post_parents",
    "one file and one author of posts that its rows repost, answer or comment on, as the door let "
    "them pass",
    ("file_id", "platform", "account_id"),
    ("file_id", "platform", "account_id"),
)  # fmt: skip

RECORD_PEOPLE = _run(
    "door", "record_people",
    "one record on which there is a note, and one account that it tells of, under a pseudonym",
    ("file_id", "record_number", "platform", "account_id"),
    ("file_id", "record_number", "platform", "account_id"),
)  # fmt: skip

PRIVATE_TABLES: tuple[Table, ...] = (POST_PARENTS, RECORD_PEOPLE)
"""What the door has to remember: so that a file is read again when somebody in it comes into scope,
and that no note on a record of a person is published. Never published: whom people repost is
nobody's business."""

LINKING_TABLES: tuple[Table, ...] = (TEXT_LINKS, REVIEWED_LINKS, EVENT_ALIASES, LINK_RUNS)
"""What linking by text leaves; it is kept from build to build and grows by the days touched."""

FITTED_TABLES: tuple[Table, ...] = (DIFFUSION_FITS,)
"""Results that Python computes from the marts: published, and renewed by every build, like them."""

RUN_TABLES: tuple[Table, ...] = (
    FILE_LEDGER, FILE_DAYS, QUARANTINE, REPAIRS, REPAIR_RULES, SCHEMA_DRIFT, TOUCHED_DAYS,
    TOUCHED_BUCKETS,
    ACCOUNT_SCOPE, ACCOUNT_OVERRIDES, CLAIM_CANDIDATES, CLAIM_REVIEWS,
    ARTICLE_READINGS, ARTICLE_ANCHORS, ARTICLE_PAIRS, ARTICLE_STORIES, OUTLET_LINES, ARTICLE_TEXTS,
    CHECK_RESULTS, BUILDS, COLUMN_DICTIONARY, SOURCES, *LINKING_TABLES,
    *FITTED_TABLES,
)  # fmt: skip


def _dbt(
    schema: str,
    name: str,
    grain: str,
    key: tuple[str, ...],
    columns: tuple[str, ...],
    *,
    required: tuple[str, ...] = (),
    caveat: str = "",
    is_grown: bool = False,
) -> Table:
    return Table(
        schema, name, grain, columns, key, "dbt", required=(*key, *required), caveat=caveat,
        is_grown=is_grown,
    )  # fmt: skip


_RESPONDERS = ("account_kind", "admin_level", "region_code")
_ACTIVE = tuple(
    name for d in (7, 14, 30, 90) for name in (f"accounts_active_{d}d", f"active_{d}d_ratio")
)
_RATES = tuple(f"rate_{h}h" for h in (1, 5, 6, 24, 48, 72))
_TIMING_GROUP = ("period", "period_start", "event_type", *_RESPONDERS, "link_level")

MARTS: tuple[Table, ...] = (
    _dbt(
        "main", "accounts", "one official account",
        ("platform", "account_id"),
        (
            "platform", "account_id", "screen_name", "account_kind", "admin_level", "region_code",
            *IDENTITY_EVIDENCE, "scope_evidence", "registered_at", "first_seen_at", "last_seen_at",
            "status", *_interval("followers"), "is_active_14d", "build_id",
        ),
        required=("account_kind", "admin_level"),
        caveat="An account is seen where a look found it present, hidden or moved, or a register "
        "named it; first_seen_at and last_seen_at are NULL where none did. Officers appear under a "
        "pseudonym that no other row bears, without a name, place, registration and followers.",
    ),
    _dbt(
        "main", "account_history",
        "one official account and one stretch in which its name, verification or kind stood",
        ("platform", "account_id", "facet", "first_seen_at"),
        (
            "platform", "account_id", "facet", "facet_value", "first_seen_at", "last_seen_at",
            "history_event", "facet_value_before", "changed_after_at", "earlier_account_id",
            "build_id",
        ),
        required=("facet_value", "last_seen_at", "history_event"),
        caveat="Of a day the last value seen counts. Accounts under a pseudonym (officers) are not "
        "here.",
    ),
    _dbt(
        "main", "regions", "one code of GB/T 2260 under one name",
        ("region_code", "region_name"),
        ("region_code", "region_name", "admin_level", "from_year", "to_year", "build_id"),
        required=("admin_level", "from_year", "to_year"),
    ),
    _dbt(
        "main", "account_days", "one official account on one local day",
        ("platform", "account_id", "observed_date"),
        (
            "platform", "account_id", "observed_date", *_interval("followers", "followers_delta"),
            "followers_delta_days", "followers_delta_state", "is_followers_suspect",
            "posts_count", "coverage", "build_id",
        ),
        caveat="Accounts under a pseudonym (officers) are not here. "
        "A day without observation has NULL followers: a gap, never zero growth. A delta "
        "is against the previous trusted count, followers_delta_days before. build_id is of the "
        "build that made the row; later builds left it as it was.",
        is_grown=True,
    ),
    _dbt(
        "main", "account_growth",
        "one period x platform x account kind x level x province, each with `all`",
        ("period", "period_start", "platform", *_RESPONDERS),
        (
            "period", "period_start", "platform", *_RESPONDERS, "accounts_registered",
            "accounts_seen", "births", "frame_additions", "losses", "returns", "corrections",
            "accounts_checked", "accounts_covered", *_ACTIVE,
            *_interval("followers", "followers_delta"), "followers_delta_state",
            "accounts_suspect", "is_purge_suspect", "growth_per_day", "doubling_days",
            "growth_state", "elapsed_days", "coverage_ratio", "is_left_truncated",
            "is_suppressed", "build_id",
        ),
        required=("followers_delta_state", "growth_state", "is_left_truncated",
                  "is_purge_suspect", "is_suppressed"),
        caveat="accounts_registered and accounts_seen answer different questions and are never to "
        "be mixed. Followers are those of institutions: of officers and accounts of unclear kind "
        "none are told, in `all` neither. Parts add up to `all` before small groups of people are "
        "withheld. region_code is that of the province: accounts below it count there, their level "
        "tells them apart. build_id is of the build that made the row; later builds left it as it "
        "was.",
        is_grown=True,
    ),
    _dbt(
        "main", "posts", "one official post, in its latest version",
        ("platform", "post_id"),
        (
            "platform", "post_id", "account_id", "posted_at", "posted_at_source",
            "posted_at_precision", "text", "hashtags", "is_repost", "kind",
            *_interval("reposts", "comments", "likes"), "first_seen_at", "last_seen_at", "status",
            "build_id",
        ),
        required=("account_id", "first_seen_at"),
        caveat="Posts of accounts under a pseudonym (officers) are not here. A post is seen where "
        "a look found it present or hidden; last_seen_at is NULL where none did.",
    ),
    _dbt(
        "main", "post_edits", "one change of an official post's text, as one source saw it",
        ("platform", "post_id", "source_name", "edit_number"),
        (
            "platform", "post_id", "source_name", "edit_number", "edited_lo_at", "edited_hi_at",
            "text_before", "text", "build_id",
        ),
        required=("edited_lo_at", "edited_hi_at", "text_before", "text"),
        caveat="Texts of different sources are not compared: producers cut them differently.",
    ),
    _dbt(
        "main", "post_engagement",
        "one official post at one age at which its counts were observed or can be interpolated",
        ("platform", "post_id", "age_hours"),
        (
            "platform", "post_id", "age_hours", "engagement_method", "age_at_observation_hours",
            *_interval("reposts", "comments", "likes", "engagement"), "has_decrease",
            *_interval("followers_at_posting"), "followers_gap_days",
            *_interval("engagement_per_follower"), "build_id",
        ),
        required=("engagement_method", "age_at_observation_hours", "has_decrease"),
        caveat="No row means no snapshot near enough to that age, never zero.",
    ),
    _dbt(
        "main", "post_survival",
        "one cohort of posts (month of publication or all, platform, account kind or all) x hours",
        ("period", "period_start", "platform", "account_kind", "hours"),
        (
            "period", "period_start", "platform", "account_kind", "hours", "posts_seen",
            "posts_watched", "at_risk", "gone_lo", "gone_hi", "curve_from_hours", "survival",
            "survival_earliest", "survival_lo", "survival_hi", "detection_floor_hours", "build_id",
        ),
        required=(
            "posts_seen", "posts_watched", "at_risk", "gone_lo", "gone_hi",
            "detection_floor_hours",
        ),
        caveat="Posts that lived and died between two looks are not in it: see "
        "detection_floor_hours. Gone needs a confirmed absence; who removed a post is not told. "
        "Months in which fewer than 5 officers (or accounts of unclear kind) posted hold none of "
        "their posts.",
    ),
    _dbt(
        "main", "events", "something the public talks about",
        ("event_id",),
        (
            "event_id", "event_type", "title", "topic_key", "onset_lo_at", "onset_hi_at",
            "last_seen_at", "source", "region_code", "subject", "articles_count",
            "outlets_count", "build_id",
        ),
        required=("event_type", "onset_hi_at"),
    ),
    _dbt(
        "main", "event_articles", "one article of one event",
        ("article_id",),
        (
            "event_id", "article_id", "outlet", "title", "url", "published_at", "is_first",
            "build_id",
        ),
        required=("event_id", "published_at", "is_first"),
        caveat="Articles of nearly the same text within a week are one event.",
    ),
    _dbt(
        "main", "event_responses",
        "one event and the first response of an institution, 72 h before (or from onset_lo_at "
        "where that is earlier) to 14 days after, or none",
        ("event_id",),
        (
            "event_id", "event_type", "onset_hi_at", "responded_at", "response_hours",
            "response_hours_hi", "is_proactive", "is_censored", "censored_at", "follow_up_hours",
            "platform", "post_id", "account_id", *_RESPONDERS, "link_level", "link_probability",
            "evidence", "build_id",
        ),
        required=("event_type", "onset_hi_at", "is_censored", "is_proactive"),
        caveat="Officers count in main.response_timing only: what nobody else answered is "
        "censored.",
    ),
    _dbt(
        "main", "response_timing",
        "one period x event type x responder kind x level x region x link level, each with `all`",
        _TIMING_GROUP,
        (
            *_TIMING_GROUP, "events", "proactive", "responded", "censored", "proactive_ratio",
            *_RATES, "median_hours", "median_hours_lo", "median_hours_hi", "rmst_72h_hours",
            "events_onset_known", *(f"{rate}_earliest" for rate in _RATES),
            "median_hours_earliest", "rmst_72h_hours_earliest", "removed", "incidence_24h",
            "incidence_removed_24h", "incidence_72h", "incidence_removed_72h", "cluster_accounts",
            *_interval("rate_24h_cluster", "rate_72h_cluster"), "build_id",
        ),
        required=("events", "proactive", "responded", "censored"),
        caveat="Kaplan-Meier over all events of the group, answered or not; proactive cases are "
        "counted apart. Officers count five at a time, to the hour. In months and over everything "
        "observed accounts that spoke of nothing have "
        "a row too.",
    ),
    _dbt(
        "main", "response_curves", "the same groups x hours at which something happened",
        (*_TIMING_GROUP, "hours"),
        (
            *_TIMING_GROUP, "hours", "at_risk", "responded", "survival", "survival_lo",
            "survival_hi", "survival_earliest", "incidence", "incidence_removed", "build_id",
        ),
        required=("at_risk", "responded", "survival"),
    ),
    _dbt(
        "main", "level_race",
        "one event, one level that spoke of it, and one of its regions or all of them",
        ("event_id", "admin_level", "region_code"),
        (
            "event_id", "event_type", "admin_level", "region_code", "responded_at",
            "response_hours", "is_proactive", "race_order", "hours_to_next", "account_kind",
            "platform", "post_id", "account_id", "link_level", "build_id",
        ),
        required=("event_type", "responded_at", "response_hours", "is_proactive", "race_order"),
        caveat="Institutions only. A level that did not speak has no row: see main.silence_ledger "
        "and the censored of "
        "main.response_timing.",
    ),
    _dbt(
        "main", "silence_ledger", "one event that was watched and that no institution answered",
        ("event_id",),
        (
            "event_id", "event_type", "title", "region_code", "subject", "onset_lo_at",
            "onset_hi_at", "last_seen_at", "source", "watched_hours", "is_watch_complete",
            "nearest_platform", "nearest_post_id", "nearest_rule", "nearest_refusal",
            "nearest_hours", "nearest_probability", "nearest_evidence", "answered_later_at",
            "build_id",
        ),
        required=("event_type", "onset_hi_at", "watched_hours", "is_watch_complete"),
        caveat="No institution among the accounts that are collected; with answered_later_at, "
        "somebody "
        "but after the watch. A topic that left a list was not thereby censored.",
    ),
    _dbt(
        "main", "topic_coverage",
        "one period x scope of topics x level of the officials, each with `all`",
        ("period", "period_start", "topic_scope", "admin_level"),
        (
            "period", "period_start", "topic_scope", "admin_level", "topics", "topics_watched",
            "topics_covered", "topics_proactive", "covered_ratio", "covered_ratio_lo",
            "covered_ratio_hi", "build_id",
        ),
        required=("topics", "topics_watched", "topics_covered", "topics_proactive"),
        caveat="Advertised and pinned entries are no topics. Exact links only, of institutions.",
    ),
    _dbt(
        "main", "statutory_timing",
        "one deadline of a document x period (month or all) x event type x level",
        ("document_number", "deadline_hours", "period", "period_start", "event_type",
         "admin_level"),
        (
            "document_number", "document_title", "issued_date", "deadline_hours", "duty",
            "period", "period_start", "event_type", "admin_level", "in_force", "events",
            "proactive", "answered_ratio", "build_id",
        ),
        required=("in_force", "events", "proactive"),
        caveat="The share beside the deadline. Which event the document covers is a legal question "
        "that no column answers, so that no row is a breach.",
    ),
    _dbt(
        "main", "reply_timing",
        "one clock x period (month or all) x channel x addressee x region, each with `all`",
        ("clock", "period", "period_start", "channel", "addressee", "region_code"),
        (
            "clock", "period", "period_start", "channel", "addressee", "region_code", "questions",
            "questions_answered", "questions_in_progress", "questions_open", "answers_undated",
            "answers_automatic", "questions_off_calendar", *_RATES, "rate_168h", "rate_1440h",
            "median_hours", "median_hours_lo", "median_hours_hi", "rmst_72h_hours",
            "is_suppressed", "build_id",
        ),
        required=("is_suppressed",),
        caveat="Collectors see samples of comments, and most comments are no questions. Working "
        "hours are never a headline: police are on duty day and night.",
    ),
    _dbt(
        "main", "timing_sensitivity",
        "one event type x definition of the onset x strictness of links x horizon",
        ("event_type", "onset_definition", "link_level", "min_probability", "horizon_hours"),
        (
            "event_type", "onset_definition", "link_level", "min_probability", "horizon_hours",
            "events", "proactive", "entered_late", "responded", "answered_ratio",
            "answered_ratio_lo", "answered_ratio_hi", "median_hours", "rmst_hours", "build_id",
        ),
        required=("events", "proactive", "entered_late", "responded"),
        caveat="All institutions, the whole study. How far rows of one event type differ is how "
        "far the answer depends on choices.",
    ),
    _dbt(
        "main", "rebuttals",
        "one rumour and one denial of it; a rumour that nobody denied; a denial without a rumour",
        ("event_id", "platform", "post_id"),
        (
            "event_id", "platform", "post_id", "outcome", "target_rule", "is_marked", "account_id",
            *_RESPONDERS, "claimed_at", "rebutted_at", "rebuttal_hours", "removed_at",
            "reversal_post_id", "reversed_at", "build_id",
        ),
        required=("outcome",),
        caveat="Institutions only. A denial is a claim of an official, not truth; whether it was "
        "taken back stands "
        "beside it. The first copy of a rumour may be older than the one known, so that waits are "
        "lower bounds. `none` stands for what is missing in the key.",
    ),
    _dbt(
        "main", "reported_claims", "one published figure",
        ("figure_id",),
        (
            "figure_id", "as_of_text", "as_of_date", "date_precision", "platform_scope",
            "actor_scope", "sector", "region_code", "metric", "qualifier", "value", "value_lo",
            "value_hi", "claim_unit", "parts_sum_to", "publisher", "speaker_kind", "outlet",
            "source_url", "published_text", "quote", "confidence", "note", "claim_origin",
            "build_id",
        ),
        required=("metric", "qualifier", "value", "confidence", "claim_origin"),
        caveat="Figures of different scope must not be subtracted or joined into one series.",
    ),
    _dbt(
        "main", "claim_checks",
        "one published figure, one kind of check and what the figure is held against",
        ("figure_id", "check_kind", "compared_with"),
        (
            "figure_id", "check_kind", "compared_with", "claimed_lo", "claimed_hi", "compared_lo",
            "compared_hi", "ratio_lo", "ratio_hi", "verdict", "verdict_reason", "build_id",
        ),
        required=("verdict",),
        caveat="Accounts that are collected are no census: fewer than claimed is no evidence.",
    ),
    _dbt(
        "main", "claim_growth",
        "two published figures of accounts or of followers, the earlier one first",
        ("earlier_figures", "later_figures"),
        (
            "earlier_figures", "later_figures", "metric", "earlier_scope", "later_scope",
            "earlier_date", "later_date", "elapsed_days", "earlier_value", "later_value",
            "earlier_value_origin", "later_value_origin",
            "is_comparable", "refusal", "growth_percent", "claimed_growth_per_day",
            "claimed_doubling_days", "doubling_qualifier", "printed_percent", "printed_verdict",
            "build_id",
        ),
        required=(
            "metric", "elapsed_days", "is_comparable", "earlier_value_origin", "later_value_origin",
        ),
        caveat="Pairs of unequal or unstated scope are listed with the refusal and without growth.",
    ),
    _dbt(
        "core", "event_links", "one official post about one event, with evidence",
        ("event_id", "platform", "post_id", "link_method"),
        (
            "event_id", "platform", "post_id", "account_id", "posted_at", "link_level",
            "link_method", "link_probability", "evidence", "build_id",
        ),
        required=("account_id", "posted_at", "link_level"),
    ),
    _dbt(
        "quality", "coverage_slots", "one expected collection of one source",
        ("source_name", "slot_at"),
        ("source_name", "format", "slot_at", "observed_date", "is_gap", "build_id"),
        required=("observed_date", "is_gap"),
    ),
    _dbt(
        "quality", "coverage_days", "one source on one local day",
        ("source_name", "observed_date"),
        (
            "source_name", "observed_date", "expected_count", "arrived_count", "coverage",
            "is_gap", "build_id",
        ),
        required=("expected_count", "arrived_count", "is_gap"),
    ),
)  # fmt: skip

TABLES: dict[str, Table] = {t.full_name: t for t in (*CORE_TABLES, *RUN_TABLES, *MARTS)}
