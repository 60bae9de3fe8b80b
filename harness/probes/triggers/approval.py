"""A run that waits for somebody's consent."""

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
    """The second step waits for the consent, and does not need a new run."""
    run = seen.only
    waiting_ns, approved_ns, after = run.at("waiting"), run.at("approved"), run.of("after")
    if approved_ns is None and not after:
        return inconclusive("consent was never asked for")
    if not after:
        return partly("the run did not go on after the consent")
    if approved_ns is None or after[0].start_ns < approved_ns:
        return ignored("the run did not wait for the consent")
    if not before(run, "before", "after") or len(run.of("before")) != 1:
        return partly("what came before the consent was done again")
    waited_s = (approved_ns - (waiting_ns or approved_ns)) / 1e9
    went_s = (after[0].start_ns - approved_ns) / 1e9
    return works(f"it waited for {waited_s:.1f} s, and went on {went_s:.1f} s after the consent")


PROBE = Probe(
    name="approval",
    title="Manual approval",
    asks="Can a run wait for a person's consent?",
    hook='Run `before`, a native step that waits for consent, `after`. mark("waiting") when the '
    'framework says that it waits; after settings["wait_s"] mark("approved") and give consent by '
    "its API; wait for the end.",
    judge=judge,
    bodies={"before": body("say", word="before"), "after": body("say", word="after")},
    settings={"wait_s": 2.0},
    timeout_s=240.0,
)
