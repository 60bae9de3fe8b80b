"""The worker is killed, with all its steps."""

from __future__ import annotations

from harness.probes.crashes import BODIES, HOOK, PIPELINES, SETTINGS, TIMEOUT_S, judge
from harness.probes.model import Probe

PROBE = Probe(
    name="kill_worker",
    title="Kill of the worker",
    asks="What becomes of a run when its worker is killed?",
    hook=HOOK,
    judge=judge,
    bodies=BODIES,
    settings=SETTINGS,
    timeout_s=TIMEOUT_S,
    pipelines=PIPELINES,
    kill="worker",
    function="durable",
)
