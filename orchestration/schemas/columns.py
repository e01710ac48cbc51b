"""Every column of the observatory, defined once: name, type, unit, meaning.

The same name means the same quantity in every table. Types are the engine-neutral words
that `render.py` turns into Polars types, DuckDB DDL, dbt contracts and the dictionary.
What belongs in a table, and its grain, is in `tables.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestration.sources.platforms import PLATFORMS

ColumnType = Literal["text", "int", "float", "bool", "instant", "date", "text_list"]


@dataclass(frozen=True)
class Column:
    """One quantity. `unit` is '' where none applies."""

    name: str
    type: ColumnType
    meaning: str
    unit: str = ""


_DEFINED: dict[str, Column] = {}


def _define(type_: ColumnType, unit: str, meanings: dict[str, str]) -> None:
    for name, meaning in meanings.items():
        if name in _DEFINED:
            raise ValueError(f"column {name} is defined twice")
        _DEFINED[name] = Column(name, type_, meaning, unit)


def _define_interval(stem: str, unit: str, what: str) -> None:
    """A count that its site may round: bounds, NULL when not observed."""
    _define(
        "int",
        unit,
        {
            f"{stem}_lo": f"Lower bound of {what}; NULL when not observed.",
            f"{stem}_hi": f"Upper bound of {what}; NULL with a lower bound present means unbounded "
            "(the site printed a trailing +, or only part of the network was seen).",
        },
    )


# -- where a row comes from -------------------------------------------------------------------
_define(
    "text",
    "",
    {
        "source_name": "Name of the source in sources.yaml, or the inbox folder it was found in.",
        "file_id": "Identity of one delivery: 16 hex digits over content hash and inbox path.",
        "file_sha256": "SHA-256 of the raw file's bytes (of the member's bytes inside a zip); "
        "the archive keeps them under this name.",
    },
)
_define("int", "", {"record_number": "Position of the record in its raw file, from 1."})
_define(
    "int",
    "year",
    {
        "region_year": "Edition of GB/T 2260 by which region_match was read.",
        "from_year": "First edition of GB/T 2260, from 2009 on, that has this code under this name.",
        "to_year": "Last edition, up to 2019, that has it.",
    },
)

# -- identity ---------------------------------------------------------------------------------
_define(
    "text",
    "",
    {
        "platform": f"Platform, one of: {', '.join(PLATFORMS)}; `all` in aggregates.",
        "account_id": "Account id on its platform, as text. `p:` marks the keyed pseudonym of an "
        "ordinary person or an officer; `domain:` and `name:` an account known only by its address; "
        "`hash:` one known only by its collector's hash; `weiboscope:` an id of that archive alone. "
        "Mastodon: user@host of the account's own server; Bluesky: the DID.",
        "screen_name": "Displayed name as found; NULL for officers and ordinary people.",
        "account_kind": "organ, officer, state_media, other_government or unclear; `all` in "
        "aggregates means every kind.",
        "admin_level": "ministry, province, prefecture, county, station or unclear; `all` in "
        "aggregates.",
        "region_code": "GB/T 2260 code of six digits, or NULL when not known; `all` and `unknown` in "
        "aggregates. An account has its own: 510000 is one of the province itself, and no row of it holds "
        "those of its counties, except in account_growth and diffusion_fits, where all count to their "
        "province. Of an event it is the one province that its text names, of an inquiry also what its "
        "board says.",
        "verified_type": "Verification code as the platform gives it (Weibo: 1 government, 3 media, "
        "0 verified person, -1 none).",
        "scope_evidence": "Why the account is in scope: listed, declared, verified; NULL for people "
        "who are not.",
        "kind_rule": "Identifier of the rule that decided account_kind: listed, declared, given or "
        "reviewed where somebody said so; under_pseudonym where a source or a reviewer called an "
        "officer's account a body's; else a rule of docs/identity_rules.md.",
        "kind_match": "Words that kind_rule matched; of an officer only the word of the post.",
        "level_rule": "Identifier of the rule that decided admin_level, as in kind_rule.",
        "level_match": "Words or code that level_rule matched; of an officer only the word of the "
        "unit.",
        "region_rule": "Identifier of the rule that decided region_code, as in kind_rule.",
        "region_name": "Name of the region in these editions of GB/T 2260.",
        "region_match": "Names of places that region_rule read.",
        "reviewer": "Who reviewed or decided, as signed.",
        "facet": "What the stretch is of: screen_name, verified_type or account_kind.",
        "facet_value": "Name, code of verification or kind that stood throughout the stretch.",
        "facet_value_before": "What stood in the stretch before; NULL in the first one.",
        "history_event": "What began the stretch: first_seen, renamed, verification_lost, "
        "verification_gained, verification_changed (from one mark to another) or kind_changed.",
        "earlier_account_id": "Another account of the platform that bore the name last before, and was "
        "not seen with it any more: the name was given up and taken anew.",
        "account_state": "present, hidden, permission_denied, deleted_by_author, "
        "removed_by_platform, not_found, moved (the author left it for another account) or "
        "fetch_failed.",
        "account_url": "Address of an in-scope account as found.",
        "status": "Last known state of the subject; the words are those of account_state.",
        "post_id": "Post id on its platform, as text; a pseudonym (`p:`) where the author is one.",
        "repost_of_post_id": "Id of the post this one reposts; pseudonymised unless its author is "
        "official.",
        "reply_to_post_id": "Id of the post that this one replies to; pseudonymised unless its author "
        "is official.",
        "comment_id": "Comment id, as text; a pseudonym for ordinary people.",
        "reply_to_comment_id": "Id of the comment that this comment answers.",
        "repost_id": "Keyed pseudonym of one repost or comment in an anonymous timeline.",
        "inquiry_id": "Id of a petition or question at its message board; boards number alike, so it "
        "counts within source_name. The same id asked at the same instant of the same region in "
        "several sources is one event, named after the source that saw it first; where the asking is told by "
        "the hour or day, of the same addressee and channel too.",
        "article_id": "First 16 hex digits of SHA-256 over the canonical address, or over the text "
        "where there is no address.",
        "ruling_id": "Id of the post a platform ruled on, pseudonymised.",
        "event_id": "Identity of an event: its type and a hash of the key that defines it.",
    },
)

# -- instants and days ------------------------------------------------------------------------
_define(
    "instant",
    "UTC",
    {
        "observed_at": "When the collector saw the record.",
        "posted_at": "When the post was published.",
        "registered_at": "When the account was registered on its platform; registration precedes "
        "verification.",
        "commented_at": "When the comment was written; the first instant of the hour or day where "
        "commented_at_precision says so.",
        "reposted_at": "When the repost or comment was written.",
        "published_at": "When the article was published; in meta.builds, when the build became "
        "visible to readers.",
        "edited_lo_at": "When the earlier text was first seen: the change came later.",
        "edited_hi_at": "When the new text was first seen: the change had come.",
        "asked_at": "When the question was asked; the first instant of the hour or day where "
        "asked_at_precision says so.",
        "answered_at": "When the board recorded the answer; the first instant of the hour or day where "
        "answered_at_precision says so.",
        "reviewed_at": "When the account was reviewed; a bare day is its start in Asia/Shanghai.",
        "ruled_at": "When the platform ruled, if the file says so.",
        "claimed_at": "When the post that was ruled on was published.",
        "seen_lo_at": "Start of the interval in which the list was captured.",
        "seen_hi_at": "End of the interval in which the list was captured (equal to seen_lo_at for "
        "a list taken at one instant).",
        "slot_at": "Nominal start of the list's slot (its hour, half day or day).",
        "onset_lo_at": "Latest instant at which the event was verifiably not yet visible; NULL when "
        "nothing was observed before its first sighting.",
        "onset_hi_at": "First sighting of the event.",
        "responded_at": "When the first official post about the event was published; of an inquiry, "
        "when its board recorded the answer: of an hour or day that it tells the last second, but not after "
        "the look that found it.",
        "censored_at": "Instant at which waiting for a response ended without one.",
        "first_seen_at": "First observation by any source.",
        "changed_after_at": "Latest observation of what stood before: the change came after it, and not "
        "after first_seen_at.",
        "last_seen_at": "Latest observation by any source.",
        "seen_until_at": "Last time the collector saw the post before it was missing: the left end of the interval in which it went.",
        "missing_at": "First time the collector looked and the post was missing; NULL when not told.",
        "state_observed_at": "The look that found the post in its state (observed_at, which makes rows of "
        "equal looks distinct); NULL without a state, and in rows loaded before there was this column.",
        "looked_at": "The look that saw the comment (observed_at, which makes rows of equal looks "
        "distinct); NULL where the source does not say when it looked (observed_at_source file_mtime or "
        "upper_bound), and in rows loaded before there was this column.",
        "started_at": "When the run began.",
        "data_through_at": "How far the data of the build reach (file modification times count only "
        "where nothing better is known).",
        "archived_at": "When the bytes entered the archive.",
    },
)
_define(
    "date",
    "UTC day",
    {
        "bucket_date": "Day of the instant by which rows are kept: posted_at of posts, observed_at "
        "of snapshots; NULL of rows that have none.",
    },
)
_define(
    "date",
    "Asia/Shanghai day",
    {
        "observed_date": "Local day of observation.",
        "period_start": "First local day of the period.",
        "as_of_date": "Day to which the figure refers, as precisely as the source says.",
        "observed_from": "Earliest local day observed in the file.",
        "observed_to": "Latest local day observed in the file.",
    },
)
_define(
    "text",
    "",
    {
        "observed_at_source": "record, file_name, file_mtime or declared: what says when the "
        "collector looked; upper_bound: it looked at some time before observed_at.",
        "posted_at_source": "api, relative, id_clock, feed or guessed: what posted_at rests on.",
        "posted_at_precision": "second, minute, hour or day.",
        "posted_at_text": "Publication time exactly as the file has it.",
        "registered_at_precision": "second, minute, hour or day: how exactly the file says registered_at, of "
        "which it is the beginning; NULL in rows loaded before there was this column.",
        "published_at_source": "Where the article's publication time was found.",
        "published_at_precision": "second, minute, hour or day.",
        "commented_at_precision": "second, minute, hour or day; NULL in rows of files read by older "
        "versions, which count as to the second.",
        "asked_at_precision": "second, minute, hour or day; NULL in rows of files read by older versions.",
        "answered_at_precision": "second, minute, hour or day; NULL without answered_at, and in rows of "
        "files read by older versions.",
    },
)
_define("bool", "", {"is_zone_assumed": "The zone was not in the file but declared or defaulted."})

# -- counts -----------------------------------------------------------------------------------
_define_interval(
    "followers",
    "accounts",
    "the follower count (in account growth the sum over institutions, never over people)",
)
_define_interval("following", "accounts", "the number of accounts followed")
_define_interval("statuses", "posts", "the number of posts the profile claims")
_define_interval("likes", "likes", "the like count")
_define_interval("comments", "comments", "the comment count")
_define_interval("reposts", "reposts", "the repost count")
_define_interval("reads", "reads", "the read count")
_define_interval("heat", "platform points", "the hot list's heat")
_define_interval("discussions", "posts", "the discussion count of a topic")
_define_interval(
    "followers_delta",
    "accounts",
    "the change of followers since the previous day observed (in account growth the sum over "
    "institutions counted in the period before too, never over people)",
)

# -- content ----------------------------------------------------------------------------------
_define(
    "text",
    "",
    {
        "text": "Text of an official post, answer or article; NULL for ordinary people. In posts and "
        "replies `@…` stands for a name, and what it was quoted with, that may be a person's.",
        "title": "Title of an article or event.",
        "topic": "Hot topic as the list prints it.",
        "topic_key": "Topic normalised for matching: NFKC, no spaces, no zero-width characters, "
        "lower case.",
        "title_key": "Match key (see topic_key) of the title.",
        "list_name": "Name of the hot list within its archive.",
        "category": "Category the list prints, NULL when it says there is none.",
        "url": "Address.",
        "outlet": "Host or name of the publication.",
        "author": "Byline as printed.",
        "language": "zh, en or NULL when undecided.",
        "text_before": "Text of the post before the change.",
        "stripped_text": "Lines taken out of a text as page furniture.",
        "extractor": "What took the body out of the raw document, and its version.",
        "verdict": "Ruling as a code; in main.claim_checks consistent, above, below (where what the figure "
        "is held against lies), scope_mismatch or not_testable.",
        "claim_text": "Wording of a public claim, at most 140 characters, without author or "
        "mentions.",
        "status_text": "Status as the source prints it.",
        "region_text": "Region as the source prints it.",
        "addressee_text": "Addressee as the source prints it.",
        "channel": "Channel through which the question came: as its board prints it (in main.reply_timing "
        "the name of the board's source where it prints none, and `(all)`, `(comment)`, `(mention)` for "
        "these words), comment (under an official post), or mention (a post that calls upon an account by "
        "@name).",
        "addressee": "Office that was asked, as the board prints it, or platform:account_id of whose "
        "post was commented on or who was called upon; `officers` for people, who count where five of them were "
        "asked in one month; `all` in aggregates.",
        "kind": "original, repost or reply.",
    },
)
_define(
    "text_list",
    "",
    {
        "hashtags": "Topics between # signs, as written, in order.",
        "hashtag_keys": "Match keys (see topic_key) of the topics between # signs.",
        "cited_post_ids": "Posts that the ruling or text cites by address; in core.posts as pseudonyms.",
        "addressed_names": "Names built like those of bodies that a post of an ordinary person calls "
        "upon (@name); of officials' posts and where there is none NULL. No other name passes the door.",
        "cited_account_ids": "Accounts that the ruling or text cites by address.",
    },
)
_define("int", "rank", {"rank": "Position on the list, from 1."})
_define("int", "times", {"edit_count": "Number of edits the platform reports."})
_define("int", "", {"edit_number": "Position among the changes that the source saw, from 1."})
_define(
    "bool",
    "",
    {
        "is_official": "The author is in scope.",
        "is_repost": "The post reposts another one.",
        "is_truncated": "The collector has only the beginning of the text.",
        "is_edited": "The platform reports an edit.",
        "is_ad": "The entry is advertising.",
        "is_pinned": "The entry was placed editorially.",
        "is_callout": "The text called the post a rumour or false (rule v1); the text itself is not "
        "kept.",
        "is_active_14d": "Posted at least once in the 14 days before data_through_at; NULL when the "
        "account was not covered, or posts of its platform were not collected on all these days.",
    },
)

# -- ledger, quarantine, repairs ---------------------------------------------------------------
_define(
    "text",
    "",
    {
        "path": "Path of the file below the inbox, escaped for display; `!/` separates a member of "
        "a zip. <source_name>/<file_id> where the path would hold a pseudonym.",
        "container_sha256": "SHA-256 of the zip that held the file; NULL for a plain file.",
        "format": "Format id under which the file was read.",
        "format_version": "Version of the layout that was recognised.",
        "encoding": "Character encoding used to decode the file.",
        "build_id": "Build that did it.",
        "table_name": "Table as schema.table.",
        "column_name": "Column.",
        "reason": "Reason code.",
        "detail": "What is wrong and what to type next.",
        "excerpt": "The offending value, shortened; NULL where it could identify a person.",
        "extent": "record, field or file: how much the row stands for.",
        "rule": "Rule of the repair catalogue (quality.repair_rules) that was applied.",
        "wrong": "What is wrong in a file to which the rule applies.",
        "proof": "What in the record proves it; without it the repair is not made.",
        "change": "What the repair changes.",
        "before": "Value before the repair.",
        "after": "Value after the repair.",
    },
)
_define(
    "int",
    "records",
    {
        "records_in": "Records found in the file.",
        "records_loaded": "Records of which at least one row was new.",
        "records_duplicate": "Records of which every row was already known.",
        "records_quarantined": "Records refused.",
        "records": "Number of records this row stands for.",
    },
)
_define("int", "bytes", {"bytes": "Size of the raw file."})
_define("int", "", {"line_number": "Physical line in the raw file, from 1."})

# -- checks, coverage, builds -------------------------------------------------------------------
_define(
    "text",
    "",
    {
        "check_name": "Name of the check.",
        "tool": "great_expectations, dbt or conservation.",
        "severity": "error blocks publishing, warn reports.",
        "observed": "What was found.",
        "expected": "What was demanded.",
        "code_version": "Hash over the code and models that made the build.",
        "inputs": "Hash over the file ledger the build contains.",
        "outcome": "Of a build: published, refused or failed. Of a rumour: rebutted (by an account in "
        "scope, at most 72 h before it was copied), reversed (so denied, then taken back), "
        "debunked_before (by one earlier still), cited_author_unknown (the ruling cites a post whose "
        "author is not known as an account in scope), removed (deleted, and not denied) or none; "
        "untargeted for a denial whose rumour is not known.",
        "message": "What happened, in one line.",
        "type": "Type in DuckDB.",
        "unit": "Unit.",
        "meaning": "What the column means.",
        "timezone": "Zone of wall times without one.",
        "declaration": "The declaration as JSON; defaults where there is none.",
        "row_counts": "Rows of every table of the published file, as JSON; NULL of builds before its own.",
    },
)
_define(
    "bool",
    "",
    {
        "passed": "Whether the check passed; a check that could not run has not.",
        "is_synthetic": "The data are invented for demonstration.",
        "is_gap": "Something was expected and nothing arrived.",
        "is_key": "Part of the table's grain.",
    },
)
_define("int", "", {"ordinal": "Position in the table, from 1."})
_define(
    "int",
    "collections",
    {
        "expected_count": "Collections expected on that day, from the source's own rhythm.",
        "arrived_count": "Collections that arrived.",
    },
)

# -- marts: growth ------------------------------------------------------------------------------
_define(
    "int",
    "posts",
    {
        "posts_count": "Posts published on that local day by the account, as far as observed; "
        "NULL on a day on which no posts of the platform were collected."
    },
)
_define(
    "text",
    "",
    {
        "period": "day, week (from Monday) or month; in response timing also `all`, which starts on "
        "the first day with an event."
    },
)
_define(
    "int",
    "accounts",
    {
        "accounts_registered": "Accounts registered by the end of the period (N_reg); survivor-"
        "biased: accounts gone before the study are invisible.",
        "accounts_seen": "Accounts in the frame at the end of the period (N_seen); left-truncated "
        "at the start of the study.",
        "births": "Accounts that joined the frame within the period and were registered within it "
        "or after the previous observation.",
        "frame_additions": "Accounts that joined the frame within the period but were registered "
        "before it, or at an unknown time.",
        "losses": "Accounts whose absence was confirmed within the period by a second check, or that "
        "every register dropped; NULL in a gap.",
        "returns": "Accounts present again after a loss; NULL in a gap.",
        "corrections": "Accounts in the frame that entered this kind, level and region from another, "
        "less those that left it for another; NULL in a gap.",
        "accounts_checked": "Accounts whose state was successfully observed in the period.",
        "accounts_covered": "Checked accounts of which some post was ever collected, while posts of their "
        "platform were collected throughout the 14 days that end with the period: of the others "
        "activity is unknown, not none.",
        "accounts_suspect": "Institutions' accounts whose last count of the period is suspect and left "
        "out of the sums: it fell in a purge or to zero, and no second count confirms it, or is beyond "
        "all reason; NULL in rows of officers and of unclear kind.",
        **{
            f"accounts_active_{days}d": f"Checked accounts with at least one post in the {days} days "
            "up to the end of the period."
            for days in (7, 14, 30, 90)
        },
    },
)
_define(
    "text",
    "",
    {
        "followers_delta_state": "grew, fell, unchanged (exactly 0), not_resolvable (the interval "
        "holds 0 beside other numbers), not_observed, or suppressed (in account growth also wherever "
        "the row is of officers or of unclear kind).",
        "growth_state": "grew, unchanged, too_few (N1 < 30: growth is undefined), not_observed (a gap: "
        "nobody looked) or suppressed.",
    },
)
_define(
    "float",
    "ratio 0-1",
    {
        **{
            f"active_{days}d_ratio": f"accounts_active_{days}d / accounts_checked; a lower bound where "
            "accounts_covered is smaller."
            for days in (7, 14, 30, 90)
        },
        "coverage_ratio": "Share of the expected looks at accounts of the group that arrived in the period; "
        "each expected collection counts with the accounts of its source; 0 where none did; NULL where "
        "is_suppressed.",
        "coverage": "Share of the day's expected collections that arrived.",
    },
)
_define(
    "int",
    "days",
    {
        "followers_delta_days": "Days from the trusted count before to this one; NULL without a change.",
        "elapsed_days": "In main.claim_growth days between the two figures; in account growth days "
        "from the end of the last earlier period of the group in which at least half of the expected "
        "looks arrived to the end of this one: what flows are to be divided by; NULL in a gap, at first, and "
        "where is_suppressed.",
    },
)
_define(
    "float",
    "1/day",
    {
        "growth_per_day": "ln(N2/N1)/(t2-t1) of accounts_registered over the period; NULL when N1 < 30, and "
        "in a gap.",
    },
)
_define(
    "float",
    "days",
    {
        "doubling_days": "ln 2 / growth_per_day; NULL when growth is not positive or N1 < 30.",
    },
)
_define(
    "bool",
    "",
    {
        "is_left_truncated": "First period of the platform (in `all`, of any): everything appears at "
        "once, so nothing in it is growth.",
        "is_purge_suspect": "On some day of the period at least 20 % of the platform's accounts lost "
        "followers at once.",
        "is_suppressed": "Values are withheld because they, or a subtraction, would tell of fewer than "
        "5 people; all of them are NULL.",
        "is_followers_suspect": "The count fell in a purge or to zero, and no second count confirms it, "
        "or is beyond all reason; it is left out of sums and changes.",
    },
)

# -- marts: response ----------------------------------------------------------------------------
_define(
    "text",
    "",
    {
        "event_type": "hot_topic, article, rumor or inquiry; in aggregates also `all`.",
        "source": "Source or publisher the row rests on.",
        "link_level": "exact, lexical or reviewed; in aggregates also `all`.",
        "evidence": "Why the post is linked to the event, as JSON.",
        "link_method": "Rule and version that made the link.",
        "link_state": "linked, or review: an editor is asked.",
        "decision": "Of a link, yes: the post speaks of the title, or no; of a figure, confirmed, corrected "
        "or rejected.",
        "alias": "Another wording of the title, as the editor wrote it.",
        "alias_key": "Match key (see topic_key) of the alias.",
        "linking_model": "Version and hash of the model that compared posts with titles, and of what "
        "is compared.",
        "editors_hash": "Hash of the editors' files as they were applied.",
    },
)
_define("date", "Asia/Shanghai day", {"posted_date": "Local day of publication."})
_define(
    "int",
    "",
    {
        "days_linked": "Local days of posts that were compared with titles.",
        "posts_compared": "Official posts of those days.",
    },
)
_define("float", "probability 0-1", {"link_probability": "Probability that the link is right."})
_define(
    "float",
    "hours",
    {
        "response_hours": "responded_at minus onset_hi_at, the first sighting; negative: the official "
        "was first. NULL when there was no response.",
        "response_hours_hi": "responded_at minus onset_lo_at: the longest the public may have "
        "waited; NULL when onset_lo_at is unknown.",
        "follow_up_hours": "Observed waiting time from onset_hi_at: until the response or until "
        "censoring.",
        "hours": "Hours since the first sighting of the event; of posts, since publication.",
        "median_hours": "Kaplan-Meier median; NULL when not reached.",
        "median_hours_lo": "Lower end of the 95 % interval of the median; NULL when not reached.",
        "median_hours_hi": "Upper end of the 95 % interval of the median; NULL when not reached.",
        "rmst_72h_hours": "Restricted mean: hours waited, capped at 72; NULL when follow-up of every "
        "event ends earlier.",
    },
)
_define(
    "bool",
    "",
    {
        "is_censored": "No response was seen by censored_at.",
        "is_proactive": "The official spoke before the first sighting.",
    },
)
_define(
    "int",
    "events or posts",
    {
        "events": "Events in the group.",
        "proactive": "Events an official addressed before their first sighting; not in the delay "
        "curve.",
        "responded": "Events answered at or after the first sighting within 14 days; on a curve, "
        "those answered at exactly these hours.",
        "censored": "Events not answered within their follow-up.",
        "at_risk": "Events still waiting (posts not known to be gone) and under observation just "
        "before these hours.",
    },
)
_define(
    "float",
    "ratio 0-1",
    {
        f"rate_{h}h": f"Share answered within {h} {'hour' if h == 1 else 'hours'} by Kaplan-Meier; NULL when no event was "
        "followed that long."
        for h in (1, 5, 6, 24, 48, 72)
    },
)
_define(
    "float",
    "ratio 0-1",
    {
        "survival": "Share still unanswered after these hours (Kaplan-Meier); of posts, share not yet "
        "found missing, given that they were there at curve_from_hours; 0 from where the last one at "
        "risk went.",
        "survival_lo": "Lower end of its 95 % interval (Greenwood, log-log); of posts, that of "
        "survival_earliest.",
        "survival_hi": "Upper end of its 95 % interval (Greenwood, log-log).",
    },
)

_define(
    "int",
    "events",
    {
        "events_onset_known": "Events whose onset is bounded below: the columns named _earliest rest on "
        "them. Those are NULL but in whole months and over everything, for all regions and links.",
        "removed": "Events whose stimulus was found deleted before an answer.",
    },
)
_define(
    "float",
    "ratio 0-1",
    {
        "proactive_ratio": "proactive / events.",
        **{
            f"rate_{h}h_earliest": f"As rate_{h}h, had every event begun at onset_lo_at."
            for h in (1, 5, 6, 24, 48, 72)
        },
        "incidence": "Share answered by these hours where the removal of the stimulus competes with the "
        "answer (Aalen-Johansen); 1 - survival where nothing was removed.",
        "incidence_removed": "Share whose stimulus was removed by these hours without an answer "
        "(Aalen-Johansen).",
        **{
            f"incidence{what}_{h}h": f"incidence{what} at {h} hours; NULL when nobody was followed that "
            "long."
            for h in (24, 72)
            for what in ("", "_removed")
        },
    },
)
_define(
    "int",
    "accounts",
    {
        "cluster_accounts": "Accounts that were the first of the group to answer an event; NULL unless a "
        "cluster bootstrap was made (OBSERVATORY_BOOTSTRAP_REPLICATES), and where there are fewer than 10.",
    },
)
_define(
    "float",
    "ratio 0-1",
    {
        f"rate_{h}h_cluster_{end}": f"{name} end of the 95 % interval of rate_{h}h by a bootstrap over "
        "accounts; NULL where cluster_accounts is."
        for h in (24, 72)
        for end, name in (("lo", "Lower"), ("hi", "Upper"))
    },
)
_define(
    "float",
    "hours",
    {
        "median_hours_earliest": "As median_hours, had every event begun at onset_lo_at.",
        "rmst_72h_hours_earliest": "As rmst_72h_hours, had every event begun at onset_lo_at.",
    },
)

# -- marts: silence, races, coverage, duties -----------------------------------------------------
_define(
    "text",
    "",
    {
        "subject": "Category that a hot list prints for the topic, at its first sighting; NULL where "
        "none is printed.",
        "nearest_platform": "Platform of the nearest rejected post.",
        "nearest_post_id": "The post that came nearest to being an answer; NULL where there is none, "
        "and for an answer of a board (nearest_rule board_answer_v1).",
        "nearest_rule": "Rule under which that post speaks of the event.",
        "nearest_refusal": "Why it is no answer: before_window (more than 72 h before the first "
        "sighting, and before onset_lo_at), after_watch (after 14 days, or after watching ended), author_unknown (cited by the "
        "ruling, its author no account in scope), answered_undated (by its board, which tells no time, or "
        "one from before the last asking) or below_threshold (its text may speak of the event, which "
        "nobody reviewed).",
        "nearest_evidence": "Why that post may speak of the event, as JSON; NULL without a link.",
        "topic_scope": "all, or public_security: topics whose title the frozen lexicon "
        "public_security_v1 marks.",
        "document_number": "Number of the document that sets the deadline, as issued.",
        "document_title": "Title of the document.",
        "duty": "What is due by the deadline, and in which case.",
        "in_force": "Whether the document was in force when the events of the row began: before, "
        "partly (the period spans its date) or after.",
    },
)
_define(
    "date",
    "Asia/Shanghai day",
    {"issued_date": "Day on which the document was made public."},
)
_define("int", "hours", {"deadline_hours": "Hours that the document allows."})
_define(
    "int",
    "rank",
    {
        "race_order": "Place of the level in the race for the event (region_code `all`), or of the "
        "region among those of its level; equal instants share a place."
    },
)
_define(
    "float",
    "hours",
    {
        "hours_to_next": "Hours until the next of the same race spoke; NULL for the last.",
        "watched_hours": "How long the event was watched for a response in vain.",
        "nearest_hours": "Hours from the first sighting of the event to the nearest rejected post; "
        "negative before it.",
    },
)
_define(
    "float",
    "probability 0-1",
    {
        "nearest_probability": "Probability of the link to the nearest rejected post; NULL where its "
        "rule gives none."
    },
)
_define(
    "instant",
    "UTC",
    {
        "answered_later_at": "When an official first answered after the watch: at the board, or by "
        "denying the rumour (main.rebuttals); where the board tells no usable time (answered_undated), "
        "the first look that found it answered. NULL where nobody is known to have."
    },
)
_define(
    "bool",
    "",
    {"is_watch_complete": "The event was watched for the whole 14 days."},
)
_define(
    "int",
    "hot topics",
    {
        "topics": "Hot topics that began in the period.",
        "topics_watched": "Those watched for at least 72 hours: the denominator of covered_ratio.",
        "topics_covered": "Watched topics with an exactly linked official post from 72 h before to "
        "72 h after their first sighting.",
        "topics_proactive": "Covered topics of which an official spoke before the first sighting.",
    },
)
_define(
    "float",
    "ratio 0-1",
    {
        "covered_ratio": "topics_covered / topics_watched.",
        "covered_ratio_lo": "Lower end of its 95 % interval (Wilson).",
        "covered_ratio_hi": "Upper end of its 95 % interval (Wilson).",
        "answered_ratio": "Share answered within deadline_hours (or horizon_hours) of the first "
        "sighting by Kaplan-Meier, of events not addressed before; NULL when no event was watched "
        "that long.",
    },
)

# -- marts: sensitivity ---------------------------------------------------------------------------
_define(
    "text",
    "",
    {
        "onset_definition": "first_sighting (the headline); earliest: from onset_lo_at, where it is known; "
        "late_entry: from the first sighting, with events that began before official posts were "
        "collected entering the risk set when that began.",
    },
)
_define("int", "hours", {"horizon_hours": "Up to how many hours the wait is read."})
_define(
    "int",
    "events",
    {"entered_late": "Events that entered the risk set later than they began."},
)
_define(
    "float",
    "probability 0-1",
    {"min_probability": "Links below this probability are left out."},
)
_define(
    "float",
    "ratio 0-1",
    {
        "answered_ratio_lo": "Lower end of its 95 % interval (Greenwood, log-log).",
        "answered_ratio_hi": "Upper end of its 95 % interval (Greenwood, log-log).",
    },
)
_define("float", "hours", {"rmst_hours": "Restricted mean: hours waited, capped at the horizon."})

# -- marts: rebuttals -----------------------------------------------------------------------------
_define(
    "bool",
    "",
    {
        "is_rebuttal": "The official text denies a claim that it names (rule rebuttal_v3); NULL for "
        "posts of others.",
        "is_reversal": "The official text takes back what was said before (rule rebuttal_v3); NULL for "
        "posts of others.",
        "is_marked": "Rule rebuttal_v3 marks the post; NULL where it was not collected.",
    },
)
_define(
    "text_list",
    "",
    {
        "cited_names": "Institutions that the ruling credits with a denial (@… 已 …), by name.",
    },
)
_define(
    "instant",
    "UTC",
    {
        "cited_at": "When the first post that the ruling cites was published, by the clock in its id.",
        "rebutted_at": "When the denial was published.",
        "removed_at": "When the post that was ruled on was found deleted.",
        "reversed_at": "When an official took the denial back.",
    },
)
_define(
    "text",
    "",
    {
        "target_rule": "What ties the denial to the rumour: ruling_url (the ruling cites it), "
        "ruling_mention (the ruling credits its author), repost, reply, post_url (it cites the rumour), hashtag; "
        "NULL without a rumour.",
        "reversal_post_id": "First later official post about the rumour that takes a denial back.",
    },
)
_define(
    "float",
    "hours",
    {"rebuttal_hours": "rebutted_at minus claimed_at; negative where the claim was denied before."},
)

# -- marts: answers to questions ----------------------------------------------------------------
_define(
    "text",
    "",
    {
        "clock": "elapsed hours, or working hours: 08:30-17:30 Asia/Shanghai on days worked by the State "
        "Council's calendar, make-up days included. Hours of the row are of its clock.",
    },
)
_define(
    "int",
    "questions",
    {
        "questions": "Questions of the public: inquiries at a board, comments under official posts.",
        "questions_answered": "Those answered, as the board says or by an official reply.",
        "questions_in_progress": "Those the board shows as in progress: not answered yet.",
        "questions_open": "Those waiting, as far as seen.",
        "answers_undated": "Answered at no usable time: they waited until last seen unanswered, and "
        "count as censored there.",
        "answers_automatic": "Answered by words that went to at least three people within a minute.",
        "questions_off_calendar": "Asked or answered in a year whose working days are not known; they "
        "are in no rate of the working clock. 0 on the elapsed clock.",
    },
)
_define(
    "float",
    "ratio 0-1",
    {
        f"rate_{h}h": f"Share answered within {h} hours ({days} days) by Kaplan-Meier; NULL when nobody "
        "was followed that long."
        for h, days in ((168, 7), (1440, 60))
    },
)

# -- marts: posts -------------------------------------------------------------------------------
_define("int", "hours", {"age_hours": "Age of the post since publication: 1, 6, 24, 72 or 168."})
_define(
    "text",
    "",
    {
        "engagement_method": "exact (a snapshot at that age), interpolated (between one before and one "
        "after it) or nearest (one snapshot on one side), each within half the age; that of the least "
        "certain count.",
    },
)
_define(
    "float",
    "hours",
    {
        "age_at_observation_hours": "Age of the post at the snapshot nearest to the age of the row; where "
        "the counts rest on several, that of the count for which it is farthest.",
        "curve_from_hours": "Age from which the curve runs: the first at which ten posts were at risk; "
        "NULL where there never were.",
        "detection_floor_hours": "A post gone sooner than this may never have been seen: the larger of "
        "the 95 % quantile of the time from publication to first sighting (at least twice the hour or the "
        "day that dates it) and the median time between "
        "the last sighting and the look that missed it.",
    },
)
_define_interval("engagement", "likes + comments + reposts", "likes, comments and reposts together")
_define_interval(
    "followers_at_posting",
    "accounts",
    "the author's followers on the day of publication, spanning the counts before and after it within "
    "7 days",
)
_define(
    "int",
    "days",
    {
        "followers_gap_days": "Days from publication to the nearest follower count; NULL when there is "
        "none within 7."
    },
)
_define(
    "float",
    "engagement per follower",
    {
        "engagement_per_follower_lo": "engagement_lo / followers_at_posting_hi; NULL when not resolvable.",
        "engagement_per_follower_hi": "engagement_hi / followers_at_posting_lo; NULL when not resolvable.",
    },
)
_define(
    "bool",
    "",
    {
        "has_decrease": "A count is certainly lower than before: between the two snapshots, or than at "
        "a younger age of the same post. It is kept as it is.",
    },
)
_define(
    "int",
    "posts",
    {
        "posts_seen": "Posts of the cohort that were ever seen.",
        "posts_watched": "Those seen at two instants at least, or found missing: the curve rests on them.",
        "gone_lo": "Watched posts certainly gone by these hours: found missing by then.",
        "gone_hi": "Watched posts that may be gone by these hours: last seen before, with what is not known "
        "of their publication.",
    },
)
_define(
    "float",
    "ratio 0-1",
    {
        "survival_earliest": "As survival, if every post went right after it was last seen (survival "
        "itself has it go when it was first found missing); of events, if each began at onset_lo_at, "
        "over those where that is known.",
    },
)

# -- marts: diffusion ---------------------------------------------------------------------------
_define(
    "text",
    "",
    {
        "diffusion_model": "logistic, gompertz or bass.",
        "likelihood": "poisson, or negative_binomial where that has the lower AIC.",
        "no_fit_reason": "Why there is no fit; NULL where there is one.",
        "series_hash": "Hash of the series and of the method: the same series is not fitted again.",
    },
)
_define(
    "date",
    "Asia/Shanghai day",
    {
        "fitted_from": "Last day of the period that the first increment starts from.",
        "fitted_to": "Last day of the last complete period.",
        "inflection_date": "Day of fastest growth; NULL where the curve has none or it is not reached "
        "within a century.",
        "inflection_lo_date": "Lower end of its 95 % interval (block bootstrap).",
        "inflection_hi_date": "Upper end of its 95 % interval (block bootstrap).",
    },
)
_define("int", "increments", {"time_points": "Increments of accounts_registered that were fitted."})
_define(
    "int",
    "accounts",
    {
        "accounts_before": "accounts_registered on fitted_from.",
        "accounts_after": "accounts_registered on fitted_to.",
    },
)
_define(
    "float",
    "accounts",
    {
        "ceiling": "Estimate of the level the curve tends to (K, Bass m): accounts_after plus what the "
        "curve still expects, so never below accounts_after. Withheld (NULL) unless the inflection "
        "is certainly passed and not certainly before fitted_from, the curve beats growth without "
        "end by aic, and the interval holds the estimate (docs/methodology.md has the rule).",
        "ceiling_lo": "Lower end of its 95 % interval (block bootstrap); may lie below accounts_after, "
        "which chance moves too. NULL where ceiling is.",
        "ceiling_hi": "Upper end of its 95 % interval (block bootstrap); never below accounts_after. "
        "NULL where ceiling is.",
    },
)
for _stem, _unit, _what in (
    ("rate_per_year", "1/year", "the growth rate r of the logistic or Gompertz curve"),
    ("innovation_per_year", "1/year", "Bass p, adoption from outside"),
    ("imitation_per_year", "1/year", "Bass q, adoption by imitation"),
):
    _define(
        "float",
        _unit,
        {
            _stem: f"Estimate of {_what}.",
            f"{_stem}_lo": f"Lower end of the 95 % interval (block bootstrap) of {_what}.",
            f"{_stem}_hi": f"Upper end of the 95 % interval (block bootstrap) of {_what}.",
        },
    )
_define(
    "float",
    "",
    {
        "dispersion": "Negative binomial a in variance = mean + a * mean^2; 0 for Poisson.",
        "log_likelihood": "Log-likelihood of the increments.",
        "aic": "Akaike's information criterion; comparable between the models of one scope only.",
        "residual_chi2_per_df": "Sum of squared Pearson residuals per degree of freedom; near 1 is well.",
        "residual_worst": "Pearson residual farthest from 0, with its sign.",
        "residual_autocorrelation": "Correlation of neighbouring Pearson residuals; far from 0, the "
        "curve has the wrong shape.",
    },
)
_define(
    "int",
    "fits",
    {"bootstrap_fits": "Replicates that converged, of 200; the intervals rest on them."},
)
_define(
    "bool",
    "",
    {
        "is_before_inflection": "The inflection is not certainly passed by fitted_to (its interval ends "
        "later, or there is none): the ceiling is not identifiable and withheld.",
        "is_best_aic": "Lowest AIC of the scope's models.",
    },
)

# -- marts: claims ------------------------------------------------------------------------------
_define(
    "text",
    "",
    {
        "figure_id": "Identity of a published figure.",
        "as_of_text": "Date of the figure as printed.",
        "date_precision": "day, month, quarter, half-year, year, study, publication date or unknown.",
        "platform_scope": "Platforms the figure covers, joined by +: sina, tencent, wechat, douyin, twitter …; ? for one "
        "that is not named, unspecified for none. No figure of one is held against those of another.",
        "actor_scope": "Whose accounts: organ (institutions), officer (persons), organ+officer where "
        "they are not told apart, or another actor; NULL where none is named.",
        "sector": "Sector the figure covers: police, all (of government), @name for one account; NULL where "
        "nothing is said, or for a branch without a word here (courts, one ministry, a tourism bureau).",
        "metric": "What was counted: a stock (accounts, followers), a share, growth or decline; "
        "with an ending (accounts_gained, posts_per_day) what came, went, or came in a time, and no stock.",
        "qualifier": "=, >, >=, <, <=, ~ as the source qualifies the figure.",
        "claim_unit": "Unit of the figure.",
        "parts_sum_to": "Sum of the parts as printed, where they are.",
        "publisher": "Who published it.",
        "source_url": "Where it was read.",
        "published_text": "Date of publication as printed.",
        "confidence": "A primary page read, A- a mirror, B a secondary source, C derived or "
        "doubtful, M from memory.",
        "note": "Remark of the compiler. What reviewers remark may name people and is not published: "
        "it stays in their CSV files and in the work file.",
    },
)
_define(
    "text",
    "",
    {
        "candidate_id": "16 hex digits of SHA-256 over article, sentence and figure as printed: the "
        "same in every version of the article that has the sentence.",
        "quote": "The sentence in which the figure stands.",
        "figure_text": "The figure as printed, with its qualifier.",
        "quoted_outlet": "Outlet that a text says it is taken from, or quotes at this place (来源, From "
        "China Daily:), as against the one that published the text.",
        "speaker": "Body or outlet that is said to have said it, in the words of the sentence; of a "
        "person the body they are said to speak for. No names of people.",
        "speaker_kind": "Who is said to have said it: body, outlet, person, or unclear; NULL where "
        "the sentence does not say.",
        "as_of_basis": "How as_of_date is known: stated in the text, resolved (a date without year, last "
        "year), carried (from the last 'as of' of its paragraph), statement (the day somebody said so), "
        "dateline (the day the report was sent), publication; NULL: not at all.",
        "reading": "What an article was read for: claims, stories or furniture.",
        "other_article_id": "article_id of the other article.",
        "repeated_lines_key": "Hash of the set of lines that the article shares with others of its outlet.",
        "story_id": "article_id of the earliest article that tells the story.",
        "check_kind": "observed, parts_sum, printed_share, printed_growth, unit_slip or monotony.",
        "verdict_reason": "Why, in words; NULL where the figure is consistent.",
        "compared_with": "observed, the parts as printed, or the figure_ids the figure is held against.",
        "claim_origin": "ledger: compiled by hand and shipped; review: found in an article and confirmed.",
    },
)
_define(
    "int",
    "characters",
    {
        "quote_start": "Where the quote begins in the article's text, from 0.",
        "quote_end": "Where it ends.",
        "figure_start": "Where the figure begins in the article's text, from 0.",
        "figure_end": "Where it ends.",
    },
)
_define(
    "int",
    "",
    {
        "rule_version": "Version of the rules that read the article.",
        "line_hash": "Hash of a line, spaces and case folded: 60 bits of MD5.",
        "repeated_lines_count": "Lines of the article that its outlet repeats; they stand in "
        "stripped_text.",
        "anchor": "One of the ten least hashes of four words in a row of the article.",
    },
)
_define("date", "Asia/Shanghai day", {"published_date": "Local day of publication."})
_define(
    "float",
    "share",
    {"similarity": "Four words in a row that both texts have, of those that one of them has."},
)
_define(
    "int",
    "articles",
    {"articles_count": "Articles that tell the story; NULL for other events than articles."},
)
_define(
    "int",
    "outlets",
    {
        "outlets_count": "Outlets, or sources where none is known, that told the story; NULL likewise."
    },
)
_define("bool", "", {"is_first": "The earliest article of its story."})
_define(
    "float",
    "see claim_unit",
    {
        "value_lo": "Least value that the wording allows; NULL where it sets no bound. About and nearly "
        "allow half a unit of the last digit that is not zero.",
        "value_hi": "Greatest value that the wording allows; NULL where it sets no bound.",
        "claimed_lo": "Lower bound of the figure, or of the printed percentage.",
        "claimed_hi": "Upper bound of it; NULL for none.",
        "compared_lo": "Lower bound of what it is held against.",
        "compared_hi": "Upper bound of it; NULL for none.",
    },
)
_define(
    "text",
    "",
    {
        "earlier_figures": "The earlier figure: a figure_id, two of them taken together (a+b), or what a "
        "base follows from.",
        "later_figures": "The later figure, likewise.",
        "earlier_value_origin": "printed (a figure of main.reported_claims), sum_of_printed, or worked_out "
        "from what was printed with a rate of growth: no published figure.",
        "later_value_origin": "printed or sum_of_printed, as in earlier_value_origin.",
        "earlier_scope": "Platforms | actors | sector of the earlier figure.",
        "later_scope": "Platforms | actors | sector of the later figure.",
        "refusal": "Why the two must not be compared; NULL where they may.",
        "doubling_qualifier": "= exact figures; >= or <=: the doubling time is a bound, since a figure "
        "is; ~ approximate.",
        "printed_verdict": "reproduced, if the recomputed growth rounds to the printed one, else "
        "not_reproduced; NULL where none was printed.",
    },
)
_define(
    "date",
    "day",
    {
        "earlier_date": "as_of_date of the earlier figure.",
        "later_date": "as_of_date of the later figure.",
    },
)
_define(
    "float",
    "see metric",
    {"earlier_value": "The earlier figure's value.", "later_value": "The later figure's value."},
)
_define("bool", "", {"is_comparable": "Both figures have the same stated scope and are verified."})
_define(
    "float",
    "percent",
    {
        "growth_percent": "Growth from the earlier to the later value; NULL where refused.",
        "printed_percent": "Growth as the publisher printed it.",
    },
)
_define(
    "float",
    "1/day",
    {"claimed_growth_per_day": "ln(later / earlier) / elapsed_days; NULL where refused."},
)
_define(
    "float",
    "days",
    {
        "claimed_doubling_days": "ln 2 / claimed_growth_per_day; NULL where refused, where nothing grew, "
        "or from fewer than 30.",
    },
)
_define("float", "see claim_unit", {"value": "The figure."})

_define(
    "float",
    "",
    {
        "ratio_lo": "compared_lo / claimed_hi; NULL where one of them is no bound.",
        "ratio_hi": "compared_hi / claimed_lo; NULL where one of them is no bound.",
    },
)

COLUMNS: dict[str, Column] = _DEFINED
