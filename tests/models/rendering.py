"""Models rendered without dbt: its macros in plain Jinja, for either engine."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
from model_warehouse import PROJECT

OF_DBT_ALONE = ("generate_schema_name", "materializations")
"""No model calls them; their text is none of plain Jinja's."""
STRINGS = {"spark": "string", "duckdb": "varchar"}


def macros(engine: str) -> str:
    """All macros, with every dispatch resolved to one engine."""
    text = "\n".join(
        path.read_text()
        for path in sorted((PROJECT / "macros").glob("*.sql"))
        if path.stem not in OF_DBT_ALONE
    )
    return re.sub(r"adapter\.dispatch\('(\w+)', 'observatory'\)", rf"{engine}__\1", text)


_LIST = re.compile(r"{% macro (\w+)\(\) %}{{ return\((\[.*?\])\) }}{% endmacro %}")


def rendered(
    path: Path,
    engine: str,
    ref: Callable[[str], str] = str,
    metadata: dict[str, str] | None = None,
) -> str:
    """SQL of one model. ref: what a reference becomes; metadata: dbt's metadata variables."""
    text = macros(engine)
    # Macros that give a list: outside of dbt, a macro gives text.
    lists = {name: partial(ast.literal_eval, found) for name, found in _LIST.findall(text)}
    context: dict[str, Any] = {
        **lists,
        "ref": ref,
        "source": lambda schema, name: f"{schema}.{name}",
        "config": lambda **_: "",
        "dbt_metadata_envs": {"OBSERVATORY_BUILD_ID": "b1", **(metadata or {})},
        "return": lambda value: value,
        "is_incremental": lambda: False,
        "target": SimpleNamespace(type=engine),
        "dbt": SimpleNamespace(type_string=lambda: STRINGS[engine]),
        "this": "this_table",
    }
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    return environment.from_string(_LIST.sub("", text) + path.read_text()).render(**context)
