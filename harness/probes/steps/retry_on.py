"""Retry only on some errors."""

from __future__ import annotations

from harness.probes.judging import refused_once
from harness.probes.model import Judgement, Observation, Probe, body, ignored, inconclusive, works


def judge(seen: Observation) -> Judgement:
    """Judge whether the listed error was retried and the other was not."""
    wanted, unwanted = seen.only.of("passing"), seen.only.of("lasting")
    if len(wanted) <= 1:
        return refused_once(wanted, "retries")
    if not unwanted:
        return inconclusive("the step whose error must not be retried never began")
    if len(unwanted) > 1:
        return ignored(f"the step whose error must not be retried was tried {len(unwanted)} times")
    return works("ValueError was retried, TypeError was not")


PROBE = Probe(
    name="retry_on",
    title="Retry only on some errors",
    asks="Can retries be limited to some kinds of errors?",
    hook="Run `passing`, which raises ValueError once, and `lasting`, which raises TypeError once, "
    'each with settings["retries"] retries on ValueError only, settings["delay_s"] seconds apart. '
    "Catch the error.",
    judge=judge,
    bodies={
        "passing": body("flaky", fails=1, error="ValueError"),
        "lasting": body("flaky", fails=1, error="TypeError"),
    },
    settings={"retries": 2, "delay_s": 0.2},
)
