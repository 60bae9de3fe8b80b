"""The step that every native pipeline is made of: the empty body of ``workloads.patterns``."""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Sequence

#: How many steps a chain has, or how many branches a fan-out. Read when a pipeline is imported.
SIZE = int(os.environ.get("NATIVE_SIZE", "10"))
#: How many steps may run at once.
WORKERS = int(os.environ.get("NATIVE_WORKERS", "1"))

#: When each step of this process ended, by ``time.monotonic_ns``.
ends_ns: list[int] = []


def checksum(seed: int, upstreams: Sequence[dict[str, int]]) -> dict[str, int]:
    """What a step of a pattern returns; the stamp stands where the harness takes its own."""
    result = {"value": zlib.crc32(repr((seed, [each["value"] for each in upstreams])).encode())}
    ends_ns.append(time.monotonic_ns())
    return result
