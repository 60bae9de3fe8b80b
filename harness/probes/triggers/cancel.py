"""A run that somebody ends."""

from __future__ import annotations

from harness.probes.model import (
    Judgement,
    Observation,
    Probe,
    body,
    ignored,
    inconclusive,
    partly,
    works,
)

_LASTS_S, _SOON_S = 45.0, 12.0  # the grace that engines give a body is 30 s


def judge(seen: Observation) -> Judgement:
    """The running body stops, and nothing more is started."""
    run = seen.only
    cancel_ns, slow = run.at("cancel"), run.of("slow")
    if cancel_ns is None or not slow:
        return inconclusive("there was nothing to cancel")
    if run.of("later"):
        return ignored("the run went on to its next step")
    stopped_s = (run.stopped_ns(slow[0]) - cancel_ns) / 1e9
    if stopped_s > _SOON_S:
        return partly(f"nothing more was started, but the body ran on for {stopped_s:.0f} s")
    return works(f"the body stopped {max(stopped_s, 0):.1f} s after the cancellation")


PROBE = Probe(
    name="cancel",
    title="Cancel a run",
    asks="Does a cancelled run really stop?",
    hook='Start `slow`, then `later`, without waiting; probe.wait_for("slow"); mark("cancel") and '
    "cancel the run by native means; wait until the framework says that it is cancelled.",
    judge=judge,
    bodies={"slow": body("sleep", seconds=_LASTS_S), "later": body("say", word="later")},
    settings={"linger_s": _LASTS_S + 1},
    timeout_s=240.0,
)
