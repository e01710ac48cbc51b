"""Where everything lies below the data root. No other module joins these names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[1]
DBT_PROJECT = PROJECT_ROOT / "dbt_project"
SEEDS = DBT_PROJECT / "seeds"
REGIONS_FILE = SEEDS / "administrative_regions.csv"
SAMPLE = PROJECT_ROOT / "data" / "sample"
ALIASES_FILE = "event_alias.csv"


@dataclass(frozen=True)
class DataRoot:
    """The folder named by OBSERVATORY_HOME and the fixed names below it."""

    home: Path

    @property
    def sources_file(self) -> Path:
        return self.home / "sources.yaml"

    @property
    def overrides_file(self) -> Path:
        return self.home / "account_overrides.csv"

    @property
    def reviewed_links(self) -> Path:
        return self.home / "reviewed_links.csv"

    @property
    def event_aliases(self) -> Path:
        return self.home / ALIASES_FILE

    @property
    def linking_model(self) -> Path:
        return self.home / "linking_model.json"

    @property
    def claims_review_file(self) -> Path:
        return self.home / "claims_review.csv"

    @property
    def inbox(self) -> Path:
        return self.home / "inbox"

    @property
    def archive(self) -> Path:
        return self.home / "archive"

    @property
    def live_state(self) -> Path:
        return self.archive / "live.json"

    @property
    def lake(self) -> Path:
        return self.home / "lake"

    @property
    def warehouse_folder(self) -> Path:
        return self.home / "warehouse"

    @property
    def warehouse(self) -> Path:
        return self.warehouse_folder / "observatory.duckdb"

    @property
    def lock(self) -> Path:
        return self.warehouse_folder / "run.lock"

    @property
    def staging(self) -> Path:
        return self.warehouse_folder / "staging"

    @property
    def settled_scope(self) -> Path:
        return self.warehouse_folder / "settled_scope.parquet"

    @property
    def published(self) -> Path:
        return self.home / "published" / "observatory.duckdb"

    @property
    def releases(self) -> Path:
        return self.home / "releases"

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"

    @property
    def dbt_target(self) -> Path:
        return self.warehouse_folder / "dbt"

    @property
    def key_file(self) -> Path:
        return self.home / "pseudonym.key"

    @property
    def last_failure(self) -> Path:
        return self.warehouse_folder / "last_failure.json"
