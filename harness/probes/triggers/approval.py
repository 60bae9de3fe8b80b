"""Manual approval: a run that waits for a person."""

from __future__ import annotations

from harness.probes.judging import before
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


def judge(seen: Observation) -> Judgement:
    """Judge whether the run waited for the approval and then continued without a new start."""
    run = seen.only
    waiting_ns, approved_ns, after = run.at("waiting"), run.at("approved"), run.of("after")
    if approved_ns is None and not after:
        return inconclusive("the run never waited for an approval")
    if not after:
        return partly("the run did not continue after the approval")
    if approved_ns is None or after[0].start_ns < approved_ns:
        return ignored("the run did not wait for the approval")
    if not before(run, "before", "after") or len(run.of("before")) != 1:
        return partly("the step before the approval was run again")
    waited_s = (approved_ns - (waiting_ns or approved_ns)) / 1e9
    resumed_s = (after[0].start_ns - approved_ns) / 1e9
    return works(
        f"the run waited for {waited_s:.1f} s and continued {resumed_s:.1f} s after the approval"
    )


PROBE = Probe(
    name="approval",
    title="Manual approval",
    asks="Can a run wait for a person's approval?",
    hook="Run `before`, then the framework's own step that waits for approval, then `after`. "
    'mark("waiting") once the framework reports that it waits; settings["wait_s"] seconds later '
    'mark("approved") and approve by its API; wait for the end of the run.',
    judge=judge,
    bodies={"before": body("say", word="before"), "after": body("say", word="after")},
    settings={"wait_s": 2.0},
    timeout_s=240.0,
)
