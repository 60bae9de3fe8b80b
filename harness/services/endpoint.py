"""A framework's own service elsewhere, which nobody can start from a package."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.services.errors import ServiceError

if TYPE_CHECKING:
    from harness.services.manager import Services

_ANSWER_S = 5.0
_PORTS = {"http": 80, "https": 443}


@contextmanager
def provided(services: Services, given: str | None) -> Iterator[str]:
    """The URL that was given, once somebody accepts connections there.

    Raises :class:`ServiceError` if nobody does.
    """
    parts = urlsplit(given or "")
    try:
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        port = None
    if given is None or not parts.hostname or port is None:
        raise ServiceError(f"--service-url {given}: write scheme://host:port")
    try:
        socket.create_connection((parts.hostname, port), _ANSWER_S).close()
    except OSError as error:
        raise ServiceError(
            f"--service-url {given}: nobody answers at {parts.hostname}:{port}: {error}"
        ) from None
    yield given
