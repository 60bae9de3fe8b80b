"""Plan of a run: its cells, and the order of the trials that measure them."""

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
    """Framework in one mode with one number of workers; each trial starts one subject."""

    framework: str
    mode: str
    workers: int

    @property
    def id(self) -> str:
        """Return the subject as text that is fit for a folder's name."""
        return f"{self.framework}-{self.mode}-p{self.workers}"


#: Keys of a sweep's workloads, by experiment and subject.
Sweeps = Mapping[tuple[str, Subject], Sequence[str]]


class Settings(msgspec.Struct, frozen=True):
    """Settings that hold for a whole run."""

    profile: str
    mode: str | None
    workers: int
    trials: int
    repetitions: int  #: warm ones of each cell in each trial
    idle_s: float
    seed: int
    timeouts: Timeouts

    def check(self) -> None:
        """Raise :class:`UsageError` for a number below 1."""
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
    """Return the plan of a run. Raises :class:`UsageError` for settings below 1.

    Plain Python with one worker executes every workload, as oracle and for the steps' own times.
    Plain Python with as many workers as each framework gets is in every experiment, so that a
    framework is compared with an equal number of workers. A sequential mode gets one worker.
    """
    settings.check()
    cells: dict[str, Cell] = {}
    experiments = []
    for question in suite.questions:
        named: list[str] = []
        for subject in subjects(question, chosen, catalog, settings):
            keys = _keys(question, subject, sweeps)
            made = _cells(question, subject, keys, suite, settings)
            # The reference has no budget: every other cell depends on its output.
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
    """Return the subjects of an experiment.

    They are the frameworks and, unless it is a control, plain Python with every number of workers
    that one of them has.
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
    # In the same mode plain Python is the lower bound for any framework.
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
    """Return every mode of every framework, on every interpreter that the catalog has it for."""
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
    """Return the numbers of workers to measure; none for the scaling of a sequential mode."""
    counts = entry.workers or [settings.workers]
    known = framework.entry.modes.get(mode)  # a mode that it lacks is reported by the run
    if known is None or known.parallel:
        return counts
    return [] if entry.estimates in ("strong", "weak") else [1]


def _keys(question: PlannedExperiment, subject: Subject, sweeps: Sweeps) -> Sequence[str]:
    if question.entry.estimates == "metg":
        return sweeps.get((question.name, subject), ())
    if question.entry.estimates == "weak":  # each number of workers has its own amount of work
        by_workers = dict(zip(question.entry.workers, question.keys, strict=True))
        return [by_workers[subject.workers]] if subject.workers in by_workers else question.keys[:1]
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
    """Return one cell for several experiments: the first one, with the most repetitions."""
    if known is None:
        return new
    most = max(known.repetitions, new.repetitions)
    return msgspec.structs.replace(known, repetitions=most)


def _order(
    cells: list[Cell], experiments: list[Experiment], settings: Settings
) -> list[PlannedTrial]:
    """Return balanced rounds of all subjects; in the first round plain Python comes first.

    Inside a trial cells come in a seeded order of their own, except that sizes of a ladder ascend.
    The cell of the first experiment about whole workloads is at the head, so that its first
    execution is the cold one in every trial.
    """
    rng = random.Random(settings.seed)
    groups: dict[Subject, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(Subject(cell.framework, cell.mode, cell.workers), []).append(cell)
    reference = next(iter(groups))  # make() puts each workload's reference before its other cells
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
    for cell in cells:  # a ladder's cells come from small to large
        of[cell.id] = of.get(cell.after or "", cell.id)
        ladders.setdefault(of[cell.id], []).append(cell.id)
    first = next((cell for cell in heads if cell in ladders), None)
    rest = [ladder for name, ladder in ladders.items() if name != first]
    rng.shuffle(rest)
    return [*(ladders[first] if first else []), *itertools.chain.from_iterable(rest)]
