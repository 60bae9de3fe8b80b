"""Fail fast: the end of a run at its first failure."""

from __future__ import annotations

from harness.probes.judging import ran_for_s
from harness.probes.model import (
    Judgement,
    Observation,
    PipelineTrace,
    Probe,
    body,
    ignored,
    inconclusive,
    partly,
    works,
)

_SLOW_S = 20.0  # engines check running steps every few seconds
_BESIDE_S = 6.0  # engines start steps that may run side by side seconds apart


def judge(seen: Observation) -> Judgement:
    """Judge whether no step started after the failure and running steps were stopped."""
    run = _last(seen.only)
    slow, failed = run.of("slow"), [event for event in run.of("bad") if event.error is not None]
    if not failed:
        return inconclusive("the step that has to fail did not fail")
    failed_ns = run.stopped_ns(failed[0])
    # Where steps run one after another, `slow` may have ended before the failure.
    first = bool(slow) and run.stopped_ns(slow[0]) < failed[0].start_ns
    again = sum(text == "run" for _, text in run.marks) > 1
    if first and (again or any(event.start_ns < failed_ns for event in run.of("later"))):
        return inconclusive("the failing step never ran first")
    if run.of("later"):
        return ignored("the run continued after its first failure")
    if not slow or first:
        return works("no step was started after the failure")
    if slow[0].start_ns > failed_ns:
        return partly(
            "the next step was not started, but a parallel step was started after the failure"
        )
    took_s = ran_for_s(run, slow[0])
    if took_s > 0.9 * _SLOW_S:
        return partly("no step was started after the failure, but a running step ran on to its end")
    return works(
        f"no step was started after the failure; a running step ended after {took_s:.1f} s"
    )


def _last(run: PipelineTrace) -> PipelineTrace:
    """Return the trace of the last run only: the hook may have needed several."""
    return run.between(max((ns for ns, text in run.marks if text == "run"), default=0))


PROBE = Probe(
    name="fail_fast",
    title="Fail fast",
    asks="Can a run be ended at its first failure?",
    hook="Run side by side: `bad`, which raises once `slow` has begun, and `slow` followed by "
    "`later`; use the framework's own setting to end a run at its first failure. Catch the error. "
    'If the order of `bad` and `slow` is random, mark("run") before each run and repeat until '
    "`bad` came first.",
    judge=judge,
    bodies={
        "bad": body("fail", seconds=0.5, beside_s=_BESIDE_S),
        "slow": body("sleep", seconds=_SLOW_S),
        "later": body("say", word="later"),
    },
    settings={"linger_s": _SLOW_S + 1},
)
