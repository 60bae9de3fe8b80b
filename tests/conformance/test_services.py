"""Services of a trial: started, watched, measured and stopped, even if they fail."""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import psutil
import pytest

from harness.home import Home
from harness.model import Outcome, Timeouts, Trial
from harness.services import ServiceError, Services
from harness.services.ports import HOST
from workloads import patterns

from . import machinery

WORKLOAD = patterns.chain(steps=3)

Runner = Callable[..., Trial]


@pytest.fixture
def run(home: Home, tmp_path: Path) -> Runner:
    def run(
        mode: str,
        service_urls: Mapping[str, str] | None = None,
        timeouts: Timeouts = machinery.PATIENT,
    ) -> Trial:
        job = machinery.job(
            home, machinery.fake("serves"), WORKLOAD, tmp_path, mode=mode, timeouts=timeouts
        )
        job = msgspec.structs.replace(job, service_urls=dict(service_urls or {}))
        result = machinery.bounded_run(job, 90)
        assert machinery.traces(tmp_path) == []
        return result

    return run


def failure_of(result: Trial) -> str:
    outcome, evidence = result.worst
    assert outcome is Outcome.FAILED
    assert len(evidence) == 1
    assert evidence[0].isprintable()
    return evidence[0]


@pytest.mark.parametrize(
    ("mode", "names"),
    [
        ("works", ["listener"]),
        ("stubborn", ["listener"]),
        ("databases", ["postgres", "redis", "listener"]),
        ("dask", ["dask scheduler", "dask worker 1", "listener"]),
    ],
)
def test_ready_services_are_noted_and_end_with_the_trial(
    run: Runner, mode: str, names: list[str]
) -> None:
    result = run(mode)
    assert result.worst[0] is Outcome.OK
    assert list(result.services) == names
    assert all(0 <= seconds < 60 for seconds in result.services.values())
    assert result.phases["service"] / 1e9 >= max(result.services.values())


def test_a_service_that_is_never_ready_fails_the_trial(run: Runner) -> None:
    text = failure_of(run("never_ready"))
    assert "failed in service: ServiceError: listener was not ready within 1 s" in text
    assert "last output: warming up; log: " in text
    assert Path(text.rpartition("log: ")[2]).read_text() == "warming up\n"


def test_a_service_that_ends_at_once_fails_the_trial(run: Runner) -> None:
    text = failure_of(run("exits"))
    assert "listener ended with exit code 3 before it was ready" in text
    assert "cannot bind: address in use" in text


def test_a_failed_set_up_command_fails_the_trial(run: Runner) -> None:
    assert "init ended with exit code 1; last output: no space left" in failure_of(
        run("set_up_fails")
    )


def test_a_missing_program_fails_the_trial(run: Runner) -> None:
    assert "init cannot be started: No such file" in failure_of(run("missing"))


def test_the_death_of_a_service_ends_the_wait_of_the_main_thread(run: Runner) -> None:
    text = failure_of(run("dies"))
    assert "ServiceError: service listener was ended by SIGKILL" in text
    assert "password is …" in text, "a secret must not be shown"


def test_an_unnoticed_death_is_named_at_the_timeout(run: Runner) -> None:
    outcome, evidence = run("dies_unheard", timeouts=Timeouts(execute=4)).worst
    assert outcome is Outcome.TIMEOUT
    assert "service listener was ended by SIGKILL" in evidence[1]


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """Make a disk of 16 MB, too small for a database, in a folder that its user can enter."""
    disk = Path(tempfile.mkdtemp(prefix="harness-disk-"))
    disk.chmod(0o755)
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m,mode=755", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        disk.rmdir()
        pytest.skip("mounts are not permitted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
        disk.rmdir()


def test_a_full_disk_is_reported(home: Home, small_disk: Path) -> None:
    job = machinery.job(home, machinery.fake("serves"), WORKLOAD, small_disk, mode="databases")
    text = failure_of(machinery.bounded_run(job, 90))
    assert "initdb" in text
    assert "No space left on device" in text
    assert machinery.traces(small_disk) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [("postgres", "Address already in use"), ("redis", "bind: Address already in use")],
)
def test_a_port_taken_meanwhile_is_reported_with_the_log(
    databases: Services, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    with socket.create_server((HOST, 0)) as taken:
        monkeypatch.setattr(databases.ports, "free", lambda: taken.getsockname()[1])
        with databases, pytest.raises(ServiceError, match=words) as refused:
            databases.provide(name)
    assert f"log: {databases.log(name)}" in str(refused.value)


def test_the_death_of_a_database_fails_the_trial(run: Runner) -> None:
    assert "service postgres was ended by SIGKILL" in failure_of(run("dies_postgres"))


@pytest.mark.parametrize(
    ("service_urls", "words"),
    [
        ({"postgres": "postgresql://a:b@127.0.0.1:1/x"}, "postgres at 127.0.0.1:1 refused"),
        ({"postgres": "mysql://a"}, "write postgresql://user:password@host:port/database"),
        ({"redis": "redis://127.0.0.1:1"}, "redis at 127.0.0.1:1: "),
        ({"redis": "http://127.0.0.1"}, "write redis://:password@host:port"),
    ],
)
def test_a_user_service_that_does_not_answer_is_reported(
    run: Runner, service_urls: dict[str, str], words: str
) -> None:
    assert words in failure_of(run("databases", service_urls))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:1", "no server answers at 127.0.0.1:1"),
        ("127.0.0.1", "URL 127.0.0.1: write scheme://user:password@host:port"),
        ("http://a:secret@127.0.0.1:x", "URL 127.0.0.1:x: write scheme://user:password@host:port"),
    ],
)
def test_an_endpoint_that_does_not_answer_is_reported(run: Runner, url: str, words: str) -> None:
    assert words in failure_of(run("elsewhere", {"endpoint": url}))


def test_a_variable_gives_the_endpoint_without_an_option(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVES_URL", "http://127.0.0.1:1")
    assert "no server answers at 127.0.0.1:1" in failure_of(run("elsewhere"))
    with socket.create_server((HOST, 0)) as server:
        url = f"http://{HOST}:{server.getsockname()[1]}"
        assert run("elsewhere", {"endpoint": url}).worst[0] is Outcome.OK


def test_a_missing_endpoint_url_is_unsupported_and_named(home: Home) -> None:
    done = machinery.harness(
        home, "run", "--framework", "serves", "--mode", "elsewhere", "--workload", "chain", "--json"
    )
    (trouble,) = json.loads(done.stdout)["troubles"]
    assert (done.returncode, trouble["outcome"]) == (1, "unsupported")
    needed = "needs the URL of a service that no package has"
    assert trouble["what"] == f"{needed}: --service-url URL, or SERVES_URL"
    for command, how in (
        (["check"], ": --service-url URL, or SERVES_URL"),
        (["setup", "--measure"], "; set SERVES_URL, or choose another --mode"),
    ):
        done = machinery.harness(home, *command, "serves", "--mode", "elsewhere")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"harness: serves/elsewhere {needed}{how}\n"


def test_a_run_reports_ready_times_and_drops_logs_of_good_services(
    home: Home,
) -> None:
    done = machinery.harness(
        home, "run", "--framework", "serves", "--mode", "databases", "--workload", "chain"
    )
    assert done.returncode == 0, done.stderr
    table = done.stdout.partition("start-up time of each service")[2]
    assert [line.split()[4] for line in table.splitlines()[2:6]] == [
        "init",
        "postgres",
        "redis",
        "listener",
    ]
    assert list((home.results / "latest").glob("trials/*/services")) == []


@pytest.mark.parametrize(
    ("service_urls", "host"), [({}, HOST), ({"listen": "127.0.0.2"}, "127.0.0.2")]
)
def test_databases_listen_on_one_address_without_root_and_need_the_password(
    tmp_path: Path, service_urls: dict[str, str], host: str
) -> None:
    (tmp_path / "logs").mkdir()
    databases = Services(tmp_path / "logs", tmp_path / "data", 1, service_urls)
    before = {child.pid for child in psutil.Process().children()}
    with databases:
        for name in ("postgres", "redis"):
            databases.provide(name)
        children = [c for c in psutil.Process().children() if c.pid not in before]
        assert len(children) == 2
        assert all(child.username() != "root" for child in children)
        listening = [
            connection.laddr.ip
            for child in children
            for connection in child.net_connections("all")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert listening == [host, host]
        for name, words in (("postgres", "password authentication failed"), ("redis", "WRONGPASS")):
            parts = urlsplit(databases.url(name))
            wrong = parts._replace(netloc=parts.netloc.replace(str(parts.password), "guess"))
            stranger = Services(databases.folder, databases.scratch, 1, {name: wrong.geturl()})
            with pytest.raises(RuntimeError, match=words), stranger:
                stranger.provide(name)
    assert {child.pid for child in psutil.Process().children()} <= before
