"""Which probes go into one process of a framework, and which need one of their own."""

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
    """What has to be found out of one framework in one mode."""

    framework: Framework
    mode: str
    answers: dict[str, KnownVerdict]  #: known without a run, by probe
    trials: list[ProbeTrial]


def probe_plan(
    framework: Framework, mode: str, probes: Sequence[Probe], service_urls: Mapping[str, str]
) -> ProbePlan:
    """Sort probes into what is known already, and trials; ``service_urls`` are services to use."""
    said = declared.read(framework)
    answers = {each.name: found for each in probes if (found := declared.answer(said, mode, each))}
    if missing := framework.mode(mode).missing_service(service_urls):
        nobody = KnownVerdict(Judgement(Verdict.NEEDS, missing))
        refused = {n: a for n, a in answers.items() if a.judgement.verdict is Verdict.UNSUPPORTED}
        answers = {each.name: refused.get(each.name, nobody) for each in probes}
    open_ = [declared.fitted(said, mode, each) for each in probes if each.name not in answers]
    serves = bool(framework.mode(mode).services)
    parts: dict[str, list[Probe]] = {}
    for each in open_:
        parts.setdefault(_part(each, serves), []).append(each)
    name = f"{framework.name}-{mode}"
    trials = [
        ProbeTrial(f"{name}-{part.replace('_', '-')}", framework, mode, each, said)
        for part, each in parts.items()
    ]
    return ProbePlan(framework, mode, answers, trials)


def order(trial: ProbeTrial, probe: Probe) -> ProbeOrder:
    """What a prober is told of one probe."""
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
    """Where starting costs little, a process for each group; else as few as can be.

    Whoever kills services, or loads them to their limits, leaves nothing to anybody after: a run
    that did not end in time goes on in its engine.
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
