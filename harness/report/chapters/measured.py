"""What was measured: overhead, granularity, scaling, the pipeline, resources."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from harness.analysis.summary import ExperimentSummary
from harness.report.chapters import merging
from harness.report.charts import curves
from harness.report.document import AnyPart, Gantt, Section
from harness.report.material import Material
from harness.report.tables import experiments, usage

_BESIDE = 4  # tables of the first mode that stand beside the charts; of more, all stand behind them


def overhead(material: Material) -> Section:
    """What a step costs beyond its body."""
    return Section(
        "overhead",
        "Overhead",
        "What a step costs beyond its body, in a worker's time (of a chain (T - sum of d) / N, "
        "else T·P/N - d): medians over trials with 95 % intervals.",
        tuple(_parts(material, ("overhead", "latency", "throughput"))),
    )


def granularity(material: Material) -> Section:
    """How long a step has to be."""
    return Section(
        "granularity",
        "How long a step must be",
        "METG(50 %): the smallest T·P/N, a step's share of the workers' time, half of it work.",
        tuple(_parts(material, ("metg",))),
    )


def scaling(material: Material) -> Section:
    """What more steps, more bytes and more workers do."""
    return Section(
        "scaling",
        "Scaling",
        "Growth with the number of steps (k of T ~ N^k), with what travels between them, and "
        "what more workers are worth.",
        tuple(_parts(material, ("growth", "payload", "strong", "weak", "efficiency"))),
    )


def pipeline(material: Material) -> Section:
    """The whole workload, and one execution of it in each framework."""
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
        "The same steps in each framework, verified against plain Python's output; of each the "
        "warm execution with the median makespan is drawn.",
        (*_parts(material, ("workload",)), *gantts),
    )


def resources(material: Material) -> Section:
    """What it takes to start a framework, and to keep it."""
    starts = [each for run in material.runs for each in run.summary.starts]
    parts: list[AnyPart] = []
    if starts:
        parts.append(usage.starts(starts))
    if any(each.services_s for each in starts):
        parts.append(usage.services(starts))
    return Section(
        "resources",
        "Resources",
        "Of the whole tree of processes, those that have ended included.",
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
    # Charts show every mode; the tables of as many would hide the first, which is compared.
    each_mode = len(tables) // len({row.mode for row in experiment.rows})
    shown = each_mode if each_mode <= _BESIDE else 0
    behind = (msgspec.structs.replace(each, behind=True) for each in tables[shown:])
    return [*tables[:shown], *behind]
