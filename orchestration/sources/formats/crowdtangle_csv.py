"""CrowdTangle CSV exports of Facebook pages and groups, and of Instagram accounts.

`Post Created` ends in the abbreviation of the exporting user's zone, which is honoured where it
has one meaning, or one in the zone that is declared, and refused where not. Counts have thousands
separators or are "N/A". Counts of a post are of the export; `Followers at Posting` is of the moment
of the post, and becomes a snapshot of the account at that moment. The export's time stands at best
in the file's name. A group is no author: who of its members wrote a post is not told.
"""

from __future__ import annotations

import polars as pl

from orchestration.cleaning import fields as f
from orchestration.cleaning import ids, text, times
from orchestration.schemas import tables
from orchestration.sources.formats.base import (
    Evidence,
    Format,
    FromFileName,
    FromModificationTime,
    Head,
    has_value,
)
from orchestration.sources.readers.delimited import Delimited

_FIELDS = (
    "Page Name", "Group Name", "Account", "User Name", "Facebook Id", "Page Created",
    "Followers at Posting", "Post Created", "Likes", "Comments", "Shares", "URL", "Message",
    "Description",
)  # fmt: skip
_POST_IN_PATH = r"(?:posts|permalink|videos|photos|reel|reels|p|tv)/(?:[^?#]*/)?([0-9A-Za-z_\-]{5,})/?(?:[?#].*)?$"  # noqa: E501
_POST_IN_QUERY = r"[?&](?:story_fbid|fbid|v)=([0-9A-Za-z]{5,})"


def _is_instagram(frame: pl.DataFrame) -> pl.Series:
    return (
        frame["Account"].is_not_null()
        & frame["Page Name"].is_null()
        & frame["Group Name"].is_null()
    )


def _platform(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    declared = pl.repeat(context.platform, frame.height, dtype=pl.String(), eager=True)
    return f.Parsed({"platform": declared.set(_is_instagram(frame), "instagram")})


def _owner(frame: pl.DataFrame) -> ids.Ids:
    """Page, group or account: Facebook's number; the name in its address only where there is no
    number. A number that a spreadsheet destroyed is nobody: by its name the page would be another.
    """
    number, name = ids.parse_ids(frame["Facebook Id"]), ids.parse_ids(frame["User Name"])
    has_number = number.value.is_not_null() | number.problem.is_not_null()
    return ids.Ids(
        number.value.zip_with(has_number, name.value.str.to_lowercase()),
        number.problem.zip_with(has_number, name.problem),
    )


def _author(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    owner = _owner(frame)
    in_group = frame["Group Name"].is_not_null()
    return f.Parsed({"account_id": owner.value.set(in_group, None)}, owner.problem)


def _post_id(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """`<page>_<post>` on Facebook, whose numbers are unique only within a page; the short code
    on Instagram."""
    found = frame["URL"].str.extract(_POST_IN_QUERY, 1)
    found = found.fill_null(frame["URL"].str.extract(_POST_IN_PATH, 1))
    owner = _owner(frame)
    of_page = pl.select(pl.concat_str(pl.lit(owner.value), pl.lit("_"), pl.lit(found)).alias("id"))[
        "id"
    ]
    post = found.zip_with(_is_instagram(frame), of_page)
    none = pl.repeat(None, frame.height, dtype=pl.String(), eager=True)
    problem = none.set(found.is_null(), "no_post_id_in_url").fill_null(owner.problem)
    return f.Parsed({"post_id": post}, problem.set(post.is_not_null(), None))


def _instant(column: str, raw: str, details: str | None = None) -> f.Field:
    """A time that ends in a zone's abbreviation."""
    with_offset = f.instant(column, raw, details=details)

    def parse(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
        written = frame[raw].set(frame[raw].str.strip_chars().is_in(["", "N/A"]), None)
        value, problem = times.with_zone_offsets(
            written, context.zone, is_declared=context.is_zone_declared
        )
        parsed = with_offset.parse(frame.with_columns(value.alias(raw)), context)
        columns = dict(parsed.columns)
        if details is not None:
            columns[f"{details}_text"] = frame[raw]
        return f.Parsed(columns, problem.fill_null(parsed.problem))

    return f.computed(column, parse, raw=raw, required=details is not None, is_personal=False)


def _text(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    """Facebook's Message; its Description is the linked page's. Instagram has the latter only."""
    value = frame["Description"].zip_with(_is_instagram(frame), frame["Message"]).str.strip_chars()
    value = value.set((value == "").fill_null(False), None)
    return f.Parsed({"text": value, "hashtags": text.word_hashtags(value)})


_POST_CREATED = _instant("posted_at", "Post Created", "posted_at")


def _observed_at_posting(frame: pl.DataFrame, context: f.Context) -> f.Parsed:
    parsed = _POST_CREATED.parse(frame, context)
    return f.Parsed(
        {
            "observed_at": parsed.columns["posted_at"],
            "observed_at_source": pl.repeat("record", frame.height, eager=True),
        },
        parsed.problem,
    )


_has_followers = has_value("Followers at Posting")


def _is_account(frame: pl.DataFrame) -> pl.Series:
    return frame["Group Name"].is_null()


_PLATFORM = f.computed("platform", _platform, is_personal=False)
_ACCOUNT = f.computed("account_id", _author, raw="Facebook Id")
_POST_ID = f.computed("post_id", _post_id, raw="URL", required=True)


def _name(frame: pl.DataFrame, _: f.Context) -> f.Parsed:
    return f.Parsed({"screen_name": frame["Page Name"].fill_null(frame["Account"])})


def _sniff(head: Head) -> Evidence | None:
    header = {name.strip().strip('"') for name in head.first_line.split(",")}
    if header >= {"Post Created", "Total Interactions", "URL"} and header & {
        "Page Name", "Group Name", "Account",
    }:  # fmt: skip
        return Evidence(0.98, "header with Post Created and Total Interactions")
    return None


FORMAT = Format(
    id="crowdtangle_csv",
    producer="CrowdTangle",
    becomes=("posts", "metrics", "accounts"),
    reader=Delimited(_FIELDS),
    platform="facebook",
    observation=(FromFileName(needs_clock=True), FromModificationTime()),
    sniff=_sniff,
    mappings=(
        f.TableMapping(
            tables.POSTS,
            (
                _PLATFORM, _POST_ID, _ACCOUNT, _POST_CREATED,
                f.computed("text", _text),
                *f.observed(),
            ),
        ),
        f.TableMapping(
            tables.POST_METRIC_SNAPSHOTS,
            (
                _PLATFORM, _POST_ID, _ACCOUNT,
                f.count("likes", "Likes"),
                f.count("comments", "Comments"),
                f.count("reposts", "Shares"),
                *f.observed(),
            ),
        ),
        f.TableMapping(
            tables.ACCOUNT_SNAPSHOTS,
            (
                _PLATFORM, _ACCOUNT,
                f.count("followers", "Followers at Posting"),
                f.computed(
                    "observed_at", _observed_at_posting, raw="Post Created", required=True,
                    is_personal=False,
                ),
            ),
            where=lambda frame: _is_account(frame) & _has_followers(frame),
        ),
        f.TableMapping(
            tables.ACCOUNT_SNAPSHOTS,
            (
                _PLATFORM, _ACCOUNT,
                f.computed("screen_name", _name),
                _instant("registered_at", "Page Created"),
                *f.observed(),
            ),
            where=_is_account,
        ),
    ),
)  # fmt: skip
