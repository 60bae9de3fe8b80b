"""Pages for people."""

from __future__ import annotations

from harness.probes.judging import never_ran
from harness.probes.model import Judgement, Observation, Probe, body, partly, unsupported, works


def judge(seen: Observation) -> Judgement:
    """A page answers, and what fills it knows the run."""
    if absent := never_ran(seen.only, "step"):
        return absent
    said = seen.only.answer
    if said.get("status") != 200 or "html" not in str(said.get("kind", "")):
        return unsupported(f"the page answered with {said.get('status')} {said.get('kind', '')}")
    if not said.get("run"):
        return partly("the page answers, but what it shows does not know the run")
    return works(f"the page answers, and shows the run as {said['run']}")


PROBE = Probe(
    name="user_interface",
    title="User interface",
    asks="Is there a page that shows the run?",
    hook="Run `step`; then get the UI's page, and the run by the API that this page uses. Return "
    '{"status": of the page, "kind": its content type, "run": the run\'s name or id there}.',
    judge=judge,
    bodies={"step": body("say", word="seen")},
)
