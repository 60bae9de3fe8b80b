"""Run parameter of the wrong type."""

from __future__ import annotations

from harness.probes.model import (
    Judgement,
    Observation,
    Probe,
    body,
    ignored,
    inconclusive,
    partly,
    works,
)


def judge(seen: Observation) -> Judgement:
    """Judge whether the wrong parameter was refused before any step, and the right one accepted."""
    run = seen.only
    wrong_ns = run.at("wrong")
    right = [each for each in run.of("consumer") if wrong_ns is None or each.start_ns < wrong_ns]
    if wrong_ns is None or not any(each.end_ns and each.error is None for each in right):
        return inconclusive("no step ran with the right parameter, so a refusal is not evidence")
    if len(run.of("consumer")) > len(right):
        return ignored("the run was started with a string for an integer")
    if not run.answer.get("rejected"):
        return partly("no step ran, and the framework gave no reason")
    return works(f"refused: {run.answer.get('error', '')}")


PROBE = Probe(
    name="bad_parameter",
    title="Wrong run parameter",
    asks="Is a parameter of the wrong type refused before any step runs?",
    hook="Define a workflow with a parameter declared as int and passed to `consumer`; run it with "
    'settings["right"]; then mark("wrong") and start it with settings["wrong"]. Return '
    '{"rejected": whether the second start was refused, "error": the framework\'s message}.',
    judge=judge,
    bodies={"consumer": body("whole")},
    settings={"right": 3, "wrong": "abc"},
)
