"""What a step says, found again."""

from __future__ import annotations

from harness.probes.judging import never_ran
from harness.probes.model import Judgement, Observation, Probe, body, partly, unsupported, works

_WORD = "quokka-4711"


def judge(seen: Observation) -> Judgement:
    """Both what was printed and what was logged."""
    if absent := never_ran(seen.only, "shout"):
        return absent
    text = str(seen.only.answer.get("text", ""))
    heard = [kind for kind in ("printed", "logged") if f"{kind} {_WORD}" in text]
    if not heard:
        return unsupported("the step's words are not among the logs that the API gives")
    if len(heard) == 1:
        return partly(f"only what was {heard[0]} can be had by API")
    return works("what the step printed and logged can be had by API")


PROBE = Probe(
    name="step_logs",
    title="Logs of a step by API",
    asks="Can one step's log be had by API?",
    hook="Run `shout`, which prints a line and logs another with Python's logging, set up so that "
    'the framework keeps both if it can. Return {"text": that step\'s log, by the API}.',
    judge=judge,
    bodies={"shout": body("shout", word=_WORD)},
)
