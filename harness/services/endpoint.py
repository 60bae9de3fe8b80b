"""Endpoint: a framework's own service that cannot be started from a package, at the user's URL."""

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
    """Provide the user's URL, after a connection to it was accepted.

    Raises :class:`ServiceError` if the URL has no host or port, or no server answers there.
    """
    try:
        parts = urlsplit(url or "")
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:  # a port that is not a number, or unbalanced brackets
        host = port = None
    if url is None or not host or port is None:
        shown = (url or "").rpartition("@")[2]  # without user and password
        raise ServiceError(f"the service's URL {shown}: write scheme://user:password@host:port")
    try:
        socket.create_connection((host, port), _ANSWER_S).close()
    except OSError as error:
        raise ServiceError(
            f"the service's URL: no server answers at {host}:{port}: {error}; "
            "start it, or correct the URL"
        ) from None
    yield url
