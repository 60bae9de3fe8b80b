"""A run that is started with a wrong parameter."""

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
    """It has to be refused before anything runs, where a right one is taken."""
    run = seen.only
    wrong_ns = run.at("wrong")
    right = [each for each in run.of("consumer") if wrong_ns is None or each.start_ns < wrong_ns]
    if wrong_ns is None or not any(each.end_ns and each.error is None for each in right):
        return inconclusive("nothing ran with the right parameter, so a refusal says nothing")
    if len(run.of("consumer")) > len(right):
        return ignored("the run was started with a text for a whole number")
    if not run.answer.get("rejected"):
        return partly("nothing ran, and nothing said why")
    return works(f"refused: {run.answer.get('error', '')}")


PROBE = Probe(
    name="bad_parameter",
    title="Wrong run parameter",
    asks="Is a wrong parameter refused before anything runs?",
    hook="A workflow with a parameter declared as int, which it hands to `consumer`; run it with "
    'settings["right"]; then mark("wrong"), and start it with settings["wrong"]. Return '
    '{"rejected": whether that was refused, "error": in these words}.',
    judge=judge,
    bodies={"consumer": body("whole")},
    settings={"right": 3, "wrong": "abc"},
)
