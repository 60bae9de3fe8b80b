"""Hooks about interfaces: types, parameters, secrets."""

from __future__ import annotations

import json
import os
from typing import Any

from tfx.dsl.placeholder.placeholder import environment_variable

from adapters.probing import ProbeContext, Value
from adapters.tfx.probes import components
from adapters.tfx.probes.pipelines import run, store, value

_SECRET = "PIPELINE_SECRET"


def bad_parameter(probe: ProbeContext) -> dict[str, Value]:
    """Give a ``Parameter[int]`` a text."""

    def start(value: Any) -> None:
        run(probe, components.typed(call=json.dumps(probe.call("consumer")), value=value))

    start(probe.settings["right"])
    probe.mark("wrong")
    try:
        start(probe.settings["wrong"])
    except TypeError as error:
        return {"rejected": True, "error": str(error)}
    return {"rejected": False}


def type_mismatch(probe: ProbeContext) -> dict[str, Value]:
    """Connect outputs of components to inputs; each has the type of its artifact."""

    def feed(sink: str, node: Any) -> None:
        call = json.dumps(probe.call(sink))
        run(probe, node, components.consumer(call=call, value=node.outputs["made"]))

    feed("control", components.number(call=json.dumps(probe.call("number"))))
    try:
        feed("consumer", components.producer(call=json.dumps(probe.call("producer"))))
    except TypeError as error:
        return {"rejected": "definition", "error": str(error)}
    return {"rejected": "never"}


def secrets(probe: ProbeContext) -> dict[str, Value]:
    """Use the placeholder of an environment variable as a parameter."""
    os.environ[_SECRET] = probe.settings["secret"]
    node = components.secret(call=json.dumps(probe.call("use")), text=environment_variable(_SECRET))
    run(probe, node)
    return {"digest": value(store(probe), "String")}
