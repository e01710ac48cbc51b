"""Text of posts and topics: match keys, hashtags, truncation, the wording of a claim."""

from __future__ import annotations

import polars as pl

_INVISIBLE = r"[\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{2064}\u{feff}\u{e627}\u{00ad}]"
_UNSEEN = r"\s|" + _INVISIBLE
_HASHTAG = r"#([^#\r\n]{1,80})#"
_PLAIN_KEY = r"^[0-9a-z\x{4e00}-\x{9fff}]+$"
"""Lower-case letters, digits and unified ideographs are their own match key."""
_WORD_TAG = r"(?:^|[^\w#&/])[#\uff03](\w*[^\W\d]\w*)"
_MENTION = r"@[\w\-·]{1,40}"
CLAIM_LENGTH = 140


def match_key(text: pl.Series) -> pl.Series:
    """Key under which two spellings of one topic meet.

    NFKC, no white space, no invisible characters, lower case. The original stays stored; an
    empty key is NULL.
    """
    return pl.DataFrame({"text": text.cast(pl.String)}).select(_match_key(pl.col("text")))["key"]


def _match_key(text: pl.Expr) -> pl.Expr:
    """Lower case and stripping can undo a normal form ("A´"), hence the second pass."""
    key = text
    for _ in range(2):
        key = key.str.normalize("NFKC").str.replace_all(_UNSEEN, "").str.to_lowercase()
    return pl.when(key != "").then(key).alias("key")


def hashtags(text: pl.Series) -> pl.Series:
    """Topics between # signs as written, in order; an empty list where there are none."""
    bare = text.cast(pl.String)
    if bare.str.contains("<", literal=True).any():
        bare = bare.str.replace_all(r"<[^<>]{1,400}>", "")
    tags = bare.str.extract_all(_HASHTAG)
    return tags.list.eval(pl.element().str.strip_chars("#").str.strip_chars())


def word_hashtags(text: pl.Series) -> pl.Series:
    """Hashtags as written outside Weibo: one # before a word; an empty list where none."""
    found = text.cast(pl.String).fill_null("").str.extract_all(_WORD_TAG)
    return found.list.eval(pl.element().str.extract(_WORD_TAG, 1))


def hashtag_keys(tags: pl.Series) -> pl.Series:
    """Match keys of hashtags, in the same order."""
    rows = pl.int_range(len(tags), dtype=pl.UInt32, eager=True)
    named = pl.DataFrame({"row": rows, "name": tags}).explode(
        "name", empty_as_null=False, keep_nulls=False
    )
    is_plain = named["name"].str.contains(_PLAIN_KEY)
    if is_plain.all():
        return tags
    others = named["name"].filter(~is_plain.fill_null(False)).unique()
    keys = pl.DataFrame({"name": others, "key": match_key(others)}).drop_nulls("name")
    found = (
        named.with_columns(is_plain=is_plain)
        .join(keys, on="name", how="left", maintain_order="left")
        .with_columns(key=pl.when("is_plain").then("name").otherwise("key"))
        .group_by("row", maintain_order=True)
        .agg(pl.col("key").drop_nulls())
    )
    every = pl.DataFrame({"row": rows, "is_known": tags.is_not_null()})
    return every.join(found, on="row", how="left", maintain_order="left").select(
        pl.when("is_known").then(pl.col("key").fill_null([])).alias("keys")
    )["keys"]


_MARKUP = r"<(?:a|br|span|img)\b[^<>]*>"
"""What Weibo itself puts into a post: links, line breaks, topics, emoticons."""


def without_markup(text: pl.Series) -> pl.Series:
    """Text of posts that a collector kept as HTML; text without Weibo's markup stays as it is.

    Line breaks become newlines, emoticons their name, entities their characters.
    """
    marked = text.str.contains(_MARKUP).fill_null(False)
    if not marked.any():
        return text
    plain = [
        _text_of_markup(value) if is_marked else value
        for value, is_marked in zip(text, marked, strict=True)
    ]
    return pl.Series(text.name, plain, dtype=pl.String())


def _text_of_markup(value: str) -> str:
    from lxml import etree

    root = etree.fromstring(f"<div>{value}</div>", etree.HTMLParser(remove_comments=True))
    parts: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            parts += ["\n"] if element.tag == "br" else [element.get("alt") or ""]
            parts.append(element.text or "")
        else:
            parts.append(element.tail or "")
    return "".join(parts).strip()


def is_truncated(text: pl.Series) -> pl.Series:
    """The collector kept only the beginning of a long post."""
    return text.cast(pl.String).str.strip_chars_end("\u200b \n").str.ends_with("...全文")


def claim_wording(text: pl.Series) -> pl.Series:
    """A public claim without mentions, at most 140 characters; the author is never in it."""
    return (
        text.cast(pl.String).str.replace_all(_MENTION, "@…").str.replace_all(_INVISIBLE, "")
        .str.replace_all(r"\s+", " ").str.strip_chars().str.slice(0, CLAIM_LENGTH)
    )  # fmt: skip


_POST_ADDRESS = (
    r"(?i:weibo\.com|m\.weibo\.cn)/([0-9]{5,12})/([0-9]{14,17}|[0-9a-zA-Z]{9})(?:[^0-9a-zA-Z]|$)"
)
"""Both forms that name account and post. An address that names a post alone (m.weibo.cn/status/…)
is not read: whose post it is decides whether its id may be kept."""


def cited_bids(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Account ids, and bids or mids, in the addresses <host>/<uid>/<bid> that a text cites."""
    addresses = text.cast(pl.String).str.extract_all(_POST_ADDRESS)
    accounts = addresses.list.eval(pl.element().str.extract(_POST_ADDRESS, 1))
    bids = addresses.list.eval(pl.element().str.extract(_POST_ADDRESS, 2))
    return accounts, bids


_ENGLISH_WORDS = r"(?i)\b(?:the|and|of|to|that|with|for|from|are|by)\b"
"""Function words of English that its neighbours in Latin script do not share."""
_HAN_SHARE, _ENGLISH_SHARE = 0.3, 0.08


def language(text: pl.Series) -> pl.Series:
    """zh, en, or NULL when undecided: by script, and for Latin letters by function words.

    Chinese needs 30 % Han characters among its letters and no kana. Script alone cannot tell
    English from German, so Latin text is English only when 8 % of its words are the commonest
    English ones (running English has some 20 %, its neighbours hardly any).
    """
    value = pl.col("text")
    counted = pl.DataFrame({"text": text.cast(pl.String)}).select(
        letters=value.str.count_matches(r"\p{L}"),
        han=value.str.count_matches(r"\p{Han}"),
        kana=value.str.count_matches(r"[\p{Hiragana}\p{Katakana}]"),
        latin=value.str.count_matches(r"\p{Latin}"),
        words=value.str.count_matches(r"\p{Latin}+"),
        english=value.str.count_matches(_ENGLISH_WORDS),
    )
    is_chinese = (pl.col("han") >= pl.col("letters") * _HAN_SHARE) & (
        pl.col("kana") * 20 <= pl.col("han")
    )
    is_english = (pl.col("latin") >= pl.col("letters") * 0.9) & (
        pl.col("english") >= pl.col("words") * _ENGLISH_SHARE
    )
    return counted.select(
        pl.when(pl.col("letters") > 0)
        .then(pl.when(is_chinese).then(pl.lit("zh")).when(is_english).then(pl.lit("en")))
        .alias("language")
    )["language"]
