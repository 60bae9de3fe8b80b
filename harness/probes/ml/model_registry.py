"""Models with names and versions."""

from __future__ import annotations

from harness.probes.judging import never_ran
from harness.probes.model import Judgement, Observation, Probe, body, partly, unsupported, works


def judge(seen: Observation) -> Judgement:
    """Two versions under one name, and the older one can still be had."""
    if absent := never_ran(seen.only, "one", "two"):
        return absent
    said = seen.only.answer
    versions = said.get("versions") or []
    if not versions:
        return unsupported("no model can be registered")
    if len(versions) != 2 or said.get("first") != "model one":
        return partly(f"versions {versions}; the first one came back as {said.get('first')!r}")
    return works(f"versions {', '.join(map(str, versions))}; the first one came back")


PROBE = Probe(
    name="model_registry",
    title="Model registry",
    asks="Are models kept by name and version?",
    hook='Register "model one" and then "model two" (results of `one` and `two`) natively as '
    "versions of one model; list them and fetch the first. Return "
    '{"versions": [...], "first": its content}.',
    judge=judge,
    bodies={"one": body("say", word="model one"), "two": body("say", word="model two")},
)
