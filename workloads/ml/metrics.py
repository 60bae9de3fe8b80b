"""Metrics of predicted probabilities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

CALIBRATION_BINS = 10


def measure(labels: Labels, scores: Floats) -> dict[str, Any]:
    """Return all metrics of probabilities ``scores`` against ``labels``, which hold both 0 and 1.

    ``calibration_error`` is the expected calibration error; ``brier`` mixes it with sharpness.
    """
    positives = int(labels.sum())
    return {
        "rows": len(labels),
        "positives": positives,
        "roc_auc": float(roc_auc_score(labels, scores)),
        "average_precision": float(average_precision_score(labels, scores)),
        "log_loss": float(log_loss(labels, scores, labels=[0, 1])),
        "brier": float(brier_score_loss(labels, scores)),
        "calibration_error": calibration_error(labels, scores),
        "mean_probability": float(scores.mean()),
        "positive_share": positives / len(labels),
    }


def calibration_error(labels: Labels, scores: Floats, bins: int = CALIBRATION_BINS) -> float:
    """Return the expected calibration error (Naeini, Cooper & Hauskrecht, AAAI 2015), 0 to 1.

    Over bins of equal width: the mean distance between a bin's share of positives and its mean
    probability, weighted by its rows.
    """
    which = np.minimum((scores * bins).astype(np.int64), bins - 1)
    surplus = np.bincount(which, weights=scores - labels, minlength=bins)
    return float(np.abs(surplus).sum() / len(labels))


def roc_auc_error(auc: float, positives: int, negatives: int) -> float:
    """Return the standard error of a ROC curve's area (Hanley & McNeil, Radiology 1982)."""
    both_positive = auc / (2 - auc)
    both_negative = 2 * auc**2 / (1 + auc)
    variance = (
        auc * (1 - auc)
        + (positives - 1) * (both_positive - auc**2)
        + (negatives - 1) * (both_negative - auc**2)
    ) / (positives * negatives)
    return math.sqrt(max(variance, 0.0))
