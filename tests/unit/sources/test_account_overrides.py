"""account_overrides.csv: everything wrong is said at once, with its line."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.paths import PROJECT_ROOT
from orchestration.sources.account_overrides import load_overrides
from orchestration.sources.declarations import DeclarationError

HEADER = "platform,account_id,account_kind,admin_level,region_code,reviewer,reviewed_at,note\n"


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "account_overrides.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def complaint(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(DeclarationError) as error:
        load_overrides(written(tmp_path, text))
    return str(error.value)


def test_an_absent_file_reviews_nothing(tmp_path):
    assert load_overrides(tmp_path / "account_overrides.csv") == ()


def test_the_documented_example_can_work(tmp_path):
    text = (PROJECT_ROOT / "data" / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```csv\n(platform,.*?)```", text, re.S)
    assert len(load_overrides(written(tmp_path, block))) == 2


def test_rows_are_read_with_their_line(tmp_path):
    note = 'weibo,2,,county,,A. Reader,2026-01-31T09:00:00+08:00,"two\nlines, one comma"\n'
    rows = HEADER + note + "\nweibo,1,organ,,110105,A. Reader,2026-01-31,\n"
    first, second = load_overrides(written(tmp_path, "\ufeff" + rows))
    assert (first.account_id, first.admin_level, first.account_kind) == ("2", "county", None)
    assert (first.note, first.line_number) == ("two\nlines, one comma", 2)
    assert first.reviewed_at == datetime(2026, 1, 31, 1, tzinfo=UTC)
    assert second.reviewed_at == datetime(2026, 1, 30, 16, tzinfo=UTC)
    assert (second.region_code, second.note, second.line_number) == ("110105", None, 5)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("weibo,1,organs,,,R,2026-01-31,", "account_kind: 'organs' is unknown; did you mean"),
        ("weibo,1,police,,,R,2026-01-31,", "'police' is unknown; did you mean 'organ'?"),
        ("sina,1,organ,,,R,2026-01-31,", "platform: 'sina' is unknown; did you mean 'weibo'?"),
        ("weibo,1,,village,,R,2026-01-31,", "admin_level: 'village' is unknown"),
        ("weibo,1,,,11010,R,2026-01-31,", "region_code: '11010' is no GB/T 2260 code"),
        ("weibo,1,,,999999,R,2026-01-31,", "region_code: '999999' is no GB/T 2260 code"),
        ("weibo,1,organ,,,R,31.1.2026,", "reviewed_at: '31.1.2026' is neither a day"),
        ("weibo,1,organ,,,R,2026-02-30,", "reviewed_at: '2026-02-30' is neither a day"),
        ("weibo,1,organ,,,R,2026-01-31T09:00:00,", "is neither a day (2026-01-31) nor an instant"),
        ("weibo,1,organ,,,,2026-01-31,", "reviewer: it is empty"),
        ("weibo,1,,,,R,2026-01-31,", "nothing was reviewed: fill account_kind"),
        ("weibo,1,organ,,,R,2026-01-31,a,b", "9 fields where the header has 8"),
    ],
)  # fmt: skip
def test_each_fault_names_line_account_field_value_and_command(tmp_path, row, said):
    text = complaint(tmp_path, HEADER + "weibo,7,organ,,,R,2026-01-31,\n" + row + "\n")
    assert "account_overrides.csv:3: " in text
    assert said in text
    assert text.endswith("type: observatory run")


def test_all_faults_are_said_at_once_in_order(tmp_path):
    rows = "weibo,1,organ,,,R,2026-01-31,\nweibo,1,,county,,R,2026-01-31,\nx,2,y,,,R,z,\n"
    lines = complaint(tmp_path, HEADER + rows).splitlines()
    assert [line.split(".csv:")[1].split(":")[0] for line in lines[:-1]] == ["3", "4", "4", "4"]
    assert "stands in line 2 already" in lines[0]
    assert lines[-1] == "4 problems; no record was read"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("platform,account_id,kind,reviewer,reviewed_at\n", "column 'kind' is unknown"),
        ("platform,account_id,account_kind\n", "column 'reviewer' is missing"),
        (HEADER.encode() + b"weibo,1,organ,,,\xff\xfe,2026-01-31,\n", ":2: byte"),
        (HEADER + 'weibo,1,organ,,,R,2026-01-31,"open\n', "not readable as CSV"),
        ("", "column 'platform' is missing"),
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path, content, said):
    assert said in complaint(tmp_path, content)


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_break_it(tmp_path_factory, content, with_header):
    path = tmp_path_factory.mktemp("any") / "account_overrides.csv"
    path.write_bytes((HEADER.encode() if with_header else b"") + content)
    with suppress(DeclarationError):
        assert all(row.account_id and row.reviewer for row in load_overrides(path))
