"""A prediction over HTTP."""

from __future__ import annotations

from harness.probes.model import Judgement, Observation, Probe, body, partly, works

_ASKED, _ANSWER = 7, 49


def judge(seen: Observation) -> Judgement:
    """The body ran for the request, and its result came back."""
    run = seen.only
    if not run.of("predict"):
        return partly("the model was not asked")
    if run.answer.get("prediction") != _ANSWER:
        return partly(f"the prediction was {run.answer.get('prediction')}, not {_ANSWER}")
    return works("a request over HTTP was answered by the model")


PROBE = Probe(
    name="serving",
    title="Model serving",
    asks="Can a model be asked over HTTP?",
    hook="Serve `predict` with the framework's own serving on 127.0.0.1 and a free port; ask it "
    'over HTTP with value=settings["value"]. Return {"prediction": …}.',
    judge=judge,
    bodies={"predict": body("square")},
    settings={"value": _ASKED},
)
