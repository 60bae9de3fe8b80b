"""One branch fails; the other has nothing to do with it."""

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
    """The sound branch ends, what hangs on the failed step is not run, the run counts as failed."""
    run = seen.only
    other_ns = run.at("otherwise")
    if other_ns is None:
        return _judge(run)
    asked, other = _judge(run.between(0, other_ns)), _judge(run.between(other_ns))
    if asked.verdict is Verdict.IGNORED and other.verdict in (Verdict.WORKS, Verdict.PARTLY):
        return partly(f"{asked.said}; {run.answer['otherwise']}: {other.said}")
    return other if other.verdict is Verdict.INCONCLUSIVE else asked


def _judge(run: PipelineTrace) -> Judgement:
    if all(event.error is None for event in run.of("bad")):
        return inconclusive("the step that is to fail did not")
    if run.of("after_bad"):
        return unsupported("the step after the failed one ran all the same")
    if not run.of("after_good"):
        told = "the first failure ended the sound branch too"
        asked = run.answer.get("asked")
        return ignored(f"{asked} was accepted, but {told}") if asked else unsupported(told)
    if not run.answer.get("failed"):
        return partly(f"the sound branch finished, but the run counts as {_state(run)}")
    return works(f"the sound branch finished, and the run counts as {_state(run)}")


def _state(run: PipelineTrace) -> object:
    return run.answer.get("state", "failed")


PROBE = Probe(
    name="partial_failure",
    title="Partial failure",
    asks="If one branch fails, do the others finish, and is the run told as failed?",
    hook="Side by side: `good` then `after_good`, and `bad`, which raises, then `after_bad`; where "
    "steps run one after another, `bad` first. Catch the error. Return "
    '{"failed": whether the framework tells the run as failed, "state": its word, "asked": the '
    'setting that asks for this, if there is one}. If that is not heeded, mark("otherwise") and '
    'do it in another native way; also return {"otherwise": its name}.',
    judge=judge,
    bodies={
        "good": body("sleep", seconds=0.5),
        "after_good": body("say", word="good"),
        "bad": body("fail"),
        "after_bad": body("say", word="bad"),
    },
)
