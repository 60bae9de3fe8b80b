"""A schedule by the clock."""

from __future__ import annotations

import math

from harness.probes.model import Judgement, Observation, Probe, body, ignored, partly, works

_MINUTE_S = 60.0
_NOTICE_S = 15.0  # what is scheduled later than that before a minute may wait for the next one
_EARLY_S = 1.0  # an engine may round what it waits to a whole second: Prefect does


def judge(seen: Observation) -> Judgement:
    """Fired within the first whole minute after it was scheduled?"""
    run = seen.only
    scheduled_ns = run.at("scheduled")
    if scheduled_ns is None:
        return ignored("it was never scheduled")
    scheduled_s = scheduled_ns / 1e9 + seen.wall_s
    due_s = math.ceil(scheduled_s / _MINUTE_S) * _MINUTE_S
    dues = [due_s, due_s + _MINUTE_S] if due_s - scheduled_s < _NOTICE_S else [due_s]
    ticks = [event.start_ns / 1e9 + seen.wall_s for event in run.of("tick")]
    late = [tick - due for tick in ticks for due in dues if tick - due >= -_EARLY_S]
    if not late:
        return ignored("it did not fire" + " but for once at the start" * bool(ticks))
    first = min(late)
    if first >= _MINUTE_S:
        return partly(f"it fired {first:.0f} s after its minute began")
    side = "after" if first >= 0 else "before"
    return works(f"it fired {abs(first):.1f} s {side} its minute began")


PROBE = Probe(
    name="cron",
    title="Cron schedule",
    asks="Does a run start by the clock, and in time?",
    hook='Schedule `tick` for every minute by a cron expression; mark("scheduled") once the '
    "framework has taken it; wait until it has fired at a whole minute, at most "
    'settings["patience_s"]; end the schedule. What it needs to run may be started here.',
    judge=judge,
    bodies={"tick": body("now")},
    settings={"patience_s": 150.0},
    timeout_s=240.0,
)
