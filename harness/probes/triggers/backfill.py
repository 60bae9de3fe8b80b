"""Backfill: one run for each of several past days."""

from __future__ import annotations

from harness.probes.judging import finished
from harness.probes.model import Judgement, Observation, Probe, body, partly, works

_DAYS = ("2026-01-01", "2026-01-02", "2026-01-03")


def judge(seen: Observation) -> Judgement:
    """Judge whether each day got one run that received its day."""
    run = seen.only
    days = run.of("day")
    if len(days) != len(_DAYS) or not finished(run, "day"):
        return partly(f"{len(days)} runs for {len(_DAYS)} days")
    received = sorted(str(day)[:10] for day in run.answer.get("days", []))
    if received != list(_DAYS):
        return partly(f"the runs received these days: {', '.join(received) or 'none'}")
    return works(f"{len(_DAYS)} runs, each with its day")


PROBE = Probe(
    name="backfill",
    title="Backfill over dates",
    asks="Can a workflow be run for a range of past days?",
    hook='With the framework\'s own backfill, run `day` once for each of settings["days"], with '
    "word=the day that the framework passes to the run; wait at most "
    'settings["patience_s"] seconds. Return {"days": the days that the runs received}.',
    judge=judge,
    bodies={"day": body("say")},
    settings={"days": list(_DAYS), "patience_s": 120.0},
    timeout_s=240.0,
)
