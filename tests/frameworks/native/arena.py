"""Duel inside a framework's environment: native and through the adapter, alternately.

``python -m tests.frameworks.native.arena FOLDER`` reads ``FOLDER/duel.json`` and writes
``FOLDER/outcome.json``. Process, service, settings and database are shared, so they cancel out.
"""

from __future__ import annotations

import dataclasses
import gc
import importlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.contract import Context
from harness.services import Services
from tests.frameworks.native import body
from workloads import patterns
from workloads.dag import Workload
from workloads.execute import resolve, run_serially

_PATIENCE_S = 30.0


@dataclass(frozen=True)
class Duel:
    """A pair of pipelines to compare."""

    framework: str
    mode: str
    shape: str  #: chain or fan_out
    rounds: int  #: after a cold one, which is not counted


@dataclass(frozen=True)
class Execution:
    """One run of one side; ``end_ns`` is None if it has to be read from the events."""

    side: str  #: native, adapter; for the harness's own share: recorded, bare
    round: int
    start_ns: int
    end_ns: int | None
    outputs: list[int]
    engine_count: int | None
    events: str


class Arena:
    """Both sides, ready to run."""

    def __init__(self, duel: Duel, folder: Path) -> None:
        self.duel, self.folder = duel, folder
        self.adapter = importlib.import_module(f"adapters.{duel.framework}.adapter")
        self.native = importlib.import_module(f"tests.frameworks.native.{duel.framework}_pipelines")
        size = {"chain": "steps", "fan_out": "width"}[duel.shape]
        self.workload: Workload = getattr(patterns, duel.shape)(**{size: body.SIZE})
        for step in self.workload.steps:
            resolve(step.function)

    def context(self, run_id: str) -> Context:
        """Make a context as the worker does."""
        events, artifacts = self.folder / run_id / "events", self.folder / run_id / "artifacts"
        events.mkdir(parents=True, exist_ok=True)
        artifacts.mkdir(exist_ok=True)
        scratch = self.folder / "scratch"
        services = Services(self.folder, scratch)
        return Context(
            self.duel.mode, body.WORKERS, scratch, run_id, str(events), str(artifacts), services
        )

    def round(self, number: int) -> list[Execution]:
        """Run each side once; alternate the first side, so that the order cancels out."""
        sides = [self._native, self._adapter, self._recorded, self._bare]
        if number % 2:
            sides[:2] = [self._adapter, self._native]
        return [side(number) for side in sides]

    def _native(self, number: int) -> Execution:
        ctx = self.context(f"native-{number}")
        run = self.native.make(self.duel.shape, ctx.run_id, ctx.folder)
        return self._execute("native", number, ctx, run, stamped=True)

    def _adapter(self, number: int) -> Execution:
        ctx = self.context(f"adapter-{number}")
        flow = self.adapter.build(self.workload, ctx)

        def run() -> list[int]:
            return list(self.adapter.run(flow, ctx).values())

        return self._execute("adapter", number, ctx, run, stamped=False)

    def _recorded(self, number: int) -> Execution:
        """Run the steps as the harness executes them, without a framework."""
        ctx = self.context(f"recorded-{number}")

        def run() -> list[int]:
            results = run_serially(self.workload, ctx.events, ctx.artifacts)
            return list(self.workload.select(results).values())

        return self._execute("recorded", number, ctx, run, stamped=False, engine=False)

    def _bare(self, number: int) -> Execution:
        """Run the steps as plain calls."""
        ctx = self.context(f"bare-{number}")

        def run() -> list[int]:
            results: dict[str, dict[str, int]] = {}
            for seed, step in enumerate(self.workload.steps, 1):
                results[step.id] = body.checksum(seed, [results[up] for up in step.upstreams])
            return list(self.workload.select(results).values())

        return self._execute("bare", number, ctx, run, stamped=True, engine=False)

    def _execute(
        self,
        side: str,
        number: int,
        ctx: Context,
        run: Callable[[], list[int]],
        stamped: bool,
        engine: bool = True,
    ) -> Execution:
        gc.collect()  # so that one side's garbage is not collected in the other's time
        body.ends_ns.clear()
        start_ns = time.monotonic_ns()
        outputs = run()
        end_ns = max(body.ends_ns) if stamped else None
        count = self._settled(ctx) if engine else None
        return Execution(side, number, start_ns, end_ns, outputs, count, ctx.events)

    def _settled(self, ctx: Context) -> int | None:
        """Wait until the engine has recorded all steps; else it would use the other's time."""
        until = time.monotonic() + _PATIENCE_S
        while True:
            count: int | None = self.adapter.engine_count(ctx)
            if count is None or count >= len(self.workload.steps) or time.monotonic() > until:
                return count
            time.sleep(0.1)


def main(folder: Path) -> None:
    """Run the duel of ``folder/duel.json``."""
    duel = Duel(**json.loads((folder / "duel.json").read_bytes()))
    arena = Arena(duel, folder)
    found: list[dict[str, Any]] = []
    with arena.adapter.service(arena.context("service")):
        for number in range(duel.rounds + 1):
            found += [dataclasses.asdict(each) for each in arena.round(number)]
    (folder / "outcome.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
