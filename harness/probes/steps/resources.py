"""Resource limits: the memory of a step."""

from __future__ import annotations

from harness.probes.model import Judgement, Observation, Probe, body, ignored, inconclusive, works

_LIMIT_MB, _TAKES_MB = 200, 900


def judge(seen: Observation) -> Judgement:
    """Judge whether a body that allocates more than its limit was stopped."""
    taken = seen.only.of("hungry")
    if not taken:
        return inconclusive("the body never began")
    if taken[-1].end_ns is not None and taken[-1].error is None:
        return ignored(f"the body allocated {_TAKES_MB} MB in spite of its limit of {_LIMIT_MB} MB")
    if (error := taken[-1].error) is not None and "MemoryError" not in error:
        return inconclusive(f"the body failed for another reason: {error}")
    return works(f"the body did not get {_TAKES_MB} MB with a limit of {_LIMIT_MB} MB")


PROBE = Probe(
    name="resources",
    title="Resource limits",
    asks="Is a step held to the memory that it requests?",
    hook=f"Run `hungry`, which allocates {_TAKES_MB} MB, with the framework's own request and "
    'limit of settings["memory_mb"] MB. Catch the error.',
    judge=judge,
    bodies={"hungry": body("allocate", megabytes=_TAKES_MB)},
    settings={"memory_mb": _LIMIT_MB},
)
