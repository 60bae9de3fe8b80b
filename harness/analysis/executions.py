"""Executions of a cell: the one that represents it, and its timeline."""

from __future__ import annotations

from pathlib import Path

from harness import wire
from harness.analysis.timeline import Timeline, timeline
from harness.errors import UsageError, VerificationError
from harness.model import Cell, Outcome, Repetition, Run, Trial
from harness.results import store
from harness.results.journal import JournalError, read_events
from workloads.dag import Workload

_LISTED = 12

Execution = tuple[Trial, Repetition]


def choose(
    folder: Path, run: Run, cell: Cell, trial: int | None, repetition: int | None
) -> Execution:
    """Return the execution to show: of the good ones the one with the median makespan.

    A failed one is shown only if there is no good one among those asked for. Raises
    :class:`UsageError` if there is none at all, or nothing of it was recorded.
    """
    of_cell = executions(run, cell)
    asked = [
        (each, rep)
        for each, rep in of_cell
        if trial in (None, each.number) and repetition in (None, rep.number)
    ]
    if not asked:
        there = ", ".join(f"{each.number}/{rep.number}" for each, rep in of_cell[:_LISTED])
        raise UsageError(f"{cell.id} has no such trial/repetition; there are: {there or 'none'}")
    good = [(rep.makespan_ns, each, rep) for each, rep in asked if rep.makespan_ns is not None]
    good = [found for found in good if found[2].outcome is Outcome.OK]
    good = [found for found in good if not found[2].cold] or good
    if good:
        _, each, rep = sorted(good, key=lambda found: found[0])[(len(good) - 1) // 2]
        return each, rep
    for each, rep in asked:
        if is_recorded(folder, each, rep):
            return each, rep
    each, rep = asked[0]
    raise UsageError(
        f"nothing was recorded of {cell.id}, trial {each.number}, repetition {rep.number}: "
        f"{rep.outcome.value}{': ' if rep.evidence else ''}{'; '.join(rep.evidence)}"
    )


def executions(run: Run, cell: Cell) -> list[Execution]:
    """Return all executions of a cell, with their trials."""
    return [(each, rep) for each in run.trials for rep in each.repetitions if rep.cell == cell.id]


def _events_folder(folder: Path, trial: Trial, repetition: Repetition) -> Path:
    return folder / store.TRIALS / trial.id / repetition.run_id / wire.EVENTS


def is_recorded(folder: Path, trial: Trial, repetition: Repetition) -> bool:
    """Return whether any step of the execution was recorded."""
    return any(_events_folder(folder, trial, repetition).glob("*.jsonl"))


def timeline_of(folder: Path, workload: Workload, trial: Trial, repetition: Repetition) -> Timeline:
    """Return when each step of an execution ran.

    Raises :class:`UsageError` if nothing was recorded, and :class:`VerificationError` if the
    record cannot be read.
    """
    what = f"{repetition.cell}, trial {trial.number}, repetition {repetition.number}"
    try:
        events = read_events(_events_folder(folder, trial, repetition))
        phases = wire.read_phases(folder / store.TRIALS / trial.id / wire.PHASES)
    except (JournalError, wire.WireError, OSError) as error:
        raise VerificationError(f"the record of {what} cannot be read: {error}") from None
    starts = [
        phase.start_ns
        for phase in phases
        if phase.name == "execute" and phase.run_id == repetition.run_id
    ]
    if not starts or not events:
        raise UsageError(f"no step of {what} was recorded; its outcome: {repetition.outcome.value}")
    return timeline(workload, events, starts[0])
