"""Cron schedule."""

from __future__ import annotations

import math

from harness.probes.model import Judgement, Observation, Probe, body, ignored, partly, works

_MINUTE_S = 60.0
_NOTICE_S = 15.0  # scheduled less than this before a minute, a run may wait for the next minute
_EARLY_S = 1.0  # an engine may round its waiting time to a whole second: Prefect does


def judge(seen: Observation) -> Judgement:
    """Judge whether the schedule fired in the first whole minute after it was accepted."""
    run = seen.only
    scheduled_ns = run.at("scheduled")
    if scheduled_ns is None:
        return ignored("the schedule was never accepted")
    scheduled_s = scheduled_ns / 1e9 + seen.wall_s
    due_s = math.ceil(scheduled_s / _MINUTE_S) * _MINUTE_S
    dues = [due_s, due_s + _MINUTE_S] if due_s - scheduled_s < _NOTICE_S else [due_s]
    ticks = [event.start_ns / 1e9 + seen.wall_s for event in run.of("tick")]
    late = [tick - due for tick in ticks for due in dues if tick - due >= -_EARLY_S]
    if not late:
        return ignored("the schedule did not fire" + ", except at its start" * bool(ticks))
    first = min(late)
    if first >= _MINUTE_S:
        return partly(f"the schedule fired {first:.0f} s after its minute began")
    side = "after" if first >= 0 else "before"
    return works(f"the schedule fired {abs(first):.1f} s {side} its minute began")


PROBE = Probe(
    name="cron",
    title="Cron schedule",
    asks="Does a cron schedule start runs, and on time?",
    hook='Schedule `tick` for every minute by a cron expression; mark("scheduled") once the '
    "framework has accepted it; wait until it has fired at a whole minute, at most "
    'settings["patience_s"] seconds; end the schedule. The hook may start the processes that the '
    "schedule needs.",
    judge=judge,
    bodies={"tick": body("now")},
    settings={"patience_s": 150.0},
    timeout_s=240.0,
)
