"""Comparison of two runs: changes of each cell, and of everything that may explain them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from harness import stats
from harness.analysis.cells import makespan_s
from harness.analysis.controls import noise, null
from harness.analysis.metg_change import Shift, shifts
from harness.analysis.run_data import RunData
from harness.frameworks.label import adapter_of
from harness.model import BASELINE, Cell, Experiment, Outcome, Run
from harness.stats import Estimate

Key = tuple[str, str, int, str, str]  # adapter, mode, workers, workload, its parameters


class Change(msgspec.Struct, frozen=True):
    """One property that differs between the runs; an empty text where a run does not have it."""

    what: str
    before: str
    after: str


class Pair(msgspec.Struct, frozen=True):
    """One cell that both runs have; ratios are the later run's times over the earlier one's."""

    cell: str
    before: str  #: label of the framework, with its version
    after: str
    outcomes: tuple[Outcome, Outcome]
    before_s: Estimate | None
    after_s: Estimate | None
    ratio: Estimate | None
    to_plain: Estimate | None  #: ratio of the ratios to plain Python: the host's speed falls out
    verdict: Literal["faster", "slower", "tie", ""]  #: of ``to_plain``; empty if there is none


class Comparison(msgspec.Struct, frozen=True):
    """Differences between two runs."""

    before: str
    after: str
    changes: list[Change]
    pairs: list[Pair]
    shifts: list[Shift]
    null_spread: float | None  #: the larger of the two runs' own
    only_before: list[str]  #: cells that the other run does not have
    only_after: list[str]


def compare(before: tuple[Path, Run], after: tuple[Path, Run]) -> Comparison:
    """Compare two runs, cell by cell."""
    ours, theirs = RunData(*before), RunData(*after)
    one, other = _cells(ours.run), _cells(theirs.run)
    spreads = [s for s in (_null_spread(ours), _null_spread(theirs)) if s is not None]
    spread = max(spreads) if len(spreads) == 2 else None
    return Comparison(
        before=ours.run.id,
        after=theirs.run.id,
        changes=changes(ours.run, theirs.run),
        pairs=[_pair(ours, one[key], theirs, other[key], spread) for key in one if key in other],
        shifts=shifts(ours, theirs),
        null_spread=spread,
        only_before=[cell.id for key, cell in one.items() if key not in other],
        only_after=[cell.id for key, cell in other.items() if key not in one],
    )


def changes(before: Run, after: Run) -> list[Change]:
    """Return the differences in host, noise, versions, settings and plan."""
    one, other = dict(_facts(before)), dict(_facts(after))
    return [
        Change(what, one.get(what, ""), other.get(what, ""))
        for what in dict.fromkeys([*one, *other])
        if one.get(what) != other.get(what)
    ]


def _facts(run: Run) -> Iterator[tuple[str, str]]:
    """Yield every property that may explain a difference, by name."""
    for field in msgspec.structs.fields(run.host):
        yield f"host {field.name}", str(getattr(run.host, field.name))
    found = noise(run.spins)
    if found is not None:
        yield "host is noisy", "yes" if found.noisy else "no"
    yield "artifacts", run.artifacts
    yield "harness", run.harness
    yield "commit", run.commit or "none"
    yield "code", run.code
    yield from _versions(run)
    for mode, settings in run.settings.items():
        for name, value in settings.items():
            yield f"{mode}: {name}", value
    for name in ("profile", "seed", "trials", "workers", "idle_s"):
        yield f"plan {name}", str(getattr(run.plan, name))
    for phase, limit in msgspec.to_builtins(run.plan.timeouts).items():
        yield f"timeout {phase}", str(limit)


def _versions(run: Run) -> Iterator[tuple[str, str]]:
    """Yield all versions that the trials had of each package.

    Several versions of one package are a fault, unless several labels were asked for.
    """
    labels = _labels(run)
    found: dict[str, dict[str, None]] = {}
    for trial in run.trials:
        adapter = adapter_of(trial.framework)
        label = adapter if labels[adapter] == 1 else trial.framework
        for name, version in trial.versions.items():
            found.setdefault(f"{label}: {name}", {})[version] = None
    for what, versions in found.items():
        yield what, " and ".join(sorted(versions))


def _labels(run: Run) -> Counter[str]:
    """Count the labels, such as ``prefect@3.8.5``, that a run has of each adapter."""
    return Counter(adapter_of(label) for label in {c.framework for c in run.plan.cells})


def _cells(run: Run) -> Mapping[Key, Cell]:
    """Return the cells by what they measure, without the version unless a run has several."""
    labels = _labels(run)
    # Cells that only give reference step times, and those of controls, are not compared.
    shown = {cell for each in run.plan.experiments if not each.control for cell in each.cells}
    found = {}
    for cell in run.plan.cells:
        if cell.id not in shown:
            continue
        adapter = adapter_of(cell.framework)
        name = adapter if labels[adapter] == 1 else cell.framework
        spec = run.plan.workloads[cell.workload]
        found[name, cell.mode, cell.workers, spec.name, _text(spec.parameters)] = cell
    return found


def _text(parameters: Mapping[str, Any]) -> str:
    return msgspec.json.encode(parameters, order="sorted").decode()


def _pair(ours: RunData, one: Cell, theirs: RunData, other: Cell, spread: float | None) -> Pair:
    before, after = ours.rounds(one.id, makespan_s), theirs.rounds(other.id, makespan_s)
    outcomes = (ours.outcome(one.id)[0], theirs.outcome(other.id)[0])
    ratio = to_plain = None
    verdict: Literal["faster", "slower", "tie", ""] = ""
    if outcomes == (Outcome.OK, Outcome.OK) and before and after:
        ratio = stats.unpaired_ratio(list(after.values()), list(before.values()))
        to_plain = _to_plain(ours, one, theirs, other)
        # Plain Python itself gets no verdict: between two runs it differs by the host's speed.
        if to_plain is not None and spread is not None:
            verdict = stats.verdict(to_plain, spread)
    return Pair(
        cell=other.id,
        before=f"{one.framework} {ours.version(one.framework)}",
        after=f"{other.framework} {theirs.version(other.framework)}",
        outcomes=outcomes,
        before_s=ours.estimate(one.id, makespan_s),
        after_s=theirs.estimate(other.id, makespan_s),
        ratio=ratio,
        to_plain=to_plain,
        verdict=verdict,
    )


def _to_plain(ours: RunData, one: Cell, theirs: RunData, other: Cell) -> Estimate | None:
    """Return the ratio of both runs' ratios to plain Python, round by round."""
    relative = []
    for data, cell in ((theirs, other), (ours, one)):
        baseline = data.baseline(cell)
        if baseline is None or cell.framework == BASELINE:
            return None
        mine, plain = data.rounds(cell.id, makespan_s), data.rounds(baseline.id, makespan_s)
        shared = sorted(set(mine) & set(plain))
        relative.append([[stats.median(mine[n]) / stats.median(plain[n])] for n in shared])
    return stats.unpaired_ratio(*relative) if all(relative) else None


def _null_spread(data: RunData) -> float | None:
    experiment: Experiment | None = next(
        (each for each in data.run.plan.experiments if each.estimates == "null"), None
    )
    return null(data, experiment)[1]
