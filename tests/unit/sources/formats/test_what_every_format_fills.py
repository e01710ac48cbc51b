"""Every format fills what the door and the models cannot do without."""

from __future__ import annotations

import pytest

from orchestration.cleaning.fields import TableMapping
from orchestration.sources import formats

NEEDED = {
    "account_id": "without it nobody may be named: ids and texts come out as pseudonyms and NULL",
    "posted_at": "without it no model of response counts the row",
}
LEFT_OUT = {
    ("bluesky_json", "posts", "posted_at"): "posts that are gone come with their address alone",
}
MAPPINGS = [
    (name, mapping) for name, known in formats.formats().items() for mapping in known.mappings
]


@pytest.mark.parametrize(
    ("name", "mapping"), MAPPINGS, ids=[f"{name}-{m.table.name}" for name, m in MAPPINGS]
)
def test_a_format_says_whose_and_of_when_its_rows_are(name: str, mapping: TableMapping) -> None:
    filled = {rule.column for rule in mapping.fields}
    for column, why in NEEDED.items():
        if column not in mapping.table.column_names or column in filled:
            continue
        assert (name, mapping.table.name, column) in LEFT_OUT, (
            f"{name} does not fill {mapping.table.full_name}.{column}: {why}; add a field to the "
            "format, or a reason to LEFT_OUT"
        )
