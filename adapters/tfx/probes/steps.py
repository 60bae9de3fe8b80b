"""Hooks about settings of a component, and about what a run keeps."""

from __future__ import annotations

import importlib
import json
import sys

from tfx.dsl.experimental.node_execution_options.utils import NodeExecutionOptions

from adapters.probing import ProbeContext, Value
from adapters.tfx.probes import components
from adapters.tfx.probes.components import step
from adapters.tfx.probes.pipelines import failure, run, store, value

_COSTLY = """\
import json

from tfx.dsl.component.experimental.annotations import OutputDict, Parameter
from tfx.dsl.component.experimental.decorators import component

from adapters.probing import perform


@component
def costly(call: Parameter[str], value: Parameter[int]) -> OutputDict(result=int):
    return {{"result": {code}}}
"""


def retry(probe: ProbeContext) -> dict[str, Value]:
    """Set ``max_execution_retries``; a setting for the delay does not exist."""
    flaky = step(probe, "flaky")
    flaky.node_execution_options = NodeExecutionOptions(
        max_execution_retries=probe.settings["retries"]
    )
    return {"error": failure(probe, flaky)}


def _timeout(probe: ProbeContext) -> dict[str, Value]:
    """Set ``execution_timeout_sec``."""
    long = step(probe, "long")
    long.node_execution_options = NodeExecutionOptions(
        execution_timeout_sec=int(probe.settings["timeout_s"])
    )
    error = failure(probe, long)
    probe.mark("told")
    return {"failed": error is not None}


timeout_sleep = timeout_cpu = _timeout


def caching(probe: ProbeContext) -> dict[str, Value]:
    """Set ``enable_cache``; the component is in a file, which is changed as a user would do."""
    call = json.dumps(probe.call("costly"))
    folder = probe.folder / "code"
    folder.mkdir()
    sys.path.insert(0, str(folder))
    plain = "perform(json.loads(call), value=value)"
    values: list[Value] = []
    for name, number, code in (
        ("first", 2, plain),
        ("same", 2, plain),
        ("input", 3, plain),
        ("code", 2, f"int({plain})"),
    ):
        (folder / "costly_step.py").write_text(_COSTLY.format(code=code))
        sys.modules.pop("costly_step", None)
        importlib.invalidate_caches()
        module = importlib.import_module("costly_step")
        node = module.costly(call=call, value=number)
        probe.mark(name)
        run(probe, node, enable_cache=True)
        values.append(int(value(store(probe), "Integer")))
    return {"values": values}


def durable(probe: ProbeContext) -> dict[str, Value]:
    """Set ``enable_cache``, and start the pipeline again: components that ended are not run."""
    before = components.number(call=json.dumps(probe.call("one", previous=0))).with_id("one")
    nodes, made = [before], before.outputs["made"]
    for name in ("two", "three", "four"):
        node = components.link(call=json.dumps(probe.call(name)), previous=made).with_id(name)
        nodes.append(node)
        made = node.outputs["number"]
    run(probe, *nodes, enable_cache=True)
    return {"state": "success"}
