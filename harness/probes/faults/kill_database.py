"""The database is killed, and comes back."""

from __future__ import annotations

from harness.probes.crashes import BODIES, HOOK, PIPELINES, SETTINGS, TIMEOUT_S, judge
from harness.probes.model import Probe

PROBE = Probe(
    name="kill_database",
    title="Kill of the database",
    asks="What becomes of a run when the database is killed?",
    hook=HOOK,
    judge=judge,
    bodies=BODIES,
    settings=SETTINGS,
    timeout_s=TIMEOUT_S,
    pipelines=PIPELINES,
    kill="database",
    function="durable",
)
