"""Local sessions and pipelines of the probes."""

# Annotations are not deferred: kfp reads those of a pipeline.
import re
from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

from kfp import dsl, local
from kfp.local import graph_utils

from adapters.kfp.probes.components import text
from adapters.kfp.task import decoded, encoded
from adapters.probing import ProbeContext, Value


def begin(probe: ProbeContext, **options: Any) -> None:
    """Begin a local session of the probe's own."""
    local.init(
        local.SubprocessRunner(use_venv=False), pipeline_root=str(probe.folder / "root"), **options
    )


def said(probe: ProbeContext, body: str, **arguments: Value) -> str:
    """Return the call of a body as the text in which it travels."""
    return encoded(probe.call(body, **arguments))


def error_of(pipeline: Callable[..., Any], **arguments: Any) -> str:
    """Run a pipeline; return its error, or nothing if it succeeded."""
    try:
        pipeline(**arguments)
    except RuntimeError as error:
        return re.sub(r"\x1b\[\d+m", "", str(error))  # without colours
    return ""


def failing_first(probe: ProbeContext, upstream: dict[str, str]) -> Any:
    """Return a pipeline of text steps in which kfp will run ``bad`` first.

    ``upstream`` names the upstream of each step, or nothing. Locally independent steps run one
    after another in the order of a hash table, which is another one in each process: the order of
    definition that puts ``bad`` first has to be found.
    """
    return next(
        pipeline
        for order in _orders(upstream)
        if _first(pipeline := _pipeline(probe, order, upstream)) == "bad"
    )


def _orders(upstream: dict[str, str]) -> Iterator[tuple[str, ...]]:
    for order in permutations(upstream):
        if all(order.index(up) < order.index(step) for step, up in upstream.items() if up):
            yield order


def _pipeline(probe: ProbeContext, order: tuple[str, ...], upstream: dict[str, str]) -> Any:
    @dsl.pipeline
    def pipeline() -> None:
        made: dict[str, Any] = {}
        for step in order:
            inputs = {"previous": made[upstream[step]].output} if upstream[step] else {}
            made[step] = text(call=said(probe, step), **inputs)

    return pipeline


def _first(pipeline: Any) -> str:
    """Return the step that kfp will run first."""
    tasks = pipeline.pipeline_spec.root.dag.tasks
    *_, name = graph_utils.topological_sort_tasks(tasks)
    call = tasks[name].inputs.parameters["call"].runtime_value.constant.string_value
    return str(decoded(call)["step"])
