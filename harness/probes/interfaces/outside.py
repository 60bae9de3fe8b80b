"""Connections to the outside world."""

from __future__ import annotations

from harness.probes.model import Judgement, Observation, Probe, inconclusive, partly, works


def judge(seen: Observation) -> Judgement:
    """Of all processes of the trial, all other probes in it included; then of all trials."""
    control = str(seen.only.answer.get("control"))
    if control not in seen.outside:
        return inconclusive("our own attempt was not seen: is there a C compiler?")
    others = sorted(set(seen.outside) - {control})
    if others:
        return partly(f"attempted: {', '.join(others[:4])}")
    return works("none attempted, by any process of any probe")


PROBE = Probe(
    name="outside",
    title="Connections to the outside",
    asks="Does it call home?",
    hook="The harness's own.",
    judge=judge,
    common=True,
    together=True,
    settings={"linger_s": 3.0},
    timeout_s=240.0,
)
