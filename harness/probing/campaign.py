"""All probes of all frameworks: trials side by side, each kept as soon as it is judged."""

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
#: The parts that take longest, which are begun first, lest one of them be left alone at the end:
#: all that waits for a clock, what kills services, what kills steps.
_LONGEST_FIRST = ("gentle", "kill-", "faults", "triggers")


class _StoppedError(Exception):
    """Nobody waits for the other trials any more."""


class ProbeProgress(Protocol):
    """Who is told how the probes come along; from several threads."""

    def probes(self, trial: str, done: int, of: int) -> None:
        """So many probes of a trial have ended."""


class Campaign(msgspec.Struct):
    """Probes under way, and ``run`` as it grows."""

    home: Home
    folder: Path
    questions: Sequence[ProbePlan]
    environments: Mapping[str, Environment | HarnessError]
    run: Run
    service_urls: Mapping[str, str]


def begin(folder: Path, environments: Mapping[str, Environment | HarnessError]) -> Run:
    """A new run that holds probes and measures nothing, written down."""
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
    run = new_run(folder.name, plan, environments, code=code, settings={})
    store.save(folder, run)
    return run


def proceed(campaign: Campaign, probes: Mapping[str, Probe], progress: ProbeProgress) -> Run:
    """Find out all that is not known yet, which is also what was inconclusive. What is known is
    kept, whatever happens after. ``probes`` are all that there are.
    """
    lock, stopping = threading.Lock(), threading.Event()
    preload = outbound.library(campaign.home)
    _keep(campaign, _without_runs(campaign, probes))
    waiting = list(_waiting(campaign))

    def one(planned: ProbeTrial) -> None:
        place = campaign.folder / store.PROBES / planned.id
        count = len(planned.probes)

        def tell(ended: int) -> None:
            if stopping.is_set():
                raise _StoppedError  # which ends the trial and all that came of it
            progress.probes(planned.id, ended, count)

        tell(0)
        environment = campaign.environments.get(planned.framework.name)
        if isinstance(environment, HarnessError):
            found = _unmade(planned, environment)
        else:
            found = trial.run(campaign.home, planned, place, preload, campaign.service_urls, tell)
        with lock:
            _keep(campaign, found)
        progress.probes(planned.id, count, count)

    try:
        _side_by_side(waiting, one, stopping)
    except BaseException:
        _mark(campaign, "interrupted")
        raise
    _judge_together(campaign, probes)
    _mark(campaign, "complete")
    return campaign.run


def _waiting(campaign: Campaign) -> Iterator[ProbeTrial]:
    """The trials of what is not known; a further one where some of the same is, in a folder of its
    own.
    """
    known = {_key(each) for each in campaign.run.probes if not _says_nothing(each)}
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


def _says_nothing(record: ProbeVerdict) -> bool:
    return record.verdict == Verdict.INCONCLUSIVE


def _side_by_side(
    waiting: Sequence[ProbeTrial], one: Callable[[ProbeTrial], None], stopping: threading.Event
) -> None:
    """Run all trials, some at once. What ends one of them, or us, ends those under way."""
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
    """Where a trial stands among those that wait."""
    part = planned.id.removeprefix(f"{planned.framework.name}-{planned.mode}-")
    return next(
        (rank for rank, longer in enumerate(_LONGEST_FIRST) if part.startswith(longer)),
        len(_LONGEST_FIRST),
    )


def _without_runs(campaign: Campaign, probes: Mapping[str, Probe]) -> list[ProbeVerdict]:
    known = {(each.framework, each.mode, each.probe) for each in campaign.run.probes}
    return [
        verdicts.known(question.framework.name, question.mode, probes[name], answer)
        for question in campaign.questions
        for name, answer in question.answers.items()
        if (question.framework.name, question.mode, name) not in known
    ]


def _unmade(planned: ProbeTrial, error: HarnessError) -> list[ProbeVerdict]:
    return [
        ProbeVerdict(
            framework=planned.framework.name,
            mode=planned.mode,
            probe=probe.name,
            verdict=Verdict.INCONCLUSIVE,
            said=f"its environment could not be made: {error}",
            trial=planned.id,
        )
        for probe in planned.probes
    ]


def _keep(campaign: Campaign, found: Sequence[ProbeVerdict]) -> None:
    """Write down what was found, in place of what said nothing."""
    new = {_key(each) for each in found}
    old = [each for each in campaign.run.probes if _key(each) not in new]
    campaign.run = msgspec.structs.replace(campaign.run, probes=[*old, *found])
    store.save(campaign.folder, campaign.run)


def _judge_together(campaign: Campaign, probes: Mapping[str, Probe]) -> None:
    """What is asked of a mode as a whole is judged once all of its trials have ended."""
    place = campaign.folder / store.PROBES
    asked = {(each.framework.name, each.mode): each.framework for each in campaign.questions}
    trials: dict[tuple[str, str], dict[str, None]] = {}
    for each in campaign.run.probes:
        if each.trial:
            trials.setdefault((each.framework, each.mode), {})[each.trial] = None

    def again(record: ProbeVerdict) -> ProbeVerdict:
        of = record.framework, record.mode
        if not record.trial or of not in asked or not probes[record.probe].together:
            return record
        probe = declared.fitted(declared.read(asked[of]), record.mode, probes[record.probe])
        others = [place / each for each in trials[of] if each != record.trial]
        return verdicts.over_all(record, probe, place / record.trial, others)

    judged = [again(record) for record in campaign.run.probes]
    campaign.run = msgspec.structs.replace(campaign.run, probes=judged)


def _mark(campaign: Campaign, status: Status) -> None:
    """Write down how it came to its end; of a run that measured, that is not ours to say."""
    if not campaign.run.plan.order:
        campaign.run = msgspec.structs.replace(campaign.run, status=status)
    store.save(campaign.folder, campaign.run)
