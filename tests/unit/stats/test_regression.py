"""Exponents and lines with known answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import stats
from harness.stats import Growth, Line, Refusal

SIZES = [10, 100, 1000, 10_000, 100_000]


def grown(sizes: list[float], times: list[float]) -> Growth:
    answer = stats.growth(sizes, times)
    assert isinstance(answer, Growth), answer
    return answer


def line(sizes: list[float], times: list[float]) -> Line:
    answer = stats.fixed_and_marginal(sizes, times)
    assert isinstance(answer, Line), answer
    return answer


@given(st.floats(0.1, 3), st.floats(1e-6, 1e6))
def test_the_exponent_of_a_power_is_found(exponent: float, factor: float) -> None:
    answer = grown([*SIZES], [factor * n**exponent for n in SIZES])
    assert answer.exponent == pytest.approx(exponent)
    assert answer.low == pytest.approx(exponent, abs=1e-6)
    assert answer.points == 5


def test_the_interval_of_an_exponent_is_students() -> None:
    # By hand: x = 0, 1, 2, 3 (powers of e), y = x + (0.1, -0.1, -0.1, 0.1): slope 1, residual sum
    # of squares 0.04, standard error sqrt(0.04 / 2 / 5), t(2) = 4.302653.
    logs = [0.1, 0.9, 1.9, 3.1]
    answer = grown([math.e**x for x in range(4)], [math.e**y for y in logs])
    assert answer.exponent == pytest.approx(1)
    assert answer.high - 1 == pytest.approx(4.302653 * math.sqrt(0.004), rel=1e-6)


@given(st.floats(0, 1e3), st.floats(1e-3, 1e3))
def test_fixed_and_marginal_costs_are_separated(fixed: float, marginal: float) -> None:
    answer = line([*SIZES], [fixed + marginal * n for n in SIZES])
    assert answer.fixed.value == pytest.approx(fixed, rel=1e-6, abs=1e-6 * marginal)
    assert answer.marginal.value == pytest.approx(marginal, rel=1e-6)
    assert answer.marginal.low <= answer.marginal.value <= answer.marginal.high


@pytest.mark.parametrize("cost_ms", [1, 10, 100])
def test_an_injected_cost_is_the_marginal_one(cost_ms: int) -> None:
    noise = np.random.default_rng(cost_ms).normal(0, 0.02, len(SIZES))
    times = [(250 + cost_ms * n) * math.exp(e) for n, e in zip(SIZES, noise, strict=True)]
    answer = line([*SIZES], times)
    assert answer.marginal.value == pytest.approx(cost_ms, rel=0.05)
    assert answer.marginal.low < cost_ms < answer.marginal.high


def test_the_smallest_size_determines_the_fixed_cost() -> None:
    """Use noise of 1 % at the largest size: unweighted, it would hide the fixed cost."""
    times = [5 + n * (1.01 if n == SIZES[-1] else 1) for n in SIZES]
    assert line([*SIZES], times).fixed.value == pytest.approx(5, rel=0.05)


def test_the_fit_minimises_relative_errors() -> None:
    sizes, times = [1.0, 2.0, 4.0, 8.0], [3.0, 4.5, 6.0, 13.0]
    a, b = (line(sizes, times).fixed.value, line(sizes, times).marginal.value)

    def loss(fixed: float, marginal: float) -> float:
        pairs = zip(sizes, times, strict=True)
        return sum(((t - fixed - marginal * n) / t) ** 2 for n, t in pairs)

    nearby = [loss(a + da, b + db) for da in (-1e-3, 0, 1e-3) for db in (-1e-3, 0, 1e-3)]
    assert loss(a, b) == min(nearby)


def test_the_intervals_of_a_line_are_those_of_scipy() -> None:
    from scipy.optimize import curve_fit
    from scipy.stats import t

    sizes, times = [1.0, 2.0, 4.0, 8.0, 9.0], [3.0, 4.5, 6.0, 13.0, 12.0]
    values, covariance = curve_fit(lambda n, a, b: a + b * n, sizes, times, sigma=times)
    half = t.ppf(0.975, 3) * np.sqrt(np.diag(covariance))
    answer = line(sizes, times)
    for fitted, value, reach in zip((answer.fixed, answer.marginal), values, half, strict=True):
        assert fitted.value == pytest.approx(value, rel=1e-5)
        assert fitted.low == pytest.approx(value - reach, rel=1e-5)
        assert fitted.high == pytest.approx(value + reach, rel=1e-5)


def test_intervals_cover_the_true_values() -> None:
    random = np.random.default_rng(11)
    hits = np.zeros(3)
    runs = 500
    for _ in range(runs):
        noise = np.exp(random.normal(0, 0.03, len(SIZES)))
        answer = line([*SIZES], [(200 + 3 * n) * e for n, e in zip(SIZES, noise, strict=True)])
        power = grown([*SIZES], [n**1.5 * e for n, e in zip(SIZES, noise, strict=True)])
        hits += [
            answer.fixed.low <= 200 <= answer.fixed.high,
            answer.marginal.low <= 3 <= answer.marginal.high,
            power.low <= 1.5 <= power.high,
        ]
    assert (hits / runs >= 0.92).all(), hits  # 95 % less three standard deviations


def test_a_payload_costs_by_its_bytes() -> None:
    sizes = [0, 1e3, 1e6, 1e9]
    answer = stats.per_byte(sizes, [0.002 + n / 5e8 for n in sizes])
    assert isinstance(answer, Line)
    assert answer.fixed.value == pytest.approx(0.002)
    assert 1 / answer.marginal.value == pytest.approx(5e8)


@pytest.mark.parametrize("fit", [stats.growth, stats.fixed_and_marginal, stats.per_byte])
def test_three_sizes_are_refused_however_often_measured(fit: object) -> None:
    answer = fit([1, 2, 3, 3, 3], [1, 2, 3, 3, 3])  # type: ignore[operator]
    assert isinstance(answer, Refusal)
    assert answer.reason == "3 sizes were measured; a slope needs 4"


def test_a_size_or_time_not_above_zero_is_refused() -> None:
    for sizes, times in [([0, 1, 2, 3], [1, 2, 3, 4]), ([1, 2, 3, 4], [1, 0, 3, 4])]:
        assert isinstance(stats.growth(sizes, times), Refusal)
    assert isinstance(stats.fixed_and_marginal([1, 2, 3, 4], [1, -1, 3, 4]), Refusal)


def test_sizes_and_times_of_different_length_are_an_error() -> None:
    with pytest.raises(ValueError, match="5 sizes have 4 times"):
        stats.growth([1, 2, 3, 4, 5], [1, 2, 3, 4])


def test_an_empty_list_of_sizes_is_refused_without_an_error() -> None:
    assert isinstance(stats.growth([], []), Refusal)
