"""Runs against stand-ins of services, which are started in a framework's environment."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harness.frameworks import virtualenvs
from harness.frameworks.catalog import choose, discover
from harness.home import Home
from harness.processes.child import clean_environment

from ..conformance import machinery

CHAIN = ("--workload", "chain", "--param", "steps=5", "--repetitions", "1")


def made_home(folder: Path, framework: str) -> Home:
    """Return a home in ``folder`` with the environments of plain Python and a framework."""
    home = machinery.make_every_home(folder)
    done = machinery.harness(home, "setup", "plain", framework, timeout=580)
    assert done.returncode == 0, done.stderr
    return home


def environment(framework: str) -> virtualenvs.Venv:
    """Return an environment in the checkout, so that no trace of it names a test's home."""
    checkout = Home(machinery.CHECKOUT)
    (found,) = choose(discover(checkout), [framework])
    return virtualenvs.plan(checkout, found)


@contextmanager
def serving(framework: str, module: str, folder: Path, *options: str) -> Iterator[str]:
    """Run a stand-in in a framework's environment, with its files in ``folder``; yield its URL."""
    venv = environment(framework)
    folder.mkdir()
    process = subprocess.Popen(
        [str(venv.python), "-m", f"tests.frameworks.{module}", str(folder), *options],
        env=clean_environment(venv.folder, folder, [machinery.CHECKOUT]),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process:
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()
            assert process.wait(30) == 0


def run(
    home: Home, framework: str, url: str, *options: str, env: Mapping[str, str] | None = None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run the harness; return its JSON output, and the repetitions of the framework's trial."""
    done = machinery.harness(
        home, "run", "--framework", framework, "--mode", "endpoint", "--service-url", url, "--json",
        *options, timeout=400, env=env,
    )  # fmt: skip
    assert done.stdout, done.stderr
    assert machinery.traces(home.root) == []
    view = json.loads(done.stdout)
    recorded = json.loads((home.root / view["folder"] / "run.json").read_bytes())
    (trial,) = [each for each in recorded["trials"] if each["framework"] == framework]
    return view, trial["repetitions"]


def outcomes(view: dict[str, Any]) -> set[tuple[str, str]]:
    """Return each framework of the only experiment with its outcome."""
    (experiment,) = view["experiments"]
    return {(row["framework"], row["outcome"]) for row in experiment["rows"]}


def kept_contract(
    home: Home, framework: str, url: str, env: Mapping[str, str] | None = None
) -> None:
    """Check the contract, and assert that it is kept."""
    done = machinery.harness(
        home, "check", framework, "--mode", "endpoint", "--service-url", url, "--json",
        timeout=1800, env=env,
    )  # fmt: skip
    findings = json.loads(done.stdout)["findings"]
    assert len(findings) > 8
    assert [each for each in findings if not each["kept"]] == []
    assert done.returncode == 0
