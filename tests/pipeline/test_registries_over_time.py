"""Four editions of a public register: what the tables say of additions, losses, returns and new
names must equal a count made from the raw files in plain Python.

No edition says when an account was registered, so nothing in it is a birth. An account that an
edition no longer names is lost when the next one does not name it either.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.paths import PROJECT_ROOT, DataRoot
from tests.pipeline.commands import observatory

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

KEYS = {"twitter": ("twitter_id", "twitter"), "youtube": ("youtube_id", "youtube")}
Edition = dict[str, str | None]


@pytest.fixture(scope="module")
def editions(real_data: Path) -> dict[str, dict[str, Edition]]:
    """Platform -> day of the edition -> id -> name; editions without any id are none."""
    found: dict[str, dict[str, Edition]] = {platform: {} for platform in KEYS}
    for path in sorted((real_data / "accounts").glob("congress_social_media_*.yaml")):
        members = yaml.safe_load(path.read_text(encoding="utf-8"))
        for platform, (key, name) in KEYS.items():
            edition = {
                str(member["social"][key]): member["social"].get(name)
                for member in members
                if member.get("social", {}).get(key)
            }
            if edition:
                found[platform][path.stem[-10:]] = edition
    return found


@pytest.fixture(scope="module")
def published(
    real_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    home = tmp_path_factory.mktemp("registers")
    for platform, (key, _) in KEYS.items():
        folder = home / "inbox" / f"congress_{platform}"
        folder.mkdir(parents=True)
        for path in sorted((real_data / "accounts").glob("congress_social_media_*.yaml")):
            if f" {key}:" in path.read_text(encoding="utf-8"):
                shutil.copy2(path, folder / path.name)
    shutil.copy(PROJECT_ROOT / "docs" / "example_sources.yaml", home / "sources.yaml")
    done = observatory(home, "run")
    assert done.returncode == 0, done.stderr[-3000:]
    with duckdb.connect(str(DataRoot(home).published), read_only=True) as connection:
        yield connection


def flows(connection: duckdb.DuckDBPyConnection, platform: str, column: str) -> dict[str, int]:
    """Shanghai day -> number, where it is not 0."""
    return dict(
        connection.execute(
            f"""select period_start::varchar, {column} from main.account_growth
                where period = 'day' and platform = ? and account_kind = 'other_government'
                    and admin_level = 'all' and region_code = 'all' and {column} <> 0""",
            [platform],
        ).fetchall()
    )


def counted(editions: dict[str, Edition]) -> dict[str, dict[str, int]]:
    """Additions, losses and returns by edition, as the rule says, account by account."""
    days = list(editions)
    result: dict[str, dict[str, int]] = {"frame_additions": {}, "losses": {}, "returns": {}}

    def add(what: str, day: str) -> None:
        result[what][day] = result[what].get(day, 0) + 1

    for account in set().union(*editions.values()):
        known = lost = False
        missed = 0
        for day in days:
            if account in editions[day]:
                if not known:
                    add("frame_additions", day)
                elif lost:
                    add("returns", day)
                known, lost, missed = True, False, 0
            elif known:
                missed += 1
                if missed == 2:
                    lost = True
                    add("losses", day)
    return result


@pytest.mark.parametrize("platform", list(KEYS))
def test_additions_losses_and_returns_match_a_plain_count(
    platform: str,
    editions: dict[str, dict[str, Edition]],
    published: duckdb.DuckDBPyConnection,
) -> None:
    truth = counted(editions[platform])
    assert sum(truth["losses"].values()) > 50, truth
    for what, by_day in truth.items():
        assert flows(published, platform, what) == by_day, what
    assert flows(published, platform, "births") == {}
    last = list(editions[platform])[-1]
    assert flows(published, platform, "accounts_seen")[last] == (
        sum(truth["frame_additions"].values())
        + sum(truth["returns"].values())
        - sum(truth["losses"].values())
    )


@pytest.mark.parametrize("platform", list(KEYS))
def test_new_names_of_known_ids_match_a_plain_count(
    platform: str,
    editions: dict[str, dict[str, Edition]],
    published: duckdb.DuckDBPyConnection,
) -> None:
    """A new name is neither an addition nor a loss: the id is the account."""
    truth: dict[str, str] = {}
    renames = 0
    for edition in editions[platform].values():
        for account, name in edition.items():
            if name is None:
                continue
            renames += account in truth and truth[account] != name
            truth[account] = name
    assert renames > 10 or platform == "youtube", "names of YouTube channels hardly change"
    found = published.execute(
        """with named as (
               select account_id, screen_name,
                   lag(screen_name) over (partition by account_id order by observed_at) as before
               from core.account_snapshots where platform = ? and screen_name is not null)
           select count(*) from named where before <> screen_name""",
        [platform],
    ).fetchone()
    assert found == (renames,)
    assert published.execute(
        "select count(*) from main.accounts where platform = ?", [platform]
    ).fetchone() == (len(set().union(*editions[platform].values())),)
