"""What the environment may say, and what is refused."""

from __future__ import annotations

import pytest

from orchestration.settings import SHORTEST_KEY, Settings, SettingsError


def test_a_pseudonym_key_that_can_be_found_by_trying_is_refused(tmp_path) -> None:
    environment = {"OBSERVATORY_HOME": str(tmp_path), "OBSERVATORY_HMAC_KEY": "x"}
    with pytest.raises(SettingsError, match=r"has 1 characters, at least 32 .*token_hex"):
        Settings.from_environment(environment)
    long_enough = environment | {"OBSERVATORY_HMAC_KEY": "x" * SHORTEST_KEY}
    assert Settings.from_environment(long_enough).pseudonym_key() == "x" * SHORTEST_KEY


def test_the_key_of_a_data_root_is_made_once_and_for_its_owner_only(tmp_path) -> None:
    settings = Settings.from_environment({"OBSERVATORY_HOME": str(tmp_path)})
    key = settings.pseudonym_key()
    assert len(key) >= SHORTEST_KEY
    assert settings.pseudonym_key() == key
    assert settings.root.key_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OBSERVATORY_ENGINE", "oracle", "use one of: duckdb"),
        ("OBSERVATORY_NOW", "yesterday", "no ISO 8601|not an ISO 8601"),
        ("OBSERVATORY_NOW", "2021-01-01T00:00:00", "has no zone"),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_to_type(tmp_path, name, value, said) -> None:
    with pytest.raises(SettingsError, match=said):
        Settings.from_environment({"OBSERVATORY_HOME": str(tmp_path), name: value})


@pytest.mark.parametrize("declared", ["-1", "99", "10001", "many", "1e3", "٢٠٠"])
def test_numbers_of_replicates_that_tell_nothing_are_refused(declared: str) -> None:
    with pytest.raises(SettingsError, match=r"OBSERVATORY_BOOTSTRAP_REPLICATES=.* 100 to 10000"):
        Settings.from_environment({"OBSERVATORY_BOOTSTRAP_REPLICATES": declared})


@pytest.mark.parametrize(("declared", "taken"), [("", 0), ("0", 0), ("200", 200)])
def test_the_bootstrap_is_left_out_unless_asked_for(declared: str, taken: int) -> None:
    found = Settings.from_environment({"OBSERVATORY_BOOTSTRAP_REPLICATES": declared})
    assert found.bootstrap_replicates == taken
