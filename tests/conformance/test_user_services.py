"""User's services: a trial gets its own database in them, which is dropped at the end."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

import msgspec
import pytest

from harness.execution import trial
from harness.home import Home
from harness.model import Outcome, Timeouts
from harness.services import Services, redis
from workloads import patterns

from . import machinery


def test_a_user_service_lends_a_database_that_is_dropped_at_the_end(databases: Services) -> None:
    with databases:
        for name in ("postgres", "redis"):
            databases.provide(name)
        service_urls = {name: databases.url(name) for name in ("postgres", "redis")}
        assert count_of_databases(service_urls["postgres"]) == 2
        with Services(databases.folder, databases.scratch, 1, service_urls) as services:
            for name in service_urls:
                services.provide(name)
                assert services.url(name) != service_urls[name]
            assert count_of_databases(service_urls["postgres"]) == 3
        assert count_of_databases(service_urls["postgres"]) == 2


def test_a_password_may_hold_what_a_url_has_to_quote(databases: Services) -> None:
    password = "p@ss/w%rd"
    with databases:
        databases.provide("postgres")
        server_url = databases.url("postgres")
        role = f"CREATE ROLE guest LOGIN CREATEDB PASSWORD '{password}'"
        subprocess.run(["psql", "-Xq", "-c", role, "-d", server_url], check=True)
        address = urlsplit(server_url).netloc.rpartition("@")[2]
        login = f"guest:{quote(password, safe='')}@{address}"
        url = urlsplit(server_url)._replace(netloc=login).geturl()
        with Services(databases.folder, databases.scratch, 1, {"postgres": url}) as services:
            services.provide("postgres")
            assert count_of_databases(services.url("postgres")) == 3


def test_options_of_the_users_url_are_kept_in_the_lent_url(databases: Services) -> None:
    with databases:
        databases.provide("postgres")
        url = f"{databases.url('postgres')}?sslmode=prefer"
        with Services(databases.folder, databases.scratch, 1, {"postgres": url}) as services:
            services.provide("postgres")
            assert services.url("postgres").endswith("?sslmode=prefer")
            assert count_of_databases(services.url("postgres")) == 3


def test_two_trials_are_lent_two_databases(databases: Services) -> None:
    with databases:
        databases.provide("redis")
        service_urls = {"redis": databases.url("redis")}
        first = Services(databases.folder, databases.scratch, 1, service_urls)
        second = Services(databases.folder, databases.scratch, 1, service_urls)
        with first, second:
            first.provide("redis")
            second.provide("redis")
            assert first.url("redis") != second.url("redis")
            taken = first.url("redis")
            assert redis.keys(taken) == 1
        assert redis.keys(taken) == 0


def _no_end(phase: str, run_id: str) -> None:
    """Do nothing, so that the trial runs into its timeout."""


def _interrupt(phase: str, run_id: str) -> None:
    if phase == "execute":
        raise KeyboardInterrupt


@pytest.mark.parametrize("at", [_no_end, _interrupt])
def test_a_killed_worker_leaves_no_database(
    home: Home, tmp_path: Path, databases: Services, at: Callable[[str, str], None]
) -> None:
    """The harness drops the databases that the worker was lent."""
    with databases:
        for name in ("postgres", "redis"):
            databases.provide(name)
        service_urls = {name: databases.url(name) for name in ("postgres", "redis")}
        fake, place = machinery.fake("serves"), tmp_path / "hung"
        place.mkdir()
        job = machinery.job(
            home, fake, patterns.chain(steps=1), place, mode="hangs", timeouts=Timeouts(execute=2)
        )
        job = msgspec.structs.replace(job, service_urls=service_urls)
        if at is _interrupt:
            with pytest.raises(KeyboardInterrupt):
                trial.run(job, at)
        else:
            assert trial.run(job, at).worst[0] is Outcome.TIMEOUT
        notes = (job.folder / "services" / "services.jsonl").read_text()
        assert notes.count('"lent"') == notes.count('"returned"') == 2
        assert count_of_databases(service_urls["postgres"]) == 2
        assert [
            redis.keys(urlsplit(service_urls["redis"])._replace(path=f"/{n}").geturl())
            for n in range(16)
        ] == [0] * 16
        assert machinery.traces(place) == []


def count_of_databases(url: str) -> int:
    query = "SELECT count(*) FROM pg_database WHERE NOT datistemplate"
    done = subprocess.run(
        ["psql", "-XAt", "-c", query, "-d", url], capture_output=True, text=True, check=True
    )
    return int(done.stdout)
