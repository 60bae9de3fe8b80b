"""Graphs with known schedules, and a Hypothesis strategy for random ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

Graph = Mapping[str, Sequence[str]]

DIAMOND: Graph = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}


def chain(length: int) -> Graph:
    return {f"s{i}": [f"s{i - 1}"] if i else [] for i in range(length)}


def fan_out(width: int) -> Graph:
    return {"root": [], **{f"leaf{i}": ["root"] for i in range(width)}}


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Graph, dict[str, int]]:
    """Draw a random graph in topological order, and its steps' times."""
    graph: dict[str, list[str]] = {}
    for i in range(draw(st.integers(1, 12))):
        known = list(graph)
        some = st.lists(st.sampled_from(known), max_size=3) if known else st.just([])
        graph[f"s{i}"] = draw(some)
    return graph, {step: draw(st.integers(0, 20)) for step in graph}
