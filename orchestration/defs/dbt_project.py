"""The dbt project as Dagster needs it: a manifest that is never older than the models.

Set-up parses once (`observatory prepare`); a later change of a model is noticed by its
modification time. Parsing opens no warehouse and no network.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.paths import DBT_PROJECT, DataRoot
from orchestration.quality.results import tested_node

MANIFEST = DBT_PROJECT / "target" / "manifest.json"
_SOURCES = (".sql", ".yml", ".yaml", ".md", ".csv")
_ARTIFACTS = ("partial_parse.msgpack", "manifest.json")
"""In the order in which they are put in place: the manifest last, for it is what is looked at."""
_WAREHOUSE = DataRoot(DBT_PROJECT).warehouse.name
"""Parsing does not open the work file, but its name is the database of every table."""
BUILD_ID = "DBT_ENV_CUSTOM_ENV_OBSERVATORY_BUILD_ID"
"""A metadata variable of dbt's: the macro `build_id()` reads it, and no parse depends on it."""
BOOTSTRAP_REPLICATES = "DBT_ENV_CUSTOM_ENV_OBSERVATORY_BOOTSTRAP_REPLICATES"
"""Likewise, for the macro `bootstrap_replicates()`."""
_OFFLINE = {
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DBT_VERSION_CHECK": "false",
    "DO_NOT_TRACK": "1",
}


class DbtParseError(RuntimeError):
    """The dbt project does not parse; the message is dbt's own."""


def dbt_executable() -> str:
    """dbt beside this interpreter: an environment that was not activated has none on its PATH."""
    return str(Path(sys.executable).parent / "dbt")


def dbt_environment(
    warehouse: Path | str, build_id: str | None = None, bootstrap_replicates: int = 0
) -> dict[str, str]:
    """What the project reads from the environment: where it builds, for which build, and how often
    accounts are drawn for the bounds of response rates (0: never).

    The folder is told as the home folder of the process. What dbt keeps of a parse counts for one
    path of the work file only, and so the path is the same for every data root.
    """
    folder, name = os.path.split(os.path.abspath(warehouse))
    found = {**_OFFLINE, "HOME": folder, "OBSERVATORY_WAREHOUSE": f"~/{name}"}
    found[BOOTSTRAP_REPLICATES] = str(bootstrap_replicates)
    return found if build_id is None else {**found, BUILD_ID: build_id}


@cache
def manifest() -> Mapping[str, Any]:
    """The manifest of the models as they are now; parsed first if it is missing or older."""
    ensure_manifest()
    found: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    _attach_tests(found)
    return found


def _attach_tests(found: dict[str, Any]) -> None:
    """Tell dagster-dbt which model a singular test over several models is about; without it the
    test is no asset check."""
    for node in found["nodes"].values():
        if node["resource_type"] != "test" or node.get("attached_node"):
            continue
        target = tested_node(node, found)
        if target is not None and target["resource_type"] == "model":
            meta = node["config"].setdefault("meta", {})
            meta.setdefault("dagster", {})["ref"] = {"name": target["name"]}


def ensure_manifest() -> bool:
    """Parse the whole project if its manifest is missing or older than any of its files: from what
    dbt keeps of an earlier parse, a unit test under its former name would come back.

    Returns whether it parsed. Raises DbtParseError with dbt's message.
    """
    if MANIFEST.exists() and MANIFEST.stat().st_mtime >= _newest_change():
        return False
    MANIFEST.parent.mkdir(parents=True, exist_ok=True)
    started = _newest_change()
    with tempfile.TemporaryDirectory(dir=MANIFEST.parent) as folder:
        _parse(Path(folder))
        for name in _ARTIFACTS:
            # A model saved while dbt was parsing must still look newer than the manifest.
            os.utime(Path(folder) / name, (started, started))
            (Path(folder) / name).replace(MANIFEST.with_name(name))
    return True


def _parse(target: Path) -> None:
    done = subprocess.run(
        _parse_command(target), env={**os.environ, **dbt_environment(target / _WAREHOUSE)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise DbtParseError(f"dbt cannot parse {DBT_PROJECT}:\n{done.stdout}{done.stderr}".strip())


def _parse_command(target: Path) -> list[str]:
    return [
        dbt_executable(), "--quiet", "parse", "--project-dir", str(DBT_PROJECT),
        "--profiles-dir", str(DBT_PROJECT), "--target-path", str(target),
        "--log-level-file", "none",
    ]  # fmt: skip


def hand_on_parse(target: Path) -> None:
    """Give a data root what dbt kept of the parse for the manifest, so that it need not parse again
    before it models; unless the root has its own, as new as the project."""
    kept, own = MANIFEST.with_name(_ARTIFACTS[0]), target / _ARTIFACTS[0]
    if not kept.exists():
        return
    if not own.exists() or own.stat().st_mtime < kept.stat().st_mtime:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(kept, own)


def _newest_change() -> float:
    return max(path.stat().st_mtime for path in _project_files())


def _project_files() -> Iterator[Path]:
    """Files and folders of the project: a folder changes when a model is removed."""
    for folder, subfolders, names in os.walk(DBT_PROJECT):
        here = Path(folder)
        if here == DBT_PROJECT:
            subfolders[:] = [n for n in subfolders if n not in ("target", "logs")]
        else:
            yield here
        yield from (here / name for name in names if name.endswith(_SOURCES))


def table_name(node: Mapping[str, Any]) -> str:
    """`schema.table` of a model, seed or source."""
    return f"{node['schema']}.{node.get('alias') or node['name']}"
