"""The output of a child as it is kept: its head and its tail, whatever a flood lies between."""

from __future__ import annotations

import collections
import sys
from pathlib import Path

HEAD = 2 << 20  #: bytes kept from the beginning, and
TAIL = 256 << 10  #: from the end


class Log:
    """Output, bounded: the head goes to the file as it comes, the tail when all is over."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._tail: collections.deque[bytes] = collections.deque()
        self.total = self.kept = self.held = 0

    def add(self, data: bytes) -> None:
        """Take a chunk of output. A full disk loses output, never the trial."""
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
        """Write the tail, saying how much was left out before it."""
        left_out = self.total - self.kept - self.held
        if left_out:
            self._write(f"\n[… {left_out:,} bytes of output left out …]\n".encode())
        self._write(b"".join(self._tail))
        self._file.close()

    def _write(self, data: bytes) -> None:
        try:
            self._file.write(data)
        except OSError as error:
            print(f"keeper: output lost: {error}", file=sys.stderr)
