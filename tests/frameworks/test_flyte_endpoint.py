"""Flyte's mode ``endpoint`` against a stand-in for its admin service, not a real cluster."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psutil
import pytest

from harness.home import Home
from harness.processes.child import clean_environment
from harness.results.journal import read_events
from workloads import churn, patterns

from ..conformance import machinery
from . import endpoints
from .endpoints import CHAIN, environment, kept_contract, made_home, outcomes

pytestmark = pytest.mark.framework

OWN = """
from workloads.dag import Dag


def double(value: int) -> int:
    return 2 * value


def build():
    dag = Dag("own")
    return dag.build(four=dag.step(double, value=dag.step(double, value=1)))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home of its own, with the environments of plain Python and Flyte."""
    return made_home(tmp_path_factory.mktemp("flyte"), "flyte")


def admin(folder: Path, *options: str) -> AbstractContextManager[str]:
    """Return a context with the URL of the stand-in, whose files are in ``folder``."""
    return endpoints.serving("flyte", "flyte_admin", folder, *options)


def run(
    home: Home, url: str, *options: str, env: Mapping[str, str] | None = None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return endpoints.run(home, "flyte", url, *options, env=env)


def test_a_chain_is_registered_executed_verified_and_counted(home: Home, tmp_path: Path) -> None:
    with admin(tmp_path / "flyte") as url:
        view, repetitions = run(home, url, *CHAIN)
    assert view["troubles"] == []
    assert outcomes(view) == {("plain", "ok"), ("flyte", "ok")}
    assert {each["engine_count"] for each in repetitions} == {5}
    (trial,) = (home.root / view["folder"]).glob("trials/*flyte-endpoint*")
    for repetition in repetitions:
        events = read_events(trial / repetition["run_id"] / "events")
        assert [event.step for event in events] == ["s1", "s2", "s3", "s4", "s5"]
        assert len({event.pid for event in events}) == 5, "each step has a pod of its own"
    assert len([*(tmp_path / "flyte" / "pods").iterdir()]) == 5 * len(repetitions)


@pytest.mark.thorough
def test_the_contract_is_kept(home: Home, tmp_path: Path) -> None:
    with admin(tmp_path / "flyte") as url:
        kept_contract(home, "flyte", url)


def configuration(folder: Path, secret: str) -> dict[str, str]:
    """Return environment variables that name a flytekit configuration with this secret."""
    (folder / "secret").write_text(secret)
    place = json.dumps(str(folder / "secret"))
    admin = f"{{authType: ClientSecret, clientId: harness, clientSecretLocation: {place}}}"
    (folder / "flyte.yaml").write_text(f"admin: {admin}\n")
    return {"FLYTECTL_CONFIG": str(folder / "flyte.yaml")}


@pytest.mark.thorough
def test_flytekits_credentials_are_used_and_user_code_reaches_pods(
    home: Home, tmp_path: Path
) -> None:
    (home.root / "own_steps.py").write_text(OWN)
    with admin(tmp_path / "flyte", "--secret", "right") as url:
        known = configuration(tmp_path, "right")
        view, _ = run(home, url, "--workload", "own_steps:build", env=known)
    assert view["troubles"] == []
    assert outcomes(view) == {("plain", "ok"), ("flyte", "ok")}


def refused(home: Home, url: str, env: Mapping[str, str] | None = None) -> str:
    """Run where Flyte must fail and plain Python must not; return the reported trouble."""
    view, _ = run(home, url, *CHAIN, env=env)
    assert outcomes(view) == {("plain", "ok"), ("flyte", "failed")}
    (trouble,) = view["troubles"]
    assert trouble["what"].isprintable(), "one line"
    assert url.partition("//")[2] in trouble["what"]
    return str(trouble["what"])


def test_refused_credentials_are_reported_with_the_reason(home: Home, tmp_path: Path) -> None:
    with admin(tmp_path / "flyte", "--secret", "right") as url:
        assert "UNAUTHENTICATED: token is missing; credentials come from" in refused(home, url)
        wrong = refused(home, url, configuration(tmp_path, "wrong"))
        assert "(401)" in wrong
        assert "invalid_client" in wrong
        elsewhere = configuration(tmp_path, "right") | {"FLYTE_LOCAL_PROJECT": "nowhere"}
        assert "NOT_FOUND: failed to validate that project [nowhere]" in refused(
            home, url, elsewhere
        )


def test_waiting_for_a_silent_server_ends(home: Home, tmp_path: Path) -> None:
    with admin(tmp_path / "flyte", "--silent") as url:
        assert "DEADLINE_EXCEEDED" in refused(home, url)


def test_a_wrong_url_is_reported(home: Home, tmp_path: Path) -> None:
    assert "no server answers at 127.0.0.1:1" in refused(home, "http://127.0.0.1:1")
    with admin(tmp_path / "flyte") as url:
        said = refused(home, url.replace("http", "https"))
    assert "UNAVAILABLE" in said
    assert "Tls handshake failed" in said


@pytest.mark.thorough
def test_an_abandoned_execution_is_aborted(home: Home, tmp_path: Path) -> None:
    pods, aborted = tmp_path / "flyte" / "pods", tmp_path / "flyte" / "aborted"

    def kill_the_collector_once_a_pod_runs() -> None:
        end = time.monotonic() + 120
        while not any(pods.glob("*")):
            assert time.monotonic() < end
            time.sleep(0.2)
        (collector,) = [
            each.pid
            for each in psutil.process_iter(["cmdline"])
            if "harness.services.collector" in (line := each.info["cmdline"] or [])
            and any(str(home.root) in part for part in line)
        ]
        os.kill(collector, signal.SIGKILL)

    with admin(tmp_path / "flyte") as url:
        harness = subprocess.Popen(
            [*machinery.HARNESS, "run", "--framework", "flyte", "--mode", "endpoint",
             "--service-url", url, *CHAIN, "--json"],
            env=machinery.environment(home), cwd=home.root, stdout=subprocess.PIPE,
        )  # fmt: skip
        kill_the_collector_once_a_pod_runs()
        said, _ = harness.communicate(timeout=120)
        assert "collector was ended by SIGKILL" in json.loads(said)["troubles"][0]["what"]
        assert aborted.read_text() == "the harness stopped waiting\n"


def flyte_id(step: str) -> str:
    """Return a step's id as Flyte requires it: a DNS label."""
    return step.replace("_", "-")


def test_a_registered_workflow_has_the_workloads_nodes_and_edges(
    home: Home, tmp_path: Path
) -> None:
    made = [
        churn.churn(),
        patterns.chain(steps=7),
        patterns.fan_out(width=5),
        patterns.fan_in(width=5),
        patterns.diamond(),
        patterns.tree(),
        patterns.layered(layers=4, width=5),
    ]
    venv = environment("flyte")
    files = [tmp_path / f"{number}.json" for number, _ in enumerate(made)]
    for file, workload in zip(files, made, strict=True):
        file.write_text(json.dumps(workload.to_json()))
    done = subprocess.run(
        [str(venv.python), "-m", "tests.frameworks.flyte_protobuf", *map(str, files)],
        env=clean_environment(venv.folder, tmp_path, [machinery.CHECKOUT]),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    parsed = [json.loads(line) for line in done.stdout.splitlines()]
    for workload, protobuf in zip(made, parsed, strict=True):
        nodes = protobuf["nodes"]
        assert [*nodes] == [flyte_id(step.id) for step in workload.steps]
        for step in workload.steps:
            node = nodes[flyte_id(step.id)]
            assert node["task"] == "adapters.flyte.adapter.step"
            assert node["upstreams"] == list(step.upstreams)
            assert node["edges"] == sorted(flyte_id(each) for each in step.upstreams)
            assert node["call"]["function"] == step.function
            assert node["call"]["arguments"] == step.to_json()["arguments"]
        returned = {ref.step for ref in workload.outputs.values()}
        assert protobuf["outputs"] == {each: flyte_id(each) for each in returned}
