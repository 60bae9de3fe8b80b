"""A run that begins because something happened."""

from __future__ import annotations

from harness.probes.model import Judgement, Observation, Probe, body, ignored, partly, works


def judge(seen: Observation) -> Judgement:
    """Not before the event, and after it."""
    run = seen.only
    sent_ns, ticks = run.at("sent"), run.of("tick")
    if sent_ns is None or not ticks:
        return ignored("the event started nothing")
    if ticks[0].start_ns < sent_ns:
        return partly("it ran before the event was sent")
    return works(f"it ran {(ticks[0].start_ns - sent_ns) / 1e9:.1f} s after the event")


PROBE = Probe(
    name="event_trigger",
    title="Event or data trigger",
    asks="Can an event, or new data, start a run?",
    hook='Have `tick` run on a native event or data trigger; mark("sent") and send the event; wait '
    'until it ran, at most settings["patience_s"].',
    judge=judge,
    bodies={"tick": body("now")},
    settings={"patience_s": 90.0},
    timeout_s=240.0,
)
