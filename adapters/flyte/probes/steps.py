"""Hooks about settings of one task; flytekit's API accepts each of them."""

from __future__ import annotations

import hashlib
import inspect
import os
from datetime import timedelta
from functools import partial
from typing import Any

from flytekit import Cache, Resources, map_task, task, workflow
from flytekit.core.cache import VersionParameters

from adapters.flyte.probes import tasks
from adapters.flyte.probes.tasks import said
from adapters.probing import ProbeContext, Value


def _error_of(run: Any, **inputs: Value) -> str:
    """Return the error of a run; empty if it succeeded."""
    try:
        run(**inputs)
    except Exception as error:  # any error that a framework may raise
        return f"{type(error).__name__}: {error}"
    return ""


def retry(probe: ProbeContext) -> dict[str, Value]:
    """Set ``retries=``, and raise the error documented as recoverable; delays do not exist."""
    flaky = task(tasks.recoverable, retries=probe.settings["retries"])

    @workflow
    def pipeline() -> int:
        return flaky(call=said(probe.call("flaky")))

    return {"error": _error_of(pipeline)}


def retry_on(probe: ProbeContext) -> dict[str, Value]:
    """Raise ``FlyteRecoverableException`` for the errors that should be retried."""
    flaky = task(tasks.recoverable, retries=probe.settings["retries"])

    @workflow
    def pipeline(call: str) -> int:
        return flaky(call=call)

    names = ("passing", "lasting")
    return {name: _error_of(pipeline, call=said(probe.call(name))) for name in names}


def _timeout(probe: ProbeContext) -> dict[str, Value]:
    """Set ``timeout=``."""
    long = task(tasks.real, timeout=timedelta(seconds=probe.settings["timeout_s"]))

    @workflow
    def pipeline() -> float:
        return long(call=said(probe.call("long")))

    failed = bool(_error_of(pipeline))
    probe.mark("told")
    return {"failed": failed}


timeout_sleep = timeout_cpu = _timeout


def resources(probe: ProbeContext) -> dict[str, Value]:
    """Set ``requests=`` and ``limits=``."""
    memory = Resources(mem=f"{probe.settings['memory_mb']}Mi")
    hungry = task(tasks.number, requests=memory, limits=memory)

    @workflow
    def pipeline() -> int:
        return hungry(call=said(probe.call("hungry")))

    return {"error": _error_of(pipeline)}


def concurrency_limit(probe: ProbeContext) -> dict[str, Value]:
    """Set ``concurrency=`` of a map task."""
    timed = task(tasks.timed)
    indexes = list(range(probe.settings["width"]))

    @workflow
    def pipeline() -> tuple[list[float], list[float]]:
        free = map_task(partial(timed, call=said(probe.call("free"))))
        limited = map_task(
            partial(timed, call=said(probe.call("limited"))), concurrency=probe.settings["limit"]
        )
        return free(index=indexes), limited(index=indexes)

    pipeline()
    return {"sequential": True}


def _keep_results() -> None:
    """Switch on the local cache, which is off in the harness's runs."""
    os.environ["FLYTE_LOCAL_CACHE_ENABLED"] = "true"


class _OfSource:
    """A cache policy with a version for each source; flytekit does not include a policy."""

    def get_version(self, salt: str, params: VersionParameters[..., Any]) -> str:
        """Return a digest of the salt and of the function's source."""
        return hashlib.sha256(f"{salt}{inspect.getsource(params.func)}".encode()).hexdigest()


def caching(probe: ProbeContext) -> dict[str, Value]:
    """Use ``Cache`` with a policy of our own and a salt; the local cache outlives the process."""
    _keep_results()
    call = said(probe.call("costly"))

    def run(mark: str, value: int, version: str, function: Any = tasks.with_value) -> Value:
        costly = task(function, cache=Cache(policies=[_OfSource()], salt=version))

        @workflow
        def pipeline(value: int) -> int:
            return costly(call=call, value=value)

        probe.mark(mark)
        return pipeline(value=value)

    tasks.changed.__name__ = tasks.with_value.__name__  # as after an edit of the file
    values = [run("first", 2, "1"), run("same", 2, "1"), run("input", 3, "1")]
    values += [run("code", 2, "1", tasks.changed), run("version", 2, "2")]
    note = "code is compared by the hook's policy: flytekit has none, and needs one or a version"
    return {"values": values, "note": note}


def durable(probe: ProbeContext) -> dict[str, Value]:
    """Run cached tasks: a second run of the workflow takes the stored results."""
    _keep_results()
    link = task(tasks.link, cache=True, cache_version="1", retries=2)

    @workflow
    def pipeline() -> int:
        value = 0
        for name in ("one", "two", "three", "four"):
            value = link(call=said(probe.call(name)), previous=value)
        return value

    pipeline()
    return {"state": "success"}
