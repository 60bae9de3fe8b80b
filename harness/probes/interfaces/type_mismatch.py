"""A text where a whole number is expected."""

from __future__ import annotations

from harness.probes.judging import never_ran
from harness.probes.model import Judgement, Observation, Probe, body, ignored, partly, works

_EARLY = ("definition", "compile", "start")


def judge(seen: Observation) -> Judgement:
    """The earlier it is rejected the better, where a right type is taken; the step that would get
    it must not run.
    """
    run = seen.only
    if broken := never_ran(run, "number", "control"):
        return broken
    rejected, said = run.answer.get("rejected", "never"), run.answer.get("error", "")
    if run.of("consumer"):
        return ignored("the step got a text where it is annotated for a whole number")
    if rejected in _EARLY and not run.of("producer"):
        return works(f"rejected at {rejected}: {said}")
    return partly(f"rejected at {rejected}, once the run was under way: {said}")


PROBE = Probe(
    name="type_mismatch",
    title="Type mismatch between steps",
    asks="When is a wrong type between two steps noticed?",
    hook="`number`, annotated to return int, feeds `control`, annotated for int; and in the same "
    "way `producer`, annotated to return str, feeds `consumer`, annotated for int. Return "
    '{"rejected": "definition", "compile", "start", "run" or "never": the latter, "error": its '
    "words}.",
    judge=judge,
    bodies={
        "number": body("whole", value=3),
        "control": body("whole"),
        "producer": body("wordy"),
        "consumer": body("whole"),
    },
)
