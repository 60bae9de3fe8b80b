"""Set-up cost: measured from an empty folder, and shown."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from harness.cli import cli
from harness.commands import setup
from harness.home import Home
from harness.report.tables import setups
from harness.report.terminal import console
from harness.setup.model import SetupCost
from tests.unit.made_setup_cost import COST


def test_the_tables_show_the_whole_cost(capsys: pytest.CaptureFixture[str]) -> None:
    console.show(*setups.parts([COST, COST]))
    output = capsys.readouterr().out
    assert max(map(len, output.splitlines())) <= 80
    for text in ("28.0s", "3.5s", "fast 1.0", " 5MB", "90.0s", "77", "34"):
        assert text in output
    assert "$ fast [bold]server[/]" in output
    assert "FAST_HOME={folder}: its own" in output


def test_a_mode_is_for_measuring_only() -> None:
    done = CliRunner().invoke(cli, ["setup", "plain", "--mode", "inprocess"])
    assert done.exit_code == 2
    assert "--mode needs --measure" in done.output


def test_a_measured_cost_is_saved_for_the_matrix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    monkeypatch.setattr(setup.cost, "measure", lambda *_: COST)
    done = CliRunner().invoke(cli, ["setup", "plain", "--measure"], catch_exceptions=False)
    assert done.exit_code == 0
    (file,) = Home(tmp_path).setups.iterdir()
    assert file.name == "plain-inprocess.json"
    assert msgspec.json.decode(file.read_bytes(), type=SetupCost) == COST
