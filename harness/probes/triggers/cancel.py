"""Cancellation of a run."""

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

# Engines give a body up to 30 s of grace; some poll every five seconds, and need two polls.
_LASTS_S, _SOON_S = 45.0, 20.0
_HEARTBEAT_S = 1.0  # seconds between two heartbeats of a body


def judge(seen: Observation) -> Judgement:
    """Judge whether the running body stopped and no further step was started."""
    run = seen.only
    cancels = [ns for ns, text in run.marks if text == "cancel"]
    if not cancels:
        return inconclusive("the hook did not cancel a run")
    if run.of("later"):
        return ignored("the run continued with its next step")
    # Before the last cancellation, a restarted body looks like the body of the next run.
    ends = [*cancels[:-1], math.inf]
    judged = [_judge(run, *each) for each in zip([0, *cancels], ends, cancels, strict=False)]
    if len({each.verdict for each in judged}) > 1:
        return partly("; another way: ".join(each.said for each in judged))
    return judged[0]


def _judge(run: PipelineTrace, since_ns: float, until_ns: float, cancel_ns: int) -> Judgement:
    """Judge one cancelled run: the one whose body began between these times."""
    slow = [each for each in run.of("slow") if since_ns <= each.start_ns < until_ns]
    if not slow:
        return inconclusive("the body never began, so the cancellation is not tested")
    # The last of all attempts: a body that is stopped and started again has not stopped.
    stopped_s = (max(map(run.stopped_ns, slow)) - cancel_ns) / 1e9
    if stopped_s < -_HEARTBEAT_S:
        return inconclusive(f"the body stopped {-stopped_s:.1f} s before the cancellation")
    if stopped_s > _SOON_S:
        return partly(f"no further step was started, but the body ran on for {stopped_s:.0f} s")
    return works(f"the body stopped {max(stopped_s, 0):.1f} s after the cancellation")


PROBE = Probe(
    name="cancel",
    title="Cancel a run",
    asks="Does the running step of a cancelled run stop?",
    hook="Start a run of `slow`, then `later`, without waiting for its end; "
    'probe.wait_for("slow"); mark("cancel") and cancel the run with the framework\'s own means; '
    "wait until the framework reports it as cancelled. If steps can be run in several ways, use "
    "one after the other.",
    judge=judge,
    bodies={"slow": body("sleep", seconds=_LASTS_S), "later": body("say", word="later")},
    settings={"linger_s": _LASTS_S + 1},
    timeout_s=240.0,
)
