"""What Dask's futures do of what is asked of orchestrators: the floor of engines over hosts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from distributed import Client, Future, Semaphore, get_client, rejoin, secede, wait

from adapters.dask_client import connected
from adapters.probing import Call, ProbeContext, Value, perform

_PATIENCE_S = 90.0


def submit(probe: ProbeContext, body: str, **arguments: Any) -> Future:
    """One body as a task; what was run before has to run again."""
    client = connected(probe.context)
    return client.submit(perform, probe.call(body), pure=False, **arguments)


def dynamic_fan_out(probe: ProbeContext) -> dict[str, Value]:
    """A loop over a result; the sum takes the futures as they are."""
    values: Any = submit(probe, "source").result()
    squares = [submit(probe, "square", value=value) for value in values]
    return {"total": submit(probe, "total", values=squares).result()}


def branch(probe: ProbeContext) -> dict[str, Value]:
    """An ``if`` on a result."""
    way = "left" if submit(probe, "decide").result() == "left" else "right"
    submit(probe, way).result()
    submit(probe, "join").result()
    return {}


def loop(probe: ProbeContext) -> dict[str, Value]:
    """A ``while`` on a result."""
    while submit(probe, "counter").result() != 3:
        pass
    return {}


def _child(calls: list[Call]) -> None:
    """A task that submits tasks, and gives its place to them while it waits."""
    client: Client = get_client()
    for call in calls:
        inner = client.submit(perform, call, pure=False)
        secede()
        inner.result()
        rejoin()


def sub_workflow(probe: ProbeContext) -> dict[str, Value]:
    """Tasks launched from a task; a key is all that is kept of it."""
    submit(probe, "before").result()
    calls = [probe.call("inner_1"), probe.call("inner_2")]
    connected(probe.context).submit(_child, calls, pure=False).result()
    submit(probe, "after").result()
    return {"child": None}


def retry(probe: ProbeContext) -> dict[str, Value]:
    """``submit(retries=)``; there is no delay."""
    flaky = submit(probe, "flaky", retries=probe.settings["retries"])
    wait(flaky, _PATIENCE_S)
    return {"state": flaky.status}


def _timeout(probe: ProbeContext) -> dict[str, Value]:
    """``result(timeout=)``, and the future is cancelled."""
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
    """Wait for what still runs on the cluster: a body may run on in a worker."""
    wait(connected(probe.context).map(abs, range(probe.context.workers), pure=False), _PATIENCE_S)


def _limited(call: Call, leases: Semaphore) -> Value:
    with leases:
        return perform(call)


def concurrency_limit(probe: ProbeContext) -> dict[str, Value]:
    """A semaphore of the scheduler's, which tasks take a lease of."""
    client, width = connected(probe.context), probe.settings["width"]
    wait([submit(probe, "free") for _ in range(width)])
    leases = Semaphore(max_leases=probe.settings["limit"], name=probe.run_id)
    call = probe.call("limited")
    client.gather([client.submit(_limited, call, leases, pure=False) for _ in range(width)])
    return {"sequential": False}


def priority(probe: ProbeContext) -> dict[str, Value]:
    """``submit(priority=)``, all on one worker."""
    client = connected(probe.context)
    one = [next(iter(client.scheduler_info()["workers"]))]
    names = ["first"] + ["low"] * probe.settings["low"]
    futures = [submit(probe, name, workers=one) for name in names]
    client.gather([*futures, submit(probe, "high", workers=one, priority=10)])
    return {}


def _after(probe: ProbeContext, body: str, upstream: Future) -> Future:
    """A body that runs once its upstream has a result."""
    return connected(probe.context).submit(_then, probe.call(body), upstream, pure=False)


def _then(call: Call, upstream: Value) -> Value:
    return perform(call)


def partial_failure(probe: ProbeContext) -> dict[str, Value]:
    """What hangs on a future that failed fails with it, and nothing else does."""
    bad, good = submit(probe, "bad"), submit(probe, "good")
    last = [_after(probe, "after_bad", bad), _after(probe, "after_good", good)]
    wait(last)
    return {"failed": "error" in {each.status for each in last}, "state": last[0].status}


def fail_fast(probe: ProbeContext) -> dict[str, Value]:
    """``gather`` raises the first error; what is left is cancelled by hand."""
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
    """``client.cancel`` of all futures; a body that runs is not stopped."""
    slow = submit(probe, "slow")
    later = _after(probe, "later", slow)
    probe.wait_for("slow")
    probe.mark("cancel")
    connected(probe.context).cancel([slow, later])
    _wait_until_idle(probe)
    return {"state": slow.status}


def durable(probe: ProbeContext) -> dict[str, Value]:
    """A chain of futures with ``retries=``; begun again, it begins from nothing."""
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
    """A function annotated for a whole number, which nobody checks."""
    client = connected(probe.context)
    for source, sink in (("number", "control"), ("producer", "consumer")):
        client.submit(_consume, probe.call(sink), submit(probe, source), pure=False).result()
    return {"rejected": "never"}


def bad_parameter(probe: ProbeContext) -> dict[str, Value]:
    """Likewise: a wrong argument is taken."""
    client, call = connected(probe.context), probe.call("consumer")
    client.submit(_consume, call, probe.settings["right"], pure=False).result()
    probe.mark("wrong")
    client.submit(_consume, call, probe.settings["wrong"], pure=False).result()
    return {"rejected": False}
