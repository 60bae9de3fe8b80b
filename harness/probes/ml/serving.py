"""Model serving: a prediction over HTTP."""

from __future__ import annotations

from harness.probes.model import Judgement, Observation, Probe, body, partly, works

_ASKED, _ANSWER = 7, 49


def judge(seen: Observation) -> Judgement:
    """Judge whether the body ran for the request and its result was returned."""
    run = seen.only
    if not run.of("predict"):
        return partly("the request did not reach the model")
    if run.answer.get("prediction") != _ANSWER:
        return partly(f"the prediction was {run.answer.get('prediction')}, not {_ANSWER}")
    return works("the model answered a request over HTTP")


PROBE = Probe(
    name="serving",
    title="Model serving",
    asks="Can a model be queried over HTTP?",
    hook="Serve `predict` with the framework's own serving on 127.0.0.1 and a free port; send it "
    'an HTTP request with value=settings["value"]. Return {"prediction": the result}.',
    judge=judge,
    bodies={"predict": body("square")},
    settings={"value": _ASKED},
)
