"""One run over many values: MLRun's hyper-parameters."""

# No postponed annotations here: MLRun reads a handler's hints and does not know aliases by name.
from collections.abc import Sequence
from typing import Any

import mlrun
from mlrun.model import HyperParamOptions

from adapters.probing import Call, Value, perform


def over(
    function: Any, call: Call, values: Sequence[Value], options: HyperParamOptions
) -> list[Value]:
    """Run a body with each value; MLRun itself spreads parallel runs over Dask. The results."""

    def step(context: mlrun.MLClientCtx, value: Any) -> None:
        named = {} if call["step"] in ("free", "limited") else {"value": value}
        context.log_result("value", perform(call, **named))

    done = function.run(
        handler=step,
        name=call["step"],
        hyperparams={"value": list(values)},
        hyper_param_options=options,
        local=function.kind != "dask",
    )
    header, *rows = done.status.iterations
    return [row[header.index("output.value")] for row in rows]
