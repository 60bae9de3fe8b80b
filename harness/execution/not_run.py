"""Records of cells that were not run, each with its reason."""

from __future__ import annotations

from harness.model import Outcome, Plan, PlannedTrial, Repetition, Trial


def unrun(plan: Plan, planned: PlannedTrial, outcome: Outcome, reason: str) -> Trial:
    """Return a trial in which every cell was not run for the same reason."""
    repetitions = [rep for cell in planned.cells for rep in not_tried(plan, cell, reason, outcome)]
    return without_process(planned, outcome, reason, repetitions)


def not_tried(
    plan: Plan, cell_id: str, reason: str, outcome: Outcome = Outcome.SKIPPED
) -> list[Repetition]:
    """Return the warm repetitions that a cell would have had."""
    cell = plan.cell(cell_id)
    return [
        Repetition(cell.id, f"{cell.workload}-r{number}", number, False, outcome, [reason], {})
        for number in range(1, cell.repetitions + 1)
    ]


def without_process(
    planned: PlannedTrial, outcome: Outcome, reason: str, repetitions: list[Repetition]
) -> Trial:
    """Return a trial for which no process was started."""
    return Trial(
        id=planned.id,
        number=planned.number,
        framework=planned.framework,
        mode=planned.mode,
        outcome=outcome,
        evidence=[reason],
        phases={},
        versions={},
        cpu_s=None,
        repetitions=repetitions,
    )
