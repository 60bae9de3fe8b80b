"""Bounded log of a child's output: its first 2 MiB and its last 256 KiB."""

from __future__ import annotations

import collections
import sys
from pathlib import Path

HEAD = 2 << 20  #: bytes kept from the beginning
TAIL = 256 << 10  #: bytes kept from the end, rounded up to a whole chunk


class Log:
    """Output of a child: the head is written as it arrives, the tail by :meth:`close`."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._tail: collections.deque[bytes] = collections.deque()
        self.total = self.kept = self.held = 0

    def add(self, data: bytes) -> None:
        """Add a chunk of output. On a full disk output is lost, but nothing is raised."""
        self.total += len(data)
        room = max(HEAD - self.kept, 0)
        if room:
            self._write(data[:room])
            self.kept += len(data[:room])
        if data[room:]:
            self._tail.append(data[room:])
            self.held += len(data[room:])
        while self.held - len(self._tail[0] if self._tail else b"") > TAIL:
            self.held -= len(self._tail.popleft())

    def close(self) -> None:
        """Write the tail, with the number of bytes left out before it, and close the file."""
        left_out = self.total - self.kept - self.held
        if left_out:
            self._write(f"\n[… {left_out:,} bytes of output left out …]\n".encode())
        self._write(b"".join(self._tail))
        self._file.close()

    def _write(self, data: bytes) -> None:
        try:
            self._file.write(data)
        except OSError as error:
            print(f"supervisor: output lost: {error}", file=sys.stderr)
