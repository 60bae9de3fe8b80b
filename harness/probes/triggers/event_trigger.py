"""Event trigger: a run started by an event or new data."""

from __future__ import annotations

from harness.probes.model import Judgement, Observation, Probe, body, ignored, partly, works


def judge(seen: Observation) -> Judgement:
    """Judge whether the run began after the event, and not before."""
    run = seen.only
    sent_ns, ticks = run.at("sent"), run.of("tick")
    if sent_ns is None or not ticks:
        return ignored("the event did not start a run")
    if ticks[0].start_ns < sent_ns:
        return partly("the run began before the event was sent")
    return works(f"the run began {(ticks[0].start_ns - sent_ns) / 1e9:.1f} s after the event")


PROBE = Probe(
    name="event_trigger",
    title="Event or data trigger",
    asks="Can an event or new data start a run?",
    hook='Let the framework\'s own event or data trigger run `tick`; mark("sent") and send the '
    'event; wait until `tick` ran, at most settings["patience_s"] seconds.',
    judge=judge,
    bodies={"tick": body("now")},
    settings={"patience_s": 90.0},
    timeout_s=240.0,
)
