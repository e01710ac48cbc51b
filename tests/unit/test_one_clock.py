"""Nothing but clock.py asks the machine for the time, in Python or in SQL."""

import ast
import re

import pytest

from orchestration.paths import PROJECT_ROOT

MODULES = sorted(
    path for path in (PROJECT_ROOT / "orchestration").rglob("*.py") if path.name != "clock.py"
)
ASKS = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime", "ctime"}
CLASSES = {"datetime", "date", "time", "dt", "pd", "Timestamp", "Instant"}
IN_SQL = re.compile(
    r"\b(?:now|today|get_current_timestamp|transaction_timestamp)\s*\(\s*\)"
    r"|\bcurrent_(?:date|time|timestamp)\b",
    re.IGNORECASE,
)


def offences(source):
    """Lines that call the machine's clock or import its functions, or say so in a string."""
    tree = ast.parse(source)
    documentation = {
        id(node.value) for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value).rsplit(".", 1)[-1]
            if node.func.attr in ASKS and owner in CLASSES:
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from [node.lineno] if {name.name for name in node.names} & ASKS else ()
        elif isinstance(node, ast.Constant) and id(node) not in documentation:
            yield from [node.lineno] if IN_SQL.search(str(node.value)) else ()


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(UTC)",
        "dt.datetime.now()",
        "date.today()",
        "time.time()",
        "from time import time_ns",
        "sql = 'select now()'",
        "f'where at < current_timestamp and {x}'",
    ],
)
def test_the_check_sees_every_way_to_ask(source):
    assert list(offences(source)) == [1]


@pytest.mark.parametrize("source", ["clock.now()", "settings.clock.now()", "time.monotonic()"])
def test_the_injected_clock_and_durations_are_no_offence(source):
    assert not list(offences(source))


def test_only_the_clock_asks_the_machine_for_the_time():
    assert len(MODULES) > 50
    found = {
        f"{path.relative_to(PROJECT_ROOT)}:{line}"
        for path in MODULES
        for line in offences(path.read_text(encoding="utf-8"))
    }
    assert not found


def test_no_model_asks_the_database_for_the_time():
    models = sorted(
        path for folder in ("models", "macros", "tests")
        for path in (PROJECT_ROOT / "dbt_project" / folder).rglob("*.sql")
    )  # fmt: skip
    assert len(models) > 10
    found = [
        str(path.relative_to(PROJECT_ROOT)) for path in models
        if IN_SQL.search(re.sub(r"--[^\n]*|\{#.*?#\}", "", path.read_text(encoding="utf-8")))
    ]  # fmt: skip
    assert not found
