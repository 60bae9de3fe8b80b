"""API authentication: a request without a token."""

from __future__ import annotations

from harness.probes.model import Judgement, Observation, Probe, inconclusive, unsupported, works


def judge(seen: Observation) -> Judgement:
    """Judge whether the API refuses a request without a token and answers one with it."""
    without, with_token = seen.only.answer.get("without"), seen.only.answer.get("with")
    if without in (401, 403):
        if with_token != 200:
            return inconclusive(f"the API answers {with_token} to a request with a token")
        return works(f"status {without} without a token, 200 with one")
    if without == 200:
        return unsupported("set up as documented, the API answers any client that can reach it")
    return inconclusive(f"the API answers {without} to a request without a token")


PROBE = Probe(
    name="api_auth",
    title="API without a token",
    asks="Does the API refuse a request without a token?",
    hook="Request the API's list of runs without and with credentials, configured as the "
    "framework's documentation recommends. Return "
    '{"without": HTTP status, "with": HTTP status}.',
    judge=judge,
    timeout_s=240.0,  # a server of its own may have to be started
)
