"""Judge of all kills: the action that a run needed to finish, and repeated steps."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from harness.model import Verdict
from harness.probes.model import Judgement, Observation, PipelineTrace
from harness.probes.registry import every

from .observed import ns, observation, ran, seen

OK, PARTLY = Verdict.WORKS, Verdict.PARTLY
NO, UNTOLD = Verdict.UNSUPPORTED, Verdict.INCONCLUSIVE
GOOD = {"state": "success"}
ALONE = {"state": "success", "alone": "yes"}


def durable(
    *done: int,
    killed: float,
    attempts: list[dict[str, str] | None],
    back: float | None = None,
    fell: Sequence[str] = (),
) -> PipelineTrace:
    """Return steps one to four by number, 0.9 s of each second; the killed one does not end."""
    names = ("one", "two", "three", "four")
    bodies = [
        (name, at, None if at < killed < at + 0.9 else at + 0.9, None)
        for at, name in enumerate(names[n - 1] for n in done)
    ]
    run = seen(bodies, attempts=attempts, killed=killed)
    back_ns = None if back is None else ns(back)
    return msgspec.structs.replace(run, back_ns=back_ns, fell=list(fell))


CASES: list[tuple[Verdict, PipelineTrace]] = [
    (OK, durable(1, 2, 2, 3, 4, killed=1.5, attempts=[GOOD])),
    (PARTLY, durable(1, 2, 1, 2, 3, 4, killed=1.5, attempts=[GOOD])),
    (PARTLY, durable(1, 2, 2, 3, 4, killed=1.5, attempts=[None, GOOD])),
    (NO, durable(1, 2, 1, 2, 3, 4, killed=1.5, attempts=[None, GOOD])),
    (OK, durable(1, 2, 2, 3, 4, killed=1.5, attempts=[None, ALONE])),
    (NO, durable(1, 2, killed=1.5, attempts=[None, {"state": "running"}])),
    (PARTLY, durable(1, 2, 2, 3, 4, killed=1.5, attempts=[{"state": "failed"}])),
    (UNTOLD, seen(ran("one"), GOOD)),
    (UNTOLD, durable(1, 2, 3, 4, killed=3.95, attempts=[GOOD])),
    (UNTOLD, durable(1, 2, 3, 4, killed=3.95, attempts=[None])),
    (UNTOLD, durable(1, 2, 3, 4, killed=-0.5, attempts=[GOOD])),
    (PARTLY, durable(1, 2, 3, 1, 3, 4, killed=2.5, attempts=[GOOD])),
]


def judge(seen: Observation) -> Judgement:
    return every()["kill_worker"].judge(seen)


@pytest.mark.parametrize(("verdict", "run"), CASES)
def test_a_kill_is_judged_by_the_end_of_the_run(verdict: Verdict, run: PipelineTrace) -> None:
    judgement = judge(observation("kill_worker", run))
    assert judgement.verdict is verdict, judgement.said


def test_all_kills_have_one_judge() -> None:
    assert len({probe.judge for probe in every().values() if probe.kill}) == 1


def test_ten_kills_are_reported_in_one_sentence() -> None:
    """The sentence counts the runs that were killed midway, by the action they needed."""
    good = durable(1, 2, 2, 3, 4, killed=1.5, attempts=[GOOD])
    runs = [
        *[good] * 4,
        durable(1, 2, 2, 3, 4, killed=1.5, attempts=[GOOD], back=2.5),
        durable(1, 2, 2, 3, 4, killed=1.5, attempts=[GOOD], fell=["server"]),
        durable(1, 2, 2, 3, 4, killed=1.5, attempts=[None, ALONE], back=3.5),
        durable(1, 2, 2, 3, 4, killed=1.5, attempts=[None, GOOD]),
        durable(1, 2, 1, 2, 3, 4, killed=1.5, attempts=[None, GOOD]),
        durable(1, 1, 2, 3, 4, killed=0.5, attempts=[None, GOOD]),
        durable(1, 2, killed=1.5, attempts=[None, {"state": "running"}]),
        durable(1, 2, 3, 4, killed=-0.5, attempts=[GOOD]),  # had not started
    ]
    told = judge(observation("kill_worker", *runs))
    assert told.verdict is PARTLY
    assert told.said.startswith(
        "11 runs hit by 2 kills: 4 finished by themselves, 3 once the dead services were "
        "restarted, 1 when resumed, 1 when started again, 1 when started again (no step had "
        "ended), 1 never"
    )


def test_a_few_repeated_steps_are_reported_and_do_not_change_the_verdict() -> None:
    kept = durable(1, 2, 3, 3, 4, killed=2.5, attempts=[GOOD])
    one = durable(1, 2, 3, 2, 3, 4, killed=2.5, attempts=[GOOD])
    all_ = durable(1, 2, 3, 1, 2, 3, 4, killed=2.5, attempts=[GOOD])
    few = judge(observation("kill_worker", kept, kept, one))
    assert few.verdict is OK
    assert "1 of 6 finished steps done twice" in few.said
    assert judge(observation("kill_worker", kept, one)).verdict is PARTLY
    assert judge(observation("kill_worker", *[all_] * 2)).verdict is PARTLY


def test_steps_that_end_after_the_kill_count_as_preserved() -> None:
    """At the kill, no step had ended; then two did, and the resumed run did not repeat them."""
    bodies = [("one", 0.0, 0.9, None), ("two", 1.0, 1.9, None)]
    bodies += [("three", 4.0, 4.9, None), ("four", 5.0, 5.9, None)]
    run = seen(bodies, attempts=[None, GOOD], killed=0.5)
    first, second = run.attempts
    second = dataclasses.replace(second, start_ns=ns(3), end_ns=ns(6))
    found = judge(
        observation("kill_worker", msgspec.structs.replace(run, attempts=[first, second]))
    )
    assert found.verdict is PARTLY
    assert "1 when resumed; after 6 s" in found.said


def test_recovery_includes_the_last_attempt() -> None:
    run = durable(1, 2, 3, 4, killed=3.5, attempts=[None, GOOD])
    bodies = [msgspec.structs.replace(each, end_ns=each.start_ns + 1) for each in run.events]
    run = msgspec.structs.replace(run, events=bodies, killed_ns=ns(2.5))
    assert "after 98 s" in judge(observation("kill_worker", run)).said


@pytest.mark.parametrize(
    ("error", "verdict"), [("TypeError: ours", UNTOLD), ("TimeoutError: not within 600 s", NO)]
)
def test_a_mistake_in_the_hook_is_inconclusive(error: str, verdict: Verdict) -> None:
    run = durable(1, 2, killed=1.5, attempts=[None, None])
    last = dataclasses.replace(run.attempts[-1], error=error)
    broken = msgspec.structs.replace(run, attempts=[run.attempts[0], last])
    assert judge(Observation({}, [broken] * 2, Path())).verdict is verdict
    good = durable(1, 2, 2, 3, 4, killed=1.5, attempts=[GOOD])
    assert judge(Observation({}, [broken, good], Path())).verdict is (
        OK if verdict is UNTOLD else PARTLY
    )
