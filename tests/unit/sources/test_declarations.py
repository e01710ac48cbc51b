"""sources.yaml is checked before any record is read, and says which entry cannot work."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.sources import formats
from orchestration.sources.declarations import DeclarationError
from orchestration.sources.extract import problems_of
from orchestration.sources.sources_file import load

FORMATS = ("weibo_spider_jsonl", "html")


def declare(tmp_path, text):
    path = tmp_path / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, FORMATS)


def test_no_file_declares_nothing_and_every_folder_has_defaults(tmp_path):
    declarations = load(tmp_path / "sources.yaml", FORMATS)
    assert declarations.by_name == {}
    assert declarations.for_source("anything").timezone == "Asia/Shanghai"


def test_an_entry_as_the_design_writes_it(tmp_path):
    found = declare(
        tmp_path,
        """
sources:
  - name: beijing_police
    format: weibo_spider_jsonl
    platform: weibo
    observed_at: 2021-07-01T00:00:00+08:00
    encoding: gb18030
    account: {kind: organ, level: prefecture, region: "110000"}
""",
    ).for_source("beijing_police")
    assert found.account.region == "110000"
    assert found.observed_at == "2021-07-01T00:00:00+08:00"


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("{name: x, format: nope}", "nope"),
        ("{name: x, colour: red}", "colour"),
        ("{name: x, timezone: Mars/Olympus}", "Mars/Olympus"),
        ("{name: x, timezone: localtime}", "not an IANA zone"),
        ("{name: x, encoding: klingon}", "klingon"),
        ("{name: x, encoding: undefined}", "undefined"),
        ("{name: x, encoding: idna}", "idna"),
        ("{name: x, encoding: punycode}", "punycode"),
        ("{name: x, encoding: raw_unicode_escape}", "raw_unicode_escape"),
        ("{name: x, observed_at: sometimes}", "sometimes"),
        ("{name: x, observed_at: '2021-07-01T00:00:00'}", "no zone"),
        ("{name: x, account: {kind: king}}", "kind"),
        ("{name: x, account: {kind: organ, region: '11'}}", "region"),
        ("{name: x, account: {kind: organ, region: '999999'}}", "no GB/T 2260 code"),
        ("{name: a/b}", "name"),
        ("{name: x}, {name: x}", "twice"),
    ],
)
def test_what_cannot_work_is_named(tmp_path, entry, named):
    with pytest.raises(DeclarationError, match=named):
        declare(tmp_path, f"sources: [{entry}]")


def test_broken_yaml_is_named_with_its_file(tmp_path):
    with pytest.raises(DeclarationError, match=r"sources\.yaml"):
        declare(tmp_path, "sources: [")


BAD = """\
settle_seconds: -1
sources:
  - name: police
    formt: weibo
    platform: weebo
    account: {kind: orgn, region: 110000}
  - name: board
    format: mapped
    reader: cvs
  - name: list
    format: mapped
    reader: csv
    table: inquiries
    columns:
      inquiry_id: nr
      askedat: day
      status: {from: s, parse: epoch_s}
      region_text: {form: x}
  - name: list
    format: htlm
    timezone: Asia/Shangai
    columns: {a: b}
  - name: seen
    format: weibo_spider_jsonl
    observed_at: column:crawl_tim
    where: {a: 1}
"""


def problems(tmp_path, text, check=problems_of, known=None):
    path = tmp_path / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        load(path, known or formats.formats(), check)
    return [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("account: {kind: police}", "'police' is unknown; did you mean 'organ'?"),
        ("timezone: Asia/Peking", "such as Asia/Shanghai; did you mean 'Asia/Shanghai'?"),
        ("timezone: Asia/Beijing", "did you mean 'Asia/Shanghai'?"),
        (
            'account: {kind: organ, region: "11"}',
            "account.region: it must be a GB/T 2260 code of six digits in quotes, such as "
            "\"110000\" (found '11'); type",
        ),
    ],
)
def test_what_is_meant_is_told_in_the_words_of_the_field(tmp_path, fields, said):
    (line,) = problems(tmp_path, f"sources:\n  - name: a\n    {fields}\n")
    assert said in line


def test_every_problem_of_the_file_is_told_at_once_with_its_line(tmp_path):
    lines = problems(tmp_path, BAD)
    expected = [
        ("1: ", "settle_seconds", "negative"),
        ("4: source 'police': ", "formt", "did you mean 'format'", "allowed: name, format"),
        ("5: source 'police': ", "'weebo'", "did you mean 'weibo'", "mastodon"),
        ("6: source 'police': ", "'orgn'", "did you mean 'organ'"),
        ("6: source 'police': ", "account.region", "110000", "quotes"),
        ("9: source 'board': ", "'cvs'", "did you mean 'csv'", "parquet"),
        ("18: source 'list': ", "'form'", "did you mean 'from'"),
        ("20: source 'list': ", "'htlm'", "did you mean 'html'", "observatory formats"),
        ("21: source 'list': ", "Asia/Shangai", "did you mean 'Asia/Shanghai'"),
        ("25: source 'seen': ", "'crawl_tim'", "did you mean 'crawl_time'"),
        ("26: source 'seen': ", "where", "`format: mapped` only"),
    ]
    for place, *parts in expected:
        found = [x for x in lines if x.startswith(place) and all(part in x for part in parts)]
        assert found, (place, parts, lines)
        assert "; type: observatory " in found[0]
    assert lines[-1].endswith("problems; no record was read")


def test_problems_of_a_mapped_entry_stand_on_their_own_lines(tmp_path):
    text = BAD.split("  - name: list\n    format: htlm")[0].replace("{form: x}", "x")
    text = "sources:\n" + text[text.index("  - name: list") :]
    lines = problems(tmp_path, text)
    assert [line.split(": ")[0] for line in lines[:-1]] == ["6", "8", "9"]
    assert "column 'asked_at': core.inquiries needs it" in lines[0]
    assert "did you mean 'asked_at'" in lines[1]
    assert "gives an instant" in lines[2]


def test_columns_are_looked_at_although_another_field_is_refused(tmp_path):
    text = """\
sources:
  - name: a
    format: mapped
    reader: cvs
    header: [id]
    table: posts
    columns:
      post_id: {form: id}
      uid: {from: u, parse: epoch_s}
      posted_at: t
      likes: l
"""
    found = dict(line.split(": source 'a': ") for line in problems(tmp_path, text)[:-1])
    assert set(found) == {"4", "8", "9", "11"}
    assert "did you mean 'csv'" in found["4"]
    assert "did you mean 'from'" in found["8"]
    assert found["9"].startswith("column 'uid': parse 'epoch_s' gives an instant")
    assert found["11"].startswith("column 'likes': core.posts has no such count")
    assert "'likes' stands in post_metric_snapshots" in found["11"]


def test_a_slip_is_no_second_problem(tmp_path):
    columns = "{post_id: a, uid: b, posted_at: c}"
    text = f"""\
sources:
  - {{name: a, format: mapped, reader: csv, table: posts, colums: {columns}}}
"""
    (line,) = problems(tmp_path, text)
    assert "did you mean 'columns'" in line
    (line,) = problems(tmp_path, text.replace("format", "formt").replace("colums", "columns"))
    assert "did you mean 'format'" in line
    (line,) = problems(tmp_path, "sources: [{name: a, colour: red}]")
    assert "'colour' is no field here" in line


MAPPED = "reader: csv, table: posts, columns: {post_id: a, uid: b, posted_at: c, txt: d, colour: e}"


@pytest.mark.parametrize(
    ("entry", "also"),
    [
        # The entry has no usable name, a mistyped field, a field of an impossible value, …
        ("{name: a/b, format: weibo_crawler_cvs}", "did you mean 'weibo_crawler_csv'"),
        ("{format: weibo_crawler_cvs}", "did you mean 'weibo_crawler_csv'"),
        ("{name: a, fromat: weibo_crawler_cvs}", "did you mean 'weibo_crawler_csv'"),
        ("{name: a, plattform: weebo}", "did you mean 'weibo'"),
        (f"{{name: a/b, format: mapped, {MAPPED}}}", "'colour': is no column of core.posts"),
        (f"{{name: a, formt: mapped, {MAPPED}}}", "'colour': is no column of core.posts"),
        (f"{{name: a, format: mappd, {MAPPED}}}", "'colour': is no column of core.posts"),
        (f"{{name: a, format: mapped, timezone: Mars, {MAPPED}}}", "'colour': is no column"),
        (f"{{name: a, format: mapped, {MAPPED}}}".replace("posts", "post"), "'colour': is no colu"),
        (f"{{name: a, format: mapped, {MAPPED}}}".replace("e}", "{frm: e}}"), "'colour': is no co"),
        (f"{{name: a, format: mapped, {MAPPED}}}".replace("columns", "colums"), "'colour': is no"),
    ],
)
def test_no_problem_waits_until_another_is_mended(tmp_path, entry, also):
    lines = problems(tmp_path, f"sources: [{entry}]")
    assert any(also in line for line in lines), lines
    assert len(lines) > 2, "the first problem, the other, and how many there are"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("posts", "core.posts has no counts"),
        ("core.post_metric_snapshots", "allowed: reposts, comments, likes, reads;"),
        ("unheard_of", "allowed: followers, following,"),
    ],
)
def test_counts_that_a_table_has(tmp_path, table, said):
    text = (
        f"sources: [{{name: a, format: mapped, reader: csv, table: {table}, "
        "without_counts: [hearts], columns: {x: y}}]"
    )
    assert any("without_counts" in line and said in line for line in problems(tmp_path, text))


@pytest.mark.parametrize(
    ("entry", "advice"),
    [
        ("{name: a, format: nope}", "observatory formats"),
        ("{name: a, formt: html}", "observatory run"),
        ("{name: a, account: {kind: king}}", "observatory run"),
        ("{name: a, format: mapped, reader: csv, table: posts}", "observatory sniff PATH"),
        ("{name: a, format: mapped, reader: json, table: posts, records: x, columns: "
         "{post_id: a, uid: b, posted_at: c}}", "observatory run"),
    ],
)  # fmt: skip
def test_what_to_type_next(tmp_path, entry, advice):
    (line,) = problems(tmp_path, f"sources: [{entry}]")
    assert line.endswith(f"; type: {advice}")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("sources:\n- name: a\n  name: b\n", 3, "'name' stands twice"),
        ("sources: []\nsources: []\n", 2, "'sources' stands twice"),
        ("sources:\n- name: a\n  account:\n    kind: organ\n    kind: organ\n", 5, "twice"),
        ("sources:\n- name: a\n\tformat: x\n", 3, "spaces"),
        ("sources:\n  name: a\n", 1, "must be a list"),
        ("- name: a\n", 1, "begin with `sources:`"),
        ("sources:\n- a\n", 2, "it must be a mapping"),
        ("sources:\n- format: html\n", 2, "source number 1: name: it is missing"),
        ("sources:\n- name: a\n  observed_at: 2021-13-45\n", 3, "none of file_name"),
        ("sources:\n- name: a\n  observed_at: {form: x}\n", 3, "it needs `from`"),
        ("sources:\n- name: a\n  observed_at: {from: x, parse: '%Q'}\n", 3, "no time pattern"),
        ("sources:\n- name: a\n  delimiter: ';;'\n", 3, "not one character"),
        ("sources:\n- name: a\n  encoding: gb18031\n", 3, "did you mean 'gb18030'"),
        ("sources:\n- name: a\n  platform: X\n", 3, "did you mean 'twitter'"),
        ("sources:\n- name: a\n  columns: [x]\n", 3, "must be a mapping"),
        ("sources:\n- name: 7\n", 2, "put it in quotes"),
    ],
)
def test_line_and_reason_of_what_cannot_work(tmp_path, text, line, said):
    lines = problems(tmp_path, text)
    assert any(x.startswith(f"{line}: ") and said in x for x in lines), lines


def test_long_values_are_shortened(tmp_path):
    (line,) = problems(tmp_path, f"sources: [{{name: a, format: {'x' * 500}}}]")
    assert "x" * 40 in line
    assert "x" * 100 not in line


def test_bytes_that_are_not_utf_8_are_named_with_their_line(tmp_path):
    path = tmp_path / "sources.yaml"
    path.write_bytes(b"sources:\n- name: \xff\n")
    with pytest.raises(DeclarationError, match=r"sources\.yaml:2: .*UTF-8"):
        load(path, FORMATS)


@settings(deadline=None)
@given(st.text(alphabet="sourcenamft: -[]{}\n'\"&*!|>#1,", max_size=60))
def test_no_file_makes_more_than_a_declaration_error(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("any") / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    with contextlib.suppress(DeclarationError):
        load(path, formats.formats(), problems_of)


def test_an_observation_column_with_its_notation(tmp_path):
    entry = "{name: x, format: weibo_spider_jsonl, observed_at: {from: crawl_time, parse: epoch_s}}"
    found = declare(tmp_path, f"sources: [{entry}]").for_source("x")
    assert (found.observed_column.from_, found.observed_column.parse) == ("crawl_time", "epoch_s")
    found = declare(tmp_path, "sources: [{name: x, observed_at: 'column: seen '}]").for_source("x")
    assert found.observed_column.from_ == "seen"


@pytest.mark.parametrize(
    ("fetch", "told"),
    [
        ("{url: 'https://a.example/f'}", ["fetch.every", "missing"]),
        ("{every: 1d}", ["fetch.url", "missing"]),
        ("{ulr: 'https://a.example/f', every: 1d}", ["'ulr' is no field here", "did you mean 'url'",
                                                     "url, every, token"]),
        ("https://a.example/f", ["fetch", "must be a mapping"]),
        ("{url: 'ftp://a.example/f', every: 1d}", ["ftp://a.example/f", "http:// or https://"]),
        ("{url: 'a.example/feed', every: 1d}", ["http:// or https://"]),
        ("{url: 'https://', every: 1d}", ["http:// or https://"]),
        ("{url: 'https://a.example:x/', every: 1d}", ["http:// or https://"]),
        ("{url: 'https://me:pw@a.example/f', every: 1d}", ["https://a.example/f", "`token`"]),
        ("{url: 'https://a.example/f', every: 1m}", ["'1m' is too short", "every 5m"]),
        ("{url: 'https://a.example/f', every: 9999d}", ["longer than a year"]),
        ("{url: 'https://a.example/f', every: daily}", ["'daily' is no interval", "6h"]),
        ("{url: 'https://a.example/f', every: 1d, token: hunter2}",
         ["fetch.token", "never the token"]),
    ],
)  # fmt: skip
def test_what_cannot_be_fetched_is_named_with_line_and_advice(tmp_path, fetch, told):
    path = tmp_path / "sources.yaml"
    path.write_text(f"sources:\n  - name: news\n    format: rss\n    fetch: {fetch}\n")
    with pytest.raises(DeclarationError) as caught:
        load(path, formats.formats(), problems_of)
    message = str(caught.value)
    assert f"{path}:4: source 'news': " in message
    assert all(part in message for part in told), message
    assert "type: observatory run" in message
    assert "pw@" not in message
    assert "hunter2" not in message


@pytest.mark.parametrize("form", ["weibo_spider_jsonl", "mapped", None])
def test_only_some_formats_can_be_fetched(tmp_path, form):
    path = tmp_path / "sources.yaml"
    line = f"format: {form}, " if form else ""
    fetch = "fetch: {url: 'https://a.example', every: 1d}"
    path.write_text(f"sources:\n  - {{name: news, {line}{fetch}}}")
    with pytest.raises(DeclarationError, match=r"fetch: .* rss, wordpress_json, mastodon_json"):
        load(path, formats.formats(), problems_of)
