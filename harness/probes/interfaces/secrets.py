"""Secrets: a value that a step needs and that must not be stored in clear."""

from __future__ import annotations

import hashlib
import secrets

from harness.probes.leaks import holding, searched
from harness.probes.model import Judgement, Observation, Probe, body, inconclusive, partly, works


def judge(seen: Observation) -> Judgement:
    """Judge whether the step got the secret and no file or API answer holds it in clear."""
    secret = seen.settings["secret"]
    if seen.only.answer.get("digest") != hashlib.sha256(secret.encode()).hexdigest():
        return inconclusive("the step did not get the secret")
    pages = seen.only.answer.get("pages", {})
    places = [f"the answer to {name}" for name, text in pages.items() if secret in text]
    places += holding(seen.folder, secret)
    if places:
        return partly(f"stored in clear in: {', '.join(places[:3])}")
    if not searched(seen.folder):
        return inconclusive("no file of the trial holds the secret, but its database is elsewhere")
    answers = f"; the same holds for {len(pages)} API answers" if pages else ""
    return works(
        "the step got the secret and did not print it; no log, database or other file holds it in "
        f"clear{answers}"
    )


PROBE = Probe(
    name="secrets",
    title="Secrets",
    asks="Does a secret of a step stay out of logs and databases?",
    hook='Store settings["secret"] with the framework\'s own means; in a step, fetch it and run '
    '`use` with text=the secret; do not print it. Return {"digest": the result of `use`, "pages": '
    "an object from request to answer text, if the framework has an API, with its answers about "
    "the run, the run's log and the secret}.",
    judge=judge,
    bodies={"use": body("digest")},
    settings={"secret": secrets.token_hex(16)},
)
