"""METG change between two runs."""

from __future__ import annotations

from collections import Counter
from typing import Literal

import msgspec

from harness.analysis.cells import figures
from harness.analysis.finding import Granularity
from harness.analysis.findings import findings
from harness.analysis.run_data import RunData
from harness.frameworks.label import adapter_of
from harness.stats import Estimate

_Key = tuple[str, str, str, int]  # experiment, framework, mode, workers


class Shift(msgspec.Struct, frozen=True):
    """METG(50 %) of one framework in both runs.

    It includes the host's speed, since plain Python has no METG to divide it by.
    """

    experiment: str
    framework: str
    mode: str
    workers: int
    before_s: Estimate | None
    after_s: Estimate | None
    ratio: float | None  #: after over before
    verdict: Literal["smaller", "larger", "tie", ""]  #: a tie if the intervals meet


def shifts(before: RunData, after: RunData) -> list[Shift]:
    """Return the METG change of every framework that both runs measured."""
    ours, theirs = _granularities(before), _granularities(after)
    return [_shift(key, ours[key], theirs[key]) for key in ours if key in theirs]


def _granularities(data: RunData) -> dict[_Key, Granularity]:
    run = data.run
    cells = {cell.id: cell for cell in run.plan.cells}
    labels = Counter(adapter_of(label) for label in {cell.framework for cell in run.plan.cells})
    found = {}
    for experiment in run.plan.experiments:
        if experiment.estimates == "metg" and not experiment.control:
            rows = [figures(data, cells[cell]) for cell in experiment.cells]
            for each in findings(data, experiment, rows):
                adapter = adapter_of(each.framework)
                # The version is not part of the key, unless a run has several.
                name = adapter if labels[adapter] == 1 else each.framework
                if isinstance(each, Granularity):
                    found[experiment.name, name, each.mode, each.workers] = each
    return found


def _shift(key: _Key, before: Granularity, after: Granularity) -> Shift:
    one, other = before.metg_s, after.metg_s
    ratio = other.value / one.value if one and other and one.value > 0 else None
    return Shift(*key, one, other, ratio, _verdict(one, other))


def _verdict(
    one: Estimate | None, other: Estimate | None
) -> Literal["smaller", "larger", "tie", ""]:
    if one is None or other is None:
        return ""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return ""
    if other.high < one.low:
        return "smaller"
    return "larger" if other.low > one.high else "tie"
