"""Lightweight components of the probes; kfp copies the source of each into its task.

In a task's process kfp lacks most of its names, so that components import nothing from here.
Values have types in kfp, so each body has a component with the types of its result.
"""

# Annotations are not deferred: kfp reads them as types.
from functools import partial
from typing import Any

from kfp import dsl

#: The local runner takes this process's own interpreter, and not the image.
component = partial(dsl.component, base_image="python", install_kfp_package=False)


@component
def text(call: str, previous: str = "") -> str:
    """Run a body, after one that returned text if there is one; return its result as text."""
    from adapters.kfp.task import run_body

    return str(run_body(call))


@component
def number(call: str) -> int:
    """Run a body that returns a whole number."""
    from adapters.kfp.task import run_body

    return int(run_body(call))


@component
def numbers(call: str) -> list[int]:
    """Run a body that returns whole numbers."""
    from adapters.kfp.task import run_body

    return list(run_body(call))


@component
def with_value(call: str, value: int) -> int:
    """Run a body that takes a whole number as ``value``."""
    from adapters.kfp.task import run_body

    return int(run_body(call, value=value))


@component
def with_values(call: str, values: list[int]) -> int:
    """Run a body that takes whole numbers as ``values``; kfp passes those in a list as floats."""
    from adapters.kfp.task import run_body

    return int(run_body(call, values=values))


@component
def link(call: str, previous: int) -> int:
    """Run one link of a chain."""
    from adapters.kfp.task import run_body

    return int(run_body(call, previous=previous))


@component
def timed(call: str, index: int) -> float:
    """Run a body once for each ``index`` of a list that kfp loops over."""
    from adapters.kfp.task import run_body

    return float(run_body(call))


@component
def measured(call: str, depth: int, auc: float, metrics: dsl.Output[dsl.Metrics]) -> None:
    """Run a body, and log a metric; a parameter is an input."""
    from adapters.kfp.task import run_body

    run_body(call)
    metrics.log_metric("auc", auc)


def changed() -> Any:
    """Return the component :func:`with_value` as after an edit of its source."""

    @component
    def with_value(call: str, value: int) -> int:
        from adapters.kfp.task import run_body

        same = value
        return int(run_body(call, value=same))

    return with_value
