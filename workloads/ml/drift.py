"""Drift tests: of the production period against the training data, and of the model's performance.

Data drift: population stability index (PSI) of every feature, and the two-sample
Kolmogorov-Smirnov test for numbers. Concept drift: the change of performance on labelled rows.
Every verdict needs a relevant effect and evidence that it is not sampling noise, since a PSI over
0.1 is common between two small samples of one population.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.stats import chi2, ks_2samp, norm

from workloads.ml.features import Encoder, frequent, level_counts
from workloads.ml.metrics import roc_auc_error
from workloads.ml.tables import to_numpy

Floats = NDArray[np.float64]

#: PSI from which to watch a shift, and from which to act (Siddiqi, Credit Risk Scorecards, 2006).
MODERATE, LARGE = 0.1, 0.25
#: Probability of a false alarm over all features of a table together (Bonferroni).
ALPHA = 0.001
#: Smallest relevant changes of performance: of the area under the ROC curve, and of the distance
#: between mean probability and share of positives.
AUC_DROP, BIAS = 0.02, 0.05

PSI_BINS = 10
MAX_LEVELS = 20
#: Share assumed for an empty bin, for which the index would be infinite.
_SMALLEST_SHARE = 1e-4


def psi(reference: Floats, current: Floats) -> float:
    """Return the population stability index of two histograms (counts) over the same bins, >= 0.

    Sum over bins of (q - p) ln(q / p), p and q being a bin's shares.
    """
    p = np.maximum(reference / reference.sum(), _SMALLEST_SHARE)
    q = np.maximum(current / current.sum(), _SMALLEST_SHARE)
    # Python's logarithm and an exact sum: NumPy's last digits differ between its versions.
    terms = zip((q - p).tolist(), (q / p).tolist(), strict=True)
    return math.fsum(change * math.log(ratio) for change, ratio in terms)


def psi_p_value(value: float, bins: int, reference: int, current: int) -> float:
    """Return the probability of such a PSI between samples of one population.

    ``bins`` counts those that are not empty; ``reference`` and ``current`` are sample sizes.

    PSI / (1/n + 1/m) is about chi-squared with bins - 1 degrees (Yurdakul & Naranjo, 2020).
    """
    return float(chi2.sf(value / (1 / reference + 1 / current), bins - 1)) if bins > 1 else 1.0


def number_drift(reference: Floats, current: Floats) -> dict[str, Any]:
    """Return PSI over the reference's deciles and a bin of missing values, and the KS test."""
    known, later = reference[~np.isnan(reference)], current[~np.isnan(current)]
    edges: Any = (
        np.unique(np.quantile(known, np.arange(1, PSI_BINS) / PSI_BINS)) if len(known) else []
    )
    counts = []
    for sample, whole in ((known, reference), (later, current)):
        bins = np.bincount(np.searchsorted(edges, sample), minlength=len(edges) + 1)
        counts.append(np.append(bins, len(whole) - len(sample)).astype(np.float64))
    found = _psi_entry(counts[0], counts[1])
    if len(known) and len(later):
        # The asymptotic distribution: the exact one takes minutes on unlucky sizes.
        test = ks_2samp(known, later, method="asymp")
        found |= {"ks": float(test.statistic), "ks_p": float(test.pvalue)}
    return found


def category_drift(reference: pa.ChunkedArray, current: pa.ChunkedArray) -> dict[str, Any]:
    """Return PSI over the reference's most frequent levels and a bin of all others."""
    before, after = level_counts(reference), level_counts(current)
    levels = frequent(before, MAX_LEVELS)
    counts = []
    for found in (before, after):
        named = [found.get(level, 0) for level in levels]
        counts.append(np.array([*named, sum(found.values()) - sum(named)], dtype=np.float64))
    return _psi_entry(counts[0], counts[1])


def data_drift(train: pa.Table, production: pa.Table, encoder: Encoder) -> list[dict[str, Any]]:
    """Return each feature's drift, in the encoder's order.

    ``verdict`` is "none", "moderate" or "large".
    """
    table = []
    for column in encoder["columns"]:
        name = column["name"]
        if column["kind"] == "number":
            found = number_drift(to_numpy(train[name]), to_numpy(production[name]))
        else:
            found = category_drift(train[name], production[name])
        verdict = _verdict(found, ALPHA / len(encoder["columns"]))
        table.append({"feature": name, "kind": column["kind"], **found, "verdict": verdict})
    return table


def concept_drift(test: dict[str, Any], production: dict[str, Any]) -> dict[str, Any]:
    """Return the change of performance between two results of ``metrics.measure``.

    Drift is a lower area under the ROC curve, or probabilities which miss the share of positives
    by more than before, if the change is relevant and its p-value, by the normal approximation, is
    below :data:`ALPHA`.
    """
    drop = test["roc_auc"] - production["roc_auc"]
    drop_error = math.hypot(_auc_error(test), _auc_error(production))
    bias = _bias(production) - _bias(test)
    bias_error = math.hypot(_share_error(test), _share_error(production))
    drop_p, bias_p = _tail(drop, drop_error), 2 * _tail(abs(bias), bias_error)
    return {
        "roc_auc_drop": drop,
        "roc_auc_drop_p": drop_p,
        "ranking_drifted": drop >= AUC_DROP and drop_p < ALPHA,
        "bias_change": bias,
        "bias_change_p": bias_p,
        "level_drifted": abs(bias) >= BIAS and bias_p < ALPHA,
        "log_loss_rise": production["log_loss"] - test["log_loss"],
        "test": test,
        "production": production,
    }


def retrain(data: list[dict[str, Any]], concept: dict[str, Any]) -> dict[str, Any]:
    """Return the decision to retrain, and its reasons as sentences.

    Large drift of any feature, or drift of the concept, requires it; moderate drift is watched.
    """
    reasons = [
        f"{row['feature']} has drifted: its PSI of {row['psi']:.3f} is at least {LARGE}."
        for row in data
        if row["verdict"] == "large"
    ]
    test, production = concept["test"], concept["production"]
    if concept["ranking_drifted"]:
        reasons.append(
            f"The model ranks worse: its ROC AUC is {production['roc_auc']:.3f} in production "
            f"and was {test['roc_auc']:.3f} on test."
        )
    if concept["level_drifted"]:
        reasons.append(
            f"The probabilities are off: in production they average "
            f"{production['mean_probability']:.3f} where {production['positive_share']:.3f} of "
            f"the rows are positive."
        )
    watched = [row["feature"] for row in data if row["verdict"] == "moderate"]
    decided = bool(reasons)
    return {"retrain": decided, "reasons": reasons or [_CALM], "watch": watched}


_CALM = "No feature has drifted by much, and the model performs as it did on test."


def _psi_entry(before: Floats, after: Floats) -> dict[str, Any]:
    value = psi(before, after)
    bins = int(((before + after) > 0).sum())
    return {"psi": value, "psi_p": psi_p_value(value, bins, int(before.sum()), int(after.sum()))}


def _verdict(found: dict[str, Any], alpha: float) -> str:
    # PSI detects changes that KS cannot, such as new gaps: either is evidence.
    if found["psi"] < MODERATE or min(found["psi_p"], found.get("ks_p", 1.0)) >= alpha:
        return "none"
    return "large" if found["psi"] >= LARGE else "moderate"


def _auc_error(found: dict[str, Any]) -> float:
    positives = found["positives"]
    return roc_auc_error(found["roc_auc"], positives, found["rows"] - positives)


def _bias(found: dict[str, Any]) -> float:
    return float(found["mean_probability"] - found["positive_share"])


def _share_error(found: dict[str, Any]) -> float:
    share = found["positive_share"]
    return math.sqrt(share * (1 - share) / found["rows"])


def _tail(effect: float, error: float) -> float:
    """Return the one-sided probability of at least this effect under no effect."""
    if error == 0:
        return 0.0 if effect > 0 else 1.0
    return float(norm.sf(effect / error))
