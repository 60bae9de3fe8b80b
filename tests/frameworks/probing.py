"""Verdicts of probes, and output of native scripts that ask the same."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from harness.frameworks import virtualenvs
from harness.frameworks.catalog import discover
from harness.home import Home
from harness.results import store

from ..conformance import machinery

_NATIVE = Path(__file__).parent / "native"


def verdicts(
    home: Home, framework: str, *probes: str, mode: str = "inprocess", timeout: float = 400
) -> dict[str, str]:
    """Probe a framework in a mode; return the verdicts by probe."""
    named = [word for probe in probes for word in ("--probe", probe)]
    command = ("probe", "--framework", framework, "--mode", mode, *named)
    done = machinery.harness(home, *command, timeout=timeout)
    assert done.returncode == 0, done.stderr
    run = store.load(max((home.root / "results").glob("*-probes")))
    return {each.probe: each.verdict for each in run.probes if each.mode == mode}


def by_hand(home: Home, framework: str, script: str) -> str:
    """Run a script of ``native`` in the framework's environment; return its last line."""
    python = virtualenvs.plan(home, discover(home)[framework]).folder / "bin" / "python"
    done = subprocess.run(
        [python, "-I", _NATIVE / f"{script}.py"],
        env=os.environ | {"HOME": str(home.root), "TMPDIR": str(home.root)},
        cwd=home.root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]
