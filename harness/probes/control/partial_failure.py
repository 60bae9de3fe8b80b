"""Partial failure: one of two independent branches fails."""

from __future__ import annotations

from harness.model import Verdict
from harness.probes.model import (
    Judgement,
    Observation,
    PipelineTrace,
    Probe,
    body,
    ignored,
    inconclusive,
    partly,
    unsupported,
    works,
)


def judge(seen: Observation) -> Judgement:
    """Judge whether the sound branch ended, no step ran after the failed one, and the run failed.

    If the hook had to try another way, its result counts as "partly" where it is good.
    """
    run = seen.only
    other_ns = run.at("otherwise")
    if other_ns is None:
        return _judge(run)
    first, other = _judge(run.between(0, other_ns)), _judge(run.between(other_ns))
    if first.verdict is Verdict.IGNORED and other.verdict in (Verdict.WORKS, Verdict.PARTLY):
        return partly(f"{first.said}; {run.answer['otherwise']}: {other.said}")
    return other if other.verdict is Verdict.INCONCLUSIVE else first


def _judge(run: PipelineTrace) -> Judgement:
    if all(event.error is None for event in run.of("bad")):
        return inconclusive("the step that has to fail did not fail")
    if run.of("after_bad"):
        return unsupported("the step after the failed one ran")
    if not run.of("after_good"):
        reason = "the first failure also ended the sound branch"
        setting = run.answer.get("asked")
        return ignored(f"{setting} was accepted, but {reason}") if setting else unsupported(reason)
    if not run.answer.get("failed"):
        return partly(f"the sound branch finished, but the run counts as {_state(run)}")
    return works(f"the sound branch finished, and the run counts as {_state(run)}")


def _state(run: PipelineTrace) -> object:
    return run.answer.get("state", "failed")


PROBE = Probe(
    name="partial_failure",
    title="Partial failure",
    asks="Do other branches finish, and is the run reported as failed?",
    hook="Run side by side: `good` then `after_good`, and `bad`, which raises, then `after_bad`; "
    "if steps run one after another, `bad` first. Catch the error. Return "
    '{"failed": whether the framework reports the run as failed, "state": the state that it '
    'reports, "asked": the setting that requests this behaviour, if one exists}. If the framework '
    'ignores that setting, mark("otherwise"), run the same with another native construct and also '
    'return {"otherwise": the name of that construct}.',
    judge=judge,
    bodies={
        "good": body("sleep", seconds=0.5),
        "after_good": body("say", word="good"),
        "bad": body("fail"),
        "after_bad": body("say", word="bad"),
    },
)
