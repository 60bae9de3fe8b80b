"""Candidate models: five scikit-learn families in turn, each with new settings in each turn.

Models travel as bytes, not as objects: the deployed bytes equal the evaluated ones, and a step that
compares many candidates does not load them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from threadpoolctl import ThreadpoolController

from workloads.codecs_data import dump_model, load_model

Floats = NDArray[np.float64]

FAMILIES: dict[str, Callable[..., Any]] = {
    "logistic_regression": LogisticRegression,
    "random_forest": RandomForestClassifier,
    "hist_gradient_boosting": HistGradientBoostingClassifier,
    "extra_trees": ExtraTreesClassifier,
    "naive_bayes": GaussianNB,
}

_libraries = ThreadpoolController()


def candidate(number: int) -> dict[str, Any]:
    """Return the ``number``-th candidate (from 1): family and settings, unique for each number."""
    turn, which = divmod(number - 1, len(FAMILIES))
    family = list(FAMILIES)[which]
    # Later turns change how a model generalises, not the amount of work.
    settings: dict[str, dict[str, Any]] = {
        "logistic_regression": {"C": 1.0 / (1 + 3 * turn), "max_iter": 1000},
        "random_forest": {
            "n_estimators": 100,
            "max_depth": 10 + 2 * (turn % 3),
            "min_samples_leaf": 5 + turn,
            "max_samples": 0.8,
        },
        "hist_gradient_boosting": {
            "max_iter": 120,
            "learning_rate": 0.05 / (1 + turn % 3),
            "max_leaf_nodes": 15,
            "l2_regularization": 0.1 * turn,
            "early_stopping": False,
        },
        "extra_trees": {
            "n_estimators": 100,
            "max_depth": 12 + 2 * (turn % 3),
            "min_samples_leaf": 5 + turn,
        },
        "naive_bayes": {"var_smoothing": 1e-3 * (1 + turn)},
    }
    return {"number": number, "family": family, "settings": settings[family]}


def fit(spec: dict[str, Any], x: Floats, y: NDArray[np.int64], seed: int) -> bytes:
    """Train a candidate on features (rows x features) and labels (0 or 1); return its bytes."""
    one_thread()
    make = FAMILIES[spec["family"]]
    seeded = {"random_state": seed} if "random_state" in inspect.signature(make).parameters else {}
    dumped: bytes = dump_model(make(**spec["settings"], **seeded).fit(x, y))
    return dumped


def load(model: bytes) -> Any:
    """Load a model from its bytes; they may contain scikit-learn, SciPy and NumPy types only."""
    return load_model(model)


def probabilities(model: Any, x: Floats) -> Floats:
    """Return the probability of the positive class for each row."""
    one_thread()
    return np.ascontiguousarray(model.predict_proba(x)[:, 1], dtype=np.float64)


def one_thread() -> None:
    """Limit the numeric libraries to one thread: sums in another order have other last bits.

    The limit is never lifted, since steps may run side by side as threads: frameworks run steps in
    parallel, not the work inside them. OpenMP limits each thread separately, so call this before
    every use.
    """
    _libraries.limit(limits=1)
