"""Synthetic workloads: their graphs, and values that depend on the wiring."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from workloads import patterns
from workloads.dag import ParameterError, Workload
from workloads.execute import resolve
from workloads.registered import REGISTERED

Serially = Callable[[Workload], dict[str, Any]]


def edges(workload: Workload) -> int:
    return sum(len(step.upstreams) for step in workload.steps)


@pytest.mark.parametrize(
    ("workload", "steps", "edge_count", "outputs"),
    [
        (patterns.chain(1), 1, 0, 1),
        (patterns.chain(7), 7, 6, 1),
        (patterns.fan_out(5), 6, 5, 5),
        (patterns.fan_in(5), 6, 5, 1),
        (patterns.fan_in(1), 2, 1, 1),
        (patterns.diamond(), 4, 4, 1),
        (patterns.diamond(3, 2), 8, 9, 1),
        (patterns.tree(1), 3, 2, 1),
        (patterns.tree(3), 15, 14, 1),
        (patterns.layered(1, 4), 4, 0, 4),
    ],
)
def test_a_shape_has_its_steps_edges_and_outputs(
    workload: Workload, steps: int, edge_count: int, outputs: int
) -> None:
    assert len(workload.steps) == steps
    assert edges(workload) == edge_count
    assert len(workload.outputs) == outputs


def test_layers_take_one_to_three_of_the_layer_before() -> None:
    workload = patterns.layered(layers=5, width=6)
    layer = {step.id: i // 6 for i, step in enumerate(workload.steps)}
    for step in workload.steps[6:]:
        assert 1 <= len(step.upstreams) <= 3
        assert {layer[up] for up in step.upstreams} == {layer[step.id] - 1}
    assert len(workload.steps) == 30


def test_layers_depend_on_their_seed() -> None:
    assert patterns.layered(seed=1) == patterns.layered(seed=1)
    assert patterns.layered(seed=1) != patterns.layered(seed=2)


def test_every_registered_name_names_its_builder() -> None:
    for name in set(REGISTERED) - {"churn"}:
        workload = resolve(REGISTERED[name])()
        assert isinstance(workload, Workload)
        assert workload.name.replace("_", "-") == name


def test_every_step_of_a_shape_has_a_seed_of_its_own() -> None:
    seeds = [step.arguments["seed"] for step in patterns.tree(3).steps]
    assert len(set(seeds)) == len(seeds)


@pytest.mark.parametrize(
    "workload",
    [patterns.chain(5), patterns.fan_in(4), patterns.diamond(2, 2), patterns.layered(3, 3)],
)
def test_values_are_the_same_each_time(serially: Serially, workload: Workload) -> None:
    assert serially(workload) == serially(workload)


def test_a_longer_chain_has_another_value(serially: Serially) -> None:
    assert serially(patterns.chain(3)) != serially(patterns.chain(4))


def call(seed: int, *upstreams: int, body: str = "empty", size: int = 0) -> dict[str, Any]:
    given = [{"value": value, "text": "x"} for value in upstreams]
    return patterns.step(seed, body, 0.0, size, given)


def test_a_value_changes_with_every_input() -> None:
    assert call(1, 5, 6) == call(1, 5, 6)
    others = [call(2, 5, 6), call(1, 5, 7), call(1, 6, 5), call(1, 5), call(1, 5, 6, 6)]
    assert call(1, 5, 6) not in others


def test_a_payload_that_was_changed_on_the_way_changes_the_value() -> None:
    def after(text: str) -> int:
        step = patterns.step(1, "payload", 0.0, 4, [{"value": 3, "text": text}])
        return int(step["value"])

    assert after("abcd") != after("abce")
    assert after("abcd") != after("")


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 100, 4097])
def test_noise_has_exactly_its_size(size: int) -> None:
    assert len(patterns.noise(size, 1)) == size
    assert len(call(1, body="payload", size=size)["text"]) == size


def test_noise_does_not_compress() -> None:
    text = patterns.noise(100_000, 1).encode()
    assert len(zlib.compress(text, 9)) > 0.7 * len(text)


def test_noise_depends_on_its_seed() -> None:
    assert patterns.noise(100, 1) == patterns.noise(100, 1)
    assert patterns.noise(100, 1) != patterns.noise(100, 2)
    assert patterns.noise(100, 1).isascii()


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.02])
def test_spin_uses_its_cpu_time(seconds: float) -> None:
    started = time.thread_time()
    patterns.spin(seconds)
    assert time.thread_time() - started >= seconds


def test_a_spinning_step_spins() -> None:
    started = time.thread_time()
    patterns.step(1, "spin", 0.01, 0, [])
    assert time.thread_time() - started >= 0.01


def test_a_sleeping_step_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    patterns.step(1, "sleep", 0.5, 0, [])
    assert slept == [0.5]


def test_bodies_do_not_change_the_graph() -> None:
    graphs = [
        [(s.id, s.upstreams) for s in patterns.tree(2, body=body).steps] for body in patterns.BODIES
    ]
    assert all(graph == graphs[0] for graph in graphs)


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: patterns.chain(0), "steps=0"),
        (lambda: patterns.fan_out(-1), "width=-1"),
        (lambda: patterns.diamond(2, 0), "depth=0"),
        (lambda: patterns.layered(layers=0), "layers=0"),
        (lambda: patterns.chain(body="nap"), "body='nap'"),
        (lambda: patterns.chain(seconds=-0.1), "seconds=-0.1"),
        (lambda: patterns.chain(seconds=float("nan")), "seconds=nan"),
        (lambda: patterns.chain(seconds=float("inf")), "seconds=inf"),
        (lambda: patterns.chain(size=-1), "size=-1"),
    ],
)
def test_a_wrong_parameter_is_named(build: Callable[[], Workload], named: str) -> None:
    with pytest.raises(ParameterError, match=f"^{named}: (give|choose)"):
        build()
