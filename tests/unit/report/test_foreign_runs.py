"""Foreign run folders: no write leaves the folder, and no text steers the terminal."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from harness.cli import cli
from harness.errors import UsageError
from harness.home import Home
from harness.results import store

CELL = "fast-inprocess-p2-chain-steps4"
MINE = "of the user"
STEERING = "\x1b]52;c;ZXZpbA==\x1b\\"  # writes to the clipboard


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Return a folder of the user, with a file."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "x.svg").write_text(MINE)
    return folder


def said(*command: str) -> str:
    done = CliRunner().invoke(cli, command, catch_exceptions=False, standalone_mode=False)
    return done.output


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("figures", ("show", "r", CELL)),
        ("report-figures", ("report", "r", "--format", "markdown")),
        ("site", ("report", "r", "--format", "site")),
    ],
)
def test_a_folder_that_is_a_link_is_refused(
    home: Home, mine: Path, name: str, command: tuple[str, ...]
) -> None:
    (home.results / "r" / name).symlink_to(mine)
    with pytest.raises(UsageError, match=f"{name} is a link or a file"):
        said(*command)
    assert [each.name for each in mine.iterdir()] == ["x.svg"]


def test_a_figure_that_is_a_link_is_replaced(home: Home, mine: Path) -> None:
    figure = home.results / "r" / "figures" / f"{CELL}-t1-r2.svg"
    figure.parent.mkdir()
    figure.symlink_to(mine / "x.svg")
    said("show", "r", CELL, "--trial", "1", "--repetition", "2")
    assert (mine / "x.svg").read_text() == MINE
    assert not figure.is_symlink()
    assert "<svg" in figure.read_text()


def test_a_lock_that_is_a_link_is_refused(home: Home, mine: Path) -> None:
    (home.results / "r" / ".lock").symlink_to(mine / "x.svg")
    with (
        pytest.raises(UsageError, match=r"\.lock is a link or a folder"),
        store.hold(home.results / "r"),
    ):
        pass
    assert (mine / "x.svg").read_text() == MINE


@pytest.mark.parametrize("name", ["trials", "probes", "workloads", "trials/01-fast-inprocess-p1"])
def test_resuming_refuses_links_in_the_run(home: Home, mine: Path, name: str) -> None:
    link = home.results / "r" / name
    if link.exists():
        shutil.rmtree(link)
    link.symlink_to(mine)
    refused = pytest.raises(UsageError, match=f"{link.name} is a link")
    with refused, store.hold(home.results / "r"):
        pass
    assert [each.name for each in mine.iterdir()] == ["x.svg"]


def test_folders_in_the_place_of_files_are_named_or_left_alone(home: Home) -> None:
    run = home.results / "r"
    for name in ("site/x.html", "report-figures/x.svg"):
        (run / name).mkdir(parents=True)
    said("report", "r", "--format", "site", "--format", "markdown")
    assert (run / "site" / "x.html").is_dir()
    (run / "report.json").mkdir()
    with pytest.raises(UsageError, match=r"report\.json is a folder; remove it"):
        said("report", "r", "--output", str(run), "--format", "json")


def renamed(value: Any, old: str, new: str) -> Any:
    """Return a copy with every text that equals ``old`` replaced by ``new``."""
    if isinstance(value, dict):
        return {renamed(key, old, new): renamed(each, old, new) for key, each in value.items()}
    if isinstance(value, list):
        return [renamed(each, old, new) for each in value]
    return new if value == old else value


@pytest.fixture
def steering(home: Home) -> Path:
    """Return a run with control sequences in framework, step, evidence and artifacts."""
    run = home.results / "r"
    raw = renamed(json.loads((run / store.RUN).read_bytes()), "slow", f"slow{STEERING}")
    raw["artifacts"] = f"s3://{STEERING}"
    for trial in raw["trials"]:
        if trial["framework"] != "plain":
            trial["repetitions"][-1].update(outcome="failed", evidence=[f"E: {STEERING}"])
    (run / store.RUN).write_text(json.dumps(raw))
    for file in [*run.glob("workloads/*.json"), *run.glob("trials/*/*/events/*.jsonl")]:
        lines = [
            renamed(json.loads(line), "s2", STEERING) for line in file.read_text().splitlines()
        ]
        file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return run


@pytest.mark.parametrize(
    "command",
    [
        ("show", "r"),
        ("show", "r", CELL),
        ("show", "r", CELL.replace("fast", "slow")),
        ("report", "r"),
        ("matrix", "r"),
        ("matrix", "r", "--explain", f"slow{STEERING}"),
    ],
)
def test_control_sequences_of_a_run_are_escaped(steering: Path, command: tuple[str, ...]) -> None:
    output = said(*command)
    assert "\x1b" not in output
    assert "\\x1b]52" in output
