"""Kubeflow Pipelines' mode ``endpoint`` against a stand-in for its API service, not a cluster."""

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
from harness.results.journal import read_events

from ..conformance import machinery
from . import endpoints
from .endpoints import CHAIN, kept_contract, made_home, outcomes

pytestmark = pytest.mark.framework

IMAGE = {"KFP_BASE_IMAGE": "registry.local/harness:1"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home of its own, with the environments of plain Python and kfp."""
    return made_home(tmp_path_factory.mktemp("kfp"), "kfp")


def api(folder: Path, *options: str) -> AbstractContextManager[str]:
    """Return a context with the URL of the stand-in, whose files are in ``folder``."""
    return endpoints.serving("kfp", "kfp_api", folder, *options)


def run(
    home: Home, url: str, *options: str, env: Mapping[str, str] = IMAGE
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return endpoints.run(home, "kfp", url, *options, env=env)


def test_a_chain_is_submitted_executed_verified_and_counted(home: Home, tmp_path: Path) -> None:
    with api(tmp_path / "kfp") as url:
        view, repetitions = run(home, url, *CHAIN)
    assert view["troubles"] == []
    assert outcomes(view) == {("plain", "ok"), ("kfp", "ok")}
    assert {each["engine_count"] for each in repetitions} == {5}
    (trial,) = (home.root / view["folder"]).glob("trials/*kfp-endpoint*")
    for repetition in repetitions:
        events = read_events(trial / repetition["run_id"] / "events")
        assert [event.step for event in events] == ["s1", "s2", "s3", "s4", "s5"]
        assert len({event.pid for event in events}) == 5, "each step has a pod of its own"
    images = [*(tmp_path / "kfp" / "pods").glob("*/*/image")]
    assert len(images) == 5 * len(repetitions)
    assert {each.read_text() for each in images} == set(IMAGE.values())


@pytest.mark.thorough
def test_the_contract_is_kept(home: Home, tmp_path: Path) -> None:
    # A run cannot limit its tasks at once: the service has to start as many as there are workers.
    with api(tmp_path / "kfp", "--at-once", "2") as url:
        kept_contract(home, "kfp", url, IMAGE)


def refused(home: Home, url: str, env: Mapping[str, str] = IMAGE) -> str:
    """Run where kfp must fail and plain Python must not; return the reported trouble."""
    view, _ = run(home, url, *CHAIN, env=env)
    assert outcomes(view) == {("plain", "ok"), ("kfp", "failed")}
    (trouble,) = view["troubles"]
    assert trouble["what"].isprintable(), "one line"
    return str(trouble["what"])


def token(folder: Path, content: str) -> dict[str, str]:
    """Return environment variables that name a file with this token."""
    (folder / "token").write_text(f"{content}\n")
    return {**IMAGE, "KF_PIPELINES_SA_TOKEN_PATH": str(folder / "token")}


@pytest.mark.thorough
def test_the_token_and_the_namespace_are_used(home: Home, tmp_path: Path) -> None:
    with api(tmp_path / "kfp", "--token", "right", "--namespace", "team") as url:
        mine = {**token(tmp_path, "right"), "KFP_NAMESPACE": "team"}
        view, _ = run(home, url, *CHAIN, env=mine)
        assert outcomes(view) == {("plain", "ok"), ("kfp", "ok")}
        said = refused(home, url, {**mine, "KFP_NAMESPACE": "nowhere"})
        assert f"at {url}: 403: User 'harness' is not authorized" in said
        assert "KFP_NAMESPACE the namespace" in said
        assert "set KFP_NAMESPACE to yours" in refused(home, url, token(tmp_path, "right"))


@pytest.mark.thorough
def test_a_refused_token_is_reported_with_the_next_step(home: Home, tmp_path: Path) -> None:
    hint = "KF_PIPELINES_SA_TOKEN_PATH names the file of a token"
    with api(tmp_path / "kfp", "--token", "right") as url:
        wrong = refused(home, url, token(tmp_path, "wrong"))
        assert f"at {url}: 401: Request header error: Failed to review the token" in wrong
        assert hint in wrong
    with api(tmp_path / "gateway", "--token", "right", "--gateway") as url:
        missing = refused(home, url)
        assert f"at {url}: 302: it requires a token; {hint}" in missing


@pytest.mark.thorough
def test_an_authoritys_certificate_is_used(home: Home, tmp_path: Path) -> None:
    both, certificate = tmp_path / "both.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", both, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    both.write_text(both.read_text() + certificate.read_text())
    with api(tmp_path / "kfp", "--certificate", str(both)) as url:
        secure = url.replace("http", "https")
        view, _ = run(home, secure, *CHAIN, env={**IMAGE, "SSL_CERT_FILE": str(certificate)})
        assert outcomes(view) == {("plain", "ok"), ("kfp", "ok")}
        said = refused(home, secure)
        assert "certificate verify failed" in said
        assert "the file of certificates that SSL_CERT_FILE names" in said


@pytest.mark.thorough
def test_an_old_service_is_reported_with_its_version(home: Home, tmp_path: Path) -> None:
    with api(tmp_path / "kfp", "--old") as url:
        said = refused(home, url)
    assert f"at {url}: 404: kfp 2.17.0 needs API v2beta1" in said
    assert "its version is 1.8.22: upgrade it" in said


@pytest.mark.thorough
def test_a_missing_image_is_reported(home: Home, tmp_path: Path) -> None:
    with api(tmp_path / "kfp") as url:
        assert "set KFP_BASE_IMAGE to the image" in refused(home, url, {})


@pytest.mark.thorough
def test_waiting_for_a_silent_server_ends(home: Home, tmp_path: Path) -> None:
    with api(tmp_path / "kfp", "--silent") as url:
        assert f"at {url}: no answer in 30 s" in refused(home, url)


@pytest.mark.thorough
def test_a_wrong_url_is_reported(home: Home, tmp_path: Path) -> None:
    assert "no server answers at 127.0.0.1:1" in refused(home, "http://127.0.0.1:1")
    with api(tmp_path / "kfp") as url:
        said = refused(home, secure := url.replace("http", "https"))
    assert f"at {secure}: " in said
    assert "check the URL" in said


@pytest.mark.thorough
def test_an_abandoned_run_is_terminated(home: Home, tmp_path: Path) -> None:
    pods, terminated = tmp_path / "kfp" / "pods", tmp_path / "kfp" / "terminated"

    def kill_the_collector_once_a_pod_runs() -> None:
        end = time.monotonic() + 120
        while not any(pods.glob("*/*")):
            assert time.monotonic() < end
            time.sleep(0.2)
        (collector,) = [
            each.pid
            for each in psutil.process_iter(["cmdline"])
            if "harness.services.collector" in (line := each.info["cmdline"] or [])
            and any(str(home.root) in part for part in line)
        ]
        os.kill(collector, signal.SIGKILL)

    with api(tmp_path / "kfp") as url:
        harness = subprocess.Popen(
            [*machinery.HARNESS, "run", "--framework", "kfp", "--mode", "endpoint",
             "--service-url", url, *CHAIN, "--json"],
            env=machinery.environment(home) | IMAGE, cwd=home.root, stdout=subprocess.PIPE,
        )  # fmt: skip
        kill_the_collector_once_a_pod_runs()
        said, _ = harness.communicate(timeout=120)
        assert "collector was ended by SIGKILL" in json.loads(said)["troubles"][0]["what"]
        (run_id,) = terminated.read_text().split()
        assert run_id in [each.name for each in pods.iterdir()]
