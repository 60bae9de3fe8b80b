"""Connections to other hosts."""

from __future__ import annotations

from harness.probes.model import Judgement, Observation, Probe, inconclusive, partly, works


def judge(seen: Observation) -> Judgement:
    """Judge the attempts of all processes of the trial, including those of its other probes.

    Once all trials of the mode have ended, ``seen`` holds the attempts of all of them.
    """
    control = str(seen.only.answer.get("control"))
    if control not in seen.outside:
        return inconclusive(
            "the harness's own attempt was not recorded; check that a C compiler is installed"
        )
    others = sorted(set(seen.outside) - {control})
    if others:
        return partly(f"attempted: {', '.join(others[:4])}")
    return works("no process of any probe attempted a connection to another host")


PROBE = Probe(
    name="outside",
    title="Connections to the outside",
    asks="Does the framework work without connecting to other hosts?",
    hook="Part of the harness: it uses the adapter's own functions.",
    judge=judge,
    common=True,
    together=True,
    settings={"linger_s": 3.0},
    timeout_s=240.0,
)
