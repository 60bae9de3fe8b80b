"""Everything is killed at once, and comes back."""

from __future__ import annotations

from harness.probes.crashes import BODIES, HOOK, PIPELINES, SETTINGS, TIMEOUT_S, judge
from harness.probes.model import Probe

PROBE = Probe(
    name="kill_all",
    title="Kill of everything",
    asks="What becomes of a run when the machine dies?",
    hook=HOOK,
    judge=judge,
    bodies=BODIES,
    settings=SETTINGS,
    timeout_s=TIMEOUT_S,
    pipelines=PIPELINES,
    kill="all",
    function="durable",
)
