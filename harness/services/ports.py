"""Free ports on the loopback interface."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"
_TRIES = 100


class Ports:
    """Ports that the kernel says are free, none of them twice."""

    def __init__(self) -> None:
        self._given: set[int] = set()

    def free(self) -> int:
        """A port that nobody listens on. Raises ``OSError`` if there is none."""
        for _ in range(_TRIES):
            with socket.socket() as probe:
                probe.bind((HOST, 0))
                port = int(probe.getsockname()[1])
            if port not in self._given:
                self._given.add(port)
                return port
        raise OSError(f"no further free port on {HOST}")


def answers(port: int) -> bool:
    """Whether somebody accepts connections there."""
    try:
        socket.create_connection((HOST, port), 1.0).close()
    except OSError:
        return False
    return True
