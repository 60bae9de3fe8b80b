"""Synthetic workloads (chain, fan-out, fan-in, diamond, tree, random) of steps with a known cost.

Every step returns ``{"value": …}``, a checksum over its seed and its upstreams' values, so that a
step left out, run on wrong inputs or wired wrongly changes the outputs. Bodies: ``empty``,
``sleep`` (``seconds`` of wall time), ``spin`` (``seconds`` of CPU time of its thread, in Python),
``compute`` (the same without holding Python's lock, like numeric libraries) and ``payload``
(``size`` incompressible characters of text travel with the value).
"""

from __future__ import annotations

import base64
import random
import time
import zlib
from typing import Any

from workloads.dag import Dag, ParameterError, Ref, Workload

BODIES = ("empty", "sleep", "spin", "compute", "payload")

_BLOCK = bytes(32 << 10)  # checksums of more than 5 KB are computed without Python's lock


def step(seed: int, body: str, seconds: float, size: int, upstreams: list[Any]) -> dict[str, Any]:
    """Run the one step of all patterns: the body, then the checksum."""
    if body == "sleep":
        time.sleep(seconds)
    elif body == "spin":
        spin(seconds)
    elif body == "compute":
        compute(seconds)
    result = {"value": zlib.crc32(repr((seed, [u["value"] for u in upstreams])).encode())}
    if body == "payload":
        received = "".join(u["text"] for u in upstreams)
        result["value"] ^= zlib.crc32(received.encode())
        return {**result, "text": noise(size, seed)}
    return result


def spin(seconds: float) -> None:
    """Keep this thread busy until it has used ``seconds`` of CPU time.

    The thread's own CPU clock is the calibration: neighbours that slow the machine down stretch
    the wall time of a spin and not its work.
    """
    end = time.thread_time_ns() + round(seconds * 1e9)
    while time.thread_time_ns() < end:
        pass


def compute(seconds: float) -> None:
    """Keep this thread busy like :func:`spin`, in C code that lets other threads run Python."""
    end = time.thread_time_ns() + round(seconds * 1e9)
    while time.thread_time_ns() < end:
        zlib.crc32(_BLOCK)


def noise(size: int, seed: int) -> str:
    """Return ``size`` characters of base64 text, compressible only as its alphabet allows."""
    data = random.Random(seed).randbytes(-(-size * 3 // 4))
    return base64.b64encode(data).decode()[:size]


class _Shape:
    """A dag under construction, all steps with the same body."""

    def __init__(self, name: str, body: str, seconds: float, size: int, **counts: int) -> None:
        for key, count in counts.items():
            if count < 1:
                raise ParameterError(f"{key}={count}: give a whole number of at least 1")
        if body not in BODIES:
            raise ParameterError(f"body={body!r}: choose one of {', '.join(BODIES)}")
        if not 0 <= seconds < float("inf"):
            raise ParameterError(f"seconds={seconds}: give a finite number of at least 0")
        if size < 0:
            raise ParameterError(f"size={size}: give a number of characters of at least 0")
        self.dag = Dag(name)
        self.body, self.seconds, self.size = body, seconds, size
        self.count = 0

    def add(self, *upstreams: Ref) -> Ref:
        self.count += 1
        return self.dag.step(
            step,
            f"s{self.count}",
            seed=self.count,
            body=self.body,
            seconds=self.seconds,
            size=self.size,
            upstreams=list(upstreams),
        )

    def finish(self, *leaves: Ref) -> Workload:
        outputs = {f"value_{i}": leaf["value"] for i, leaf in enumerate(leaves, 1)}
        return self.dag.build(**outputs)


def chain(steps: int = 10, body: str = "empty", seconds: float = 0.0, size: int = 0) -> Workload:
    """Wire ``steps`` steps one after another."""
    shape = _Shape("chain", body, seconds, size, steps=steps)
    last = shape.add()
    for _ in range(steps - 1):
        last = shape.add(last)
    return shape.finish(last)


def fan_out(width: int = 10, body: str = "empty", seconds: float = 0.0, size: int = 0) -> Workload:
    """Wire one step, then ``width`` independent ones that take its result."""
    shape = _Shape("fan_out", body, seconds, size, width=width)
    root = shape.add()
    return shape.finish(*[shape.add(root) for _ in range(width)])


def fan_in(width: int = 10, body: str = "empty", seconds: float = 0.0, size: int = 0) -> Workload:
    """Wire ``width`` independent steps, then one that takes all their results."""
    shape = _Shape("fan_in", body, seconds, size, width=width)
    return shape.finish(shape.add(*[shape.add() for _ in range(width)]))


def diamond(
    width: int = 2, depth: int = 1, body: str = "empty", seconds: float = 0.0, size: int = 0
) -> Workload:
    """Wire one step, ``width`` parallel chains of ``depth`` steps, and one that joins them."""
    shape = _Shape("diamond", body, seconds, size, width=width, depth=depth)
    arms = [shape.add()] * width
    for _ in range(depth):
        arms = [shape.add(arm) for arm in arms]
    return shape.finish(shape.add(*arms))


def tree(depth: int = 3, body: str = "empty", seconds: float = 0.0, size: int = 0) -> Workload:
    """Wire a binary reduction: 2 ** ``depth`` leaves joined in pairs until one is left."""
    shape = _Shape("tree", body, seconds, size, depth=depth)
    level = [shape.add() for _ in range(2**depth)]
    while len(level) > 1:
        level = [shape.add(*pair) for pair in zip(level[::2], level[1::2], strict=True)]
    return shape.finish(level[0])


def layered(
    layers: int = 4,
    width: int = 4,
    seed: int = 7,
    body: str = "empty",
    seconds: float = 0.0,
    size: int = 0,
) -> Workload:
    """Wire a random layered graph: each step takes 1 to 3 results of the layer before.

    ``seed`` decides which.
    """
    shape = _Shape("layered", body, seconds, size, layers=layers, width=width)
    rng = random.Random(seed)
    level = [shape.add() for _ in range(width)]
    for _ in range(layers - 1):
        level = [shape.add(*rng.sample(level, rng.randint(1, min(3, width)))) for _ in level]
    return shape.finish(*level)
