"""A schedule by the clock."""

from __future__ import annotations

import math

from harness.probes.model import Judgement, Observation, Probe, body, ignored, partly, works

_MINUTE_S = 60.0
_EARLY_S = 1.0  # an engine may round what it waits to a whole second: Prefect does


def judge(seen: Observation) -> Judgement:
    """Fired within the first whole minute after it was scheduled?"""
    run = seen.only
    scheduled_ns = run.at("scheduled")
    if scheduled_ns is None:
        return ignored("it was never scheduled")
    due_s = math.ceil((scheduled_ns / 1e9 + seen.wall_s) / _MINUTE_S) * _MINUTE_S
    late = [event.start_ns / 1e9 + seen.wall_s - due_s for event in run.of("tick")]
    after = [each for each in late if each >= -_EARLY_S]
    if not after:
        return ignored("it did not fire" + " but for once at the start" * bool(late))
    if after[0] >= _MINUTE_S:
        return partly(f"it fired {after[0]:.0f} s after its minute began")
    side = "after" if after[0] >= 0 else "before"
    return works(f"it fired {abs(after[0]):.1f} s {side} its minute began")


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
