"""Workers on another host: simulated by another network namespace, which shares no interface."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from harness.frameworks import virtualenvs
from harness.frameworks.catalog import choose, discover
from harness.home import Home, import_folder
from harness.processes.child import clean_environment
from harness.results.journal import read_events

from ..conformance import machinery

HERE, THERE = "10.213.77.1", "10.213.77.2"
PORT = 8786  # in a namespace of its own, so it is free

pytestmark = [
    pytest.mark.framework,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root makes network namespaces"),
]


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=20)


@pytest.fixture
def namespaces() -> Iterator[tuple[str, str]]:
    """Make two network namespaces joined by a pair of interfaces; yield their names."""
    ours, theirs = (f"harness-{os.getpid()}-{side}" for side in "ab")
    cables = [f"hv{os.getpid()}{side}"[-15:] for side in "ab"]
    with ExitStack() as made:
        for name in (ours, theirs):
            try:
                ip("netns", "add", name)
            except subprocess.CalledProcessError as error:
                pytest.skip(f"network namespaces are not permitted: {error.stderr.decode()}")
            made.callback(ip, "netns", "delete", name)
        ip("link", "add", cables[0], "type", "veth", "peer", "name", cables[1])
        for name, cable, address in ((ours, cables[0], HERE), (theirs, cables[1], THERE)):
            ip("link", "set", cable, "netns", name)
            ip("-n", name, "address", "add", f"{address}/30", "dev", cable)
            for device in (cable, "lo"):
                ip("-n", name, "link", "set", device, "up")
        yield ours, theirs


def test_a_dask_worker_in_another_namespace_executes_steps(
    home: Home, tmp_path: Path, namespaces: tuple[str, str]
) -> None:
    ours, theirs = namespaces
    (plain,) = choose(discover(home), ["plain"])
    venv, imports = virtualenvs.plan(home, plain), import_folder(home, plain.folder)
    url, env = f"tcp://{HERE}:{PORT}", clean_environment(venv.folder, tmp_path, [imports])

    def start(namespace: str, program: str, *options: str) -> subprocess.Popen[bytes]:
        command = [str(venv.python), "-m", f"distributed.cli.{program}", *options, "--no-dashboard"]
        with (tmp_path / f"{program}.log").open("wb") as log:
            return subprocess.Popen(
                ["ip", "netns", "exec", namespace, *command], env=env, stdout=log, stderr=log
            )

    scheduler = start(ours, "dask_scheduler", "--host", HERE, "--port", str(PORT))
    worker = start(theirs, "dask_worker", url, "--host", THERE, "--nthreads", "1", "--no-nanny")
    try:
        done = machinery.harness(
            home, "run", "--framework", "plain", "--mode", "distributed", "--workers", "1",
            "--workload", "chain", "--param", "steps=4", "--json", "--dask", url,
            "--listen", HERE, timeout=240,
            command=["ip", "netns", "exec", ours, *machinery.HARNESS],
        )  # fmt: skip
    finally:
        for process in (worker, scheduler):
            process.terminate()
            process.wait(30)
    assert done.returncode == 0, done.stderr
    folder = Path(json.loads(done.stdout)["folder"])
    (trial,) = (home.root / folder).glob("trials/*plain-distributed*")
    events = [each for place in trial.glob("*/events") for each in read_events(place)]
    assert len(events) == 4 * 3
    assert {event.pid for event in events} == {worker.pid}


FAR = "far-away"  # name of the other host
WORKER = f"hostname {FAR}; . $1; exec airflow celery worker -H far@%h -c 1 --skip-serve-logs"


@pytest.mark.thorough
def test_a_celery_worker_in_another_namespace_executes_steps(
    home: Home, tmp_path: Path, namespaces: tuple[str, str]
) -> None:
    ours, theirs = namespaces
    before = set(home.results.glob("*"))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(
            machinery.harness, home, "run", "--framework", "airflow", "--mode", "distributed",
            "--workers", "2", "--workload", "fan-out", "--param", "width=12", "--trials", "1",
            "--repetitions", "1", "--json", "--listen", HERE, timeout=400,
            command=["ip", "netns", "exec", ours, *machinery.HARNESS],
        )  # fmt: skip
        settings: list[Path] = []
        while not settings and not running.done():
            time.sleep(0.2)
            new = (folder for folder in home.results.glob("2*") if folder not in before)
            settings = [path for each in new for path in each.glob("trials/*/scratch/*/worker.env")]
        assert settings, running.result().stderr
        search = {"PATH": os.environ["PATH"]}
        command = ["unshare", "--uts", "sh", "-c", WORKER, "sh", str(settings[0])]
        with (tmp_path / "worker.log").open("wb") as log:
            far = subprocess.Popen(
                ["ip", "netns", "exec", theirs, *command], stdout=log, stderr=log, env=search
            )
        try:
            done = running.result()
        finally:
            far.terminate()
            far.wait(60)
    assert done.returncode == 0, done.stderr
    assert not settings[0].exists()
    folder = home.root / json.loads(done.stdout)["folder"]
    (trial,) = folder.glob("trials/*airflow-distributed*")
    events = [each for place in trial.glob("*/events") for each in read_events(place)]
    assert len(events) == (12 + 1) * 2, (tmp_path / "worker.log").read_text()
    assert FAR in {event.host for event in events}, (tmp_path / "worker.log").read_text()
