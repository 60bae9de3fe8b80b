"""The process of a running step is killed."""

from __future__ import annotations

from harness.probes.crashes import BODIES, HOOK, PIPELINES, SETTINGS, TIMEOUT_S, judge
from harness.probes.model import Probe

PROBE = Probe(
    name="kill_step",
    title="Kill of a step's process",
    asks="What becomes of a run when a step's process is killed?",
    hook=HOOK,
    judge=judge,
    bodies=BODIES,
    settings=SETTINGS,
    timeout_s=TIMEOUT_S,
    pipelines=PIPELINES,
    kill="step",
    function="durable",
)
