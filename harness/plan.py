"""What a run is going to do: cells, and the order of the trials that measure them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from harness.catalog import BASELINE, Framework
from harness.errors import UsageError
from harness.model import Cell, Plan, PlannedTrial, Timeouts


def make(
    frameworks: Sequence[Framework],
    baseline: Framework,
    *,
    mode: str | None,
    workload: str,
    parameters: dict[str, Any],
    workers: int,
    trials: int,
    repetitions: int,
    seed: int,
    timeouts: Timeouts,
) -> Plan:
    """The plan of a run.

    Plain Python with one worker is always in it, as oracle and as the steps' own times; and plain
    Python with as many workers as any framework gets, so that like is compared with like. A mode
    that is sequential by nature gets one worker. In the first round the reference goes first;
    after it, every round is in a seeded order of its own.
    """
    for name, number in (("workers", workers), ("trials", trials), ("repetitions", repetitions)):
        if number < 1:
            raise UsageError(f"--{name} {number}: give a whole number of at least 1")
    chosen: list[Cell] = []
    for framework in frameworks:
        name = mode or framework.default_mode
        known = framework.entry.modes.get(name)
        parallel = known is None or known.parallel
        chosen.append(_cell(framework.name, name, workers if parallel else 1))
    plain = [
        _cell(BASELINE, baseline.default_mode, count)
        for count in sorted({1, *(cell.workers for cell in chosen)})
    ]
    reference = plain[0]
    cells = list({cell.id: cell for cell in [*plain, *chosen]}.values())
    rng = random.Random(seed)
    order: list[PlannedTrial] = []
    for number in range(1, trials + 1):
        first = [reference] if number == 1 else []
        rest = [cell for cell in cells if cell not in first]
        rng.shuffle(rest)
        for cell in [*first, *rest]:
            trial_id = f"{number:02d}-{cell.id}"
            order.append(PlannedTrial(trial_id, number, cell.framework, cell.mode, [cell.id]))
    return Plan(
        workload=workload,
        parameters=parameters,
        seed=seed,
        trials=trials,
        repetitions=repetitions,
        workers=workers,
        reference=reference.id,
        timeouts=timeouts,
        cells=cells,
        order=order,
    )


def _cell(framework: str, mode: str, workers: int) -> Cell:
    return Cell(f"{framework}-{mode}-p{workers}", framework, mode, workers)
