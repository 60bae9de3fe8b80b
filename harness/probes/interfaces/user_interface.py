"""User interface: a web page that shows the run."""

from __future__ import annotations

from harness.probes.judging import never_ran
from harness.probes.model import Judgement, Observation, Probe, body, partly, unsupported, works


def judge(seen: Observation) -> Judgement:
    """Judge whether the page is served, and whether the API that fills it returns the run."""
    if absent := never_ran(seen.only, "step"):
        return absent
    answer = seen.only.answer
    status, kind = answer.get("status"), str(answer.get("kind", ""))
    if status != 200 or "html" not in kind:
        return unsupported(f"the request for the page was answered with {status} {kind}")
    if not answer.get("run"):
        return partly("the page is served, but its API does not return the run")
    return works(f"the page is served, and its API returns the run as {answer['run']}")


PROBE = Probe(
    name="user_interface",
    title="User interface",
    asks="Does the framework have a web page that shows the run?",
    hook="Run `step`; then request the UI's page, and the run from the API that this page uses. "
    'Return {"status": HTTP status of the page, "kind": its content type, "run": the name or id '
    "of the run in the API's answer}.",
    judge=judge,
    bodies={"step": body("say", word="seen")},
)
