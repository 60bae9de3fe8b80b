"""Judges of probes, each with a framework that works, one that ignores, one that lies."""

from __future__ import annotations

import pytest

from harness.model import Verdict
from harness.probes.model import PipelineTrace
from harness.probes.registry import every

from .observed import observation, otherwise, ran, seen

OK = Verdict.WORKS
PARTLY = Verdict.PARTLY
IGNORED = Verdict.IGNORED
NO = Verdict.UNSUPPORTED
UNTOLD = Verdict.INCONCLUSIVE
NEEDS = Verdict.NEEDS

ERROR = "ValueError: failed on purpose"


def flaky(*starts: float, last_fails: bool = False, name: str = "flaky") -> PipelineTrace:
    """Return attempts of 0.1 s; only the last succeeds."""
    ends = [None] * len(starts)
    ends = [ERROR] * (len(starts) - 1) + [ERROR if last_fails else None]
    return seen([(name, at, at + 0.1, error) for at, error in zip(starts, ends, strict=True)])


def fan_out(width: int, total: int, first: float = 1.0) -> PipelineTrace:
    bodies = [("source", 0.0, 0.9, None), ("total", 9.0, 9.1, None)]
    bodies += [("square", first + at / 10, first + 0.05 + at / 10, None) for at in range(width)]
    return seen(bodies, {"total": total})


LONG = {"failed": True}
BAD = ("bad", 1, 1.1, ERROR)
RIGHT = ("number", "control")
WRONG = [(0.95, "wrong")]

CASES: list[tuple[str, Verdict, PipelineTrace | list[PipelineTrace]]] = [
    ("dynamic_fan_out", OK, fan_out(7, 140)),
    ("dynamic_fan_out", PARTLY, fan_out(1, 140)),
    ("dynamic_fan_out", PARTLY, fan_out(7, 139)),
    ("dynamic_fan_out", PARTLY, fan_out(7, 140, first=0.2)),
    ("branch", OK, seen(ran("decide", "left", "join"))),
    ("branch", IGNORED, seen(ran("decide", "left", "right", "join"))),
    ("branch", PARTLY, seen(ran("decide", "left"))),
    ("branch", PARTLY, seen(ran("left", "decide", "join"))),
    ("loop", OK, seen(ran("counter", "counter", "counter"))),
    ("loop", PARTLY, seen(ran("counter"), {"rounds": 3})),
    ("sub_workflow", OK, seen(ran("before", "inner_1", "inner_2", "after"), {"child": "c-1"})),
    ("sub_workflow", PARTLY, seen(ran("before", "inner_1", "inner_2", "after"))),
    (
        "sub_workflow",
        PARTLY,
        seen(ran("before", "inner_1", "inner_2", "after"), {"child": "c-1", "lost": "its id"}),
    ),
    ("sub_workflow", PARTLY, seen(ran("inner_1", "before", "inner_2", "after"), {"child": "c"})),
    ("partial_failure", OK, seen([BAD, *ran("good", "after_good")], {"failed": True})),
    ("partial_failure", PARTLY, seen([BAD, *ran("good", "after_good")], {"failed": False})),
    ("partial_failure", NO, seen([BAD, *ran("good")], {"failed": True})),
    ("partial_failure", IGNORED, seen([BAD], {"failed": True, "asked": "policy=LATE"})),
    ("partial_failure", PARTLY, otherwise("good", "after_good")),
    ("partial_failure", IGNORED, otherwise("good")),
    ("partial_failure", UNTOLD, otherwise("good", "after_good", bad=False)),
    ("partial_failure", NO, seen([BAD, *ran("good", "after_good", "after_bad")], LONG)),
    ("partial_failure", UNTOLD, seen([], LONG)),
    ("partial_failure", UNTOLD, seen(ran("good", "bad", "after_good"), LONG)),
    ("fail_fast", OK, seen([("bad", 0, 0.5, ERROR), ("slow", 0, 1.0, "Cancelled")], LONG)),
    ("fail_fast", OK, seen([("bad", 0, 0.5, ERROR), ("slow", 0, None, None)], LONG, heartbeat=1)),
    ("fail_fast", PARTLY, seen([("bad", 0, 0.5, ERROR), ("slow", 0, 20.0, None)], LONG)),
    ("fail_fast", OK, seen([("slow", 0, 20.0, None), ("bad", 21, 21.5, ERROR)], LONG)),
    ("fail_fast", PARTLY, seen([("bad", 0, 0.5, ERROR), ("slow", 1, 21.0, None)], LONG)),
    (
        "fail_fast",
        PARTLY,  # the first of two runs was inconclusive
        seen(
            [
                *[("slow", 0, 20, None), ("bad", 21, 22, ERROR)],
                *[("bad", 31, 32, ERROR), ("slow", 33, 53, None)],
            ],
            LONG,
            marks=[(0, "run"), (30, "run")],
        ),
    ),
    ("fail_fast", IGNORED, seen([("bad", 0, 0.5, ERROR), *ran("slow", "later")], LONG)),
    ("fail_fast", UNTOLD, seen([], LONG)),
    ("fail_fast", UNTOLD, seen([*ran("slow", "later"), ("bad", 9, 9.5, ERROR)], LONG)),
    ("retry", OK, flaky(0, 5.2, 10.4)),
    ("retry", IGNORED, flaky(0, last_fails=True)),
    ("retry", PARTLY, flaky(0, 1.6, 3.2)),  # a slow engine takes as long without a delay
    ("retry", PARTLY, flaky(0, 5.2, 10.4, 15.6)),
    ("retry", UNTOLD, seen([])),
    ("retry_on", OK, seen([*ran("passing", "passing", "lasting")])),
    ("retry_on", IGNORED, seen([*ran("passing", "passing", "lasting", "lasting")])),
    ("retry_on", IGNORED, seen([*ran("passing", "lasting")])),
    ("retry_on", UNTOLD, seen([*ran("passing", "passing")])),
    ("timeout_sleep", OK, seen([("long", 0, 2.1, "Timeout")], LONG)),
    ("timeout_sleep", OK, seen([("long", 0, None, None)], LONG, heartbeat=2.1)),
    ("timeout_sleep", PARTLY, seen([("long", 0, 8, None)], LONG, [(2.1, "told")])),
    ("timeout_sleep", IGNORED, seen([("long", 0, 8, None)], LONG, [(8.1, "told")])),
    ("timeout_sleep", IGNORED, seen([("long", 0, 8, None)], {"failed": False})),
    ("timeout_sleep", PARTLY, seen([("long", 0, 2.1, "Timeout")], {"failed": False})),
    ("timeout_cpu", IGNORED, seen([("long", 0, None, None)], LONG, [(9, "told")], heartbeat=8)),
    ("timeout_cpu", UNTOLD, seen([], LONG)),
    ("timeout_cpu", UNTOLD, seen([("long", 0, None, None)], LONG, heartbeat=0.3)),
    ("timeout_cpu", UNTOLD, seen([("long", 0, 0.1, "TypeError: ours")], LONG)),
    ("concurrency_limit", OK, seen([("free", 0, 1, None)] * 4 + ran(*["limited"] * 4))),
    ("concurrency_limit", IGNORED, seen([(n, 0, 1, None) for n in ["free", "limited"] * 4])),
    (
        "concurrency_limit",
        OK,  # an attempt without an end does not run forever
        seen([("free", 0, 1, None)] * 4 + [("limited", 20, None, None), *ran(*["limited"] * 3)]),
    ),
    ("concurrency_limit", UNTOLD, seen(ran(*["free"] * 4, *["limited"] * 4))),
    ("concurrency_limit", NEEDS, seen(ran(*["free"] * 4, *["limited"] * 4), {"sequential": True})),
    ("priority", OK, seen(ran("first", "high", "low", "low", "low", "low"))),
    ("priority", IGNORED, seen(ran("first", "low", "low", "low", "low", "high"))),
    ("priority", PARTLY, seen(ran("first", "low", "high", "low", "low", "low"))),
    ("priority", UNTOLD, seen(ran("first", "high"))),
    ("priority", UNTOLD, seen([(n, 0, 1, None) for n in ["first", "high", *["low"] * 4]])),
    ("resources", OK, seen([("hungry", 0, None, None)], {"failed": True})),
    ("resources", OK, seen([("hungry", 0, 1, "MemoryError")], {"failed": True})),
    ("resources", IGNORED, seen([("hungry", 0, 1, None)], {"failed": True})),
    ("resources", UNTOLD, seen([("hungry", 0, 1, "OSError: no space left")], LONG)),
    ("resources", UNTOLD, seen([])),
    ("event_trigger", OK, seen([("tick", 5, 5.1, None)], marks=[(3, "sent")])),
    ("event_trigger", PARTLY, seen([("tick", 2, 2.1, None)], marks=[(3, "sent")])),
    ("event_trigger", IGNORED, seen([], marks=[(3, "sent")])),
    (
        "approval",
        OK,
        seen(ran("before", "after", each_s=5), marks=[(1, "waiting"), (4, "approved")]),
    ),
    ("approval", IGNORED, seen(ran("before", "after"), marks=[(1, "waiting"), (9, "approved")])),
    ("approval", UNTOLD, seen(ran("before"))),
    ("approval", PARTLY, seen(ran("before"), marks=[(1, "waiting"), (4, "approved")])),
    ("cancel", OK, seen([("slow", 0, None, None)], marks=[(1, "cancel")], heartbeat=1.5)),
    ("cancel", PARTLY, seen([("slow", 0, 25, None)], marks=[(1, "cancel")])),
    ("cancel", IGNORED, seen(ran("slow", "later"), {"state": "cancelled"}, [(0.5, "cancel")])),
    ("cancel", UNTOLD, seen([], marks=[(1, "cancel")])),
    ("cancel", UNTOLD, seen([("slow", 0, 1, ERROR)], marks=[(9, "cancel")])),
    (
        "cancel",
        PARTLY,  # started again, and run to its end
        seen([("slow", 0, 2, ERROR), ("slow", 3, 48, None)], marks=[(1, "cancel")]),
    ),
    ("type_mismatch", OK, seen(ran(*RIGHT), {"rejected": "compile", "error": "int"})),
    ("type_mismatch", PARTLY, seen(ran(*RIGHT, "producer"), {"rejected": "run", "error": "int"})),
    ("type_mismatch", IGNORED, seen(ran(*RIGHT, "producer", "consumer"), {"rejected": "compile"})),
    ("type_mismatch", UNTOLD, seen([], {"rejected": "compile", "error": "a broken hook"})),
    ("bad_parameter", OK, seen(ran("consumer"), {"rejected": True, "error": "int"}, WRONG)),
    ("bad_parameter", IGNORED, seen(ran("consumer", "consumer"), {"rejected": True}, WRONG)),
    ("bad_parameter", PARTLY, seen(ran("consumer"), {"rejected": False}, WRONG)),
    ("bad_parameter", UNTOLD, seen([], {"rejected": True, "error": "a broken hook"}, WRONG)),
    ("bad_parameter", UNTOLD, seen(ran("consumer"), {"rejected": True})),
    ("step_logs", OK, seen(ran("shout"), {"text": "x printed quokka-4711\nlogged quokka-4711"})),
    (
        "step_logs",
        UNTOLD,
        seen([], {"text": "x printed quokka-4711\nlogged quokka-4711"}),
    ),
    ("step_logs", PARTLY, seen(ran("shout"), {"text": "logged quokka-4711"})),
    ("step_logs", NO, seen(ran("shout"), {"text": ""})),
    ("user_interface", OK, seen(ran("step"), {"status": 200, "kind": "text/html", "run": "r-1"})),
    (
        "user_interface",
        UNTOLD,
        seen([], {"status": 200, "kind": "text/html", "run": "r-1"}),
    ),
    (
        "user_interface",
        PARTLY,
        seen(ran("step"), {"status": 200, "kind": "text/html", "run": None}),
    ),
    ("user_interface", NO, seen(ran("step"), {"status": 404, "kind": "text/html", "run": "r-1"})),
    ("api_auth", OK, seen([], {"without": 401, "with": 200})),
    ("api_auth", NO, seen([], {"without": 200, "with": 200})),
    ("api_auth", UNTOLD, seen([], {"without": 401, "with": 401})),
    ("listening", OK, seen([], {"seen": ["127.0.0.1:9 python"], "control": "127.0.0.1:9"})),
    (
        "listening",
        PARTLY,
        seen([], {"seen": ["127.0.0.1:9 python", "0.0.0.0:80 nginx"], "control": "127.0.0.1:9"}),
    ),
    (
        "listening",
        OK,
        seen([], {"seen": ["127.0.0.1:9 x", "[::ffff:127.0.0.1]:8 y"], "control": "127.0.0.1:9"}),
    ),
    ("listening", UNTOLD, seen([], {"seen": [], "control": "127.0.0.1:9"})),
    ("tracking", OK, seen(ran("step"), {"parameters": {"depth": "3"}, "metrics": {"auc": 0.81}})),
    (
        "tracking",
        UNTOLD,
        seen([], {"parameters": {"depth": "3"}, "metrics": {"auc": 0.81}}),
    ),
    ("tracking", PARTLY, seen(ran("step"), {"parameters": {"depth": 3}, "metrics": {"auc": 0.8}})),
    ("tracking", NO, seen(ran("step"), {})),
    ("lineage", OK, seen(ran("make", "train"), {"path": ["model", "run", "data"]})),
    (
        "lineage",
        UNTOLD,
        seen([], {"path": ["model", "run", "data"]}),
    ),
    ("lineage", PARTLY, seen(ran("make", "train"), {"path": ["model", "run"]})),
    ("lineage", NO, seen(ran("make", "train"), {"path": []})),
    ("model_registry", OK, seen(ran("one", "two"), {"versions": [1, 2], "first": "model one"})),
    (
        "model_registry",
        UNTOLD,
        seen([], {"versions": [1, 2], "first": "model one"}),
    ),
    ("model_registry", PARTLY, seen(ran("one", "two"), {"versions": [1, 2], "first": "model two"})),
    ("model_registry", NO, seen(ran("one", "two"), {"versions": []})),
    ("serving", OK, seen(ran("predict"), {"prediction": 49})),
    ("serving", PARTLY, seen([], {"prediction": 49})),
    ("largest_fan_out", OK, seen([], {}, [(0, "try 1000"), (1, "done 1000 1.0")])),
    ("largest_fan_out", UNTOLD, seen([], {}, [(0, "try 10"), (1, "done 10 1.0"), (2, "try 100")])),
    ("largest_fan_out", UNTOLD, seen([], {"untried": 100, "needs_s": 9e3}, [(0, "try 10")])),
    ("largest_value", PARTLY, seen([], {"failed": 1000, "error": "E: x"}, [(0, "try 1000")])),
    ("deepest_chain", UNTOLD, seen([], {})),
]


@pytest.mark.parametrize(
    ("name", "verdict", "run"), CASES, ids=[f"{name}-{want.name}" for name, want, _ in CASES]
)
def test_a_judge_goes_by_the_recorded_attempts(
    name: str, verdict: Verdict, run: PipelineTrace
) -> None:
    judgement = every()[name].judge(observation(name, run))
    assert judgement.verdict is verdict, judgement.said
    assert judgement.said


def rounds(*counts: int, values: tuple[int, ...] = (4, 4, 9, 4, 4)) -> PipelineTrace:
    """Return a trace with so many calls of the body after each mark."""
    names = ("first", "same", "input", "code", "version")[: len(counts)]
    bodies = [
        ("costly", at + 0.1 * (n + 1), at + 0.1 * (n + 1) + 0.05, None)
        for at, count in enumerate(counts)
        for n in range(count)
    ]
    said = {"values": list(values[: len(counts)])}
    return seen(bodies, said, [(at, name) for at, name in enumerate(names)])


@pytest.mark.parametrize(
    ("run", "verdict"),
    [
        (rounds(1, 0, 1, 1, 1), OK),
        (rounds(1, 0, 1, 1), OK),  # results of this framework have their code as version
        (rounds(1, 1, 1, 1, 1), IGNORED),
        (rounds(1, 0, 0, 1, 1), PARTLY),
        (rounds(1, 0, 1, 0, 1), PARTLY),
        (rounds(1, 0, 1, 1, 0), PARTLY),
        (rounds(1, 0, 1), PARTLY),
        (rounds(1, 0, 1, 1, 1, values=(4, 4, 4, 4, 4)), PARTLY),
        (rounds(0, 0, 1, 1, 1), PARTLY),
    ],
)
def test_caching_is_judged_by_how_often_the_body_ran(run: PipelineTrace, verdict: Verdict) -> None:
    assert every()["caching"].judge(observation("caching", run)).verdict is verdict


def test_a_note_about_caching_is_reported() -> None:
    run = rounds(1, 0, 1, 1, 1)
    run.answer["note"] = "the policy is ours"
    said = every()["caching"].judge(observation("caching", run)).said
    assert said == (
        "reused across runs; computed again for another input, code, version (the policy is ours)"
    )


def test_outside_needs_its_own_attempt_to_be_seen() -> None:
    judge, run = every()["outside"].judge, seen([], {"control": "192.0.2.1:9"})
    assert judge(observation("outside", run)).verdict is UNTOLD
    assert judge(observation("outside", run, outside=["192.0.2.1:9"])).verdict is OK
    called = judge(observation("outside", run, outside=["192.0.2.1:9", "telemetry.example:443"]))
    assert called.verdict is PARTLY
    assert "telemetry.example" in called.said


def test_every_probe_is_judged_here() -> None:
    judged = {name for name, _, _ in CASES} | {"caching", "cron", "backfill", "secrets", "outside"}
    kills = {name for name, probe in every().items() if probe.kill}  # see test_crashes
    assert set(every()) == judged | kills
