"""Child side of a trial: ``python -m harness.worker FOLDER``, inside the framework's environment.

Imports the adapter, enters its service, does the repetitions, and says by files what came of it.
Standard library only; nothing is said on stdout, which belongs to the framework.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import importlib.metadata
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

STARTED_NS = time.monotonic_ns()

from adapters.contract import Adapter, Context  # noqa: E402  # after the stamp
from harness import wire  # noqa: E402
from workloads.dag import Workload  # noqa: E402
from workloads.execute import resolve  # noqa: E402

_POLL_S = 0.05


class Phases:
    """Stamps the begin and end of each phase into a journal that the harness watches."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC)
        self.last = "import"

    @contextmanager
    def __call__(self, name: str, run_id: str = "") -> Iterator[None]:
        """Stamp both edges of a phase around a block."""
        self.last = name
        self.stamp(name, run_id, "start", time.monotonic_ns())
        try:
            yield
        finally:
            self.stamp(name, run_id, "end", time.monotonic_ns())

    def stamp(self, name: str, run_id: str, edge: str, stamp_ns: int) -> None:
        """Append one edge of a phase."""
        line = json.dumps({"phase": name, "run_id": run_id, "edge": edge, "ns": stamp_ns})
        os.write(self._descriptor, f"{line}\n".encode())


def main(folder: Path) -> int:
    """Do what ``folder/request.json`` asks; returns the exit code."""
    # On a timeout the harness asks where we are before it kills us.
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    request = wire.read(wire.TrialRequest, folder / wire.REQUEST)
    phases = Phases(folder / wire.PHASES)
    phases.stamp("import", "", "start", STARTED_NS)
    error = None
    try:
        adapter = importlib.import_module(request.adapter)
        phases.stamp("import", "", "end", time.monotonic_ns())
        _work(adapter, request, phases, folder)
    except BaseException as caught:  # engines have cancellations that are no Exception
        error = _explain(caught)
    versions = _versions(request.distributions)
    wire.write(folder / wire.RESPONSE, wire.TrialResponse(error, phases.last, versions))
    phases.stamp("exit", "", "start", time.monotonic_ns())
    return 0 if error is None else 1


def _work(adapter: Adapter, request: wire.TrialRequest, phases: Phases, folder: Path) -> None:
    workloads = {
        item.workload: Workload.from_json(json.loads(Path(item.workload).read_bytes()))
        for item in request.repetitions
    }
    with phases("load"):
        # A step's module is imported once, before any clock of a step runs, in every framework.
        for workload in workloads.values():
            for step in workload.steps:
                resolve(step.function)
    first = request.repetitions[0]
    service = adapter.service(_context(folder, request.mode, first))
    with phases("service"):
        service.__enter__()
    try:
        for item in request.repetitions:
            ctx = _context(folder, request.mode, item)
            result = _repeat(adapter, workloads[item.workload], ctx, request.settle_s, phases)
            wire.write(folder / item.run_id / wire.RESULT, result)
    finally:
        with phases("stop"):
            service.__exit__(None, None, None)


def _repeat(
    adapter: Adapter, workload: Workload, ctx: Context, settle_s: float, phases: Phases
) -> wire.RepetitionResult:
    outputs: dict[str, Any] | None = None
    count = None
    try:
        with phases("build", ctx.run_id):
            flow = adapter.build(workload, ctx)
        with phases("execute", ctx.run_id):
            outputs = dict(adapter.run(flow, ctx))
        json.dumps(outputs, allow_nan=False)  # what is no JSON must fail here, with its reason
        with phases("settle", ctx.run_id):
            count = _settled_count(adapter, ctx, len(workload.steps), settle_s)
    except BaseException as error:
        return wire.RepetitionResult(ctx.run_id, None, count, _explain(error), phases.last)
    return wire.RepetitionResult(ctx.run_id, outputs, count, None, phases.last)


def _settled_count(adapter: Adapter, ctx: Context, steps: int, limit_s: float) -> int | None:
    """The engine's own count, once it has recorded all steps or the limit has passed."""
    deadline = time.monotonic() + limit_s
    while True:
        count = adapter.engine_count(ctx)
        if count is None or count >= steps or time.monotonic() > deadline:
            return count
        time.sleep(_POLL_S)


def _context(folder: Path, mode: str, item: wire.RepetitionRequest) -> Context:
    events = folder / item.run_id / wire.EVENTS
    artifacts = folder / item.run_id / wire.ARTIFACTS
    events.mkdir(parents=True, exist_ok=True)
    artifacts.mkdir(exist_ok=True)
    scratch = folder / wire.SCRATCH
    return Context(mode, item.workers, scratch, item.run_id, str(events), str(artifacts))


def _explain(error: BaseException) -> str:
    with contextlib.suppress(Exception):  # stderr may be closed
        traceback.print_exception(error)
    try:
        text = " ".join(str(error).split()) or "(no message)"
    except Exception as worse:  # a message may be code that fails
        text = f"(its message cannot be had: {type(worse).__name__})"
    return f"{type(error).__name__}: {text}"[:1000]


def _versions(distributions: list[str]) -> dict[str, str]:
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in distributions:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # an environment need not have every library of the workload
    return found


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
