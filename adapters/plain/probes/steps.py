"""What the standard library has for one step: a pool's size, and a process that can be ended."""

from __future__ import annotations

import multiprocessing
import os
import resource
from concurrent.futures import wait
from pathlib import Path

from adapters.plain.probes.control import pool
from adapters.probing import ProbeContext, Value, perform


def _timeout(probe: ProbeContext) -> dict[str, Value]:
    """A process of its own, which is ended when its time is up."""
    step = multiprocessing.get_context("fork").Process(target=perform, args=(probe.call("long"),))
    step.start()
    step.join(probe.settings["timeout_s"])
    failed = step.is_alive()
    if failed:
        step.terminate()
        step.join()
    probe.mark("told")
    return {"failed": failed}


timeout_sleep = timeout_cpu = _timeout


def concurrency_limit(probe: ProbeContext) -> dict[str, Value]:
    """A pool as large as the limit."""
    width = probe.settings["width"]
    with pool(width) as steps:
        wait([steps.submit(perform, probe.call("free")) for _ in range(width)])
    with pool(probe.settings["limit"]) as steps:
        wait([steps.submit(perform, probe.call("limited")) for _ in range(width)])
    return {}


def durable(probe: ProbeContext) -> dict[str, Value]:
    """A program that keeps nothing: begun again, it begins from nothing."""
    value: Value = 0
    for name in ("one", "two", "three", "four"):
        value = perform(probe.call(name), previous=value)
    return {"state": "success"}


def resources(probe: ProbeContext) -> dict[str, Value]:
    """A process whose address space the system limits, as ``ulimit -v`` does."""

    def limited() -> None:
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        most = used + (probe.settings["memory_mb"] << 20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        perform(probe.call("hungry"))

    step = multiprocessing.get_context("fork").Process(target=limited)
    step.start()
    step.join()
    return {"exitcode": step.exitcode}


def type_mismatch(probe: ProbeContext) -> dict[str, Value]:
    """Annotations, which Python does not check."""

    def number() -> int:
        return int(perform(probe.call("number")))

    def producer() -> str:
        return str(perform(probe.call("producer")))

    def consumer(value: int, body: str) -> None:
        perform(probe.call(body), value=value)

    consumer(number(), "control")
    consumer(producer(), "consumer")  # type: ignore[arg-type]  # that is the question
    return {"rejected": "never"}


def bad_parameter(probe: ProbeContext) -> dict[str, Value]:
    """Likewise: a wrong argument is taken."""

    def workflow(number: int) -> None:
        perform(probe.call("consumer"), value=number)

    workflow(probe.settings["right"])
    probe.mark("wrong")
    workflow(probe.settings["wrong"])
    return {"rejected": False}


def secrets(probe: ProbeContext) -> dict[str, Value]:
    """An environment variable, which is where programs have them."""
    os.environ["PIPELINE_SECRET"] = probe.settings["secret"]
    return {"digest": perform(probe.call("use"), text=os.environ["PIPELINE_SECRET"])}
