"""Ever more steps behind each other."""

from __future__ import annotations

from functools import partial

from harness.probes.ladder import BUDGET_S, HOOK, TIMEOUT_S, judge
from harness.probes.model import Probe

PROBE = Probe(
    name="deepest_chain",
    title="Deepest chain",
    asks="How many steps behind each other?",
    hook=HOOK,
    judge=partial(judge, enough=500, unit="steps"),
    settings={"sizes": [10, 100, 500, 1000, 2000], "budget_s": BUDGET_S},
    common=True,
    timeout_s=TIMEOUT_S,
    stoppable=True,
)
