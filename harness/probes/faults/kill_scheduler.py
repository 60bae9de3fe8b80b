"""The scheduler is killed, and comes back."""

from __future__ import annotations

from harness.probes.crashes import BODIES, HOOK, PIPELINES, SETTINGS, TIMEOUT_S, judge
from harness.probes.model import Probe

PROBE = Probe(
    name="kill_scheduler",
    title="Kill of the scheduler or server",
    asks="What becomes of a run when the scheduler or server is killed?",
    hook=HOOK,
    judge=judge,
    bodies=BODIES,
    settings=SETTINGS,
    timeout_s=TIMEOUT_S,
    pipelines=PIPELINES,
    kill="scheduler",
    function="durable",
)
