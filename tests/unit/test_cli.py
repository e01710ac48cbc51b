"""What the command prints, and what it does before anything heavy is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration import nightly
from orchestration.cli import main

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
