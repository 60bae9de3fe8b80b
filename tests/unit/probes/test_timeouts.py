"""Judge of timeouts, for frameworks with several ways to run a step."""

from __future__ import annotations

import pytest

from harness.model import Verdict
from harness.probes.registry import every

from .observed import observation, seen

CUT, WHOLE = 2.0, 8.0
WAYS = ("submitted", "called", "in a process")


@pytest.mark.parametrize("probe", ["timeout_sleep", "timeout_cpu"])
@pytest.mark.parametrize(
    ("lasted_s", "verdict", "said"),
    [
        ((CUT, CUT, CUT), Verdict.WORKS, "the body stopped after 2.0 s for a timeout of 2 s"),
        (
            (WHOLE, CUT, CUT),
            Verdict.PARTLY,
            "submitted: reported after 2.5 s, but the body ran on for 8.0 s; "
            "called: the body stopped after 2.0 s for a timeout of 2 s; "
            "in a process: the body stopped after 2.0 s for a timeout of 2 s",
        ),
        (
            (WHOLE, WHOLE, WHOLE),
            Verdict.PARTLY,
            "reported after 2.5 s, but the body ran on for 8.0 s",
        ),
    ],
)
def test_each_way_is_judged_by_the_time_of_its_mark(
    probe: str, lasted_s: tuple[float, ...], verdict: Verdict, said: str
) -> None:
    starts = [10 * n for n in range(len(WAYS))]
    ran = [("long", at, at + s, "Timeout") for at, s in zip(starts, lasted_s, strict=True)]
    told = [(at + 2.5, f"told: {way}") for at, way in zip(starts, WAYS, strict=True)]
    run = seen(ran, {"failed": True}, told)
    found = every()[probe].judge(observation(probe, run))
    assert (found.verdict, found.said) == (verdict, said)


def test_a_way_without_a_mark_is_called_elsewhere() -> None:
    ran = [("long", 0, CUT, "Timeout"), ("long", 10, 10 + WHOLE, None)]
    run = seen(ran, {"failed": False}, [(2.5, "told: called")])
    found = every()["timeout_sleep"].judge(observation("timeout_sleep", run))
    assert found.verdict is Verdict.PARTLY
    assert found.said.startswith("called: ")
    assert "; elsewhere: the body ran for 8.0 s" in found.said
