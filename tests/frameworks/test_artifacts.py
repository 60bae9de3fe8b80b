"""Artifacts in a bucket: workers of a distributed mode share only URLs, not a file system."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.home import Home

from ..conformance import machinery
from .s3.server import Server, running

pytestmark = pytest.mark.framework

SECRET = "a-secret-that-nothing-else-contains"
SMALL = ("--param", "rows=600", "--param", "candidates=1", "--trials", "1", "--repetitions", "1")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("s3")) as server:
        yield server


def run(home: Home, server: Server, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {
        "AWS_ENDPOINT_URL": server.url,
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": SECRET,
    }
    return machinery.harness(home, "run", "--json", *arguments, env=env, timeout=580)


def folder_of(home: Home, done: subprocess.CompletedProcess[str]) -> Path:
    """Return the folder of a run, which must be without troubles."""
    assert done.returncode == 0, done.stderr
    view: dict[str, Any] = json.loads(done.stdout)
    assert view["troubles"] == []
    return home.root / str(view["folder"])


def secrets_in(folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    return [path for path in files if SECRET.encode() in path.read_bytes()]


def test_workers_share_a_bucket_and_leave_it_empty(home: Home, server: Server) -> None:
    server.make_bucket("shared")
    done = run(
        home, server, "--framework", "plain", "--mode", "distributed", "--workers", "2",
        "--artifacts", "s3://shared", *SMALL,
    )  # fmt: skip
    folder = folder_of(home, done)
    assert list(folder.rglob("artifacts")) == []
    assert secrets_in(folder) == []
    assert json.loads((folder / "run.json").read_bytes())["artifacts"] == "s3://shared"
    assert server.keys("shared") == []


@pytest.mark.thorough
def test_kept_artifacts_lie_below_the_run_and_the_trial(home: Home, server: Server) -> None:
    server.make_bucket("kept")
    done = run(
        home, server, "--framework", "prefect", "--mode", "distributed", "--workers", "2",
        "--artifacts", "s3://kept/some/prefix/", "--keep", *SMALL,
    )  # fmt: skip
    folder = folder_of(home, done)
    assert list(folder.rglob("artifacts")) == []
    assert secrets_in(folder) == []
    keys = [key.split("/") for key in server.keys("kept") if not key.endswith("/")]
    assert {tuple(key[:3]) for key in keys} == {("some", "prefix", folder.name)}
    trials = {path.name for path in (folder / "trials").iterdir()}
    assert {key[3] for key in keys} == trials
    for trial in trials:
        kinds = {key[-1].rpartition(".")[2] for key in keys if key[3] == trial}
        assert {"arrow", "npy", "skops"} <= kinds  # tables, arrays, and the registry's model


def test_a_missing_bucket_is_reported_before_anything_is_run(home: Home, server: Server) -> None:
    before = set(home.results.glob("*"))
    done = run(home, server, "--framework", "plain", "--artifacts", "s3://nowhere/x", *SMALL)
    assert done.returncode == 3
    assert "--artifacts s3://nowhere/x: " in done.stderr
    assert "NO_SUCH_BUCKET" in done.stderr.splitlines()[-1]
    assert set(home.results.glob("*")) == before


def test_refused_credentials_are_reported_before_anything_is_run(
    home: Home, server: Server
) -> None:
    server.make_bucket("closed")
    before = set(home.results.glob("*"))
    server.admit(0)
    try:
        done = run(home, server, "--framework", "plain", "--artifacts", "s3://closed", *SMALL)
    finally:
        server.admit(float("inf"))
    assert done.returncode == 3
    assert "--artifacts s3://closed: " in done.stderr.splitlines()[-1]
    assert SECRET not in done.stderr
    assert set(home.results.glob("*")) == before
