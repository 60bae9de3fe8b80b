"""Hooks about settings of a task."""

from __future__ import annotations

from typing import Any

from prefect import get_client, task
from prefect.cache_policies import INPUTS, NO_CACHE, TASK_SOURCE, CachePolicy
from prefect.concurrency.sync import concurrency
from prefect.task_runners import ProcessPoolTaskRunner

from adapters.prefect.probes.common import pipeline, runner, step
from adapters.prefect.probes.probe_json import from_json, to_json
from adapters.probing import ProbeContext, Value, perform


def retry(probe: ProbeContext) -> dict[str, Value]:
    """Set ``retries`` and ``retry_delay_seconds``."""
    settings = probe.settings
    flaky = step(
        probe.call("flaky"),
        retries=settings["retries"],
        retry_delay_seconds=settings["delay_s"],
    )

    @pipeline(probe)
    def one() -> None:
        flaky.submit().result()

    return {"state": one(return_state=True).name}


def retry_on(probe: ProbeContext) -> dict[str, Value]:
    """Set a ``retry_condition_fn`` that checks the state's error."""

    def is_value_error(task: Any, run: Any, state: Any) -> bool:
        return isinstance(state.result(raise_on_failure=False), ValueError)

    options = {
        "retries": probe.settings["retries"],
        "retry_delay_seconds": probe.settings["delay_s"],
        "retry_condition_fn": is_value_error,
    }
    passing, lasting = (step(probe.call(name), **options) for name in ("passing", "lasting"))

    @pipeline(probe)
    def both() -> Any:
        return [passing.submit(), lasting.submit()]

    return {"state": both(return_state=True).name}


def _timeout(probe: ProbeContext) -> dict[str, Value]:
    """Set ``timeout_seconds`` of a task that is submitted to the mode's runner, called, and
    submitted to a pool of processes.
    """
    long = step(probe.call("long"), timeout_seconds=probe.settings["timeout_s"])
    # Dask pickles a flow with all that it refers to; services cannot be pickled.
    here = from_json(to_json(probe))

    def submitted(way: str) -> Any:
        future = long.submit()
        future.wait()
        here.mark(f"told: {way}")
        return future

    def called(way: str) -> Any:
        state = long(return_state=True)
        here.mark(f"told: {way}")
        return state

    ways = {
        "submitted": pipeline(probe)(submitted),
        "called": pipeline(probe)(called),
        "submitted to processes": pipeline(probe, task_runner=ProcessPoolTaskRunner(1))(submitted),
    }
    states = {way: run(way, return_state=True) for way, run in ways.items()}
    return {
        "failed": all(state.is_failed() for state in states.values()),
        **{way: state.message for way, state in states.items()},
    }


timeout_sleep = timeout_cpu = _timeout


def caching(probe: ProbeContext) -> dict[str, Value]:
    """Combine policies of inputs, of the task's source and of its version; persist results."""
    call = probe.call("costly")
    version = CachePolicy.from_cache_key_fn(lambda context, _: context.task.version)
    kept = {"cache_policy": INPUTS + TASK_SOURCE + version, "persist_result": True}

    def costly(value: int) -> Value:
        return perform(call, value=value)

    def changed(value: int) -> Value:
        same = value
        return perform(call, value=same)

    def result(function: Any, value: int, version: str) -> Value:
        costs = task(name="costly", version=version, **kept)(function)

        @pipeline(probe)
        def once() -> Any:
            return costs.submit(value).result()

        answer: Value = once()
        return answer

    values = []
    rounds: list[tuple[str, Any, int, str]] = [
        *[("first", costly, 2, "1"), ("same", costly, 2, "1"), ("input", costly, 3, "1")],
        *[("code", changed, 2, "1"), ("version", costly, 2, "2")],
    ]
    for name, function, value, number in rounds:
        probe.mark(name)
        values.append(result(function, value, number))
    return {"values": values}


def concurrency_limit(probe: ProbeContext) -> dict[str, Value]:
    """Use a global concurrency limit; each task takes one of its slots."""
    width, limit = probe.settings["width"], probe.run_id
    with get_client(sync_client=True) as client:
        client.upsert_global_concurrency_limit_by_name(limit, probe.settings["limit"])
    free, call = step(probe.call("free")), probe.call("limited")

    def limited() -> None:
        with concurrency(limit, occupy=1, strict=True):
            perform(call)

    slotted = task(cache_policy=NO_CACHE)(limited)

    @pipeline(probe, task_runner=runner(probe, width))
    def crowds() -> None:
        for each in (free, slotted):
            for future in [each.submit() for _ in range(width)]:
                future.result()

    return {"state": crowds(return_state=True).name}


def priority(probe: ProbeContext) -> dict[str, Value]:
    """Use Dask's annotations for tasks that are submitted in the block, all on one worker."""
    # Their imports take long, and only this mode needs them.
    import dask
    from distributed import Client

    address = probe.context.services.url("dask")
    with Client(address, set_as_default=False) as client:
        one = [next(iter(client.scheduler_info()["workers"]))]

    # Dask pickles the flow with its tasks; the probe cannot be pickled.
    first, low, high = (step(probe.call(name)) for name in ("first", "low", "high"))
    count = probe.settings["low"]

    @pipeline(probe)
    def queue() -> None:
        with dask.annotate(workers=one):
            futures = [first.submit(), *[low.submit() for _ in range(count)]]
        with dask.annotate(workers=one, priority=10):
            futures.append(high.submit())
        for future in futures:
            future.result()

    return {"state": queue(return_state=True).name}


def type_mismatch(probe: ProbeContext) -> dict[str, Value]:
    """Connect annotated tasks; a flow checks its own parameters only."""
    calls = {name: probe.call(name) for name in probe.bodies}

    def number() -> int:
        return int(perform(calls["number"]))

    def producer() -> str:
        return str(perform(calls["producer"]))

    def consumer(value: int, body: str) -> Value:
        return perform(calls[body], value=value)

    count, produce, consume = (
        task(cache_policy=NO_CACHE)(each) for each in (number, producer, consumer)
    )

    @pipeline(probe)
    def feed() -> None:
        consume.submit(count.submit(), "control").result()
        consume.submit(produce.submit(), "consumer").result()

    state = feed(return_state=True)
    if state.is_completed():
        return {"rejected": "never"}
    return {"rejected": "run", "error": state.message}
