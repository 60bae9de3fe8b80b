"""Lineage: from a model back to the data that it was made from."""

from __future__ import annotations

from harness.probes.judging import never_ran
from harness.probes.model import Judgement, Observation, Probe, body, partly, unsupported, works


def judge(seen: Observation) -> Judgement:
    """Judge whether the path that the API returns ends at the data."""
    if absent := never_ran(seen.only, "make", "train"):
        return absent
    path = [str(each) for each in seen.only.answer.get("path", [])]
    if not path:
        return unsupported("the API does not lead from the model back to its data")
    if "data" not in path[-1]:
        return partly(f"the API leads only to {path[-1]}")
    return works(" <- ".join(path))


PROBE = Probe(
    name="lineage",
    title="Artifact lineage",
    asks="Can a model be traced back to its data?",
    hook='Store the result of `make` as an artifact "data" and the result of `train`, which uses '
    'it, as "model", with the framework\'s own means; then follow the API from the model to its '
    'inputs. Return {"path": the names found, from model to data}.',
    judge=judge,
    bodies={"make": body("say", word="data"), "train": body("say")},
)
