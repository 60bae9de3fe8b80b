"""A framework's own service elsewhere, which nobody can start from a package."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from harness.services.errors import ServiceError
from harness.services.starter import Starter

_ANSWER_S = 5.0
_PORTS = {"http": 80, "https": 443}


@contextmanager
def provided(services: Starter, url: str | None) -> Iterator[str]:
    """The URL that was given, once somebody accepts connections there.

    Raises :class:`ServiceError` if nobody does.
    """
    try:
        parts = urlsplit(url or "")
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:  # of the port, or of brackets
        host = port = None
    if url is None or not host or port is None:
        shown = (url or "").rpartition("@")[2]  # what comes before it is a password
        raise ServiceError(f"the service's URL {shown}: write scheme://user:password@host:port")
    try:
        socket.create_connection((host, port), _ANSWER_S).close()
    except OSError as error:
        raise ServiceError(f"the service's URL: nobody answers at {host}:{port}: {error}") from None
    yield url
