"""One run over many values: MLRun's hyper-parameters."""

# No postponed annotations here: MLRun reads a handler's hints and does not know aliases by name.
from collections.abc import Sequence
from typing import Any

import dask
import mlrun
from mlrun.model import HyperParamOptions

from adapters.mlrun.probes.functions import function_of
from adapters.probing import ProbeContext, Value, perform


def over(
    probe: ProbeContext, name: str, values: Sequence[Value], argument: str = "", parallel: int = 0
) -> list[Value]:
    """Run a body with each value as ``argument``; the results. Parallel runs go to Dask.

    They are a local function's: one of kind ``dask`` takes ``parallel_runs`` and ignores it.
    """
    call = probe.call(name)

    def step(context: mlrun.MLClientCtx, value: Any) -> None:
        context.log_result("value", perform(call, **({argument: value} if argument else {})))

    options = HyperParamOptions(strategy="list", parallel_runs=parallel or None)
    with dask.config.set(_cluster(probe)):
        done = function_of(probe, "local").run(
            handler=step,
            name=name,
            hyperparams={"value": list(values)},
            hyper_param_options=options,
            local=True,
        )
    header, *rows = done.status.iterations
    return [row[header.index("output.value")] for row in rows]


def _cluster(probe: ProbeContext) -> dict[str, str]:
    """Dask's own setting for the cluster that is there; without it, MLRun has Dask start one."""
    if probe.mode != "distributed":
        return {}
    return {"scheduler-address": probe.context.services.url("dask")}
