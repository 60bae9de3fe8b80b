"""Factory and judge of all probes of limits: larger and larger sizes, until one fails."""

from __future__ import annotations

from functools import partial

from harness.probes.model import Judgement, Observation, Probe, inconclusive, partly, works

_TIMEOUT_S = 200.0
#: Seconds for sizes above ``enough``, and without progress of the engine's count of steps.
_TIMES = {"budget_s": 60.0, "settle_s": 60.0}
_HOOK = "Part of the harness: it uses the adapter's own functions."


def limit_probe(
    name: str, title: str, asks: str, sizes: list[int], enough: int, unit: str
) -> Probe:
    """Return a probe that tries ``sizes`` in order; it works if it reaches ``enough``.

    ``unit`` is the unit of both: "steps" or "bytes".
    """
    return Probe(
        name=name,
        title=title,
        asks=asks,
        hook=_HOOK,
        judge=partial(judge, unit=unit),
        settings={"sizes": sizes, "enough": enough, **_TIMES},
        common=True,
        timeout_s=_TIMEOUT_S,
        stoppable=True,
    )


def judge(seen: Observation, unit: str) -> Judgement:
    """Judge whether the size that is enough was reached; report the largest in any case."""
    enough = seen.settings["enough"]
    run, said = seen.only, seen.only.answer
    done = [int(mark.split()[1]) for _, mark in run.marks if mark.startswith("done")]
    tried = [int(mark.split()[1]) for _, mark in run.marks if mark.startswith("try")]
    if not tried:
        return inconclusive("no size was tried")
    reached = max(done, default=0)
    told = f"{reached:,} {unit} reached"
    if "failed" in said:
        told += f"; {said['failed']:,} failed: {said['error']}"
    elif len(done) < len(tried):
        told += f"; {tried[-1]:,} did not end in time"
    elif (size := said.get("untried")) is not None:
        told += f"; {size:,} would have taken {said['needs_s']:,.0f} s"
        told += " as the adapter runs it"
    if reached >= enough:
        return works(told)
    # Durations are measured elsewhere: only a failure is a limit.
    return partly(told) if "failed" in said else inconclusive(told)
