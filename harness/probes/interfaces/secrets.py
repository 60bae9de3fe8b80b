"""A secret that a step needs, and nobody else should see."""

from __future__ import annotations

import hashlib
import secrets

from harness.probes.leaks import holding, searched
from harness.probes.model import Judgement, Observation, Probe, body, inconclusive, partly, works


def judge(seen: Observation) -> Judgement:
    """The step had it; then no file of the trial and no answer of an API may hold it in clear."""
    secret = seen.settings["secret"]
    if seen.only.answer.get("digest") != hashlib.sha256(secret.encode()).hexdigest():
        return inconclusive("the step did not get the secret")
    pages = seen.only.answer.get("pages", {})
    places = [f"the answer to {name}" for name, text in pages.items() if secret in text]
    places += holding(seen.folder, secret)
    if places:
        return partly(f"in clear in: {', '.join(places[:3])}")
    if not searched(seen.folder):
        return inconclusive("no file of the trial holds it, but its database lay elsewhere")
    told = f", and none of {len(pages)} answers of the API" if pages else ""
    return works(
        "the step had it and did not print it; no log, database or other file holds it in clear"
        f"{told}"
    )


PROBE = Probe(
    name="secrets",
    title="Secrets",
    asks="Can a step have a secret that logs and databases do not?",
    hook='Store settings["secret"] natively, have a step fetch it and run `use` with text=it; '
    'print it nowhere. Return {"digest": the result, "pages": what the API answers of the run, its '
    "log and the secret, as text by request, where there is one}.",
    judge=judge,
    bodies={"use": body("digest")},
    settings={"secret": secrets.token_hex(16)},
)
