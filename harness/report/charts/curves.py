"""Charts of a run's experiments: curves over a sweep, and values with intervals."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from harness.analysis.cells import CellFigures
from harness.analysis.finding import Finding, Granularity, Growing, Payload
from harness.analysis.summary import ExperimentSummary, Summary
from harness.files import own_folder
from harness.frameworks.adapter_file import Mode
from harness.frameworks.label import adapter_of
from harness.report.document import Axis, Curves, Dot, Interval, Intervals, Link, Series
from harness.report.tables.formatting import bytes_, duration, name
from harness.stats import Estimate

FOLDER = "figures"

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")

_AXES = {
    "metg": (
        Axis("worker's time per step, T·P/N", "s", log=True),
        Axis("share of time that is work", level=0.5, level_title="METG(50 %)"),
    ),
    "growth": (Axis("steps", log=True), Axis("makespan", "s", log=True)),
    "payload": (Axis("bytes passed between steps", "B", log=True), Axis("makespan", "s", log=True)),
}
_ALTS = {
    "metg": "Efficiency over a worker's time per step; above one half, work outweighs cost.",
    "growth": "Makespan over the number of steps, both on log scales.",
    "payload": "Makespan over the bytes passed between steps, both on log scales.",
}

#: Pairs of framework and mode that run one step at a time by nature.
Sequential = Collection[tuple[str, str]]


def alone(modes: Mapping[str, Mapping[str, Mode]]) -> Sequential:
    """Return the frameworks and modes that adapter.toml declares as not parallel."""
    return {
        (adapter, name)
        for adapter, own in modes.items()
        for name, mode in own.items()
        if not mode.parallel
    }


def write(summary: Summary, sequential: Sequential = ()) -> list[Path]:
    """Draw every experiment that has curves into the run's folder; return the files."""
    from harness.report.charts import save  # not at the top: the rest works without the renderer

    made = []
    for experiment in summary.experiments:
        for chart in curves(experiment, sequential) if not experiment.control else ():
            folder = own_folder(Path(summary.folder) / FOLDER)
            path = folder / f"{_UNSAFE.sub('-', chart.id)}.svg"
            save.save(chart, path)
            made.append(path)
    return made


def curves(
    experiment: ExperimentSummary, sequential: Sequential = (), order: Iterable[str] = ()
) -> Iterator[Curves]:
    """Yield one chart for each mode, with a line for each framework and number of workers.

    Modes are never compared, so they do not share a chart. ``order`` of the frameworks determines
    their colours.
    """
    if experiment.estimates not in _AXES:
        return
    x, y = _AXES[experiment.estimates]
    hues = list(dict.fromkeys([*order, *(each.framework for each in experiment.findings)]))
    for mode in dict.fromkeys(each.mode for each in experiment.findings):
        found = [each for each in experiment.findings if each.mode == mode]
        series = tuple(line for each in found if (line := _series(each, sequential, hues)).points)
        if series:
            yield Curves(
                id=f"{experiment.name}-{mode}",
                title=f"{experiment.name}, mode {mode}: {experiment.about}",
                alt=f"{_ALTS[experiment.estimates]} {'; '.join(map(_described, series))}",
                x=x,
                y=y,
                series=series,
            )


def _series(found: Finding, sequential: Sequential, hues: Sequence[str]) -> Series:
    points: list[tuple[float, float]] = []
    note = found.refusal
    if isinstance(found, Granularity):
        # x is the granularity, not the step's own time, so METG is where a line crosses the level.
        points = [(granularity, efficiency) for _, granularity, efficiency in found.points]
        note = f"METG(50 %) {_with_bounds(found.metg_s)}" if found.metg_s else note
    elif isinstance(found, Growing):
        points = [(float(size), taken) for size, taken in found.sizes]
        k = found.exponent
        note = f"grows as N^{k.value:.2f}{_bounds(k)}" if k else note
    elif isinstance(found, Payload):
        points = [(float(size), taken) for size, taken in found.sizes]
        note = f"fails at {bytes_(found.fails_at)}: {found.how}" if found.fails_at else note
    alone = (adapter_of(found.framework), found.mode) in sequential
    return Series(
        label=subject(found.framework, found.version, found.workers, alone),
        framework=found.framework,
        mode=found.mode,
        workers=found.workers,
        sequential=alone,
        points=tuple(Dot(x, y) for x, y in sorted(points) if x > 0 and y > 0),
        hue=hues.index(found.framework),
        note=note,
    )


def subject(framework: str, version: str, workers: int, sequential: bool) -> str:
    """Return the label of a framework, always with the number of steps that it runs at once."""
    return f"{name(framework, version)}, P={workers}{', sequential by nature' * sequential}"


def _described(series: Series) -> str:
    return f"{series.label}: {series.note or f'{len(series.points)} points'}"


def _with_bounds(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return duration(estimate.value)
    return f"{duration(estimate.value)} ({duration(estimate.low)} to {duration(estimate.high)})"


def _bounds(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    return f" ({estimate.low:.2f} to {estimate.high:.2f})"


def overheads(
    experiment: ExperimentSummary, files: dict[str, tuple[Link, ...]], sequential: Sequential
) -> Iterator[Intervals]:
    """Yield a chart of overhead per step for each mode, with a panel for each point."""
    for mode in dict.fromkeys(row.mode for row in experiment.rows):
        rows = [row for row in experiment.rows if row.mode == mode and row.overhead_step_s]
        found = tuple(
            _interval(
                row, row.overhead_step_s, experiment.points.get(row.workload, ""), files, sequential
            )
            for row in rows
            if row.overhead_step_s is not None
        )
        if found:
            yield Intervals(
                title=f"{experiment.name}, mode {mode}: overhead per step",
                alt="Overhead per step with its 95 % interval. "
                + "; ".join(
                    f"{each.group and f'{each.group}: '}{each.label}: {duration(each.value)}"
                    for each in found
                ),
                axis=Axis("overhead per step", "s", log=_positive(found)),
                intervals=found,
            )


def granularities(experiment: ExperimentSummary, sequential: Sequential) -> Iterator[Intervals]:
    """Yield a chart of METG for each mode, without frameworks whose METG is unknown."""
    for mode in dict.fromkeys(each.mode for each in experiment.findings):
        found = []
        for each in experiment.findings:
            if isinstance(each, Granularity) and each.mode == mode and each.metg_s is not None:
                alone = (adapter_of(each.framework), mode) in sequential
                label = subject(each.framework, each.version, each.workers, alone)
                metg = each.metg_s
                found.append(Interval(label, each.framework, mode, metg.value, metg.low, metg.high))
        if found:
            yield Intervals(
                title=f"{experiment.name}, mode {mode}: METG(50 %), worker's time per step",
                alt="METG(50 %) with its 95 % interval. "
                + "; ".join(f"{each.label}: {duration(each.value)}" for each in found),
                axis=Axis("METG(50 %)", "s", log=_positive(found)),
                intervals=tuple(found),
            )


def _interval(
    row: CellFigures,
    estimate: Estimate,
    point: str,
    files: dict[str, tuple[Link, ...]],
    sequential: Sequential,
) -> Interval:
    alone = (adapter_of(row.framework), row.mode) in sequential
    return Interval(
        label=subject(row.framework, row.version, row.workers, alone),
        framework=row.framework,
        mode=row.mode,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        group=point,
        links=files.get(row.cell, ()),
    )


def _positive(found: Collection[Interval]) -> bool:
    """Return whether all values and bounds fit on a logarithmic axis."""
    return all(min(each.value, each.value if each.low is None else each.low) > 0 for each in found)
