"""Positive controls: are injected costs found? ``python -m tests.benchmarks.known_answers``

For each cost per step, the built-in fake framework runs a chain of empty steps with and without it;
for each loss of parallelism, a fan-out of spinning steps. Prints found and injected side by side.
A measurement, not a test: the result also depends on the machine's other work.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

import msgspec

from harness.execution import trial
from harness.frameworks.catalog import Framework
from harness.home import Home
from harness.model import Environment, Outcome, Trial
from harness.setup import prepare
from tests.conformance import machinery
from workloads import patterns
from workloads.dag import Workload

COSTS_S = (0.001, 0.01, 0.1)
LOSSES = (0.1, 0.25, 0.5)
STEPS, REPETITIONS, SPIN_S = 20, 7, 0.05


def fake_with(**costs: float) -> Framework:
    """Return the fake framework with these costs and no others."""
    framework = machinery.fake("fake")
    mode = framework.entry.modes["inprocess"]
    changed = [
        msgspec.structs.replace(each, value=str(costs.get(each.name, 0))) for each in mode.settings
    ]
    modes = {"inprocess": msgspec.structs.replace(mode, settings=changed)}
    entry = msgspec.structs.replace(framework.entry, modes=modes)
    return msgspec.structs.replace(framework, entry=entry)


def warm_s(home: Home, framework: Framework, workload: Workload, workers: int) -> float:
    """Return the median makespan of warm repetitions, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        job = machinery.job(
            home, framework, workload, Path(folder), repetitions=REPETITIONS, workers=workers
        )
        done: Trial = trial.run(job, lambda phase, run_id: None)
    assert done.worst[0] is Outcome.OK, done.worst
    spans = [each.makespan_ns for each in done.repetitions if not each.cold]
    return statistics.median(span for span in spans if span is not None) / 1e9


def main() -> None:
    """Print each injected and found cost, and whether they agree."""
    home = Home(machinery.CHECKOUT)
    made = prepare.ready(home, [machinery.fake("fake")], lambda name, part: None)["fake"]
    assert isinstance(made, Environment), made
    chain = patterns.chain(steps=STEPS)
    without = warm_s(home, fake_with(), chain, 1)
    for cost in COSTS_S:
        found = (warm_s(home, fake_with(FAKE_STEP_S=cost), chain, 1) - without) / STEPS
        off = abs(found - cost)
        verdict = "yes" if off <= max(0.02 * cost, 50e-6) else "NO"
        print(f"a step costs {cost * 1e3:7.3f} ms, found {found * 1e3:7.3f} ms: {verdict}")
    wide = patterns.fan_out(width=STEPS, body="spin", seconds=SPIN_S)
    whole = warm_s(home, fake_with(), wide, 2)
    for loss in LOSSES:
        found = 1 - whole / warm_s(home, fake_with(FAKE_LOSS=loss), wide, 2)
        verdict = "yes" if abs(found - loss) <= 0.03 else "NO"
        print(f"a share of {loss:.0%} is lost, found {found:.1%}: {verdict}")


if __name__ == "__main__":
    main()
