"""A run that is started with a wrong parameter."""

from __future__ import annotations

from harness.probes.model import Judgement, Observation, Probe, body, ignored, partly, works


def judge(seen: Observation) -> Judgement:
    """It has to be refused before anything runs."""
    run = seen.only
    if run.of("consumer"):
        return ignored("the run was started with a text for a whole number")
    if not run.answer.get("rejected"):
        return partly("nothing ran, and nothing said why")
    return works(f"refused: {run.answer.get('error', '')}")


PROBE = Probe(
    name="bad_parameter",
    title="Wrong run parameter",
    asks="Is a wrong parameter refused before anything runs?",
    hook="A workflow with a parameter declared as int, which it hands to `consumer`; start it with "
    '"abc". Return {"rejected": whether it was refused, "error": in these words}.',
    judge=judge,
    bodies={"consumer": body("whole")},
)
