"""Free ports of an address."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"  #: where services listen, unless told otherwise
_TRIES = 100


class Ports:
    """Ports that the kernel says are free, none of them twice."""

    def __init__(self, host: str = HOST) -> None:
        self._host = host
        self._given: set[int] = set()

    def free(self) -> int:
        """A port that nobody listens on. Raises ``OSError`` if there is none."""
        for _ in range(_TRIES):
            with socket.socket() as probe:
                probe.bind((self._host, 0))
                port = int(probe.getsockname()[1])
            if port not in self._given:
                self._given.add(port)
                return port
        raise OSError(f"no further free port on {self._host}")


def answers(host: str, port: int) -> bool:
    """Whether somebody accepts connections there."""
    try:
        socket.create_connection((host, port), 1.0).close()
    except OSError:
        return False
    return True
