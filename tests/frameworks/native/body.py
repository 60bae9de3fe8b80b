"""Body of every native step: the empty body of ``workloads.patterns``."""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Sequence

#: Steps of a chain, or branches of a fan-out. Read when a pipeline is imported.
SIZE = int(os.environ.get("NATIVE_SIZE", "10"))
#: Steps that may run at once.
WORKERS = int(os.environ.get("NATIVE_WORKERS", "1"))

#: When each step of this process ended, by ``time.monotonic_ns``.
ends_ns: list[int] = []


def checksum(seed: int, upstreams: Sequence[dict[str, int]]) -> dict[str, int]:
    """Return the value of a pattern's step; take the time where the harness takes its own."""
    result = {"value": zlib.crc32(repr((seed, [each["value"] for each in upstreams])).encode())}
    ends_ns.append(time.monotonic_ns())
    return result
