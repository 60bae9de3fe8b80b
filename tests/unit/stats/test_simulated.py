"""Simulated runs with a known truth: how often intervals and verdicts are correct.

Times are the product of the host's drift from round to round, a difference from restart to restart,
and noise within a trial. Seeds are fixed, so that the tests are deterministic.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from harness import stats

RUNS = 2000
REPETITIONS = 5
#: 5 % plus three standard deviations of a share estimated from RUNS runs.
AT_MOST = 0.05 + 3 * math.sqrt(0.05 * 0.95 / RUNS)
DRIFT, RESTART, NOISE = 0.10, 0.05, 0.03
TRIALS = [2, 3, 5, 6, 10, 20]


def measured(
    random: np.random.Generator, host: list[float], factor: float = 1.0
) -> dict[int, list[float]]:
    restarts = host + random.normal(0, RESTART, len(host))
    noise = random.normal(0, NOISE, (len(host), REPETITIONS))
    return dict(enumerate((factor * np.exp(restarts[:, None] + noise)).tolist()))


def verdicts(seed: int, trials: int, factor: float, null: bool) -> list[str]:
    random = np.random.default_rng(seed)
    found = []
    for _ in range(RUNS):
        host = random.normal(0, DRIFT, trials)
        plain, again = measured(random, host), measured(random, host)
        spread = 0.0
        if null:
            medians = [stats.median(plain[n]) / stats.median(again[n]) for n in range(trials)]
            spread = stats.null_spread(medians)
        ratio = stats.paired_ratio(measured(random, host, factor), plain)
        found.append(stats.verdict(ratio, spread))
    return found


def share(found: list[str], *wanted: str) -> float:
    return sum(each in wanted for each in found) / len(found)


@pytest.mark.parametrize("trials", TRIALS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_thing_is_seldom_called_different(seed: int, trials: int) -> None:
    assert share(verdicts(seed, trials, 1.0, null=False), "faster", "slower") <= AT_MOST


@pytest.mark.parametrize("trials", [3, 6])
def test_false_verdicts_are_rarer_with_the_null(trials: int) -> None:
    assert share(verdicts(3, trials, 1.0, null=True), "faster", "slower") <= 0.02


@pytest.mark.parametrize(("factor", "expected"), [(2.0, "slower"), (0.5, "faster")])
def test_a_factor_of_two_is_found_with_five_trials(factor: float, expected: str) -> None:
    assert share(verdicts(4, 5, factor, null=True), expected) >= 0.95


def covered(trials: int, truth: float, draw: Callable[[], list[list[float]]], **how: bool) -> float:
    hits = 0
    for _ in range(RUNS):
        found = stats.estimate(draw(), **how)
        assert found.trials == trials
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= truth <= found.high
    return hits / RUNS


@pytest.mark.parametrize("trials", TRIALS)
def test_the_interval_covers_the_true_median(trials: int) -> None:
    random = np.random.default_rng(trials)

    def draw() -> list[list[float]]:
        return list(measured(random, [0.0] * trials, 7.0).values())

    assert covered(trials, 7.0, draw) >= 1 - AT_MOST


@pytest.mark.parametrize("trials", [2, 3, 5, 6, 10])
def test_the_interval_covers_the_true_median_of_negative_values(trials: int) -> None:
    random = np.random.default_rng(trials)

    def draw() -> list[list[float]]:
        return random.normal(-0.5, 1.0, (trials, 1)).tolist()  # type: ignore[no-any-return]

    assert covered(trials, -0.5, draw, positive=False) >= 1 - AT_MOST


@pytest.mark.parametrize("trials", [6, 7, 10, 20])
def test_six_trials_need_no_assumption_about_the_distribution(trials: int) -> None:
    random = np.random.default_rng(trials)

    def draw() -> list[list[float]]:
        return random.pareto(1.0, (trials, 1)).tolist()  # type: ignore[no-any-return]

    assert covered(trials, 1.0, draw) >= 1 - AT_MOST  # P(pareto(1) < 1) = 1/2


def test_repetitions_do_not_count_as_trials() -> None:
    """Pooled repetitions that hardly differ would give an interval with too low a coverage."""
    random = np.random.default_rng(9)

    def draw() -> list[list[float]]:
        restarts = np.exp(random.normal(0, 0.2, (3, 1)))
        return (restarts * np.exp(random.normal(0, 0.001, (3, 10)))).tolist()  # type: ignore[no-any-return]

    assert covered(3, 1.0, draw) >= 1 - AT_MOST
