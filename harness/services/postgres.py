"""PostgreSQL: a new instance, or a new database in the user's instance."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from harness.services import notes
from harness.services.account import account, folder_of
from harness.services.errors import ServiceError
from harness.services.ports import HOST
from harness.services.process import Command
from harness.services.starter import Starter

INSTALL = "apt-get install postgresql"
_NAME = "postgres"
_USER = "harness"
_ANSWER_S = 15.0
_CONNECTIONS = 200  # two for each process of a framework that has dozens


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs; None if it is not installed."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[4])
    )
    on_path = shutil.which("postgres")
    folders = [path.parent for path in reversed(debian)]
    folders += [Path(on_path).parent] if on_path else []
    return folders[0] if folders else None


@contextmanager
def provided(services: Starter, server_url: str | None) -> Iterator[str]:
    """Provide the URL of an empty database, ``postgresql://user:password@host:port/name``.

    Without ``server_url`` it is in a new instance, which listens on ``services.host`` and refuses
    clients without the password. With it, it is a new database in the user's instance, dropped at
    the end. Raises :class:`ServiceError` if it cannot be made.
    """
    if server_url is not None:
        with _borrowed(services, server_url) as url:
            yield url
        return
    found = programs()
    if found is None:
        raise ServiceError(
            f"PostgreSQL is not installed; run: {INSTALL}; or name a server: --postgres URL"
        )
    user = account(_NAME)
    folder = services.entered(folder_of(user, services.scratch / _NAME))
    yield _started(services, found, user, folder)


def _started(services: Starter, found: Path, user: str | None, folder: Path) -> str:
    password, port, data = services.secret(), services.port(), "data"
    secret = folder / "password"
    secret.write_text(password)
    secret.chmod(0o600)
    if user is not None:
        shutil.chown(secret, user)
    own = {"PATH": os.defpath, "LANG": "C.UTF-8", "TZ": "UTC", "HOME": str(folder)}
    services.complete(
        Command(
            "initdb",
            [
                *(str(found / "initdb"), "-D", data, "-U", _USER, "--pwfile", secret.name),
                *("--auth", "scram-sha-256", "-E", "UTF8", "--no-locale", "--no-sync"),
            ],
            own,
            user,
            folder,
        )
    )
    secret.unlink()
    host = services.host
    if host != HOST:  # initdb admits clients from loopback only
        with (folder / data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all all scram-sha-256\n")
    options = {
        "listen_addresses": host,
        "unix_socket_directories": "",
        "max_connections": str(_CONNECTIONS),
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    arguments = [str(found / "postgres"), "-D", data, "-p", str(port), *settings]
    # SIGINT: do not wait for clients to disconnect.
    command = Command(_NAME, arguments, own, user, folder, stop=signal.SIGINT)
    services.run_service(command, lambda: _accepts(found, host, port), 60.0)
    url = f"postgresql://{_USER}:{password}@{host}:{port}/postgres"
    _ask(url, f"CREATE DATABASE {_USER}", found)
    return f"postgresql://{_USER}:{password}@{host}:{port}/{_USER}"


@contextmanager
def _borrowed(services: Starter, server_url: str) -> Iterator[str]:
    parts = urlsplit(server_url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.hostname:
        raise ServiceError("--postgres: write postgresql://user:password@host:port/database")
    name = f"harness_{secrets.token_hex(6)}"
    notes.note(services.folder, {"lent": _NAME, "place": name})
    _ask(server_url, f"CREATE DATABASE {name}")
    try:
        yield parts._replace(scheme="postgresql", path=f"/{name}").geturl()
    finally:
        give_back(server_url, name)
        notes.note(services.folder, {"returned": _NAME})


def give_back(server_url: str, name: str) -> None:
    """Drop a database of the user's instance, if it exists.

    Raises :class:`ServiceError` if the server refuses, or the harness did not make the database.
    """
    if not re.fullmatch(r"harness_[0-9a-f]+", name):
        raise ServiceError(f"{name!r} is not a database of the harness; it was not dropped")
    _ask(server_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _accepts(found: Path, host: str, port: int) -> bool:
    """Return whether the server accepts clients: it is PostgreSQL and has started up."""
    command = [str(found / "pg_isready"), "-q", "-h", host, "-p", str(port), "-t", "1"]
    return subprocess.run(command, check=False).returncode == 0


def _ask(url: str, statement: str, found: Path | None = None) -> None:
    """Execute one statement. Raises :class:`ServiceError` with the server's message."""
    program = str(found / "psql") if found else shutil.which("psql")
    parts = urlsplit(url)
    where = f"postgres at {parts.hostname}:{parts.port or 5432}"
    if program is None:
        raise ServiceError(f"{where} needs psql to make a database; run: {INSTALL}")
    # The password goes into the environment, since every user can read the arguments.
    bare = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@")).geturl()
    env = {**os.environ, "PGCONNECT_TIMEOUT": "10"}
    if parts.password is not None:
        env["PGPASSWORD"] = unquote(parts.password)
    command = [program, "-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-c", statement, "-d", bare]
    try:
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=_ANSWER_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise ServiceError(f"{where} did not answer within {_ANSWER_S:g} s") from None
    if done.returncode != 0:
        message = " ".join(done.stderr.split()) or "without a message"
        raise ServiceError(f"{where} refused: {message}")
