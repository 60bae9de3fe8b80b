"""Runs over many values by MLRun's hyper-parameters."""

# Annotations are not deferred: MLRun reads the hints of handlers, and cannot resolve aliases.
from collections.abc import Callable, Sequence
from typing import Any

import dask
import mlrun
from mlrun.model import HyperParamOptions

from adapters.mlrun.probes.functions import function_of
from adapters.probing import ProbeContext, Value, perform


def over(
    probe: ProbeContext, name: str, values: Sequence[Value], argument: str = "", parallel: int = 0
) -> list[Value]:
    """Run a body with each value as ``argument``, and return the results."""
    call = probe.call(name)

    def step(context: mlrun.MLClientCtx, value: Any) -> None:
        context.log_result("value", perform(call, **({argument: value} if argument else {})))

    header, *rows = _iterations(probe, step, name, values, parallel).status.iterations
    return [row[header.index("output.value")] for row in rows]


def beside(probe: ProbeContext, names: Sequence[str]) -> None:
    """Run bodies side by side. Raises MLRun's error if one of them fails."""
    calls = {name: probe.call(name) for name in names}

    def step(context: mlrun.MLClientCtx, value: Any) -> None:
        context.log_result("value", perform(calls[value]))

    _iterations(probe, step, "beside", names, len(names))


def _iterations(
    probe: ProbeContext,
    step: Callable[[mlrun.MLClientCtx, Any], None],
    name: str,
    values: Sequence[Value],
    parallel: int,
) -> mlrun.RunObject:
    """Execute one run with an iteration for each value; parallel ones go to Dask.

    The function is a local one: a function of kind ``dask`` accepts ``parallel_runs`` and ignores
    it. ``max_errors`` stops at failures; 0 counts as the default of 3, and 1 stops at the second.
    """
    options = HyperParamOptions(strategy="list", parallel_runs=parallel or None, max_errors=1)
    with dask.config.set(_cluster(probe)):
        return function_of(probe, "local").run(
            handler=step,
            name=name,
            hyperparams={"value": list(values)},
            hyper_param_options=options,
            local=True,
        )


def _cluster(probe: ProbeContext) -> dict[str, str]:
    """Return Dask's setting for the mode's cluster; without it, MLRun starts another one."""
    if probe.mode != "distributed":
        return {}
    return {"scheduler-address": probe.context.services.url("dask")}
