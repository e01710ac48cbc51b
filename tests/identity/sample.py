"""The labelled sample of account names: texts, labellings and what was agreed on.

`names.csv` holds names and verification texts written by us by the public conventions. Accounts
that the real inputs name are read from there, and known here only by a hash of their texts.
The codebook is in docs/methodology.md.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import polars as pl

HERE = Path(__file__).parent
KINDS = ("organ", "officer", "state_media", "other_government", "unclear")
LEVELS = ("ministry", "province", "prefecture", "county", "station", "unclear")
RULINGS = "rumours/checked_fake.jsonl"
COUNTIES = "accounts/kpr_county_weibo_accounts_part1.csv"


def key_of(name: str, verified: str, reason: str) -> str:
    """What a label stands under: a hash of all that a labeller saw."""
    return hashlib.sha256(f"{name}|{verified}|{reason}".encode()).hexdigest()[:16]


def written() -> list[tuple[str, str, str]]:
    """(name, verified_type, reason) of the names written by us."""
    with (HERE / "names.csv").open(encoding="utf-8", newline="") as lines:
        return [tuple(row.values()) for row in csv.DictReader(lines)]  # type: ignore[misc]


def named_in_real_inputs(real_data: Path) -> list[tuple[str, str, str]]:
    """Accounts that rulings mention, and those of the county list that are known by name."""
    mentioned = [
        name
        for line in (real_data / RULINGS).read_text(encoding="utf-8").splitlines()
        for name in re.findall(r"@([\w\-]+)", json.loads(line).get("analysis") or "")
    ]
    with (real_data / COUNTIES).open(encoding="utf-8-sig", newline="") as lines:
        cells = [cell for row in csv.DictReader(lines) for cell in row.values()]
    listed = [unquote(found) for cell in cells for found in re.findall(r"/n/([^/?#\s]+)", cell)]
    return [(name, "", "") for name in dict.fromkeys(mentioned + listed)]


def labels() -> pl.DataFrame:
    """Both labellings, the agreed labels and a second labeller's blind ones, by key."""
    return pl.read_csv(HERE / "labels.csv", infer_schema=False)


def kappa(first: pl.Series, second: pl.Series) -> float:
    """Cohen's kappa of two labellings of the same things."""
    codes = pl.concat([first, second]).unique().sort().to_list()
    table = confusion(first, second, tuple(codes))
    share = table / table.sum()
    expected = float(share.sum(axis=1) @ share.sum(axis=0))
    return (float(np.trace(share)) - expected) / (1 - expected)


def confusion(truth: pl.Series, found: pl.Series, codes: tuple[str, ...]) -> np.ndarray:
    """How often each code (row) was found as each code (column)."""
    table = np.zeros((len(codes), len(codes)), dtype=int)
    for pair, count in (
        pl.DataFrame({"t": truth, "f": found})
        .group_by("t", "f")
        .len()
        .select(pl.concat_list("t", "f"), "len")
        .iter_rows()
    ):
        table[codes.index(pair[0]), codes.index(pair[1])] = count
    return table
