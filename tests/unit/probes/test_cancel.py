"""Judge of cancellations, for frameworks with two ways to run a step."""

from __future__ import annotations

import pytest

from harness.model import Verdict
from harness.probes.registry import every

from .observed import observation, seen

CANCELS = [(1, "cancel"), (6, "cancel")]
KILLED = "ended by a signal"


@pytest.mark.parametrize(
    ("second_s", "verdict", "words"),
    [
        (7, Verdict.WORKS, "1.0 s after the cancellation"),
        (40, Verdict.PARTLY, "1.0 s after the cancellation; another way: no further step"),
    ],
)
def test_each_way_is_judged_by_its_own_cancellation(
    second_s: int, verdict: Verdict, words: str
) -> None:
    ran = [("slow", 0, 2, KILLED), ("slow", 5, second_s, None)]
    found = every()["cancel"].judge(observation("cancel", seen(ran, marks=CANCELS)))
    assert (found.verdict, words in found.said) == (verdict, True), found.said


def test_a_way_without_a_running_step_is_inconclusive() -> None:
    run = seen([("slow", 0, 2, KILLED)], marks=CANCELS)
    found = every()["cancel"].judge(observation("cancel", run))
    assert "the body never began" in found.said
