"""Workload whose outputs are known in advance."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from workloads.dag import Workload
from workloads.failing import MESSAGE, failing
from workloads.kinds import EXPECTED, kinds

Serially = Callable[[Workload], dict[str, Any]]


def test_a_run_in_series_gives_the_known_answer(serially: Serially) -> None:
    outputs = serially(kinds())
    assert outputs == EXPECTED
    assert json.dumps(outputs, sort_keys=True) == json.dumps(EXPECTED, sort_keys=True)


def test_the_answer_is_json() -> None:
    assert json.loads(json.dumps(EXPECTED, allow_nan=False)) == EXPECTED


def test_the_workload_survives_json() -> None:
    assert Workload.from_json(json.loads(json.dumps(kinds().to_json()))) == kinds()


def test_the_workload_that_fails_does_so_with_its_message(serially: Serially) -> None:
    with pytest.raises(ValueError, match=f"^{MESSAGE}$"):
        serially(failing())
