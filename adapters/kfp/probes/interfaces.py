"""Hooks about interfaces on one machine: types, parameters, metrics."""

# Annotations are not deferred: kfp reads them as types.
from typing import Any

from kfp import dsl
from kfp.dsl.types.type_utils import InconsistentTypeException

from adapters.kfp.probes.components import measured, number, text, with_value
from adapters.kfp.probes.pipelines import begin, said
from adapters.probing import ProbeContext, Value


def type_mismatch(probe: ProbeContext) -> dict[str, Value]:
    """Pass an ``int``, then a ``str``, to a component that takes an ``int``."""
    begin(probe)

    def wired(producer: Any, source: str, sink: str) -> Any:
        @dsl.pipeline
        def pipeline() -> int:
            made = producer(call=said(probe, source))
            return with_value(call=said(probe, sink), value=made.output).output

        return pipeline

    wired(number, "number", "control")()
    stage = "definition"
    try:
        wrong = wired(text, "producer", "consumer")
        stage = "run"
        wrong()
    except (InconsistentTypeException, RuntimeError) as error:
        return {"rejected": stage, "error": _words(error)}
    return {"rejected": "never"}


def bad_parameter(probe: ProbeContext) -> dict[str, Value]:
    """Pass a number, then a text, for a pipeline's ``int``."""
    begin(probe)

    @dsl.pipeline
    def pipeline(number: int) -> int:
        return with_value(call=said(probe, "consumer"), value=number).output

    pipeline(number=probe.settings["right"])
    probe.mark("wrong")
    try:
        pipeline(number=probe.settings["wrong"])
    except (InconsistentTypeException, RuntimeError) as error:
        return {"rejected": True, "error": _words(error)}
    return {"rejected": False}


def tracking(probe: ProbeContext) -> dict[str, Value]:
    """Log a metric to an output of type ``Metrics``; the run's outputs do not hold parameters."""
    begin(probe)
    settings = probe.settings

    @dsl.pipeline
    def pipeline(depth: int) -> dsl.Metrics:
        (auc,) = settings["metrics"].values()
        return measured(call=said(probe, "step"), depth=depth, auc=auc).outputs["metrics"]

    found = pipeline(**settings["parameters"]).output
    return {"parameters": {}, "metrics": dict(found.metadata)}


def _words(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
