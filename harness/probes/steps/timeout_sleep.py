"""A step that waits for too long."""

from __future__ import annotations

from harness.probes.model import Probe, body
from harness.probes.timeouts import HOOK, LASTS_S, SETTINGS, judge

PROBE = Probe(
    name="timeout_sleep",
    title="Timeout of a waiting step",
    asks="Is a step that sleeps for too long ended, and when?",
    hook=HOOK,
    judge=judge,
    bodies={"long": body("sleep", seconds=LASTS_S)},
    settings=SETTINGS,
)
