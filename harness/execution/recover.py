"""Recovery of a trial in which the harness was cut off, with its complete repetitions."""

from __future__ import annotations

import msgspec

from harness import wire
from harness.errors import EnvError
from harness.execution import collect
from harness.execution.job import Job
from harness.model import Outcome, Trial
from harness.services import drop_leftovers, notes


def recovered(job: Job) -> Trial | None:
    """Return the complete part of a trial in which the harness was cut off; None without one.

    Raises :class:`EnvError` if a service of the user still holds a database of the trial.
    """
    if not (job.folder / wire.REQUEST).exists():
        return None
    services = job.folder / wire.SERVICES
    drop_leftovers(services, job.mode.given_urls(job.service_urls))
    noted = notes.read(services)
    for service, place in noted.lent.items():
        # Repeating the trial would delete the only record of this database.
        raise EnvError(
            f"trial {job.planned.id}: {(noted.died or [f'{service} still holds {place}'])[-1]}; "
            f"resume the run once it answers, or remove {place} there and then {services}"
        )
    result = collect.collect(job, None)
    # Failed cells count too: a repetition of them might end well and hide the failure.
    lost = {each.cell for each in result.repetitions if each.evidence == [collect.CUT_OFF]}
    complete = [each for each in result.repetitions if each.cell not in lost]
    if not complete:
        return None
    note = "the harness was cut off before the trial's end; its complete cells are recovered"
    result = msgspec.structs.replace(
        result, outcome=Outcome.OK, evidence=[note], repetitions=complete
    )
    return collect.tidy(job, result)
