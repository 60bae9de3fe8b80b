"""Experiment tracking: parameters and metrics of a run."""

from __future__ import annotations

from harness.probes.judging import never_ran
from harness.probes.model import Judgement, Observation, Probe, body, partly, unsupported, works

_PARAMETERS, _METRICS = {"depth": 3}, {"auc": 0.81}


def judge(seen: Observation) -> Judgement:
    """Judge whether parameters and metrics are read back as they were written."""
    if absent := never_ran(seen.only, "step"):
        return absent
    answer = seen.only.answer
    restored = [
        name
        for name, expected in (("parameters", _PARAMETERS), ("metrics", _METRICS))
        if {key: float(value) for key, value in (answer.get(name) or {}).items()} == expected
    ]
    if not restored:
        return unsupported("the API did not return the parameters or the metrics as written")
    if len(restored) == 1:
        return partly(f"the API returned only the {restored[0]} as written")
    return works("the API returned parameters and metrics as written")


PROBE = Probe(
    name="tracking",
    title="Experiment tracking",
    asks="Can a run's parameters and metrics be stored and read back?",
    hook='In a step that runs `step`, log settings["parameters"] and settings["metrics"] with the '
    "framework's own means; read them back by the API. Return "
    '{"parameters": {name: value}, "metrics": {name: value}}.',
    judge=judge,
    bodies={"step": body("say", word="tracked")},
    settings={"parameters": _PARAMETERS, "metrics": _METRICS},
)
