"""PSI, Kolmogorov-Smirnov and the verdicts, against hand calculation and SciPy."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp
from sklearn.metrics import roc_auc_score

from workloads.ml import drift, metrics

counts = st.lists(st.integers(0, 1000), min_size=2, max_size=12).filter(any)


def test_psi_equals_a_hand_calculation() -> None:
    before, after = np.array([50.0, 30.0, 20.0]), np.array([40.0, 40.0, 120.0])
    by_hand = -0.3 * math.log(0.4) - 0.1 * math.log(0.2 / 0.3) + 0.4 * math.log(3)
    assert drift.psi(before, after) == pytest.approx(by_hand)


@settings(deadline=None)
@given(counts, counts)
def test_psi_is_a_divergence(one: list[int], other: list[int]) -> None:
    size = min(len(one), len(other))
    p, q = np.array(one[:size], np.float64), np.array(other[:size], np.float64)
    if p.sum() and q.sum():
        assert drift.psi(p, p) == drift.psi(p, np.multiply(p, 2.0)) == 0
        assert drift.psi(p, q) >= 0
        assert drift.psi(p, q) == pytest.approx(drift.psi(q, p))


def test_psi_of_a_shifted_normal_is_the_shift_squared() -> None:
    # The index is the symmetric Kullback-Leibler divergence, which is d² here; binning loses some.
    rng = np.random.default_rng(1)
    found = drift.number_drift(rng.normal(size=50_000), rng.normal(0.5, 1, size=50_000))
    assert found["psi"] == pytest.approx(0.25, rel=0.1)


def test_psi_p_value_is_uniform_without_drift() -> None:
    rng = np.random.default_rng(2)
    found = [drift.number_drift(*rng.normal(size=(2, 400)))["psi_p"] for _ in range(400)]
    assert 0.02 < np.mean(np.array(found) < 0.05) < 0.09


def test_ks_equals_scipys_over_known_values() -> None:
    rng = np.random.default_rng(3)
    one, other = rng.normal(size=300), rng.normal(0.2, 1, size=200)
    expected = ks_2samp(one, other, method="asymp")
    gappy = np.append(one, [np.nan] * 5)
    found = drift.number_drift(gappy, other)
    assert (found["ks"], found["ks_p"]) == (expected.statistic, expected.pvalue)


def test_values_that_become_missing_are_drift() -> None:
    before = np.arange(1000.0)
    after = np.where(np.arange(1000) % 3 == 0, np.nan, before)
    assert drift.number_drift(before, after)["psi"] > drift.LARGE
    assert "ks" not in drift.number_drift(before, np.full(9, np.nan))


def test_new_levels_are_drift() -> None:
    before = pa.chunked_array([["a", "b", None] * 100])
    assert drift.category_drift(before, before)["psi"] == 0
    after = pa.chunked_array([["a", "b", "new"] * 100])
    assert drift.category_drift(before, after)["psi"] > drift.LARGE


def test_numbers_with_two_values_keep_two_bins() -> None:
    zeros, ones = np.zeros(84), np.ones(16)
    before = np.concatenate([zeros, ones])
    after = np.concatenate([zeros[:42], ones, ones, ones[:10]])
    p, q = np.array([84.0, 16.0]), np.array([42.0, 42.0])
    assert drift.number_drift(before, after)["psi"] == pytest.approx(drift.psi(p, q))


def test_concept_drift_needs_effect_and_evidence() -> None:
    rng = np.random.default_rng(4)

    def result(rows: int, noise: float) -> dict[str, float]:
        x = rng.normal(size=rows)
        labels = (x + rng.normal(size=rows) * noise > 0).astype(np.int64)
        return metrics.measure(labels, 1 / (1 + np.exp(-x)))

    test, same, worse = result(3000, 1), result(3000, 1), result(3000, 4)
    assert not drift.concept_drift(test, same)["ranking_drifted"]
    assert drift.concept_drift(test, worse)["ranking_drifted"]
    assert not drift.concept_drift(test, result(20, 4))["ranking_drifted"]
    assert not drift.concept_drift(worse, test)["ranking_drifted"]  # an improvement is not drift
    decision = drift.retrain([], drift.concept_drift(test, worse))
    assert decision["retrain"]
    assert "ranks worse" in decision["reasons"][0]


def test_standard_error_of_the_auc_matches_simulation() -> None:
    rng = np.random.default_rng(5)
    labels = np.repeat([0, 1], [200, 100])
    found = [roc_auc_score(labels, rng.normal(size=300) + labels) for _ in range(400)]
    error = metrics.roc_auc_error(float(np.mean(found)), 100, 200)
    assert error == pytest.approx(np.std(found), rel=0.15)


def test_calibration_error_equals_a_hand_calculation() -> None:
    labels = np.array([0, 1, 1, 1])
    scores = np.array([0.05, 0.05, 0.95, 1.0])
    # First bin: half are positive at 0.05; last bin: all are at a mean of 0.975.
    assert metrics.calibration_error(labels, scores) == pytest.approx(0.5 * 0.45 + 0.5 * 0.025)
