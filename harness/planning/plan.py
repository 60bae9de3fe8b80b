"""What a run is going to do: cells, and the order of the trials that measure them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence

import msgspec

from harness.errors import UsageError
from harness.frameworks.catalog import BASELINE, Framework
from harness.model import Cell, Cost, Experiment, Plan, PlannedTrial, Timeouts
from harness.planning import counterbalance
from harness.planning.controls import UNRECORDED
from harness.planning.profile import ALONE, LADDERS, ExperimentSpec
from harness.planning.suite import PlannedExperiment, Suite


class Subject(msgspec.Struct, frozen=True):
    """A framework in one mode with one number of workers: what a trial starts."""

    framework: str
    mode: str
    workers: int

    @property
    def id(self) -> str:
        """Fit for a folder's name."""
        return f"{self.framework}-{self.mode}-p{self.workers}"


#: Keys of the workloads of a sweep, by its experiment and its subject.
Sweeps = Mapping[tuple[str, Subject], Sequence[str]]


class Settings(msgspec.Struct, frozen=True):
    """What holds for a whole run."""

    profile: str
    mode: str | None
    workers: int
    trials: int
    repetitions: int  #: warm ones of each cell in each trial
    idle_s: float
    seed: int
    timeouts: Timeouts

    def check(self) -> None:
        """Raise :class:`UsageError` for a number that cannot be."""
        for name in ("workers", "trials", "repetitions"):
            number = getattr(self, name)
            if number < 1:
                raise UsageError(f"--{name} {number}: give a whole number of at least 1")


def make(
    chosen: Sequence[Framework],
    catalog: Mapping[str, Framework],
    suite: Suite,
    settings: Settings,
    *,
    sweeps: Sweeps,
    costs: Mapping[str, Cost],
    injected: Mapping[str, float],
) -> Plan:
    """The plan of a run.

    Plain Python with one worker does every workload, as oracle and for the steps' own times; and
    plain Python with as many workers as any framework gets is in every experiment, so that like is
    compared with like. A mode that is sequential by nature gets one worker.
    """
    settings.check()
    cells: dict[str, Cell] = {}
    experiments = []
    for question in suite.questions:
        named: list[str] = []
        for subject in subjects(question, chosen, catalog, settings):
            keys = _keys(question, subject, sweeps)
            made = _cells(question, subject, keys, suite, settings)
            # As a reference, plain Python is held to no budget: others depend on it.
            references = [_reference(cell, catalog) for cell in made]
            for cell in [*references, *made]:
                cells[cell.id] = _merged(cells.get(cell.id), cell)
            shown = [] if question.control or question.entry.estimates in ALONE else references
            named += [cell.id for cell in [*shown, *made]]
        experiments.append(
            Experiment(
                question.name,
                question.entry.estimates,
                question.entry.about,
                list(dict.fromkeys(named)),
                question.control,
            )
        )
    return Plan(
        profile=settings.profile,
        seed=settings.seed,
        trials=settings.trials,
        workers=settings.workers,
        idle_s=settings.idle_s,
        timeouts=settings.timeouts,
        workloads=suite.specs,
        experiments=experiments,
        cells=list(cells.values()),
        order=_order(list(cells.values()), experiments, settings),
        costs=dict(costs),
        injected=dict(injected),
    )


def subjects(
    question: PlannedExperiment,
    chosen: Sequence[Framework],
    catalog: Mapping[str, Framework],
    settings: Settings,
) -> list[Subject]:
    """What an experiment measures: the frameworks and, where it is not the ruler's, plain Python
    with every number of workers that one of them has.
    """
    entry = question.entry
    named = [catalog[name] for name in entry.frameworks] or list(chosen)
    if entry.estimates == "portability":
        return _everywhere(named, catalog, entry, settings)
    mode = None if question.control else settings.mode
    found = [
        Subject(framework.name, mode or framework.default_mode, workers)
        for framework in named
        for workers in _workers(framework, mode or framework.default_mode, entry, settings)
    ]
    if question.control:
        return found
    plain = catalog[BASELINE]
    counts = sorted({1, *(subject.workers for subject in found)})
    baselines = [Subject(BASELINE, plain.default_mode, count) for count in counts]
    # In the same mode it is the floor of what any framework can do there.
    if mode in plain.entry.modes:
        baselines += [Subject(BASELINE, mode, subject.workers) for subject in found]
    others = [subject for subject in found if subject.framework != BASELINE]
    return list(dict.fromkeys([*baselines, *others]))


def _everywhere(
    named: Sequence[Framework],
    catalog: Mapping[str, Framework],
    entry: ExperimentSpec,
    settings: Settings,
) -> list[Subject]:
    """Every mode of every framework, on every interpreter that the catalog has it for."""
    found: list[Subject] = []
    for own in named:
        others = [each for each in catalog.values() if each.python and each.folder == own.folder]
        for framework in [own, *others]:
            modes = [settings.mode] if settings.mode else framework.entry.modes
            for mode in modes:
                counts = _workers(framework, mode, entry, settings)
                found += [Subject(framework.name, mode, workers) for workers in counts]
    return list(dict.fromkeys(found))


def _workers(
    framework: Framework, mode: str, entry: ExperimentSpec, settings: Settings
) -> list[int]:
    """The numbers of workers to measure; none where scaling is asked of a sequential mode."""
    asked = entry.workers or [settings.workers]
    known = framework.entry.modes.get(mode)  # one that it does not have is found out later
    if known is None or known.parallel:
        return asked
    return [] if entry.estimates in ("strong", "weak") else [1]


def _keys(question: PlannedExperiment, subject: Subject, sweeps: Sweeps) -> Sequence[str]:
    if question.entry.estimates == "metg":
        return sweeps.get((question.name, subject), ())
    if question.entry.estimates == "weak":  # as many workers as the work is meant for
        asked = dict(zip(question.entry.workers, question.keys, strict=True))
        return [asked[subject.workers]] if subject.workers in asked else question.keys[:1]
    return question.keys


def _cells(
    question: PlannedExperiment,
    subject: Subject,
    keys: Sequence[str],
    suite: Suite,
    settings: Settings,
) -> list[Cell]:
    entry = question.entry
    made: list[Cell] = []
    for key in keys:
        smaller = made[-1] if made and entry.estimates in LADDERS else None
        growth = smaller is not None and entry.estimates == "growth"
        made.append(
            Cell(
                id=f"{subject.id}-{key}",
                framework=subject.framework,
                mode=subject.mode,
                workers=subject.workers,
                workload=key,
                repetitions=entry.repetitions or settings.repetitions,
                budget_s=entry.budget_s,
                after=smaller.id if smaller else None,
                scale=suite.specs[key].steps / suite.specs[smaller.workload].steps
                if growth and smaller
                else 1.0,
                recorded=subject.framework != UNRECORDED,
            )
        )
    return made


def _reference(cell: Cell, catalog: Mapping[str, Framework]) -> Cell:
    mode = catalog[BASELINE].default_mode
    subject = Subject(BASELINE, mode, 1)
    return Cell(f"{subject.id}-{cell.workload}", BASELINE, mode, 1, cell.workload, cell.repetitions)


def _merged(known: Cell | None, new: Cell) -> Cell:
    """One cell for several experiments: as it was planned first, with the most repetitions."""
    if known is None:
        return new
    most = max(known.repetitions, new.repetitions)
    return msgspec.structs.replace(known, repetitions=most)


def _order(
    cells: list[Cell], experiments: list[Experiment], settings: Settings
) -> list[PlannedTrial]:
    """Balanced rounds of all subjects; in the first round plain Python goes before all.

    Inside a trial cells come in a seeded order of their own, but that the steps of a ladder go up.
    The cell of the first experiment about whole workloads is at the head, so that its first
    execution is the cold one in every trial.
    """
    rng = random.Random(settings.seed)
    groups: dict[Subject, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(Subject(cell.framework, cell.mode, cell.workers), []).append(cell)
    reference = next(iter(groups))  # a workload's reference comes before all its other cells
    heads = [cell for each in experiments if each.estimates == "workload" for cell in each.cells]
    order = []
    for number, subjects_ in enumerate(
        counterbalance.rounds(list(groups), settings.trials, rng), 1
    ):
        if number == 1:
            subjects_.sort(key=lambda each: each != reference)
        for subject in subjects_:
            order.append(
                PlannedTrial(
                    f"{number:02d}-{subject.id}",
                    number,
                    subject.framework,
                    subject.mode,
                    subject.workers,
                    _shuffled(groups[subject], heads, rng),
                )
            )
    return order


def _shuffled(cells: list[Cell], heads: list[str], rng: random.Random) -> list[str]:
    ladders: dict[str, list[str]] = {}
    of: dict[str, str] = {}
    for cell in cells:  # a ladder's cells stand from small to large
        of[cell.id] = of.get(cell.after or "", cell.id)
        ladders.setdefault(of[cell.id], []).append(cell.id)
    first = next((cell for cell in heads if cell in ladders), None)
    rest = [ladder for name, ladder in ladders.items() if name != first]
    rng.shuffle(rest)
    return [*(ladders[first] if first else []), *itertools.chain.from_iterable(rest)]
