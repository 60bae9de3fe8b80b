"""Type mismatch: a string passed to a step that expects an integer."""

from __future__ import annotations

from harness.probes.judging import never_ran
from harness.probes.model import Judgement, Observation, Probe, body, ignored, partly, works

_EARLY = ("definition", "compile", "start")


def judge(seen: Observation) -> Judgement:
    """Judge how early the wrong type was rejected; the step that would receive it must not run.

    The judgement is inconclusive unless the right type was accepted.
    """
    run = seen.only
    if broken := never_ran(run, "number", "control"):
        return broken
    rejected, error = run.answer.get("rejected", "never"), run.answer.get("error", "")
    if run.of("consumer"):
        return ignored("the step ran with a string where its annotation is an integer")
    if rejected in _EARLY and not run.of("producer"):
        return works(f"rejected at {rejected}: {error}")
    return partly(f"rejected at {rejected}, after the run had started: {error}")


PROBE = Probe(
    name="type_mismatch",
    title="Type mismatch between steps",
    asks="When is a wrong type between two steps noticed?",
    hook="Pass the result of `number`, annotated to return int, to `control`, annotated to take "
    "int; in the same way the result of `producer`, annotated to return str, to `consumer`, "
    'annotated to take int. Return {"rejected": when the framework rejected the second pair: '
    '"definition", "compile", "start", "run" or "never", "error": its message}.',
    judge=judge,
    bodies={
        "number": body("whole", value=3),
        "control": body("whole"),
        "producer": body("wordy"),
        "consumer": body("whole"),
    },
)
