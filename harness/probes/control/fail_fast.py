"""End a run at its first failure."""

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

_SLOW_S = 20.0  # engines look after running steps every few seconds
_BESIDE_S = 6.0  # and start steps seconds apart that may run side by side


def judge(seen: Observation) -> Judgement:
    """Nothing is started after the failure, and what runs is stopped."""
    run = _last(seen.only)
    slow, failed = run.of("slow"), [event for event in run.of("bad") if event.error is not None]
    if not failed:
        return inconclusive("the step that is to fail did not")
    failed_ns = run.stopped_ns(failed[0])
    # Where steps run one after another it may have ended before there was a failure.
    first = bool(slow) and run.stopped_ns(slow[0]) < failed[0].start_ns
    again = sum(text == "run" for _, text in run.marks) > 1
    if first and (again or any(event.start_ns < failed_ns for event in run.of("later"))):
        return inconclusive("the failure never came first")
    if run.of("later"):
        return ignored("the run went on after its first failure")
    if not slow or first:
        return works("nothing was started after the failure")
    if slow[0].start_ns > failed_ns:
        return partly(
            "what was to follow was not, but a step beside it was started after the failure"
        )
    took_s = ran_for_s(run, slow[0])
    if took_s > 0.9 * _SLOW_S:
        return partly("nothing was started after the failure, but a running step ran on to its end")
    return works(
        f"nothing was started after the failure; a running step ended after {took_s:.1f} s"
    )


def _last(run: PipelineTrace) -> PipelineTrace:
    """Without runs that told nothing, if the hook had to begin again."""
    return run.between(max((ns for ns, text in run.marks if text == "run"), default=0))


PROBE = Probe(
    name="fail_fast",
    title="Fail fast",
    asks="Can a run be ended at its first failure?",
    hook="Side by side: `bad`, which raises once `slow` has begun, and `slow`, then `later`; with "
    "the framework's own setting to end a run at its first failure. Catch the error. Where chance "
    'decides which comes first: mark("run") and again, until it was `bad`.',
    judge=judge,
    bodies={
        "bad": body("fail", seconds=0.5, beside_s=_BESIDE_S),
        "slow": body("sleep", seconds=_SLOW_S),
        "later": body("say", word="later"),
    },
    settings={"linger_s": _SLOW_S + 1},
)
