"""Collector: events recorded over the network arrive as if recorded into a folder."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.results.journal import read_events
from harness.services import Services
from tests.conformance.machinery import traces

RECORD = """
import os, sys, time
from workloads.record import recorded
url, steps = sys.argv[1], int(sys.argv[2])
for n in range(steps):
    with recorded(url, f"s{n}"):
        pass
if os.fork() == 0:
    with recorded(url, "forked"):
        os._exit(0)
os.wait()
print("done", flush=True)
with recorded(url, "last"):
    time.sleep(float(sys.argv[3]))
"""


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    before = signal.getsignal(signal.SIGCHLD)
    (tmp_path / "logs").mkdir()
    with Services(tmp_path / "logs", tmp_path / "scratch") as started:
        yield started
    signal.signal(signal.SIGCHLD, before)
    assert traces(tmp_path) == []


def record(url: str, steps: int = 3, seconds: float = 0.0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RECORD, url, str(steps), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_all_events_are_written_once_the_collector_has_ended(
    services: Services, tmp_path: Path
) -> None:
    url = services.collect(tmp_path)
    writers = [record(f"{url}/r{number}", steps=500) for number in (1, 1, 2)]
    assert [writer.communicate(timeout=60)[0] for writer in writers] == ["done\n"] * 3
    services.__exit__()
    for run, count in (("r1", 2), ("r2", 1)):
        events = read_events(tmp_path / run / "events")
        assert len(events) == count * 502
        assert {e.host for e in events} == {socket.gethostname()}
        assert len({e.pid for e in events}) == 2 * count
        unended = [event.step for event in events if event.end_ns is None]
        assert unended == ["forked"] * count
    for path in tmp_path.glob("r?/events/*"):
        header = json.loads(path.read_text().partition("\n")[0])
        assert header["boot"] == header["here"] != ""
        assert 0 <= header["arrived"] - header["sent"] < 60e9
        assert "token" not in header


def test_events_of_a_killed_process_are_kept(services: Services, tmp_path: Path) -> None:
    url = services.collect(tmp_path)
    writer = record(f"{url}/r1", seconds=60)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "done\n"
    time.sleep(0.2)
    writer.kill()
    writer.wait()
    writer.stdout.close()
    services.__exit__()
    events = read_events(tmp_path / "r1" / "events")
    assert [e.step for e in events if e.end_ns is None] == ["forked", "last"]
    assert len(events) == 5


@pytest.mark.parametrize(
    "hello",
    [
        b"garbage\n",
        b"x" * 5000,
        b'{"token": "guess", "run_id": "r1", "journal": "j.jsonl"}\n',
        b'{"token": "TOKEN", "run_id": "..", "journal": "j.jsonl"}\n',
        b'{"token": "TOKEN", "run_id": "r1", "journal": "../../j.jsonl"}\n',
        b'{"token": "TOKEN", "run_id": 7, "journal": "j.jsonl"}\n',
        b'{"token": "TOKEN"}\n',
        b"[]\n",
    ],
)
def test_a_connection_without_valid_identification_is_closed(
    services: Services, tmp_path: Path, hello: bytes
) -> None:
    place = urlsplit(services.collect(tmp_path / "runs"))
    with socket.create_connection((place.hostname, place.port), 10) as stranger:
        stranger.sendall(hello.replace(b"TOKEN", str(place.username).encode()))
        assert stranger.recv(1) == b""
    assert not (tmp_path / "runs").exists()
    assert not list(tmp_path.rglob("j.jsonl"))


def test_a_step_fails_without_a_collector() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    url = f"tcp://secret@127.0.0.1:{port}/r1"
    code = (
        "import sys; from workloads.record import recorded; recorded(sys.argv[1], 's').__enter__()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, url], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert f"no collector of events at 127.0.0.1:{port}/r1" in done.stderr
    assert "secret" not in done.stderr.splitlines()[-1]


def test_the_token_is_in_no_argument(services: Services, tmp_path: Path) -> None:
    url = services.collect(tmp_path)
    token = str(urlsplit(url).username)
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert "harness.services.collector" in listed.stdout
    assert token not in listed.stdout
    assert not (tmp_path / "logs" / "services.jsonl").exists(), (
        "the collector is not a service of the framework"
    )
    assert os.environ.get("COLLECTOR_TOKEN") is None
