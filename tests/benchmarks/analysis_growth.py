"""Time and memory of analysing a run, and their growth with the number of events.

``python -m tests.benchmarks.analysis_growth``

Makes up runs of five frameworks, six rounds and the usual experiments, with a growing number of
steps; then loads each run, verifies every repetition and computes all statistics, in a process of
its own. Prints the seconds, the peak memory in MB, and the exponent k of T ~ N^k from each size to
the next. A measurement, not a test: times depend on the machine.
"""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from harness.analysis.run_data import RunData
from harness.analysis.summary import summarise
from harness.execution import verify
from harness.results import store
from tests.unit.made_frameworks import framework
from tests.unit.made_plan import entry
from tests.unit.made_run import MS, Costs, Making, made

SIZES = (10_000, 100_000, 1_000_000)
FRAMEWORKS = ("one", "two", "three", "four", "five")
TRIALS = 6
#: Events for each step of the longest chain: the frameworks and plain Python with one and two
#: workers, six rounds, three repetitions, and as many steps as `experiments` says.
_EVENTS = TRIALS * 3 * 3.875


def make(
    folder: Path, events: int, names: Sequence[str] = FRAMEWORKS, mode: str = "inprocess"
) -> None:
    """Make up a run of about ``events`` events, in one mode."""
    steps = max(round(events / _EVENTS / (len(names) + 2)), 16)
    experiments = {
        "overhead": entry("overhead", parameters={"steps": steps}),
        "growth": entry("growth", points=[{"steps": steps // part} for part in (8, 4, 2)]),
        "latency": entry("latency", "layered", parameters={"layers": steps // 4, "width": 4}),
        "strong": entry("strong", "fan-out", parameters={"width": steps}, workers=[1, 2]),
    }
    costs = {name: Costs(step_ns=MS * at) for at, name in enumerate(names, 1)}
    pace = {number: number for number in range(1, TRIALS + 1)}
    chosen = [framework(name, **{mode: True}) for name in names]
    made(folder, experiments, Making(costs, pace), chosen, trials=TRIALS)


def analyse(folder: Path) -> None:
    """Analyse a run; print seconds, megabytes and events as JSON."""
    begun, events = time.perf_counter(), 0
    run = store.load(folder)
    data = RunData(folder, run)
    for cell in run.plan.cells:
        workload = store.workload(folder, cell.workload)
        for _, trial, repetition in data.repetitions(cell.id):
            recorded = data.events(trial, repetition.run_id)
            events += len(recorded)
            same = dict.fromkeys(workload.outputs, 0)
            assert verify.problems(workload, recorded, same, same, None) == []
    summarise(folder, run)
    took_s = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([took_s, peak, events]))


def main() -> None:
    """Make a run of each size, and print the time and memory of its analysis."""
    before: tuple[float, int] | None = None
    for size in SIZES:
        with tempfile.TemporaryDirectory() as name:
            make(Path(name) / "run", size)
            command = [sys.executable, "-m", __spec__.name, f"{name}/run"]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        took_s, peak, events = json.loads(done.stdout)
        line = f"{events:9,} events: {took_s:6.2f} s, {peak:5.0f} MB"
        if before is not None:
            line += f", exponent {math.log(took_s / before[0]) / math.log(events / before[1]):.2f}"
        print(line, flush=True)
        before = took_s, events


if __name__ == "__main__":
    if len(sys.argv) > 1:
        analyse(Path(sys.argv[1]))
    else:
        main()
