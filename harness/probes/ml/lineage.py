"""From a model back to the data that it was made of."""

from __future__ import annotations

from harness.probes.judging import never_ran
from harness.probes.model import Judgement, Observation, Probe, body, partly, unsupported, works


def judge(seen: Observation) -> Judgement:
    """The way back, as the framework's API tells it."""
    if absent := never_ran(seen.only, "make", "train"):
        return absent
    path = [str(each) for each in seen.only.answer.get("path", [])]
    if not path:
        return unsupported("nothing leads from the model back to its data")
    if "data" not in path[-1]:
        return partly(f"it leads only to {path[-1]}")
    return works(" <- ".join(path))


PROBE = Probe(
    name="lineage",
    title="Artifact lineage",
    asks="Can one get from a model back to its data?",
    hook='Keep the result of `make` as an artifact "data" and that of `train`, made of it, as '
    '"model", natively; then ask the API what the model was made of. Return {"path": names from '
    "model to data, as they were found}.",
    judge=judge,
    bodies={"make": body("say", word="data"), "train": body("say")},
)
