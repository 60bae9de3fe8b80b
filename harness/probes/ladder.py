"""What all probes of limits share: ever larger sizes, until one fails or time is up."""

from __future__ import annotations

from functools import partial

from harness.probes.model import Judgement, Observation, Probe, inconclusive, partly, works

_TIMEOUT_S = 200.0
#: For what is more than enough; and how long an engine may record none of the steps that it ran.
_TIMES = {"budget_s": 60.0, "settle_s": 60.0}
_HOOK = "The harness's own: it uses the adapter itself."


def limit_probe(
    name: str, title: str, asks: str, sizes: list[int], enough: int, unit: str
) -> Probe:
    """Return the probe that tries ``sizes`` in order; it works if it reaches ``enough``.

    ``unit`` says what is counted: "steps" or "bytes".
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
    """It works if it reached what is enough; how far it got is told in any case."""
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
    elif "untried" in said:
        told += f"; {said['untried']:,} would have taken {said['needs_s']:,.0f} s"
        told += " as the adapter runs it"
    if reached >= enough:
        return works(told)
    # How long it takes is measured elsewhere: only what fails is a limit.
    return partly(told) if "failed" in said else inconclusive(told)
