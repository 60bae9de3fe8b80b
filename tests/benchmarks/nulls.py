"""Negative control: how often do A/A runs differ? ``python -m tests.benchmarks.nulls``

Runs the self-check's A/A null many times: in each, rounds of plain Python and of plain Python under
another name, in random order. The median of the ratios should be 1 within a hundredth, and at most
one run in twenty should tell the two apart at 95 %. A measurement, not a test: the result also
depends on the machine's other work.
"""

from __future__ import annotations

import random
import statistics
import tempfile
from pathlib import Path

from harness import stats
from harness.execution import trial
from harness.frameworks.catalog import alias
from harness.home import Home
from harness.model import Environment, Outcome
from harness.planning.controls import NULL
from harness.setup import prepare
from tests.conformance import machinery
from workloads import patterns

RUNS, ROUNDS, REPETITIONS = 20, 6, 3


def main() -> None:
    """Print each run's ratio with its interval, then the median and the verdict."""
    home = Home(machinery.CHECKOUT)
    plain = machinery.fake("plain")
    made = prepare.ready(home, [plain], lambda name, part: None)["plain"]
    assert isinstance(made, Environment), made
    # The same workload as the self-check's.
    workload = patterns.layered(layers=5, width=4, body="spin", seconds=0.01)
    order = random.Random(7)
    ratios, different = [], 0
    for number in range(1, RUNS + 1):
        taken: dict[str, dict[int, list[float]]] = {"plain": {}, NULL: {}}
        for each in range(ROUNDS):
            for framework in order.sample([plain, alias(plain, NULL)], 2):
                with tempfile.TemporaryDirectory() as folder:
                    job = machinery.job(
                        home, framework, workload, Path(folder), repetitions=REPETITIONS + 1
                    )
                    done = trial.run(job, lambda phase, run_id: None)
                assert done.worst[0] is Outcome.OK, done.worst
                warm = [one.makespan_ns for one in done.repetitions if not one.cold]
                taken[framework.name][each] = [span for span in warm if span is not None]
        ratio = stats.paired_ratio(taken[NULL], taken["plain"])
        assert ratio.low is not None  # there are several rounds
        assert ratio.high is not None
        apart = not ratio.low <= 1 <= ratio.high
        different += apart
        ratios.append(ratio.value)
        interval = f"{ratio.low:.4f} to {ratio.high:.4f}"
        print(
            f"{number:2}  {ratio.value:.4f} ({interval}){'  called different' * apart}", flush=True
        )
    median = statistics.median(ratios)
    verdict = "yes" if abs(median - 1) <= 0.01 and different <= RUNS / 20 else "NO"
    print(f"median {median:.4f}, {different} of {RUNS} called different: {verdict}")


if __name__ == "__main__":
    main()
