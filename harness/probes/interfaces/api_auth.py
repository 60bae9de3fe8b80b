"""The API, asked by somebody without a token."""

from __future__ import annotations

from harness.probes.model import Judgement, Observation, Probe, inconclusive, unsupported, works


def judge(seen: Observation) -> Judgement:
    """Refused without, answered with."""
    without, given = seen.only.answer.get("without"), seen.only.answer.get("with")
    if without in (401, 403):
        if given != 200:
            return inconclusive(f"with a token it answers {given}")
        return works(f"{without} without a token, 200 with one")
    if without == 200:
        return unsupported("it answers whoever reaches it, as it is set up by its documentation")
    return inconclusive(f"without a token it answers {without}")


PROBE = Probe(
    name="api_auth",
    title="API without a token",
    asks="Is somebody without a token refused?",
    hook="Ask the API for its list of runs without and with credentials, in the setting that its "
    'documentation recommends. Return {"without": status, "with": status}.',
    judge=judge,
    timeout_s=240.0,  # a server of its own may have to be started
)
