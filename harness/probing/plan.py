"""Plan of probes: known verdicts, and trials of the probes that need a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from harness.frameworks.catalog import Framework
from harness.model import Verdict
from harness.probes.model import Judgement, Probe
from harness.probes.registry import groups
from harness.probing import declared
from harness.probing.declared import Declared, KnownVerdict
from harness.worker.probing.messages import STEP, ProbeOrder

_LANES_BESIDE_SERVICES = 10  # their processes are clients that wait
_LANES = 2  # a whole framework in each


class ProbeTrial(msgspec.Struct, frozen=True):
    """Probes that share one fresh process, and the services of a mode."""

    id: str  #: also the name of its folder
    framework: Framework
    mode: str
    probes: list[Probe]
    declared: Declared


class ProbePlan(msgspec.Struct, frozen=True):
    """Known verdicts and trials of one framework in one mode."""

    framework: Framework
    mode: str
    answers: dict[str, KnownVerdict]  #: known without a run, by probe
    trials: list[ProbeTrial]


def probe_plan(
    framework: Framework, mode: str, probes: Sequence[Probe], service_urls: Mapping[str, str]
) -> ProbePlan:
    """Return the plan for ``probes``; ``service_urls`` are services given by the user."""
    notes = declared.read(framework)
    answers = {each.name: known for each in probes if (known := declared.answer(notes, mode, each))}
    if missing := framework.mode(mode).missing_service(service_urls):
        needs = KnownVerdict(Judgement(Verdict.NEEDS, missing))
        refused = {n: a for n, a in answers.items() if a.judgement.verdict is Verdict.UNSUPPORTED}
        answers = {each.name: refused.get(each.name, needs) for each in probes}
    open_ = [declared.fitted(notes, mode, each) for each in probes if each.name not in answers]
    serves = bool(framework.mode(mode).services)
    parts: dict[str, list[Probe]] = {}
    for each in open_:
        parts.setdefault(_part(each, serves), []).append(each)
    name = f"{framework.name}-{mode}"
    trials = [
        ProbeTrial(f"{name}-{part.replace('_', '-')}", framework, mode, each, notes)
        for part, each in parts.items()
    ]
    return ProbePlan(framework, mode, answers, trials)


def order(trial: ProbeTrial, probe: Probe) -> ProbeOrder:
    """Return the order for one probe, as the probe process reads it."""
    serves = bool(trial.framework.mode(trial.mode).services)
    return ProbeOrder(
        name=probe.name,
        hook=probe.hook_name,
        common=probe.common,
        bodies=dict(probe.bodies),
        settings=dict(probe.settings),
        timeout_s=probe.timeout_s,
        pipelines=probe.pipelines,
        lanes=_LANES_BESIDE_SERVICES if serves else _LANES,
        kill=probe.kill,
    )


def _part(probe: Probe, serves: bool) -> str:
    """Return the name of the trial that a probe belongs to.

    Without services a start is cheap: one trial for each group. With services, as few as possible.
    A probe that kills services or loads them to their limits gets a trial of its own: a run that
    did not end in time continues in its engine and would disturb the next probe.
    """
    if probe.stoppable:
        return probe.name
    group = next(
        name for name, members in groups().items() if probe.name in (each.name for each in members)
    )
    if not serves:
        return group
    if probe.kill not in ("", STEP):
        return probe.name
    return "faults" if probe.kill else "gentle"
