"""Judges of schedules and backfills."""

from __future__ import annotations

import pytest

from harness.model import Verdict
from harness.probes.registry import every

from .observed import observation, ran, seen

OK, PARTLY, IGNORED = Verdict.WORKS, Verdict.PARTLY, Verdict.IGNORED


@pytest.mark.parametrize(
    ("ticks", "verdict"),
    [
        *[((25.0,), OK), ((2.0, 25.0), OK), ((90.0,), PARTLY), ((2.0,), IGNORED), ((), IGNORED)],
        *[((19.9,), OK), ((18.5,), IGNORED)],  # the wait may have been rounded
    ],
)
def test_cron_is_judged_by_the_minute_that_was_due(
    ticks: tuple[float, ...], verdict: Verdict
) -> None:
    """Scheduled at 1000 s, which is 20 s before a whole minute."""
    run = seen([("tick", at, at + 0.1, None) for at in ticks], marks=[(0, "scheduled")])
    assert every()["cron"].judge(observation("cron", run)).verdict is verdict


@pytest.mark.parametrize(
    ("tick", "verdict"), [(20.5, OK), (81.0, OK), (145.0, PARTLY), (13.0, IGNORED)]
)
def test_a_schedule_may_be_registered_too_late_for_its_minute(
    tick: float, verdict: Verdict
) -> None:
    """Scheduled 8 s before a whole minute, or 68 s before the next one."""
    run = seen([("tick", tick, tick + 0.1, None)], marks=[(12, "scheduled")])
    assert every()["cron"].judge(observation("cron", run)).verdict is verdict


def test_backfill_is_judged_by_the_days_of_its_runs() -> None:
    judge = every()["backfill"].judge
    days = ["2026-01-01", "2026-01-02T00:00:00Z", "2026-01-03"]
    assert judge(observation("backfill", seen(ran(*["day"] * 3), {"days": days}))).verdict is OK
    same = {"days": [days[0]] * 3}
    assert judge(observation("backfill", seen(ran(*["day"] * 3), same))).verdict is PARTLY
    assert judge(observation("backfill", seen(ran("day"), {"days": days}))).verdict is PARTLY
