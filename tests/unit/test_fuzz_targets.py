"""Every fuzz target holds on its own seeds: a target that always fails finds nothing."""

import importlib

import pytest

from tests.fuzz import TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_holds_on_its_seeds(target):
    module = importlib.import_module(f"tests.fuzz.fuzz_{target}")
    for seed in (*module.SEEDS, b"", b"\n", b"\xff\xfe"):
        module.check(seed)
