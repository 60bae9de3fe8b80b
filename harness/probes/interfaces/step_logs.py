"""Log of one step, read by API."""

from __future__ import annotations

from harness.probes.judging import never_ran
from harness.probes.model import Judgement, Observation, Probe, body, partly, unsupported, works

_WORD = "quokka-4711"


def judge(seen: Observation) -> Judgement:
    """Judge whether both the printed and the logged line are in the log."""
    if absent := never_ran(seen.only, "shout"):
        return absent
    text = str(seen.only.answer.get("text", ""))
    present = [kind for kind in ("printed", "logged") if f"{kind} {_WORD}" in text]
    if not present:
        return unsupported("the API's log does not hold the printed line or the logged line")
    if len(present) == 1:
        return partly(f"the API's log holds only the line that the step {present[0]}")
    return works("the API's log holds both lines, printed and logged")


PROBE = Probe(
    name="step_logs",
    title="Logs of a step by API",
    asks="Can the log of one step be read by API?",
    hook="Run `shout`, which prints a line and logs another with Python's logging; configure the "
    "framework to keep both if it can. Return "
    '{"text": the log of that step, read by the API}.',
    judge=judge,
    bodies={"shout": body("shout", word=_WORD)},
)
