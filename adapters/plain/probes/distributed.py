"""Hooks for plain Python over Dask: futures, the baseline of engines over several hosts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from distributed import Client, Future, Semaphore, get_client, rejoin, secede, wait

from adapters.dask_client import connected
from adapters.probing import Call, ProbeContext, Value, perform

_PATIENCE_S = 90.0


def submit(probe: ProbeContext, body: str, **arguments: Any) -> Future:
    """Submit one body as a task that Dask must not deduplicate."""
    client = connected(probe.context)
    return client.submit(perform, probe.call(body), pure=False, **arguments)


def dynamic_fan_out(probe: ProbeContext) -> dict[str, Value]:
    """Loop over a result; the sum takes the futures as arguments."""
    values: Any = submit(probe, "source").result()
    squares = [submit(probe, "square", value=value) for value in values]
    return {"total": submit(probe, "total", values=squares).result()}


def branch(probe: ProbeContext) -> dict[str, Value]:
    """Branch by ``if`` on a result."""
    way = "left" if submit(probe, "decide").result() == "left" else "right"
    submit(probe, way).result()
    submit(probe, "join").result()
    return {}


def loop(probe: ProbeContext) -> dict[str, Value]:
    """Repeat by ``while`` on a result."""
    while submit(probe, "counter").result() != 3:
        pass
    return {}


def _child(calls: list[Call]) -> None:
    """Submit tasks from a task, which leaves its worker thread to them while it waits."""
    client: Client = get_client()
    for call in calls:
        inner = client.submit(perform, call, pure=False)
        secede()
        inner.result()
        rejoin()


def sub_workflow(probe: ProbeContext) -> dict[str, Value]:
    """Submit tasks from a task; Dask records only its key."""
    submit(probe, "before").result()
    calls = [probe.call("inner_1"), probe.call("inner_2")]
    connected(probe.context).submit(_child, calls, pure=False).result()
    submit(probe, "after").result()
    return {"child": None}


def retry(probe: ProbeContext) -> dict[str, Value]:
    """Use ``submit(retries=)``, which has no delay."""
    flaky = submit(probe, "flaky", retries=probe.settings["retries"])
    wait(flaky, _PATIENCE_S)
    return {"state": flaky.status}


def _timeout(probe: ProbeContext) -> dict[str, Value]:
    """Use ``result(timeout=)``, and cancel the future."""
    long, failed = submit(probe, "long"), False
    try:
        long.result(timeout=probe.settings["timeout_s"])
    except TimeoutError:
        long.cancel()
        failed = True
    probe.mark("told")
    _wait_until_idle(probe)
    return {"failed": failed, "state": long.status}


timeout_sleep = timeout_cpu = _timeout


def _wait_until_idle(probe: ProbeContext) -> None:
    """Wait until no task runs: a body may continue in a worker after its future was cancelled."""
    wait(connected(probe.context).map(abs, range(probe.context.workers), pure=False), _PATIENCE_S)


def _limited(call: Call, leases: Semaphore) -> Value:
    with leases:
        return perform(call)


def concurrency_limit(probe: ProbeContext) -> dict[str, Value]:
    """Use the scheduler's semaphore; each task takes one of its leases."""
    client, width = connected(probe.context), probe.settings["width"]
    wait([submit(probe, "free") for _ in range(width)])
    leases = Semaphore(max_leases=probe.settings["limit"], name=probe.run_id)
    call = probe.call("limited")
    client.gather([client.submit(_limited, call, leases, pure=False) for _ in range(width)])
    return {"sequential": False}


def priority(probe: ProbeContext) -> dict[str, Value]:
    """Use ``submit(priority=)``, with all tasks on one worker."""
    client = connected(probe.context)
    one = [next(iter(client.scheduler_info()["workers"]))]
    names = ["first"] + ["low"] * probe.settings["low"]
    futures = [submit(probe, name, workers=one) for name in names]
    client.gather([*futures, submit(probe, "high", workers=one, priority=10)])
    return {}


def _after(probe: ProbeContext, body: str, upstream: Future) -> Future:
    """Submit a body that runs once its upstream has a result."""
    return connected(probe.context).submit(_then, probe.call(body), upstream, pure=False)


def _then(call: Call, upstream: Value) -> Value:
    return perform(call)


def partial_failure(probe: ProbeContext) -> dict[str, Value]:
    """Let one of two futures fail: only its successors fail with it."""
    bad, good = submit(probe, "bad"), submit(probe, "good")
    last = [_after(probe, "after_bad", bad), _after(probe, "after_good", good)]
    wait(last)
    return {"failed": "error" in {each.status for each in last}, "state": last[0].status}


def fail_fast(probe: ProbeContext) -> dict[str, Value]:
    """Use ``gather``, which raises the first error; the hook cancels the other futures."""
    client = connected(probe.context)
    bad, slow = submit(probe, "bad"), submit(probe, "slow")
    later = _after(probe, "later", slow)
    failed = _raises(lambda: client.gather([bad, later], errors="raise"))
    client.cancel([slow, later])
    _wait_until_idle(probe)
    return {"failed": failed}


def _raises(run: Callable[[], Any]) -> bool:
    try:
        run()
    except ValueError:
        return True
    return False


def cancel(probe: ProbeContext) -> dict[str, Value]:
    """Cancel all futures; a running body is not stopped."""
    slow = submit(probe, "slow")
    later = _after(probe, "later", slow)
    probe.wait_for("slow")
    probe.mark("cancel")
    connected(probe.context).cancel([slow, later])
    _wait_until_idle(probe)
    return {"state": slow.status}


def durable(probe: ProbeContext) -> dict[str, Value]:
    """Run a chain of futures with ``retries=``; a second run starts from the beginning."""
    client = connected(probe.context)
    value: Any = 0
    for name in ("one", "two", "three", "four"):
        key = f"{probe.run_id}/{probe.attempt}/{name}"
        value = client.submit(perform, probe.call(name), previous=value, retries=2, key=key)
    value.result(timeout=_PATIENCE_S)
    return {"state": "success"}


def _consume(call: Call, value: int) -> Value:
    return perform(call, value=value)


def type_mismatch(probe: ProbeContext) -> dict[str, Value]:
    """Call a function annotated for a whole number; Dask does not check annotations."""
    client = connected(probe.context)
    for source, sink in (("number", "control"), ("producer", "consumer")):
        client.submit(_consume, probe.call(sink), submit(probe, source), pure=False).result()
    return {"rejected": "never"}


def bad_parameter(probe: ProbeContext) -> dict[str, Value]:
    """Pass a right and a wrong argument; Dask accepts both."""
    client, call = connected(probe.context), probe.call("consumer")
    client.submit(_consume, call, probe.settings["right"], pure=False).result()
    probe.mark("wrong")
    client.submit(_consume, call, probe.settings["wrong"], pure=False).result()
    return {"rejected": False}
