"""Hooks about interfaces on one machine: types, parameters, secrets, backfills, approval."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import flytekit
from flytekit import CronSchedule, LaunchPlan, Secret, approve, task, workflow
from flytekit.exceptions.base import FlyteException
from flytekit.remote.backfill import create_backfill_workflow

from adapters.flyte.probes import tasks
from adapters.flyte.probes.tasks import said
from adapters.probing import ProbeContext, Value

_PATIENCE_S = 90.0


def type_mismatch(probe: ProbeContext) -> dict[str, Value]:
    """Pass an ``int``, then a ``str``, to a task that takes an ``int``.

    "rejected" is the stage that raised: the definition, the compilation or the call.
    """
    consumer = task(tasks.with_value)

    def wired(producer: Any, source: str, sink: str) -> Callable[[], int]:
        def pipeline() -> int:
            made = producer(call=said(probe.call(source)))
            return consumer(call=said(probe.call(sink)), value=made)

        return pipeline

    workflow(wired(task(tasks.number), "number", "control"))()
    wrong = wired(task(tasks.text), "producer", "consumer")
    stage = "definition"
    try:
        compiled = workflow(wrong)
        stage = "compile"
        _ = compiled.nodes
        stage = "run"
        compiled()
    except (FlyteException, TypeError, ValueError) as error:
        return {"rejected": stage, "error": _words(error)}
    return {"rejected": "never"}


def bad_parameter(probe: ProbeContext) -> dict[str, Value]:
    """Pass a number, then a text, for a workflow's ``int``."""
    consumer = task(tasks.with_value)

    @workflow
    def pipeline(number: int) -> int:
        return consumer(call=said(probe.call("consumer")), value=number)

    pipeline(number=probe.settings["right"])
    probe.mark("wrong")
    try:
        pipeline(number=probe.settings["wrong"])
    except (FlyteException, TypeError, ValueError) as error:
        return {"rejected": True, "error": _words(error)}
    return {"rejected": False}


def secrets(probe: ProbeContext) -> dict[str, Value]:
    """Use ``secret_requests=``; local execution reads the secret from the environment."""
    manager = flytekit.current_context().secrets
    os.environ[manager.get_secrets_env_var(*tasks.SECRET)] = probe.settings["secret"]
    use = task(tasks.secretive, secret_requests=[Secret(*tasks.SECRET)])

    @workflow
    def pipeline() -> str:
        return use(call=said(probe.call("use")))

    return {"digest": pipeline()}


def backfill(probe: ProbeContext) -> dict[str, Value]:
    """Run the workflow that ``pyflyte backfill`` would register for a daily launch plan."""
    day = task(tasks.dated)

    @workflow
    def daily(day_of: datetime) -> None:
        day(call=said(probe.call("day")), day=day_of)

    schedule = CronSchedule(schedule="0 0 * * *", kickoff_time_input_arg="day_of")
    plan = LaunchPlan.get_or_create(daily, name="daily", schedule=schedule)
    first, *_, last = map(datetime.fromisoformat, probe.settings["days"])
    hour = timedelta(hours=1)
    made, *_ = create_backfill_workflow(first - hour, last + hour, for_lp=plan)
    made()
    return {"days": list(tasks.NOTED)}


def approval(probe: ProbeContext) -> dict[str, Value]:
    """Use ``approve``, which asks on the terminal: one process asks, another answers."""

    @workflow
    def pipeline() -> str:
        before = task(tasks.text)(call=said(probe.call("before")))
        agreed = approve(before, "consent", timeout=timedelta(hours=1))
        return task(tasks.after)(call=said(probe.call("after")), previous=agreed)

    asked, answer = os.pipe(), os.pipe()

    def person_at_a_terminal() -> None:
        sys.stdin, sys.stdout = os.fdopen(answer[0]), os.fdopen(asked[1], "w", buffering=1)
        pipeline()

    run = multiprocessing.get_context("fork").Process(target=person_at_a_terminal)
    run.start()
    os.close(asked[1])
    _read_until(asked[0], "Approve")
    probe.mark("waiting")
    time.sleep(probe.settings["wait_s"])
    probe.mark("approved")
    os.write(answer[1], b"y\n")
    run.join(_PATIENCE_S)
    return {"exit": run.exitcode}


def _read_until(descriptor: int, word: str) -> None:
    """Read a process's output up to a word. Raises ``EOFError`` if it ends without the word."""
    heard = ""
    while word not in heard:
        said_now = os.read(descriptor, 1024)
        if not said_now:
            raise EOFError(f"the process ended without printing {word}: {heard}")
        heard += said_now.decode()


def _words(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
