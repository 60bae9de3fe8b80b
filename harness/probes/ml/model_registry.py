"""Model registry: models by name and version."""

from __future__ import annotations

from harness.probes.judging import never_ran
from harness.probes.model import Judgement, Observation, Probe, body, partly, unsupported, works


def judge(seen: Observation) -> Judgement:
    """Judge whether both versions are listed and the first can still be fetched."""
    if absent := never_ran(seen.only, "one", "two"):
        return absent
    answer = seen.only.answer
    versions = answer.get("versions") or []
    if not versions:
        return unsupported("the registry does not list any version of the model")
    if len(versions) != 2 or answer.get("first") != "model one":
        return partly(f"versions {versions}; the first was fetched as {answer.get('first')!r}")
    return works(f"versions {', '.join(map(str, versions))}; the first was fetched unchanged")


PROBE = Probe(
    name="model_registry",
    title="Model registry",
    asks="Are models stored by name and version?",
    hook='Register the results of `one` ("model one") and `two` ("model two") as two versions of '
    "one model in the framework's own registry; list the versions and fetch the first. Return "
    '{"versions": the list, "first": the content of the first}.',
    judge=judge,
    bodies={"one": body("say", word="model one"), "two": body("say", word="model two")},
)
