"""Services that were given lend a place of their own, and get it back."""

from __future__ import annotations

import subprocess
from urllib.parse import quote, urlsplit

from harness.services import Services


def test_a_given_instance_lends_a_database_and_gets_it_back(databases: Services) -> None:
    with databases:
        for name in ("postgres", "redis"):
            databases.provide(name)
        given = {name: databases.url(name) for name in ("postgres", "redis")}
        assert count_of_databases(given["postgres"]) == 2
        with Services(databases.folder, databases.scratch, 1, given) as borrowing:
            for name in given:
                borrowing.provide(name)
                assert borrowing.url(name) != given[name]
            assert count_of_databases(given["postgres"]) == 3
        assert count_of_databases(given["postgres"]) == 2


def test_a_password_may_hold_what_a_url_has_to_quote(databases: Services) -> None:
    password = "p@ss/w%rd"
    with databases:
        databases.provide("postgres")
        own = databases.url("postgres")
        role = f"CREATE ROLE guest LOGIN CREATEDB PASSWORD '{password}'"
        subprocess.run(["psql", "-Xq", "-c", role, "-d", own], check=True)
        place = urlsplit(own).netloc.rpartition("@")[2]
        given = urlsplit(own)._replace(netloc=f"guest:{quote(password, safe='')}@{place}").geturl()
        with Services(databases.folder, databases.scratch, 1, {"postgres": given}) as borrowing:
            borrowing.provide("postgres")
            assert count_of_databases(borrowing.url("postgres")) == 3


def count_of_databases(url: str) -> int:
    query = "SELECT count(*) FROM pg_database WHERE NOT datistemplate"
    done = subprocess.run(
        ["psql", "-XAt", "-c", query, "-d", url], capture_output=True, text=True, check=True
    )
    return int(done.stdout)
