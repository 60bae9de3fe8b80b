"""What setting up takes: measured from nothing, and shown."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from harness.cli import cli
from harness.commands import setup
from harness.frameworks.catalog import Setting
from harness.home import Home
from harness.report.tables import setups
from harness.report.terminal import console
from harness.setup.model import PARTS, SetupCost

COST = SetupCost(
    framework="fast",
    version="1.0",
    mode="server",
    measured="2030-01-01",
    cold_s={part: float(i) for i, part in enumerate(PARTS, 1)},
    warm_s=dict.fromkeys(PARTS, 0.5),
    packages=12,
    megabytes=34.5,
    services={"postgres": 0.8, "fast server": 2.0},
    processes=9,
    idle_pss_bytes=5_000_000,
    idle_cpu_s_per_hour=90.0,
    settings=[Setting("FAST_HOME", "its own", "{folder}")],
    commands=["python -m venv .venv", "fast [bold]server[/]"],
    adapter_lines=77,
    framework_names=["fast.a", "fast.b"],
)


def test_the_tables_say_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    console.show(*setups.parts([COST, COST]))
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    for text in ("28.0s", "3.5s", "fast 1.0", " 5MB", "90.0s", "77", "34"):
        assert text in said
    assert "$ fast [bold]server[/]" in said
    assert "FAST_HOME={folder}: its own" in said


def test_a_mode_is_for_measuring_only() -> None:
    done = CliRunner().invoke(cli, ["setup", "plain", "--mode", "inprocess"])
    assert done.exit_code == 2
    assert "--mode is for --measure" in done.output


def test_what_was_measured_is_kept_for_the_matrix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    monkeypatch.setattr(setup.cost, "measure", lambda *_: COST)
    done = CliRunner().invoke(cli, ["setup", "plain", "--measure"], catch_exceptions=False)
    assert done.exit_code == 0
    (file,) = Home(tmp_path).setups.iterdir()
    assert file.name == "plain-inprocess.json"
    assert msgspec.json.decode(file.read_bytes(), type=SetupCost) == COST
