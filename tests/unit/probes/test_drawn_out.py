"""Steps that last longer where one blow is to meet all runs in their middles."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from harness.prober import faults
from harness.prober.messages import ALL, PARENT, STEP, Body, ProbeOrder
from harness.probes.crashes import BODIES, SETTINGS

BODY = Body("f", {"seconds": 0.5, "word": "x"})
ROLES = {"scheduler": ["engine"], "worker": [PARENT]}


def order(kill: str) -> ProbeOrder:
    settings: dict[str, Any] = {"span_s": 2.0, "drawn_out": 4.0, "down_s": 5.0}
    return ProbeOrder("p", "h", False, {"one": BODY}, settings, 9.0, 3, 3, kill)


def drawn(kill: str, *services: str) -> ProbeOrder:
    hooks: Any = SimpleNamespace(services=SimpleNamespace(names=services))
    return faults.drawn_out(order(kill), hooks, ROLES)


@pytest.mark.parametrize("kill", ["scheduler", ALL])
def test_what_meets_all_runs_finds_longer_ones(kill: str) -> None:
    found = drawn(kill, "engine")
    assert found.bodies["one"].arguments == {"seconds": 2.0, "word": "x"}
    assert found.settings == {"span_s": 8.0, "drawn_out": 4.0, "down_s": 5.0}


@pytest.mark.parametrize(("kill", "services"), [(STEP, ["engine"]), ("worker", ["engine"])])
def test_what_meets_a_run_of_its_own_needs_none(kill: str, services: list[str]) -> None:
    assert drawn(kill, *services) == order(kill)


def test_without_services_each_run_has_its_own_blow() -> None:
    assert drawn(ALL) == order(ALL)


def test_who_kills_nobody_is_left_as_it_is() -> None:
    assert drawn("", "engine") == order("")


def test_the_probes_that_kill_have_what_is_drawn_out() -> None:
    assert {"span_s", "drawn_out"} < set(SETTINGS)
    assert all("seconds" in body.arguments for body in BODIES.values())
