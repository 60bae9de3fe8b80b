"""A run for each day of the past."""

from __future__ import annotations

from harness.probes.judging import finished
from harness.probes.model import Judgement, Observation, Probe, body, partly, works

_DAYS = ("2026-01-01", "2026-01-02", "2026-01-03")


def judge(seen: Observation) -> Judgement:
    """A run for each day, which is told its day."""
    run = seen.only
    days = run.of("day")
    if len(days) != len(_DAYS) or not finished(run, "day"):
        return partly(f"{len(days)} runs for {len(_DAYS)} days")
    told = sorted(str(day)[:10] for day in run.answer.get("days", []))
    if told != list(_DAYS):
        return partly(f"the runs were told these days: {', '.join(told) or 'none'}")
    return works(f"{len(_DAYS)} runs, each told its day")


PROBE = Probe(
    name="backfill",
    title="Backfill over dates",
    asks="Can a range of past days be caught up on?",
    hook='Have the framework\'s own backfill run `day` once for each of settings["days"], the day '
    'that the run was told as word=…. Return {"days": what the runs were told}.',
    judge=judge,
    bodies={"day": body("say")},
    settings={"days": list(_DAYS), "patience_s": 120.0},
    timeout_s=240.0,
)
