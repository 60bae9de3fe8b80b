"""Growth of the time of verification with the size of a run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.execution import verify
from tests.unit.counting import calls, growth
from tests.unit.made_events import in_turn
from workloads import patterns
from workloads.dag import Workload


@pytest.mark.parametrize("shape", [patterns.chain, patterns.fan_in, patterns.fan_out])
def test_verification_grows_with_the_number_of_steps(shape: Callable[[int], Workload]) -> None:
    def of_size(steps: int) -> Callable[[], object]:
        workload = shape(steps)
        events = in_turn(workload)
        return lambda: verify.executions(workload, events) + verify.order(workload, events)

    assert growth(of_size, 500, 4000) < 1.1


def test_comparing_outputs_grows_with_their_size() -> None:
    def of_size(size: int) -> Callable[[], object]:
        values = {"a": [{"b": i} for i in range(size)]}
        other = {"a": [{"b": i + 1} for i in range(size)]}
        return lambda: (
            verify.differences(values, values, 0.0),
            verify.differences(values, other, 0.0),
        )

    assert growth(of_size, 500, 4000) < 1.1


def test_faster_growth_is_caught() -> None:
    def of_size(size: int) -> Callable[[], object]:
        return lambda: [abs(i) for i in range(size) for _ in range(size)]

    assert growth(of_size, 10, 80) == pytest.approx(2.0, abs=0.1)
    assert calls(lambda: [abs(i) for i in range(100)]) >= 100
