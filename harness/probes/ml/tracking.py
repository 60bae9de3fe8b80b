"""Parameters and metrics of an experiment."""

from __future__ import annotations

from harness.probes.judging import never_ran
from harness.probes.model import Judgement, Observation, Probe, body, partly, unsupported, works

_PARAMETERS, _METRICS = {"depth": 3}, {"auc": 0.81}


def judge(seen: Observation) -> Judgement:
    """Read back as they were written."""
    if absent := never_ran(seen.only, "step"):
        return absent
    said = seen.only.answer
    kept = [
        name
        for name, expected in (("parameters", _PARAMETERS), ("metrics", _METRICS))
        if {key: float(value) for key, value in (said.get(name) or {}).items()} == expected
    ]
    if not kept:
        return unsupported("neither parameters nor metrics came back")
    return works("both came back by API") if len(kept) == 2 else partly(f"only {kept[0]} came back")


PROBE = Probe(
    name="tracking",
    title="Experiment tracking",
    asks="Are a run's parameters and metrics kept, and found again?",
    hook='In a step that runs `step`, log settings["parameters"] and settings["metrics"] by native '
    'means; read them back by the API. Return {"parameters": {…}, "metrics": {…}}.',
    judge=judge,
    bodies={"step": body("say", word="tracked")},
    settings={"parameters": _PARAMETERS, "metrics": _METRICS},
)
