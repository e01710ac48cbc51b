"""Bytes under a wrong label: the right text or none, never another charset's."""

from __future__ import annotations

import pytest

from orchestration.sources.readers.charsets import decode_labelled, known_charset

SIMPLIFIED = (
    "市公安局周一表示，新开通的政务微博将面向公众，及时回应群众关切，并在一个工作日内答复来自各区居民的"
    "提问，同时发布权威信息，澄清不实传言，欢迎广大市民监督。"
)
TRADITIONAL = (
    "市公安局週一表示，新開通的政務微博將面向公眾，及時回應群眾關切，並在一個工作日內答覆來自各區居民的"
    "提問，同時發布權威信息，澄清不實傳言，歡迎廣大市民監督。"
)
JAPANESE = (
    "市の警察は月曜日、新しい公式アカウントを開設し、住民からの質問に一営業日以内に答えると発表した。"
    "正確な情報を発信し、うわさを打ち消す狙いがある。"
)
KOREAN = (
    "시 경찰은 월요일 새로운 공식 계정을 개설하고 주민들의 질문에 하루 안에 답하겠다고 밝혔다. "
    "정확한 정보를 알리고 소문을 바로잡으려는 것이다."
)
GERMAN = (
    "Die Polizei erklärte am Montag, daß der neue Kanal für die Öffentlichkeit geöffnet ist und "
    "Fragen der Bürger über Nacht beantwortet würden. Ärger gäbe es höchstens bei Überlastung. "
)
LABELS = (
    "gbk", "gb2312", "gb18030", "big5", "iso-8859-1", "windows-1252", "us-ascii", "utf-8", "",
    "no-such-charset",
)  # fmt: skip
RUSSIAN = (
    "Полиция сообщила в понедельник, что новый канал открыт для всех жителей и что на вопросы "
    "будут отвечать в течение одного рабочего дня. Так город хочет бороться со слухами. "
)
SINGLE_BYTE = (
    "koi8-r", "koi8-u", "windows-1251", "iso-8859-5", "ibm866", "macintosh", "windows-1250",
    "windows-1253", "windows-1254", "windows-1256", "windows-1258", "iso-8859-10", "iso-8859-15",
    "windows-874",
)  # fmt: skip
NO_CHARSETS = (
    "undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7", "cp437",
    "rot13", "hex", "nul\0",
)  # fmt: skip
"""What Python decodes, or looks up, and no page is written in."""


def written(text: str) -> str:
    return "<html><body>" + "".join(f"<p>{number}. {text}</p>" for number in range(4))


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize(("text", "encoding"), [
    (SIMPLIFIED, "gb18030"), (SIMPLIFIED, "utf-8"), (TRADITIONAL, "big5"), (TRADITIONAL, "utf-8"),
    (TRADITIONAL, "gb18030"), (JAPANESE, "shift_jis"), (JAPANESE, "utf-8"), (KOREAN, "euc_kr"),
    (KOREAN, "utf-8"), (GERMAN, "utf-8"),
])  # fmt: skip
def test_a_wrong_label_gives_the_text(text: str, encoding: str, label: str) -> None:
    found = decode_labelled(written(text).encode(encoding), label)
    assert found is not None
    assert found[0] == written(text)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, GERMAN])
def test_a_damaged_byte_of_utf_8_makes_it_no_other_charset(text: str, label: str) -> None:
    content = written(text)
    place = next(index for index, letter in enumerate(content) if not letter.isascii())
    ahead, behind = content[:place], content[place + 1 :]
    found = decode_labelled(ahead.encode() + b"\xff" + behind.encode(), label)
    assert found is not None
    assert found[0] == f"{ahead}\ufffd{behind}"
    strict = decode_labelled(ahead.encode() + b"\xff" + behind.encode(), label, is_strict=True)
    assert strict is None or behind not in strict[0]


@pytest.mark.parametrize("label", ["gbk", "big5", "iso-8859-1"])
def test_bytes_of_no_charset_have_no_text(label: str) -> None:
    assert decode_labelled(bytes(range(128, 256)) * 40, label) is None


@pytest.mark.parametrize("label", ["", *SINGLE_BYTE, *NO_CHARSETS])
@pytest.mark.parametrize("lead", ["", "\u0410 \xb7 \xb7 \xb7 "])
def test_chinese_is_chinese_under_the_label_of_an_alphabet(label: str, lead: str) -> None:
    """Also where a Cyrillic letter and some signs stand in it."""
    text = lead + written(SIMPLIFIED)
    assert decode_labelled(text.encode("gb18030"), label) == (text, "gb18030")


@pytest.mark.parametrize("label", ["", *SINGLE_BYTE])
@pytest.mark.parametrize("text", ["样城市公安局开通政务微博，", SIMPLIFIED])
def test_damaged_chinese_is_refused_and_no_alphabet(label: str, text: str) -> None:
    data = (text * 5).encode("gb18030")[:-2] + b"\xff\xff<p>" + (text * 5).encode("gb18030")
    found = decode_labelled(data, label)
    assert found is None or found[1] == "gb18030"


@pytest.mark.parametrize("label", ["", "own", "iso-8859-1", "gb2312"])
@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "iso8859-5"])
def test_russian_is_read(encoding: str, label: str) -> None:
    content = written(RUSSIAN).encode(encoding)
    found = decode_labelled(content, encoding if label == "own" else label)
    assert found == (written(RUSSIAN), encoding)


@pytest.mark.parametrize("encoding", ["cp1252", "iso-8859-15", "cp1250"])
def test_german_is_read_under_its_label(encoding: str) -> None:
    found = decode_labelled(written(GERMAN).encode(encoding), encoding)
    assert found is not None
    assert found[0] == written(GERMAN)


@pytest.mark.parametrize("label", NO_CHARSETS)
def test_a_codec_that_is_no_charset_is_as_no_label(label: str) -> None:
    """`undefined` raises what no decoder should, punycode takes the square of the time."""
    text = written(SIMPLIFIED) * 40
    assert decode_labelled(text.encode("gb18030"), label) == (text, "gb18030")


@pytest.mark.parametrize(("label", "charset"), [
    ("GB2312", "gb18030"), ("x-gbk", None), ("Latin-1", "cp1252"), ("Big5", "big5hkscs"),
    ("UTF8", "utf-8"), (None, None), ("", None), ("windows-1251", "cp1251"), ("latin5", "cp1254"),
    *((codec, None) for codec in NO_CHARSETS),
])  # fmt: skip
def test_labels_are_read_as_browsers_do(label: str | None, charset: str | None) -> None:
    assert known_charset(label) == charset
