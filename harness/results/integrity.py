"""Integrity checks of runs, which may be damaged or hostile: can this run.json be true?"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from harness.errors import MACHINE, UsageError
from harness.model import Run
from harness.results.journal import JournalError
from harness.wire import WireError

#: More than any machine has, and few enough to build a list of.
MOST_WORKERS = 100_000
MOST = 2**63


def has_huge_number(value: Any) -> bool:
    """Return whether decoded JSON holds a number that is not below 2**63 in absolute value.

    It compares exact types level by level, more than twice as fast as ``isinstance`` with a
    recursion; every command that reads a run waits for this.
    """
    level = [value]
    while level:
        below: list[Any] = []
        for each in level:
            kind = type(each)
            if kind is dict:
                below.extend(each.values())
            elif kind is list:
                below.extend(each)
            elif (kind is int or kind is float) and not -MOST < each < MOST:
                return True
        level = below
    return False


def first_fault(run: Run) -> str:
    """Return the first contradiction in a run; an empty text if it has none."""
    return next(_faults(run), "")


def _faults(run: Run) -> Iterator[str]:
    plan = run.plan
    cells = {cell.id for cell in plan.cells}
    for name in _names(run):
        if name in ("", ".", "..") or "/" in name or "\0" in name or len(name) > 255:
            yield f"{name[:80]!r} cannot be the name of a file or folder"
    for cell in plan.cells:
        if cell.workload not in plan.workloads:
            yield f"cell {cell.id} names workload {cell.workload!r}, which does not exist"
        if not 1 <= cell.workers <= MOST_WORKERS:
            yield f"cell {cell.id} has {cell.workers} workers"
    for spec in plan.workloads.values():
        if spec.steps < 1:
            yield f"workload {spec.name!r} has {spec.steps} steps"
    lists = [*(each.cells for each in plan.experiments), *(each.cells for each in plan.order)]
    for strange in {each for listed in lists for each in listed} - cells:
        yield f"an experiment or trial names cell {strange!r}, which does not exist"
    seen: set[str] = set()
    for trial in run.trials:
        if trial.id in seen:
            yield f"trial {trial.id} occurs twice"
        seen.add(trial.id)
        for repetition in trial.repetitions:
            if repetition.cell not in cells:
                yield f"trial {trial.id} names cell {repetition.cell!r}, which does not exist"
            if repetition.makespan_ns is not None and repetition.makespan_ns <= 0:
                yield f"{repetition.run_id} of trial {trial.id} took {repetition.makespan_ns} ns"


def _names(run: Run) -> Iterator[str]:
    """Yield the texts that become part of a path."""
    yield run.id
    yield from run.plan.workloads
    yield from (cell.id for cell in run.plan.cells)
    yield from (planned.id for planned in run.plan.order)
    for trial in run.trials:
        yield trial.id
        yield from (repetition.run_id for repetition in trial.repetitions)
    for probed in run.probes:
        yield probed.probe
        if probed.trial:
            yield probed.trial


#: Errors of computing with a damaged run. RuntimeError stands for a StopIteration in a generator,
#: and for endless recursion.
_DAMAGE = (
    *(ArithmeticError, AssertionError, LookupError, RuntimeError, StopIteration),
    *(TypeError, ValueError, OSError, JournalError, WireError),
)


@contextlib.contextmanager
def damage_reported(folders: Sequence[Path]) -> Iterator[None]:
    """Report errors in the block as damage of the runs in ``folders``.

    Raises :class:`~harness.errors.UsageError` instead of the error that the damage led to; an error
    of the machine, such as a full disk or a closed pipe, is raised unchanged.
    """
    try:
        yield
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.errno in (*MACHINE, errno.EPIPE):
            raise
        names = ", ".join(folder.name for folder in folders)
        raise UsageError(
            f"{names}: run.json does not fit what was recorded beside it: "
            f"{type(error).__name__}: {error!s:.200}; if they were not edited, please report this"
        ) from error
