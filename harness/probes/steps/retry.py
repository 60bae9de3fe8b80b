"""Retry of a failed step, with a delay."""

from __future__ import annotations

from harness.probes.judging import gaps_s, refused_once
from harness.probes.model import Judgement, Observation, Probe, body, partly, works

# Longer than an engine needs between attempts without a delay: some poll every two seconds.
_FAILS, _RETRIES, _DELAY_S = 2, 3, 5.0


def judge(seen: Observation) -> Judgement:
    """Judge the number of attempts and the gaps between them."""
    tries = seen.only.of("flaky")
    if len(tries) <= 1:
        return refused_once(tries, f"retries={_RETRIES}")
    gaps = gaps_s(tries)
    listed = ", ".join(f"{gap:.1f} s" for gap in gaps)
    if len(tries) != _FAILS + 1:
        return partly(f"{len(tries)} attempts instead of {_FAILS + 1}; gaps of {listed}")
    if min(gaps) < 0.9 * _DELAY_S:
        return partly(f"{len(tries)} attempts, but gaps of {listed} for a delay of {_DELAY_S:g} s")
    return works(f"{len(tries)} attempts; gaps of {listed} for a delay of {_DELAY_S:g} s")


PROBE = Probe(
    name="retry",
    title="Retry with a delay",
    asks="Is a failed step tried again, after the requested delay?",
    hook="Run `flaky`, which raises twice, with the framework's own setting for "
    'settings["retries"] retries and a delay of settings["delay_s"] seconds before each.',
    judge=judge,
    bodies={"flaky": body("flaky", fails=_FAILS)},
    settings={"retries": _RETRIES, "delay_s": _DELAY_S},
)
