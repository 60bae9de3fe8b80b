"""Free ports of an address."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"  #: address on which services listen by default
_TRIES = 100


class Ports:
    """Source of free ports of one address; it returns no port twice."""

    def __init__(self, host: str = HOST) -> None:
        self._host = host
        self._returned: set[int] = set()

    def free(self) -> int:
        """Return a port on which no process listens. Raises ``OSError`` if none is free."""
        for _ in range(_TRIES):
            with socket.socket() as probe:
                probe.bind((self._host, 0))
                port = int(probe.getsockname()[1])
            if port not in self._returned:
                self._returned.add(port)
                return port
        raise OSError(f"no further free port on {self._host}")


def answers(host: str, port: int) -> bool:
    """Return whether a server accepts connections at ``host:port`` within a second."""
    try:
        socket.create_connection((host, port), 1.0).close()
    except OSError:
        return False
    return True
