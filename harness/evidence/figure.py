"""Readings from measured figures: each with its interval, its trials and its date."""

from __future__ import annotations

import math

import msgspec

from harness.frameworks.label import Label
from harness.matrix.model import Reading
from harness.model import Run
from harness.stats import Estimate

#: Factor by which a figure of a single trial may be off in either direction.
ONCE = 2.0


class MeasuredFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One measured figure, before :func:`reading_of` makes it a reading."""

    framework: str
    indicator: str
    value: float | Estimate | None
    mode: str = ""
    cells: tuple[str, ...] = ()  #: cells of the trials that it is from
    exact: bool = False  #: not a time, so that noise of the host does not widen it
    interval: tuple[float | None, float | None] | None = None
    text: str = ""
    note: str = ""


def reading_of(place: str, run: Run, found: MeasuredFigure, null_spread: float) -> Reading:
    """Return a figure of ``run`` as a reading with its interval; sources lie under ``place``."""
    low, high = found.interval or (None, None)
    value, note = found.value, found.note
    if isinstance(value, Estimate):
        low, high = interval(value, 0.0 if found.exact else null_spread)
        note = note if value.low is not None else "measured once"
        value = value.value
    cells = set(found.cells)
    trials = (
        f"{place}/trials/{trial.id}"
        for trial in run.trials
        if Label.parse(trial.framework).without_python == found.framework
        and (trial.mode == found.mode or not found.mode)
        and any(each.cell in cells for each in trial.repetitions)
    )
    return Reading(
        framework=found.framework,
        indicator=found.indicator,
        value=value,
        low=low,
        high=high,
        mode=found.mode,
        text=found.text,
        sources=tuple(trials) or (f"{place}/run.json",),
        as_of=run.created[:10],
        note=note,
    )


def interval(found: Estimate, null_spread: float) -> tuple[float, float]:
    """Return the interval of an estimate, in its unit, widened by the A/A null.

    It covers the estimate's own interval and value * e**±``null_spread``, the largest deviation of
    plain Python from itself on the log scale. An estimate from one trial has no interval of its
    own, and covers at least value * 2 and value / 2 (:data:`ONCE`).
    """
    once = found.low is None or found.high is None
    factor = max(math.exp(null_spread), ONCE if once else 1.0)
    bounds = [found.value, *(end for end in (found.low, found.high) if end is not None)]
    ends = [*bounds, found.value * factor, found.value / factor]
    return min(ends), max(ends)
