"""Chapters on measurements: overhead, granularity, scaling, the pipeline, resources."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from harness.analysis.summary import ExperimentSummary
from harness.report.chapters import merging
from harness.report.charts import curves
from harness.report.document import AnyPart, Gantt, Section
from harness.report.material import Material
from harness.report.tables import experiments, usage

_BESIDE = 4  # tables of the first mode that are shown beside the charts; if more, all are details


def overhead(material: Material) -> Section:
    """Return the chapter on the cost of a step beyond its own work."""
    return Section(
        "overhead",
        "Overhead",
        "A worker's time per step beyond the step's own time d: (T - sum of d) / N for a chain, "
        "else T·P/N - d, with makespan T, N steps, P workers. Medians over trials, 95 % intervals.",
        tuple(_parts(material, ("overhead", "latency", "throughput"))),
    )


def granularity(material: Material) -> Section:
    """Return the chapter on METG: how long a step must be."""
    return Section(
        "granularity",
        "How long a step must be",
        "METG(50 %): the smallest worker's time per step, T·P/N, at which half is the step's "
        "own work. For a shorter step, overhead exceeds work.",
        tuple(_parts(material, ("metg",))),
    )


def scaling(material: Material) -> Section:
    """Return the chapter on growth with steps, bytes and workers."""
    return Section(
        "scaling",
        "Scaling",
        "How the makespan grows with the number of steps (k of T ~ N^k) and with the bytes that "
        "pass between them, and how much more workers help.",
        tuple(_parts(material, ("growth", "payload", "strong", "weak", "efficiency"))),
    )


def pipeline(material: Material) -> Section:
    """Return the chapter on the whole workload, with a timeline for each framework."""
    gantts = [
        Gantt(
            title=each.title,
            alt=f"{each.title}: when each step ran. "
            + "; ".join(
                f"{panel.label}: {panel.timeline.makespan_ns / 1e9:.3g} s" for panel in each.panels
            ),
            panels=each.panels,
        )
        for each in material.executed
    ]
    return Section(
        "pipeline",
        "The pipeline",
        "The same steps in each framework, verified against plain Python's output. Charts show "
        "the warm execution with the median makespan.",
        (*_parts(material, ("workload",)), *gantts),
    )


def resources(material: Material) -> Section:
    """Return the chapter on the costs of starting a framework and keeping it idle."""
    starts = [each for run in material.runs for each in run.summary.starts]
    parts: list[AnyPart] = []
    if starts:
        parts.append(usage.starts(starts))
    if any(each.services_s for each in starts):
        parts.append(usage.services(starts))
    return Section(
        "resources",
        "Resources",
        "Use by the whole process tree, including processes that have ended.",
        tuple(parts),
    )


def _parts(material: Material, kinds: Collection[str]) -> Iterator[AnyPart]:
    alone, raw = curves.alone(material.modes), merging.files(material.runs)
    for experiment in merging.experiments(material.runs):
        if experiment.estimates in kinds:
            if experiment.estimates == "overhead":
                yield from curves.overheads(experiment, raw, alone)
            if experiment.estimates == "metg":
                yield from curves.granularities(experiment, alone)
            yield from curves.curves(experiment, alone, material.modes)
            yield from _tables(material, experiment)


def _tables(material: Material, experiment: ExperimentSummary) -> Sequence[AnyPart]:
    raw = merging.files(material.runs)
    spread = merging.null_spread(material.runs)
    tables = experiments.tables_of(experiment, spread, raw)
    if not tables or experiment.estimates == "workload":
        return tables
    # Charts show every mode; tables of every mode would bury the first one, which is compared.
    each_mode = len(tables) // len({row.mode for row in experiment.rows})
    shown = each_mode if each_mode <= _BESIDE else 0
    behind = (msgspec.structs.replace(each, behind=True) for each in tables[shown:])
    return [*tables[:shown], *behind]
