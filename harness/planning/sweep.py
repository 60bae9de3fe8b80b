"""Step times of a METG sweep, around the calibrated cost of a step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from harness.frameworks.catalog import BASELINE, Framework
from harness.model import Cost
from harness.planning.controls import FAKE, NULL, UNRECORDED
from harness.planning.plan import Settings, Subject, Sweeps, subjects
from harness.planning.suite import Build, Suite, text

#: Exponents of two around the cost of an empty step, where efficiency passes through one half. If
#: several steps compute at once, the engine shares the cores with them and each step costs more.
_ALONE, _SHARING = (-2, -1, 0, 1, 2), (-1, 0, 1, 2, 3)
#: An engine as slow as this waits rather than computes, so it does not share cores; and each
#: execution of steps eight times as long would take minutes.
_SLOW, _SLOW_S = (-2, -1, 0, 1), 0.5
_SHORTEST_S = 2e-6
_UNKNOWN = Cost(step_s=0.02, start_s=8.0)
_UNKNOWN_PLAIN = Cost(step_s=50e-6, start_s=2.0)  # of a process that only calls functions


def cost_of(costs: Mapping[str, Cost], subject: Subject) -> Cost:
    """Return the known cost of a subject.

    Without one, return that of the same framework in any mode with any workers; else a guess.
    """
    plain = subject.framework in (BASELINE, NULL, UNRECORDED)
    name = BASELINE if plain else subject.framework
    similar = [cost for subject_id, cost in costs.items() if subject_id.startswith(f"{name}-")]
    unknown = _UNKNOWN_PLAIN if plain or subject.framework == FAKE else _UNKNOWN
    return costs.get(subject.id) or next(iter(similar), unknown)


def seconds(step_s: float, workers: int) -> list[float]:
    """Return the step times of a sweep in seconds, around ``step_s``.

    They are powers of two of a microsecond, so that frameworks share them, and with them the
    executions of plain Python.
    """
    exponents = _SLOW if step_s >= _SLOW_S else _ALONE if workers == 1 else _SHARING
    middle = round(math.log2(max(step_s * 1e6, 1)))
    times = [2.0 ** (middle + exponent) * 1e-6 for exponent in exponents]
    return [each for each in times if each >= _SHORTEST_S]


def empty(
    suite: Suite,
    chosen: Sequence[Framework],
    catalog: Mapping[str, Framework],
    settings: Settings,
) -> dict[Subject, list[str]]:
    """Return every subject of a sweep, with the keys of the empty workloads that calibrate it."""
    found: dict[Subject, list[str]] = {}
    for question in suite.questions:
        if question.entry.estimates == "metg":
            for subject in subjects(question, chosen, catalog, settings):
                found.setdefault(subject, []).extend(question.keys)
    return found


def build(
    suite: Suite,
    builder: Build,
    chosen: Sequence[Framework],
    catalog: Mapping[str, Framework],
    settings: Settings,
    costs: Mapping[str, Cost],
) -> Sweeps:
    """Build the workloads of every sweep into ``suite``, and return their keys."""
    sweeps: dict[tuple[str, Subject], list[str]] = {}
    for question in suite.questions:
        if question.entry.estimates != "metg":
            continue
        wanted = {
            subject: seconds(cost_of(costs, subject).step_s, subject.workers)
            for subject in subjects(question, chosen, catalog, settings)
        }
        every = sorted({each for times in wanted.values() for each in times})
        parameters = [{**question.entry.parameters, "seconds": each} for each in every]
        name = question.entry.workload
        built = builder(name, [text(each) for each in parameters]) if parameters else []
        keys = dict(zip(every, suite.added(name, built, parameters), strict=True))
        for subject, times in wanted.items():
            sweeps[question.name, subject] = [keys[each] for each in times]
    return sweeps
