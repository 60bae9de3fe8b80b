"""Ever more steps side by side."""

from __future__ import annotations

from functools import partial

from harness.probes.ladder import HOOK, TIMEOUT_S, TIMES, judge
from harness.probes.model import Probe

PROBE = Probe(
    name="largest_fan_out",
    title="Largest fan-out",
    asks="How many steps side by side?",
    hook=HOOK,
    judge=partial(judge, unit="steps"),
    settings={"sizes": [10, 100, 1000, 2000, 5000], "enough": 100, **TIMES},
    common=True,
    timeout_s=TIMEOUT_S,
    stoppable=True,
)
