"""What the command prints, and what it does before anything heavy is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration import nightly
from orchestration.cli import main
from orchestration.defs.resources import write_failure
from orchestration.quality.results import CheckResult
from orchestration.settings import Settings

BROKEN = "sources:\n  - name: a\n    colour: red\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "sources.yaml").write_text(BROKEN)
    monkeypatch.setenv("OBSERVATORY_HOME", str(tmp_path))
    return tmp_path


def test_a_sources_file_that_cannot_work_is_told_before_dagster_starts(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def started(settings: object) -> None:
        raise AssertionError("Dagster was started")

    monkeypatch.setattr(nightly, "prepare_dagster_home", started)
    assert main(["run"]) == 1
    said = capsys.readouterr()
    assert "sources.yaml:3: source 'a': colour: 'colour' is no field here" in said.out
    assert "starting Dagster" not in said.err
    assert not (home / "dagster").exists()


def test_status_says_a_bad_declaration_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["status"])
    assert capsys.readouterr().out.count("'colour'") == 1
    main(["run"])
    capsys.readouterr()
    assert main(["status"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("'colour' is no field here") == 1
    assert "left in inbox  sources.yaml: declaration, see last failure" in shown


def test_a_data_root_with_nothing_to_read_is_refused_and_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[object] = []

    def night(settings: object, progress: object) -> nightly.NightlyOutcome:
        ran.append(settings)
        return nightly.NightlyOutcome("published", "built")

    monkeypatch.setattr(nightly, "run_nightly", night)
    typo = tmp_path / "tpyo"
    monkeypatch.setenv("OBSERVATORY_HOME", str(typo))
    assert main(["run"]) == 1
    said = capsys.readouterr().out
    for part in (str(typo), "sources.yaml", "inbox/", "archive/", "type: observatory run"):
        assert part in said
    assert main(["run", "--json"]) == 1
    assert '"outcome": "failed"' in capsys.readouterr().out
    assert not typo.exists()
    assert ran == []
    for number, name in enumerate(("sources.yaml", "inbox/a/b.csv", "archive/index.jsonl"), 1):
        home = tmp_path / str(number)
        (home / name).parent.mkdir(parents=True)
        monkeypatch.setenv("OBSERVATORY_HOME", str(home))
        assert main(["run"]) == 1, "folders alone are nothing to read"
        (home / name).touch()
        assert main(["run"]) == 0
        assert len(ran) == number


CHECK = CheckResult(
    "counts_add_up", "conservation", "core.posts", "error", False, "3 rows against it", "no row"
)


def test_status_lists_the_checks_of_the_last_failed_build(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_failure(
        Settings.from_environment(), stage="audit", message="build b1 is not published",
        run_id="r", build_id="b1", failed_checks=[CHECK],
    )  # fmt: skip
    main(["status"])
    shown = capsys.readouterr().out
    assert (
        "  failed check   counts_add_up on core.posts (error): 3 rows against it; expected: no row"
        in shown
    )
    assert not (home / "warehouse" / "observatory.duckdb").exists(), "it needs no work file"
