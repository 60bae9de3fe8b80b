"""Campaign of probes: trials side by side, each saved as soon as it is judged."""

from __future__ import annotations

import concurrent.futures
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from harness import host, provenance
from harness.errors import HarnessError
from harness.home import Home
from harness.model import Environment, Plan, ProbeVerdict, Run, Status, Timeouts, Verdict
from harness.probes.model import Probe
from harness.probing import declared, outbound, trial, verdicts
from harness.probing.plan import ProbePlan, ProbeTrial
from harness.results import store
from harness.results.new_run import new_run

_LANES = 4  # probes wait more than they compute, and are judged by seconds
#: The trials that take longest begin first, so that none of them runs alone at the end: those that
#: wait for a clock, kill services, or kill steps.
_LONGEST_FIRST = ("gentle", "kill-", "faults", "triggers")


class _StoppedError(Exception):
    """The campaign was stopped while this trial was running."""


class ProbeProgress(Protocol):
    """Receiver of progress reports; called from several threads."""

    def probes(self, trial: str, done: int, of: int) -> None:
        """Report that ``done`` of the ``of`` probes of a trial have ended."""


class Campaign(msgspec.Struct):
    """A campaign under way; ``run`` grows with each trial."""

    home: Home
    folder: Path
    questions: Sequence[ProbePlan]
    environments: Mapping[str, Environment | HarnessError]
    run: Run
    service_urls: Mapping[str, str]


def begin(folder: Path, environments: Mapping[str, Environment | HarnessError]) -> Run:
    """Save and return a new run that holds only probes, without measurements."""
    plan = Plan(
        profile=store.PROBES,
        seed=0,
        trials=0,
        workers=host.cores(),
        idle_s=0.0,
        timeouts=Timeouts(),
        workloads={},
        experiments=[],
        cells=[],
        order=[],
        costs={},
        injected={},
    )
    code = provenance.code_digest([])
    run = new_run(folder.name, plan, environments, code=code, settings={}, roles={})
    store.save(folder, run)
    return run


def proceed(campaign: Campaign, probes: Mapping[str, Probe], progress: ProbeProgress) -> Run:
    """Run all probes that do not have a verdict yet or were inconclusive; return the run.

    Verdicts are saved after each trial, so an interruption does not lose them. ``probes`` maps
    the names of all existing probes.
    """
    lock, stopping = threading.Lock(), threading.Event()
    preload = outbound.library(campaign.home)
    roles = {each.framework.name: each.framework.entry.role for each in campaign.questions}
    campaign.run = msgspec.structs.replace(campaign.run, roles={**campaign.run.roles, **roles})
    _save(campaign, _known_verdicts(campaign, probes))
    waiting = list(_waiting(campaign))

    def one(planned: ProbeTrial) -> None:
        place = campaign.folder / store.PROBES / planned.id
        count = len(planned.probes)

        def report(ended: int) -> None:
            if stopping.is_set():
                raise _StoppedError  # this ends the trial and all of its processes
            progress.probes(planned.id, ended, count)

        report(0)
        environment = campaign.environments.get(planned.framework.name)
        if isinstance(environment, HarnessError):
            judged = _without_environment(planned, environment)
        else:
            judged = trial.run(
                campaign.home, planned, place, preload, campaign.service_urls, report
            )
        with lock:
            _save(campaign, judged)
        progress.probes(planned.id, count, count)

    try:
        _side_by_side(waiting, one, stopping)
    except BaseException:
        _save_status(campaign, "interrupted")
        raise
    _judge_together(campaign, probes)
    _save_status(campaign, "complete")
    return campaign.run


def _waiting(campaign: Campaign) -> Iterator[ProbeTrial]:
    """Yield a trial for each group of probes that need one.

    If the run holds a trial of that name already, the id and folder get a suffix: ``+2``, ``+3``.
    """
    known = {_key(each) for each in campaign.run.probes if not _inconclusive(each)}
    used = {each.trial for each in campaign.run.probes}
    for planned in (each for question in campaign.questions for each in question.trials):
        left = [
            probe
            for probe in planned.probes
            if (planned.framework.name, planned.mode, probe.name) not in known
        ]
        names = itertools.chain([planned.id], (f"{planned.id}+{n}" for n in itertools.count(2)))
        if left:
            free = next(name for name in names if name not in used)
            yield msgspec.structs.replace(planned, id=free, probes=left)


def _key(record: ProbeVerdict) -> tuple[str, str, str]:
    return record.framework, record.mode, record.probe


def _inconclusive(record: ProbeVerdict) -> bool:
    return record.verdict == Verdict.INCONCLUSIVE


def _side_by_side(
    waiting: Sequence[ProbeTrial], one: Callable[[ProbeTrial], None], stopping: threading.Event
) -> None:
    """Run all trials, some at once; an exception or interrupt ends those under way."""
    with concurrent.futures.ThreadPoolExecutor(_LANES) as pool:
        futures = [pool.submit(one, each) for each in sorted(waiting, key=_rank)]
        try:
            for future in concurrent.futures.as_completed(futures):
                future.result()
        except BaseException:
            stopping.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _rank(planned: ProbeTrial) -> int:
    """Return the position of a trial in the queue."""
    part = planned.id.removeprefix(f"{planned.framework.name}-{planned.mode}-")
    return next(
        (rank for rank, longer in enumerate(_LONGEST_FIRST) if part.startswith(longer)),
        len(_LONGEST_FIRST),
    )


def _known_verdicts(campaign: Campaign, probes: Mapping[str, Probe]) -> list[ProbeVerdict]:
    known = {(each.framework, each.mode, each.probe) for each in campaign.run.probes}
    return [
        verdicts.known(question.framework.name, question.mode, probes[name], answer)
        for question in campaign.questions
        for name, answer in question.answers.items()
        if (question.framework.name, question.mode, name) not in known
    ]


def _without_environment(planned: ProbeTrial, error: HarnessError) -> list[ProbeVerdict]:
    return [
        ProbeVerdict(
            framework=planned.framework.name,
            mode=planned.mode,
            probe=probe.name,
            verdict=Verdict.INCONCLUSIVE,
            said=f"the framework's environment could not be created: {error}",
            trial=planned.id,
        )
        for probe in planned.probes
    ]


def _save(campaign: Campaign, judged: Sequence[ProbeVerdict]) -> None:
    """Save verdicts in the run; they replace older ones of the same probes."""
    new = {_key(each) for each in judged}
    old = [each for each in campaign.run.probes if _key(each) not in new]
    campaign.run = msgspec.structs.replace(campaign.run, probes=[*old, *judged])
    store.save(campaign.folder, campaign.run)


def _judge_together(campaign: Campaign, probes: Mapping[str, Probe]) -> None:
    """Judge again the probes about a mode as a whole, now that all of its trials have ended."""
    place = campaign.folder / store.PROBES
    frameworks = {(each.framework.name, each.mode): each.framework for each in campaign.questions}
    trials: dict[tuple[str, str], dict[str, None]] = {}
    for each in campaign.run.probes:
        if each.trial:
            trials.setdefault((each.framework, each.mode), {})[each.trial] = None

    def again(record: ProbeVerdict) -> ProbeVerdict:
        key = record.framework, record.mode
        if not record.trial or key not in frameworks or not probes[record.probe].together:
            return record
        probe = declared.fitted(declared.read(frameworks[key]), record.mode, probes[record.probe])
        others = [place / each for each in trials[key] if each != record.trial]
        return verdicts.over_all(record, probe, place / record.trial, others)

    judged = [again(record) for record in campaign.run.probes]
    campaign.run = msgspec.structs.replace(campaign.run, probes=judged)


def _save_status(campaign: Campaign, status: Status) -> None:
    """Save the run, with ``status`` unless it holds measurements, which have their own."""
    if not campaign.run.plan.order:
        campaign.run = msgspec.structs.replace(campaign.run, status=status)
    store.save(campaign.folder, campaign.run)
