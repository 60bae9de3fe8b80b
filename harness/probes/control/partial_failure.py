"""One branch fails; the other has nothing to do with it."""

from __future__ import annotations

from harness.probes.model import (
    Judgement,
    Observation,
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
    if all(event.error is None for event in run.of("bad")):
        return inconclusive("the step that is to fail did not")
    if run.of("after_bad"):
        return unsupported("the step after the failed one ran all the same")
    if not run.of("after_good"):
        told = "the first failure ended the sound branch too"
        asked = run.answer.get("asked")
        return ignored(f"{asked} was accepted, but {told}") if asked else unsupported(told)
    if not run.answer.get("failed"):
        return partly(f"the sound branch finished, but the run counts as {_state(seen)}")
    return works(f"the sound branch finished, and the run counts as {_state(seen)}")


def _state(seen: Observation) -> object:
    return seen.only.answer.get("state", "failed")


PROBE = Probe(
    name="partial_failure",
    title="Partial failure",
    asks="If one branch fails, do the others finish, and is the run told as failed?",
    hook="Side by side: `good` then `after_good`, and `bad`, which raises, then `after_bad`; where "
    "steps run one after another, `bad` first. Catch the error. Return "
    '{"failed": whether the framework tells the run as failed, "state": its word, "asked": the '
    "setting that asks for this, if there is one}.",
    judge=judge,
    bodies={
        "good": body("sleep", seconds=0.5),
        "after_good": body("say", word="good"),
        "bad": body("fail"),
        "after_bad": body("say", word="bad"),
    },
)
