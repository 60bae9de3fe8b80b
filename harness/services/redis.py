"""Redis: a new instance, or an empty database in the user's instance."""

from __future__ import annotations

import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from harness.services import notes
from harness.services.account import account, folder_of
from harness.services.errors import ServiceError
from harness.services.process import Command
from harness.services.starter import Starter

INSTALL = "apt-get install redis-server"
_NAME = "redis"
_ANSWER_S = 5.0
_DATABASES = 16  # of a server, by default
_CLAIM = "harness:claim"  #: key that holds the token of the trial that uses the database


@contextmanager
def provided(services: Starter, server_url: str | None) -> Iterator[str]:
    """Provide the URL of an empty database, ``redis://:password@host:port/number``.

    Without ``server_url`` it is in a new instance, which listens on ``services.host``, refuses
    clients without the password, and writes nothing to disk. With it, it is an empty database of
    the user's instance, emptied at the end. Raises :class:`ServiceError` if it cannot be had.
    """
    if server_url is not None:
        with _borrowed(services, server_url) as url:
            yield url
        return
    program = shutil.which("redis-server")
    if program is None:
        raise ServiceError(f"Redis is not installed; run: {INSTALL}; or name a server: --redis URL")
    user = account(_NAME)
    folder = services.entered(folder_of(user, services.scratch / _NAME))
    password, port = services.secret(), services.port()
    # The password goes into a file, since every user can read the arguments.
    config = folder / "redis.conf"
    lines = [f"bind {services.host}", f"port {port}", f"requirepass {password}", 'save ""']
    config.write_text("\n".join([*lines, "appendonly no", f"dir {folder}", ""]))
    config.chmod(0o600)
    if user is not None:
        shutil.chown(config, user)
    command = Command(_NAME, [program, str(config)], {"LANG": "C.UTF-8"}, user, folder)
    url = f"redis://:{password}@{services.host}:{port}/0"
    services.run_service(command, lambda: _answers(url), 30.0)
    yield url


def _answers(url: str) -> bool:
    try:
        return _ask(url, ["PING"]) == ["PONG"]
    except OSError:
        return False  # it does not listen yet


@contextmanager
def _borrowed(services: Starter, server_url: str) -> Iterator[str]:
    parts = urlsplit(server_url)
    if parts.scheme != "redis" or not parts.hostname:
        raise ServiceError("--redis: write redis://:password@host:port")
    token = secrets.token_hex(6)
    try:
        for number in reversed(range(_DATABASES)):
            url = parts._replace(path=f"/{number}").geturl()
            place = f"{number}/{token}"
            notes.note(services.folder, {"lent": _NAME, "place": place})
            # Of two trials that find it empty at the same time, SETNX admits one.
            if keys(url) == 0 and _ask(url, ["SETNX", _CLAIM, token]) == ["1"]:
                break
        else:
            notes.note(services.folder, {"returned": _NAME})
            raise ServiceError(
                f"redis at {parts.hostname}: all {_DATABASES} databases have keys; "
                "free one, or name another server"
            )
        try:
            yield url
        finally:
            give_back(server_url, place)
            notes.note(services.folder, {"returned": _NAME})
    except OSError as error:
        raise ServiceError(f"redis at {parts.hostname}:{parts.port or 6379}: {error}") from None


def give_back(server_url: str, place: str) -> None:
    """Empty a database of the user's instance, if it is still claimed with the token.

    ``place`` is ``number/token``. Raises ``OSError`` if the server does not answer,
    :class:`ServiceError` if it refuses.
    """
    number, _, token = place.partition("/")
    url = urlsplit(server_url)._replace(path=f"/{int(number)}").geturl()
    if _ask(url, ["GET", _CLAIM]) == [token]:
        _ask(url, ["FLUSHDB"])


def keys(url: str) -> int:
    """Return the number of keys in a database. Raises ``OSError`` if the server does not answer."""
    return int(_ask(url, ["DBSIZE"])[0])


def _ask(url: str, *commands: list[str]) -> list[str]:
    """Send commands to the database that the URL names; return their one-line answers.

    Raises ``OSError`` if the server does not answer, :class:`ServiceError` if it refuses one.
    """
    parts = urlsplit(url)
    first = [["SELECT", parts.path.strip("/") or "0"]]
    if parts.password:
        user = [unquote(parts.username)] if parts.username else []
        first.insert(0, ["AUTH", *user, unquote(parts.password)])
    answers = []
    address = (str(parts.hostname), parts.port or 6379)
    with (
        socket.create_connection(address, _ANSWER_S) as connection,
        connection.makefile("rb") as answered,
    ):
        for command in [*first, *commands]:
            connection.sendall(_encoded(command))
            line = answered.readline().decode(errors="replace").strip()
            if not line:
                raise ConnectionError("the server closed the connection")
            if line.startswith("-"):
                raise ServiceError(f"redis at {address[0]}:{address[1]} refused: {line[1:]}")
            if line.startswith("$") and line != "$-1":
                line = f"${answered.readline().decode(errors='replace').strip()}"
            answers.append(line[1:])
    return answers[len(first) :]


def _encoded(command: list[str]) -> bytes:
    """Encode in RESP: an array of strings, each preceded by its length in bytes."""
    words = [word.encode() for word in command]
    parts = [b"*%d\r\n" % len(words), *(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)]
    return b"".join(parts)
