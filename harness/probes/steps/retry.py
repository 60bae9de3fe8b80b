"""A step that fails is tried again after a while."""

from __future__ import annotations

from harness.probes.judging import gaps_s, refused_once
from harness.probes.model import Judgement, Observation, Probe, body, partly, works

# Longer than an engine needs between two tries without any delay: some look every other second.
_FAILS, _RETRIES, _DELAY_S = 2, 3, 5.0


def judge(seen: Observation) -> Judgement:
    """As many attempts as it takes, with the delay between them."""
    tries = seen.only.of("flaky")
    if len(tries) <= 1:
        return refused_once(tries, f"retries={_RETRIES}")
    gaps = gaps_s(tries)
    told = ", ".join(f"{gap:.1f} s" for gap in gaps)
    if len(tries) != _FAILS + 1:
        return partly(f"{len(tries)} attempts where {_FAILS + 1} were due; gaps: {told}")
    if min(gaps) < 0.9 * _DELAY_S:
        return partly(f"{len(tries)} attempts, but gaps of {told} for a delay of {_DELAY_S:g} s")
    return works(f"{len(tries)} attempts; gaps of {told} for a delay of {_DELAY_S:g} s")


PROBE = Probe(
    name="retry",
    title="Retry with a delay",
    asks="Is a step that fails tried again, and when?",
    hook='Run `flaky`, which raises twice, with settings["retries"] retries and '
    'settings["delay_s"] between them.',
    judge=judge,
    bodies={"flaky": body("flaky", fails=_FAILS)},
    settings={"retries": _RETRIES, "delay_s": _DELAY_S},
)
