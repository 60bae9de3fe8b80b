"""Fake framework: plain Python with known costs, which the harness has to measure.

They come from the mode's settings: ``FAKE_RUN_S`` before the first step, ``FAKE_STEP_S`` before
each, ``FAKE_BYTE_S`` for each byte that a step takes from another, and ``FAKE_LOSS``, the share of
the workers' time that is lost with several workers: after ``t`` seconds of work a worker idles
for ``t * loss / (1 - loss)``. Costs come before steps, because a run ends with its last step.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

from adapters.contract import Call, Context, Value, Workload, execute, no_engine_count, no_service

service = no_service
engine_count = no_engine_count

# Waits are busy; only longer ones begin with a sleep. A process that sleeps wakes up late, on a
# core with cold caches, which would be a cost that was not injected.
_SPUN_S = 0.02


def build(workload: Workload, ctx: Context) -> Workload:
    """Return the workload, which needs no translation."""
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    """Run the steps one after another or, with several workers, each once its inputs exist."""
    _wait_until(time.perf_counter() + _cost("FAKE_RUN_S"))
    return flow.select(_serial(flow, ctx) if ctx.workers == 1 else _pool(flow, ctx))


def step(call: Call, inputs: Mapping[str, Value], loss: float) -> Value:
    """Run one step, with the injected costs before and after it."""
    began = time.perf_counter()
    size = len(json.dumps(inputs))
    _wait_until(began + _cost("FAKE_STEP_S") + _cost("FAKE_BYTE_S") * size)
    began = time.perf_counter()
    result = execute(call, inputs)
    ended = time.perf_counter()
    _wait_until(ended + (ended - began) * loss / (1 - loss))
    return result


def _serial(flow: Workload, ctx: Context) -> dict[str, Value]:
    results: dict[str, Value] = {}
    for each in flow.steps:
        inputs = {up: results[up] for up in each.upstreams}
        results[each.id] = step(ctx.call(each), inputs, 0.0)
    return results


def _pool(flow: Workload, ctx: Context) -> dict[str, Value]:
    results: dict[str, Value] = {}
    left = {each.id: each for each in flow.steps}
    running: dict[Future[Value], str] = {}
    loss = _cost("FAKE_LOSS")
    with ProcessPoolExecutor(ctx.workers, multiprocessing.get_context("fork")) as pool:
        while left or running:
            ready = [each for each in left.values() if all(up in results for up in each.upstreams)]
            for each in ready:
                inputs = {up: results[up] for up in each.upstreams}
                running[pool.submit(step, ctx.call(each), inputs, loss)] = each.id
                del left[each.id]
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                results[running.pop(future)] = future.result()
    return results


def _cost(name: str) -> float:
    return float(os.environ[name])


def _wait_until(deadline: float) -> None:
    long_s = deadline - time.perf_counter() - _SPUN_S
    if long_s > 0:  # even a sleep of 0 s takes 60 microseconds
        time.sleep(long_s)
    while time.perf_counter() < deadline:
        pass
