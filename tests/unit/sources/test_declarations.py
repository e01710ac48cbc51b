"""sources.yaml is checked before any record is read, and says which entry cannot work."""

import pytest

from orchestration.sources.declarations import DeclarationError
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
        ("{name: x, encoding: klingon}", "klingon"),
        ("{name: x, observed_at: sometimes}", "sometimes"),
        ("{name: x, observed_at: '2021-07-01T00:00:00'}", "no zone"),
        ("{name: x, account: {kind: king}}", "kind"),
        ("{name: x, account: {kind: organ, region: '11'}}", "region"),
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
