"""Hooks about single steps: the size of a pool, and a process that can be terminated."""

from __future__ import annotations

import multiprocessing
import os
import resource
from concurrent.futures import wait
from pathlib import Path

from adapters.plain.probes.control import pool
from adapters.probing import ProbeContext, Value, perform


def _timeout(probe: ProbeContext) -> dict[str, Value]:
    """Run the step in its own process, terminated after the timeout."""
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
    """Use a pool as large as the limit."""
    width = probe.settings["width"]
    with pool(width) as steps:
        wait([steps.submit(perform, probe.call("free")) for _ in range(width)])
    with pool(probe.settings["limit"]) as steps:
        wait([steps.submit(perform, probe.call("limited")) for _ in range(width)])
    return {}


def durable(probe: ProbeContext) -> dict[str, Value]:
    """Run a program that stores nothing: a second run starts from the beginning."""
    value: Value = 0
    for name in ("one", "two", "three", "four"):
        value = perform(probe.call(name), previous=value)
    return {"state": "success"}


def resources(probe: ProbeContext) -> dict[str, Value]:
    """Run the step in a process whose address space is limited, as by ``ulimit -v``."""

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
    """Connect annotated functions; Python does not check annotations."""

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
    """Pass a right and a wrong argument; Python accepts both."""

    def workflow(number: int) -> None:
        perform(probe.call("consumer"), value=number)

    workflow(probe.settings["right"])
    probe.mark("wrong")
    workflow(probe.settings["wrong"])
    return {"rejected": False}


def secrets(probe: ProbeContext) -> dict[str, Value]:
    """Pass the secret as an environment variable."""
    os.environ["PIPELINE_SECRET"] = probe.settings["secret"]
    return {"digest": perform(probe.call("use"), text=os.environ["PIPELINE_SECRET"])}
