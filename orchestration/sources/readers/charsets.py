"""Text of bytes whose label may be wrong: pages and feeds say one charset and use another.

What is proven comes before what is said: UTF-8 that holds is UTF-8, whatever a label calls it. A
label is believed where its text is plausible, for almost any bytes are Latin-1 and most of Big5 is
GB18030; then detection is asked, whose answer must be plausible too. Without one there is no text.
"""

from __future__ import annotations

import codecs
import re
from itertools import pairwise

SHORTEST_ROW = 4
TOLERATED_DAMAGE = 1000
"""One undecodable byte in this many characters is shown as U+FFFD; more is a wrong charset."""
BYTES_A_CHARACTER = 3
"""What one damaged Chinese character of UTF-8 may leave."""
PROOFS_A_DAMAGE = 10
"""Characters that must be right UTF-8 for each byte that is none, where nobody says it is UTF-8."""

_SUPERSETS = {
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932",
    "euc_kr": "cp949", "iso8859-1": "cp1252", "ascii": "cp1252",
    "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
}  # fmt: skip
"""What browsers read under these names: pages say the smaller set and use the larger."""
_CHARSETS = frozenset(
    (
        "utf-8", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5hkscs", "cp932", "euc_jp",
        "cp949", "cp1252", "cp866", "cp874", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic",
        *(f"cp{number}" for number in (1250, 1251, *range(1253, 1259))),
        *(f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    )
)  # fmt: skip
"""The sets of the Encoding Standard (WHATWG), by the names of Python's codecs. Python knows more
that no page is written in: codecs that always fail (undefined), take time with the square of a
text (punycode) or read any bytes (unicode_escape, cp437)."""
_CHINESE, _MANY_BYTES = ("gb18030", "big5hkscs"), ("cp932", "euc_jp", "cp949", "utf-8")
_ALPHABETS = {
    "cyrillic": (re.compile(r"[\u0400-\u04ff]"), re.compile(r"[оеаинтсрвлкі]", re.IGNORECASE)),
    "greek": (re.compile(r"[\u0370-\u03ff]"), re.compile(r"[αάοόιίεέτσνηήυρπ]", re.IGNORECASE)),
    "hebrew": (re.compile(r"[\u05d0-\u05ea]"), re.compile(r"[יוהלאתמרשבנ]")),
    "arabic": (re.compile(r"[\u0620-\u06ff]"), re.compile(r"[اليمنوتربةعدس]")),
    "thai": (re.compile(r"[\u0e01-\u0e4e]"), re.compile(r"[านรกอเงทมยลวดสต่้ัี]")),
}
"""Letters of an alphabet, and those of them that make up two thirds or more of any text."""
_ALPHABET_OF = {
    **dict.fromkeys(("cp1251", "koi8-r", "koi8-u", "iso8859-5", "cp866", "mac-cyrillic"),
                    "cyrillic"),
    **dict.fromkeys(("cp1253", "iso8859-7"), "greek"),
    **dict.fromkeys(("cp1255", "iso8859-8"), "hebrew"),
    **dict.fromkeys(("cp1256", "iso8859-6"), "arabic"),
    "cp874": "thai",
}  # fmt: skip
_ALPHABET_SHARE, _USUAL_SHARE, _TURNED_SHARE = 0.8, 0.55, 0.1
"""Of the letters that are not ASCII at least so many are of the alphabet, of these so many are the
usual ones; at most so many are capitals behind a small letter, as another charset's bytes are."""
_ROWS = re.compile(rf"[^\x00-\x7f]{{{SHORTEST_ROW},}}")
_HAN, _KANA = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[\u3040-\u30ff]")
_ODD = re.compile(r"[\ue000-\uf8ff\x80-\x9f]")
"""For private use, or control characters: almost never in a text, often in a wrong reading."""
_MIXED = re.compile(r"[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]")
_SIGNS = re.compile(r"[\xa1-\xaa\xac-\xba\xbc-\xbf\u2116]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_TOLERATED_ODDITY = 50
_FEWEST_HAN, _COMMON_SHARE = 20, 0.8
"""Of Chinese text 99 % stand in the first levels of GB 2312 or Big5, of Japanese kanji some 88 %,
of either set read as the other less than half."""
_SAMPLE = 5000
_FREQUENT_HAN, _FREQUENT_SHARE = 200, 0.04
_FREQUENT = re.compile(r"[的一是在不了有和人这這中大为為上国國我以要他时時来來们們年日新月]")
"""What one in seven characters of real pages is; of Korean read as Chinese hardly any."""


def decode_labelled(
    data: bytes, label: str | None, *, is_strict: bool = False
) -> tuple[str, str] | None:
    """Text and charset of bytes that call themselves `label`; None where no reading is plausible.

    is_strict: without the tolerance for single damaged bytes.
    """
    named = known_charset(label)
    if text := _decoded(data, "utf-8-sig", "strict"):
        return text, "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    tolerant = None if is_strict or named == "utf-8" else _decoded(data, "utf-8", "replace")
    if tolerant and _is_proven(tolerant):
        return tolerant, "utf-8"
    chinese = _proven_chinese(data)
    if chinese and named not in (*_CHINESE, *_MANY_BYTES[:-1]):
        return chinese, "gb18030"
    for errors in ("strict",) if is_strict else ("strict", "replace"):
        text = _decoded(data, named, errors)
        if text and named and _is_damaged_little(text) and is_plausible(text, named):
            return text, named
    return (chinese, "gb18030") if chinese else _detected(data)


def known_charset(label: str | None) -> str | None:
    """The charset that is read under a label; None where it is none that pages are written in."""
    try:
        name = codecs.lookup(label).name if label else ""
    except (LookupError, ValueError):
        return None
    charset = _SUPERSETS.get(name, name)
    return charset if charset in _CHARSETS else None


def _detected(data: bytes) -> tuple[str, str] | None:
    from trafilatura.utils import detect_encoding

    for candidate in (*detect_encoding(data), "cp1251"):
        name = known_charset(candidate)
        text = _decoded(data, name, "strict")
        if text and name and is_plausible(text, name):
            return text, name
    return None


def _decoded(data: bytes, encoding: str | None, errors: str) -> str | None:
    try:
        return data.decode(encoding, errors) if encoding else None
    except (UnicodeError, LookupError):
        return None


def _is_damaged_little(text: str) -> bool:
    return text.count("\ufffd") <= max(1, len(text) // TOLERATED_DAMAGE)


def _is_proven(text: str) -> bool:
    """Whether text that nobody called UTF-8 is: a lone Latin-1 accent proves nothing."""
    bad = text.count("\ufffd")
    proofs = sum(not character.isascii() for character in text) - bad
    return bad * TOLERATED_DAMAGE <= max(BYTES_A_CHARACTER * TOLERATED_DAMAGE, len(text)) and (
        proofs >= PROOFS_A_DAMAGE * bad
    )


def _proven_chinese(data: bytes) -> str | None:
    """GB18030 that holds and whose text nothing but Chinese is; a few characters prove nothing."""
    text = _decoded(data, "gb18030", "strict")
    if not text or not is_plausible(text, "gb18030"):
        return None
    han = len(_HAN.findall(text))
    is_usual = len(_FREQUENT.findall(text)) >= _FREQUENT_SHARE * han
    return text if han >= _FEWEST_HAN and is_usual else None


def is_plausible(text: str, charset: str) -> bool:
    """Whether a text looks like one that somebody wrote, and not like another charset's bytes."""
    foreign = sum(not character.isascii() for character in text)
    if len(_ODD.findall(text)) * _TOLERATED_ODDITY > foreign:
        return False
    if charset in _ALPHABET_OF:
        return _is_alphabetic(text, *_ALPHABETS[_ALPHABET_OF[charset]])
    if charset not in (*_CHINESE, *_MANY_BYTES) and not charset.startswith("utf-16"):
        return _is_latin(text, foreign)
    kana, hangul = (len(script.findall(text)) for script in (_KANA, _HANGUL))
    han = _HAN.findall(text)
    is_chinese, is_korean = charset in _CHINESE, charset == "cp949"
    if (is_chinese and kana * 3 > len(han)) or (is_korean and len(han) > hangul):
        return False
    return _is_han(text, han, is_japanese=kana * 10 > len(han))


def _is_alphabetic(text: str, alphabet: re.Pattern[str], usual: re.Pattern[str]) -> bool:
    """Whether letters are of one alphabet, the usual ones, and stand in words of their own."""
    letters = len(alphabet.findall(text))
    foreign = sum(character.isalpha() and not character.isascii() for character in text)
    if max(len(_MIXED.findall(text)), len(_SIGNS.findall(text))) * 10 > letters > 0:
        return False
    return (
        letters >= _ALPHABET_SHARE * foreign
        and len(usual.findall(text)) >= _USUAL_SHARE * letters
        and _turned(text) <= _TURNED_SHARE * foreign
    )


def _turned(text: str) -> int:
    """Capitals, not ASCII, that stand behind a small letter."""
    return sum(
        not letter.isascii() and letter.isupper() and ahead.islower()
        for ahead, letter in pairwise(text)
    )


def _is_latin(text: str, foreign: int) -> bool:
    """Whether accents stand among plain letters; in the bytes of Chinese they come in rows."""
    in_rows = sum(len(row) for row in _ROWS.findall(text))
    return foreign < 2 * SHORTEST_ROW or (
        in_rows * 2 < foreign and _turned(text) <= max(1, _TURNED_SHARE * foreign)
    )


def _is_han(text: str, han: list[str], *, is_japanese: bool) -> bool:
    """Whether Chinese characters are those that are in use."""
    if len(han) < _FEWEST_HAN:
        return True
    sample = han[:_SAMPLE]
    if sum(map(_is_common, sample)) < _COMMON_SHARE * len(sample):
        return False
    is_short = len(han) < _FREQUENT_HAN
    return is_short or is_japanese or len(_FREQUENT.findall(text)) >= _FREQUENT_SHARE * len(han)


def _is_common(character: str) -> bool:
    """Whether a character stands in the first level of GB 2312 (rows 16 to 55) or of Big5."""
    levels = (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6))
    for charset, first, last in levels:
        encoded = character.encode(charset, "ignore")
        if encoded and first <= encoded[0] <= last:
            return True
    return False
