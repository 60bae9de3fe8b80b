"""Ever more steps behind each other."""

from __future__ import annotations

from functools import partial

from harness.probes.ladder import HOOK, TIMEOUT_S, TIMES, judge
from harness.probes.model import Probe

PROBE = Probe(
    name="deepest_chain",
    title="Deepest chain",
    asks="How many steps behind each other?",
    hook=HOOK,
    judge=partial(judge, unit="steps"),
    settings={"sizes": [10, 100, 500, 1000, 2000], "enough": 100, **TIMES},
    common=True,
    timeout_s=TIMEOUT_S,
    stoppable=True,
)
