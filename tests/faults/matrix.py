"""The faults of contents, of files, of the network and of articles: what is injected, and what must become of it.

One list drives the tests of this folder and docs/faults.md:

    python -m tests.faults.matrix --write | --check
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

from orchestration.paths import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "faults.md"


@dataclass(frozen=True)
class Fault:
    """One fault. reasons: codes of quarantine, or of what is left in the inbox, in any order."""

    id: str
    fault: str
    injection: str
    outcome: str
    reasons: tuple[str, ...] = ()


CONTENT = (
    Fault("A1", "A line is no JSON.", "`{broken` between two good lines",
          "The line is quarantined with file, line and column; the others load.", ("not_json",)),
    Fault("A2", "A gzip was cut.", "the first half of a file, young and then old; the whole file later",
          "Young, it waits. Old, its whole lines load and the rest is quarantined. The complete file "
          "then gives what it would have given alone.", ("truncated_gzip",)),
    Fault("A3", "A gzip has several members, and garbage behind them.", "two members and seven bytes",
          "Every member is read; the garbage is quarantined.", ("trailing_garbage",)),
    Fault("A4", "A file expands without end.", "a gzip and a member of a zip, each a thousandfold",
          "Reading stops at the bound, the gzip and the zip are refused whole, and memory stays flat.",
          ("decompression_bomb", "unreadable_zip")),
    Fault("A5", "A byte order mark, or UTF-16.", "JSON Lines and a CSV, each with a mark",
          "The mark is dropped and UTF-16 decoded where the form allows it; JSON Lines in UTF-16 are "
          "quarantined.", ("encoding", "control_character")),
    Fault("A6", "GB18030, declared and not.", "one list in GB18030 in two sources",
          "Declared, it is decoded and the ledger says so; not declared, the file is refused with the "
          "line to write. Nothing is guessed.", ("encoding",)),
    Fault("A7", "Invalid UTF-8 in the middle of a line.", "two bytes 0xFF in a text",
          "The line is quarantined; its bytes stay in the archive.", ("encoding",)),
    Fault("A8", "NUL, lone surrogates, invisible characters.", "each in a text or a topic",
          "NUL and surrogates are quarantined. Zero-width and direction marks stay in the text and "
          "are absent from match keys.", ("control_character",)),
    Fault("A9", "A line of 100 MB.", "one line between two good ones",
          "It is skipped while streaming and quarantined with its length; memory does not follow it.",
          ("line_too_long",)),
    Fault("A10", "Nesting 100,000 deep.", "lists and objects",
          "Quarantined; no recursion error.", ("too_deep",)),
    Fault("A11", "A key twice in one object.", "two values for one count",
          "Quarantined: nobody can say which holds.", ("duplicate_key",)),
    Fault("A12", "NaN, 1e400, numbers beyond 63 bits.", "each as a count",
          "NaN refuses the record, the others their field.", ("number_range",)),
    Fault("A13", "Counts as sites display them.", "1.2万, 1.2w, 10万+, 3.4亿, `1,234`, １２３, and a word",
          "Exact intervals; what is no count is quarantined and never a silent NULL.",
          ("not_a_count",)),
    Fault("A14", "A negative count.", "likes -1",
          "The field is quarantined; the row stays with its other counts.", ("negative_count",)),
    Fault("A15", "A count with a fraction.", "likes 1.5",
          "The field is quarantined.", ("fractional_count",)),
    Fault("A16", "A key is missing.", "a post without id, one without time of observation",
          "The record is quarantined, and the reason names the column.",
          ("missing_key:post_id", "missing_key:observed_at")),
    Fault("A17", "Null, absent and 0.", "likes in all three ways",
          "0 is 0; null and absent are both NULL, not observed."),
    Fault("A18", "A column that nobody knows.", "a new key in the second night, again in the third",
          "One warning, with file and line; the value stays in the archive and does not pass the door."),
    Fault("A19", "A value of another type.", "objects and lists where a count, id, text or time is "
          "expected", "Quarantined with the value; the reason says what was expected.",
          ("not_a_count", "not_an_id", "not_a_text", "not_a_time")),
    Fault("A20", "A column is gone from a whole file.", "a night whose posts have no likes",
          "A check of severity error fails and readers keep the last good build; `without_counts` in "
          "sources.yaml accepts it.", ("counts_do_not_vanish",)),
    Fault("A21", "Impossible times.", "2027, 1970, year 20226, milliseconds for seconds, a number for "
          "a text", "Quarantined; no unit is guessed.",
          ("future_time", "time_range", "not_a_time")),
    Fault("A22", "Zones and clock changes.", "naive times, +08:00, Z, an hour that is there twice, one "
          "that is not there", "The declared zone, marked as assumed; the earlier of two; the missing "
          "hour is quarantined.", ("nonexistent_time",)),
    Fault("A23", "Relative times.", "5分钟前 and 昨天 12:30, with and without a time of observation",
          "Counted from the record's own observation, never from now; without one quarantined.",
          ("relative_without_observed_at",)),
    Fault("A24", "The same again.", "a line twice, a file under two names, in two nights",
          "Counted as duplicates; nothing changes."),
    Fault("A25", "One id, one instant, different values.", "likes 3 and 4",
          "Both are kept, the check `observations_agree` reports them, and the same one wins in "
          "whatever order they come.", ("observations_agree",)),
    Fault("A26", "A post was edited.", "the same id with another text a day later",
          "A second version; the first keeps the instant at which it was first seen."),
    Fault("A27", "Spellings of a name.", "full width, composed and decomposed, traditional characters",
          "Accounts are their ids, names stay as written; topics meet under their match key, "
          "traditional and simplified ones do not."),
    Fault("A28", "Nothing in the file.", "0 bytes, blank lines, a header",
          "In the ledger with 0 records and a note; no error.", ("empty_file",)),
    Fault("A29", "CSV: newlines in quotes, ragged rows, another separator.", "each in an account list",
          "Quoted newlines are read; the others are quarantined with their physical line.",
          ("ragged_row", "not_an_address")),
    Fault("A30", "An HTML page under the name of a JSON file.", "in a declared and in a sniffed source",
          "Quarantined, saying that it looks like HTML.", ("html_not_json", "unrecognised_format")),
    Fault("A31", "Hostile text.", "script, Markdown, `${x}`, `{{ jinja }}`, SQL, terminal escapes",
          "Stored as it is; shown with control characters escaped; never run."),
    Fault("A32", "Text that a spreadsheet would run.", "texts beginning with = + - @ TAB CR, and "
          "negative numbers", "A leading apostrophe in CSV; numbers are untouched."),
)  # fmt: skip

FILES = (
    Fault("B1", "A file is half written.", "a young file without its end, then the whole",
          "It waits, and is taken whole by the next run.", ("deferred",)),
    Fault("B2", "A file changes while it is read.", "more is appended between two reads",
          "It waits; the next run takes all of it.", ("deferred",)),
    Fault("B3", "A file vanishes, or may not be read.", "removed after it was listed; refused when "
          "opened", "It is named with its reason; the others load.", ("unreadable",)),
    Fault("B4", "Hostile names.", "`..` as text, newline, 255 bytes, bytes that are not UTF-8, "
          "markup", "Read like any file; shown escaped; nothing is written outside the data root."),
    Fault("B5", "Not a regular file.", "links, a pipe, a socket, a folder named x.jsonl",
          "Named and left; a folder is walked, a hard link is a file.", ("not_a_regular_file",)),
    Fault("B6", "A zip with paths that climb, and links.", "`../../evil.jsonl`, `/etc/evil.jsonl`, a "
          "link", "Members are read as streams and never extracted; the link's target is no data.",
          ("not_json",)),
    Fault("B7", "Old name, new content.", "a file replaced between two nights",
          "Two deliveries in the ledger; what both say counts once."),
    Fault("B8", "Files come late and out of order.", "three days in three orders",
          "The same content in every order, and every changed day is marked for the models."),
    Fault("B9", "Thousands of small files.", "3,000 files, interrupted",
          "Bounded memory, lines of progress; the next run takes what is missing."),
    Fault("B10", "The inbox is gone.", "folder removed; folder empty",
          "An error when it delivered before; an empty one is reported, never a silent success.",
          ("inbox_empty",)),
)  # fmt: skip

NETWORK = (
    Fault("C1", "A host asks for a pause (429, 503).", "Retry-After in seconds, as a date, in the past, "
          "absurd", "A short one is waited for, a long one ends the conversation: the host is left alone "
          "for as long as it asked, a day at most and never to the second. The other sources go on.",
          ("http_429", "http_503")),
    Fault("C2", "A server fails.", "500s, a connection that is reset, no TLS, nobody there, an unknown name",
          "Three attempts with growing pauses; then the source is marked with its host, status, attempts "
          "and next try. What was fetched before stays, and so do cursors.",
          ("http_500", "connection_lost", "tls_error", "connection_failed", "name_not_resolved")),
    Fault("C3", "An answer without end.", "bytes one by one, a header that never ends, an endless body, "
          "10¹² bytes announced, a gzip bomb, a wrong Content-Length, a gzip without its end",
          "One deadline for the whole answer and caps on bytes received, announced and expanded. A body "
          "that breaks off is archived, named, and its validators are not believed.",
          ("deadline", "answer_too_large", "decompression_bomb", "truncated_body", "truncated_feed")),
    Fault("C4", "Redirects.", "without end, from https to http, to a file, to an inner address, to a login",
          "Five at most, and every hop is checked like the first address.",
          ("too_many_redirects", "redirect_downgrade", "address_refused", "address_forbidden",
           "not_a_feed")),
    Fault("C5", "An address inside.", "loopback, private, link-local and multicast addresses, in IPv6, "
          "mapped, as one number; a name with one such address; a name server that changes its mind",
          "Names are resolved once, every address must be public, and the connection goes to the address "
          "that was checked. Only the environment opens others, by address and port.",
          ("address_forbidden",)),
    Fault("C6", "A feed with a document type.", "an external entity, an expanding one, a DTD elsewhere",
          "Refused before any parser sees it; the bytes are archived and quarantined.",
          ("dtd_forbidden",)),
    Fault("C7", "A careless feed.", "GB18030 called gb2312, impossible dates, no guid, no link, another "
          "order, bytes that are not what they claim",
          "Items keep their key by link, guid or text, so that each is one article; an impossible date is "
          "quarantined.", ("not_a_time",)),
    Fault("C8", "200, and yet no answer.", "a login page, an empty list where there were items, an error as "
          "JSON, a wrong content type, nothing at all",
          "Archived once, named in quarantine and status; cursors stay and nothing good is overwritten.",
          ("not_a_feed", "empty_answer", "wrong_content_type", "rest_error", "not_posts",
           "error_answer")),
    Fault("C9", "Lies about change, and circles of pages.", "304 for ever, 304 unasked, a page that leads to "
          "itself or to what was given before, a site that ignores the cursor",
          "After 20 answers of \"unchanged\" the feed is asked for in full; a circle ends at its first "
          "repetition, which is quarantined.", ("unchanged_is_untrue", "unasked_304", "repeated_page")),
    Fault("C10", "A token expires, or stands in an address.", "401; `api_key=` in the address; a redirect "
          "to another host", "The variable to renew is named after one attempt. Tokens go to their own host "
          "only, and neither they nor values of unknown parameters are logged, stored or published.",
          ("http_401",)),
)  # fmt: skip

ARTICLES = (
    Fault("D1", "Markup nested 200,000 deep.", "in a page, an item, a post, a Markdown file and a WARC, "
          "closed and not", "Quarantined in bounded time and memory; no text is cut in silence.",
          ("too_deep",)),
    Fault("D2", "Scripts, Markdown and templates in a title.", "in a page, a feed, a post, front matter "
          "and plain text", "A title is text: stored as it is, shown as text in Dagster; there is no "
          "Markdown in its metadata."),
    Fault("D3", "A wrong charset label.", "GB18030 called utf-8, iso-8859-1 and big5; Big5 called gbk; "
          "UTF-8 called gb2312 and iso-8859-1; bytes of no charset; feeds called utf-8 and gb2312",
          "The text comes out right or is quarantined with the line to write; never as mojibake.",
          ("encoding",)),
    Fault("D4", "GB18030 without a label.", "a page, plain text, Markdown, a feed, a list of posts",
          "A page is recognised by its text. The others are refused with the line to write; declared, they "
          "load.", ("encoding",)),
    Fault("D5", "A saved feed with a document type, or an unknown entity.", "an external entity; `&xxe;` "
          "alone", "The first is refused before any parser sees it, the second is text.",
          ("dtd_forbidden",)),
    Fault("D6", "Dates in Chinese, without a zone, or impossible.", "ten notations as pubDate; pages "
          "with 30 February, yesterday, and a day in their text",
          "What has one meaning is read, in the declared zone if it names none, marked as assumed; the "
          "others are quarantined by field and the item stays. A day in a text is none of publication.",
          ("not_a_time", "future_time", "time_range")),
    Fault("D7", "200, and a login page.", "saved under the names of a page, a feed and a list of posts; "
          "an error of a REST API", "Quarantined, saying what it looks like and what to do.",
          ("no_article_text", "not_a_feed", "html_not_json", "rest_error")),
    Fault("D8", "A list without items.", "`[]` and a feed without items",
          "In the ledger with 0 records and a note.", ("empty_file",)),
    Fault("D9", "A good page is replaced by a bad one.", "a login page, nested tags, nothing, bytes, half "
          "a page", "The article stays as it was; the bad file is in quarantine.",
          ("no_article_text", "too_deep", "empty_file", "encoding")),
)  # fmt: skip

FAULTS = {fault.id: fault for fault in (*CONTENT, *FILES, *NETWORK, *ARTICLES)}


def page() -> str:
    """docs/faults.md."""
    parts = [
        "# Faults, and what becomes of them\n",
        "Rendered from `tests/faults/matrix.py` by `python -m tests.faults.matrix --write`; do not "
        "edit.\n",
        "Each row is a test that injects the fault through the inbox, or by a local server that "
        "misbehaves: `pytest -m faults`. Beside the outcome, each asserts that every file's records are loaded, duplicate or quarantined, and "
        "that the archive holds its bytes.\n",
        "## Contents\n",
        *_table(CONTENT),
        "\n## Files and paths\n",
        *_table(FILES),
        "\n## Network\n",
        *_table(NETWORK),
        "\n## Articles\n",
        *_table(ARTICLES),
    ]
    return "\n".join(parts) + "\n"


def _table(faults: tuple[Fault, ...]) -> list[str]:
    rows = ["| id | fault | injected | what must happen | reason codes |", "|---|---|---|---|---|"]
    for fault in faults:
        codes = ", ".join(f"`{reason}`" for reason in fault.reasons)
        cells = (fault.id, fault.fault, fault.injection, fault.outcome, codes)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true")
    action.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.write:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    is_current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
    if not is_current:
        print(f"out of date: {PAGE.relative_to(PROJECT_ROOT)}", file=sys.stderr)
    return 0 if is_current else 1


if __name__ == "__main__":
    sys.exit(main())
