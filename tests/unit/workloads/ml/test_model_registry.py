"""Model registry: content decides the version, and loading returns the stored model."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workloads.ml import candidates, model_registry

X = np.random.default_rng(0).normal(size=(200, 3))
Y = (X[:, 0] > 0).astype(np.int64)
ENCODER: dict[str, Any] = {"columns": [{"name": "n", "kind": "number"}], "dropped": []}
CARD: dict[str, Any] = {
    "family": "naive_bayes",
    "settings": {"var_smoothing": 1e-9},
    "metrics": {"roc_auc": 0.9, "rows": 50},
    "rule": "the only one",
    "target": {"column": "churn", "positive": "Yes", "negative": "No"},
}


def model(number: int = 5, seed: int = 1) -> bytes:
    return candidates.fit(candidates.candidate(number), X, Y, seed)


@pytest.mark.parametrize("number", range(1, 6))
def test_every_family_survives_storage(tmp_path: Path, number: int) -> None:
    made = model(number)
    assert made == model(number)  # equal training, equal bytes
    version = model_registry.deploy(tmp_path / "models", made, ENCODER, CARD)
    loaded, encoder = model_registry.load(version)
    assert encoder == ENCODER
    direct = candidates.probabilities(candidates.load(made), X)
    assert np.array_equal(candidates.probabilities(loaded, X), direct)


def test_card_is_readable_by_people_and_programs(tmp_path: Path) -> None:
    version = model_registry.deploy(tmp_path, model(), ENCODER, CARD)
    card = json.loads((version / "card.json").read_text())
    assert card["digest"] == model_registry.digest_of(model(), ENCODER)
    readable = (version / "README.md").read_text()
    assert card["digest"] in readable
    assert "| roc_auc | 0.9000 |" in readable


def test_another_encoder_makes_another_version(tmp_path: Path) -> None:
    first = model_registry.deploy(tmp_path, model(), ENCODER, CARD)
    other = model_registry.deploy(tmp_path, model(), {**ENCODER, "dropped": ["x"]}, CARD)
    assert [first.name, other.name] == ["v1", "v2"]
    assert model_registry.deploy(tmp_path, model(), ENCODER, CARD) == first
    assert model_registry.latest(tmp_path) == first


def test_deployments_at_once_get_versions_of_their_own(tmp_path: Path) -> None:
    models = [model(2, seed) for seed in range(6)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda m: model_registry.deploy(tmp_path, m, ENCODER, CARD), models))
    assert len(set(found)) == 6
    for version, made in zip(found, models, strict=True):
        assert (version / "model.skops").read_bytes() == made


def test_damage_is_reported(tmp_path: Path) -> None:
    version = model_registry.deploy(tmp_path, model(), ENCODER, CARD)
    (version / "model.skops").write_bytes(b"something else")
    with pytest.raises(model_registry.RegistryError, match="v1 is damaged"):
        model_registry.load(version)
    with pytest.raises(model_registry.RegistryError, match="v1 is damaged"):
        model_registry.deploy(tmp_path, model(), ENCODER, CARD)
    (version / "card.json").unlink()
    with pytest.raises(model_registry.RegistryError, match="v1 has no readable card"):
        model_registry.deploy(tmp_path, model(), ENCODER, CARD)
    with pytest.raises(model_registry.RegistryError, match="no deployed model"):
        model_registry.latest(tmp_path / "nowhere")
