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
    chosen = [_of_framework(each, mode or each.default_mode, workers) for each in frameworks]
    plain = [
        _cell(BASELINE, baseline.default_mode, count)
        for count in sorted({1, *(cell.workers for cell in chosen)})
    ]
    cells = list({cell.id: cell for cell in [*plain, *chosen]}.values())
    return Plan(
        workload=workload,
        parameters=parameters,
        seed=seed,
        trials=trials,
        repetitions=repetitions,
        workers=workers,
        reference=plain[0].id,
        timeouts=timeouts,
        cells=cells,
        order=_order(cells, trials, seed),
    )


def _order(cells: list[Cell], trials: int, seed: int) -> list[PlannedTrial]:
    """Rounds of all cells, each shuffled anew; in the first the reference goes before all."""
    rng = random.Random(seed)
    order = []
    for number in range(1, trials + 1):
        first = cells[:1] if number == 1 else []
        rest = [cell for cell in cells if cell not in first]
        rng.shuffle(rest)
        order += [
            PlannedTrial(f"{number:02d}-{cell.id}", number, cell.framework, cell.mode, [cell.id])
            for cell in [*first, *rest]
        ]
    return order


def _of_framework(framework: Framework, mode: str, workers: int) -> Cell:
    known = framework.entry.modes.get(mode)  # one that it does not have is found out later
    return _cell(framework.name, mode, workers if known is None or known.parallel else 1)


def _cell(framework: str, mode: str, workers: int) -> Cell:
    return Cell(f"{framework}-{mode}-p{workers}", framework, mode, workers)
