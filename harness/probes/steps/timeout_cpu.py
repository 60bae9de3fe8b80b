"""A step that computes for too long."""

from __future__ import annotations

from harness.probes.model import Probe, body
from harness.probes.timeouts import HOOK, LASTS_S, SETTINGS, judge

PROBE = Probe(
    name="timeout_cpu",
    title="Timeout of a computing step",
    asks="Is a step that computes for too long ended, and when?",
    hook=HOOK,
    judge=judge,
    bodies={"long": body("spin", seconds=LASTS_S)},
    settings=SETTINGS,
)
