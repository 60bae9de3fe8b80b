"""A run that somebody ends."""

from __future__ import annotations

import math

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

# The grace that engines give a body is 30 s, and some look every five seconds, twice.
_LASTS_S, _SOON_S = 45.0, 20.0
_SIGN_S = 1.0  # between two signs of life


def judge(seen: Observation) -> Judgement:
    """The running body stops, and nothing more is started."""
    run = seen.only
    cancels = [ns for ns, text in run.marks if text == "cancel"]
    if not cancels:
        return inconclusive("there was nothing to cancel")
    if run.of("later"):
        return ignored("the run went on to its next step")
    # What is begun again after its cancellation is told apart from the next run only at the end.
    ends = [*cancels[:-1], math.inf]
    found = [_judge(run, *each) for each in zip([0, *cancels], ends, cancels, strict=False)]
    if len({each.verdict for each in found}) > 1:
        return partly("; elsewhere ".join(each.said for each in found))
    return found[0]


def _judge(run: PipelineTrace, since_ns: float, until_ns: float, cancel_ns: int) -> Judgement:
    """Of one cancelled run: the one whose body began between these times."""
    slow = [each for each in run.of("slow") if since_ns <= each.start_ns < until_ns]
    if not slow:
        return inconclusive("there was nothing to cancel")
    # The last of all attempts: who is stopped and begun again runs on.
    stopped_s = (max(map(run.stopped_ns, slow)) - cancel_ns) / 1e9
    if stopped_s < -_SIGN_S:
        return inconclusive(f"the body was gone {-stopped_s:.1f} s before the cancellation")
    if stopped_s > _SOON_S:
        return partly(f"nothing more was started, but the body ran on for {stopped_s:.0f} s")
    return works(f"the body stopped {max(stopped_s, 0):.1f} s after the cancellation")


PROBE = Probe(
    name="cancel",
    title="Cancel a run",
    asks="Does a cancelled run really stop?",
    hook='Start `slow`, then `later`, without waiting; probe.wait_for("slow"); mark("cancel") and '
    "cancel the run by native means; wait until the framework says that it is cancelled. If it "
    "depends on the way in which a step is run, in each way after the other.",
    judge=judge,
    bodies={"slow": body("sleep", seconds=_LASTS_S), "later": body("say", word="later")},
    settings={"linger_s": _LASTS_S + 1},
    timeout_s=240.0,
)
