"""Plain Python: the baseline of all comparisons, and the oracle of outputs."""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

from adapters.contract import Context, Value, Workload, execute, no_engine_count, no_service

service = no_service
engine_count = no_engine_count


def build(workload: Workload, ctx: Context) -> Workload:
    """Return the workload, which needs no translation."""
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    """Run the steps one after another or, with several workers, each once its inputs exist."""
    return flow.select(_serial(flow, ctx) if ctx.workers == 1 else _pool(flow, ctx))


def _serial(flow: Workload, ctx: Context) -> dict[str, Value]:
    results: dict[str, Value] = {}
    for step in flow.steps:
        results[step.id] = execute(ctx.call(step), {up: results[up] for up in step.upstreams})
    return results


def _pool(flow: Workload, ctx: Context) -> dict[str, Value]:
    results: dict[str, Value] = {}
    waiting = {step.id: set(step.upstreams) for step in flow.steps}
    followers: dict[str, list[str]] = {step.id: [] for step in flow.steps}
    for step in flow.steps:
        for upstream in step.upstreams:
            followers[upstream].append(step.id)
    steps = {step.id: step for step in flow.steps}
    # A fork has already imported the workload's modules, as the trial has.
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(ctx.workers, mp_context=context) as pool:

        def submit(step_id: str) -> Future[Value]:
            step = steps[step_id]
            inputs = {up: results[up] for up in step.upstreams}
            return pool.submit(execute, ctx.call(step), inputs)

        running = {submit(step): step for step, ups in waiting.items() if not ups}
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                finished = running.pop(future)
                results[finished] = future.result()
                for follower in followers[finished]:
                    waiting[follower].discard(finished)
                    if not waiting[follower]:
                        running[submit(follower)] = follower
    return results
