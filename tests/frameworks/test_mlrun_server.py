"""MLRun's mode ``server`` against a stand-in for the API service, which no package contains."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import msgspec
import pytest

from harness.home import Home
from harness.model import Outcome, Timeouts, Trial
from workloads import patterns

from ..conformance import machinery

pytestmark = pytest.mark.framework

STEPS = 5
_KEY = "access/key"
_BEARER = f"Bearer {_KEY}"

Start = Callable[..., str]


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts the stand-in with options and returns ``127.0.0.1:port``."""
    with ExitStack() as running:

        def start(*options: str) -> str:
            command = [sys.executable, "-m", "tests.frameworks.mlrun_api", *options]
            process = subprocess.Popen(
                command, cwd=machinery.CHECKOUT, stdout=subprocess.PIPE, text=True
            )
            running.enter_context(process)
            running.callback(process.terminate)
            assert process.stdout
            return f"127.0.0.1:{process.stdout.readline().strip()}"

        yield start


def ask(place: str, path: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"http://{place}/api/v1/{path}", data, {"Authorization": _BEARER})
    with urlopen(request, timeout=20) as answer:
        return json.load(answer)


def run(home: Home, url: str, *options: str) -> tuple[int, dict[str, Any]]:
    command = ["run", "--framework", "mlrun", "--mode", "server", "--service-url", url]
    done = machinery.harness(home, *command, "--repetitions", "1", *options, "--json", timeout=400)
    assert done.stdout, done.stderr
    assert machinery.traces(home.root) == []
    return done.returncode, json.loads(done.stdout)


def outcomes(view: dict[str, Any]) -> dict[str, set[str]]:
    rows = [row for each in view["experiments"] for row in each["rows"]]
    names = {row["framework"] for row in rows}
    return {name: {row["outcome"] for row in rows if row["framework"] == name} for name in names}


def test_each_step_is_a_run_and_only_earlier_projects_remain(home: Home, start: Start) -> None:
    place = start("--page", "2", "--authorization", _BEARER)
    ask(place, "projects", {"metadata": {"name": "theirs"}})
    theirs = {
        "metadata": {"name": "s1", "labels": {"repetition": f"chain-steps{STEPS}-r1"}},
        "status": {"state": "completed"},
    }
    ask(place, "projects/theirs/runs/1", theirs)
    url = f"http://me:{quote(_KEY, '')}@{place}"
    code, view = run(home, url, "--workload", "chain", "--param", f"steps={STEPS}")
    assert (code, view["troubles"]) == (0, [])
    assert outcomes(view)["mlrun"] == {"ok"}
    recorded = json.loads((home.root / view["folder"] / "run.json").read_text())
    mine = [each for each in recorded["trials"] if each["framework"] == "mlrun"]
    assert {rep["engine_count"] for each in mine for rep in each["repetitions"]} == {STEPS}
    assert [each["metadata"]["name"] for each in ask(place, "projects")["projects"]] == ["theirs"]
    assert ask(place, "projects/theirs/runs?iter=yes")["runs"] == [theirs]


@pytest.mark.thorough
def test_the_whole_pipeline_runs(home: Home, start: Start) -> None:
    code, view = run(home, f"http://{start()}", "--param", "rows=2000")
    assert (code, view["troubles"]) == (0, [])
    assert outcomes(view)["mlrun"] == {"ok"}


def test_refused_credentials_are_one_line_and_leave_plain_python_running(
    home: Home, start: Start
) -> None:
    place = start("--authorization", "Bearer other")
    code, view = run(home, f"http://me:{quote(_KEY, '')}@{place}", "--workload", "chain")
    (trouble,) = view["troubles"]
    assert (code, trouble["outcome"]) == (1, "failed")
    assert f"MLRun's API service at http://{place} did not create project" in trouble["what"]
    assert "Unauthorized" in trouble["what"]
    assert quote(_KEY, "") not in json.dumps(view)
    assert _KEY not in json.dumps(view)
    assert outcomes(view)["plain"] == {"ok"}


@pytest.fixture
def trial(home: Home, tmp_path: Path) -> Callable[[str], Trial]:
    def trial(url: str) -> Trial:
        job = machinery.job(
            home,
            machinery.fake("mlrun"),
            patterns.chain(steps=STEPS),
            tmp_path,
            mode="server",
            timeouts=Timeouts(settle=2),
        )
        named = msgspec.structs.replace(job, service_urls={"endpoint": url})
        result = machinery.bounded_run(named, 200)
        assert machinery.traces(tmp_path) == []
        return result

    return trial


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--forbid"], "did not create project harness-"),
        (["--version", "1.5.2"], "has version 1.5.2, which this client does not support"),
        (["--silent", "client-spec"], "does not answer: HTTPConnectionPool"),
        (["--silent", "projects"], "Read timed out"),
    ],
)
def test_an_unusable_service_fails_the_trial_with_its_reason(
    trial: Callable[[str], Trial], start: Start, options: list[str], words: str
) -> None:
    place = start(*options)
    outcome, (line,) = trial(f"http://{place}").worst
    assert outcome is Outcome.FAILED
    assert line.startswith("failed in service: RuntimeError: MLRun's API service at http://")
    assert place in line
    assert words in line
    assert line.isprintable()


@pytest.mark.thorough
def test_another_service_at_the_url_is_reported(
    trial: Callable[[str], Trial], start: Start
) -> None:
    outcome, (line,) = trial(f"http://{start()}/elsewhere").worst
    assert outcome is Outcome.FAILED
    assert "is not an MLRun service; it answered: 404" in line


def test_runs_missing_from_the_service_are_wrong(
    trial: Callable[[str], Trial], start: Start
) -> None:
    outcome, evidence = trial(f"http://{start('--forgets', '1')}").worst
    assert outcome is Outcome.WRONG
    assert f"{STEPS - 1}" in evidence[0]
    assert "engine" in evidence[0]
