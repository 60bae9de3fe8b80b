"""Ever larger values between two steps."""

from __future__ import annotations

from functools import partial

from harness.probes.ladder import HOOK, TIMEOUT_S, TIMES, judge
from harness.probes.model import Probe

PROBE = Probe(
    name="largest_value",
    title="Largest value",
    asks="How large may a value between two steps be?",
    hook=HOOK,
    judge=partial(judge, unit="bytes"),
    settings={"sizes": [1000, 100000, 1000000, 10000000, 100000000], "enough": 10_000_000, **TIMES},
    common=True,
    timeout_s=TIMEOUT_S,
    stoppable=True,
)
