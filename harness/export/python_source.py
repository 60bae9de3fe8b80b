"""Python source of a workload's steps: names, calls and the expressions between them."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable, Mapping

import msgspec

from workloads.dag import REF, Ref, Value, Workload

#: Names that templates use, and that a step's variable must not have.
#: Names that the adapters' templates use themselves.
_TAKEN = {
    *("run", "flow", "task", "dag", "json", "workflow", "project", "results", "main", "steps"),
    *("Any", "Path", "os", "sys", "result", "outputs", "values", "found", "file", "store", "last"),
    *("start", "pipeline", "functions", "components", "component", "step", "call", "options"),
    *("beam", "dsl", "local", "mlflow", "mlrun", "AsSingleton", "Pipeline", "PipelineOptions"),
    *(
        "HERE",
        "IMAGE",
        "METADATA",
        "NAME",
        "OUTPUTS",
        "ROOT",
        "OutputDict",
        "RESULT",
        "LocalDagRunner",
    ),
}


class StepCode(msgspec.Struct, frozen=True):
    """One step, as data for a template."""

    id: str
    name: str  #: an identifier
    function: str  #: module:function
    upstreams: list[str]  #: names, in order of appearance
    arguments: dict[str, str]  #: expressions over the upstreams' names


class WorkloadCode(msgspec.Struct, frozen=True):
    """A workload as data for a template: steps in topological order, outputs as expressions."""

    id: str
    name: str
    steps: list[StepCode]
    outputs: dict[str, str]
    returned: list[str]  #: names of the steps that produce the outputs


def code_of(workload: Workload) -> WorkloadCode:
    """Return the source of a workload's steps and outputs."""
    names: dict[str, str] = {}
    for step in workload.steps:
        names[step.id] = identifier(step.id, names.values())
    steps = [
        StepCode(
            step.id,
            names[step.id],
            step.function,
            [names[up] for up in step.upstreams],
            {key: expression(value, names) for key, value in step.arguments.items()},
        )
        for step in workload.steps
    ]
    outputs = {key: expression(ref.to_json(), names) for key, ref in workload.outputs.items()}
    returned = dict.fromkeys(names[ref.step] for ref in workload.outputs.values())
    return WorkloadCode(
        workload.name, identifier(workload.name, names.values()), steps, outputs, list(returned)
    )


def identifier(text: str, taken: Iterable[str] = ()) -> str:
    """Return ``text`` as a Python identifier that is not in ``taken``, a keyword or a builtin."""
    name = re.sub(r"\W", "_", text, flags=re.ASCII)
    name = f"_{name}" if not name or name[0].isdigit() else name
    used = {*_TAKEN, *taken}
    while name in used or keyword.iskeyword(name) or hasattr(builtins, name):
        name += "_"
    return name


def expression(value: Value, names: Mapping[str, str]) -> str:
    """Return a JSON value with references as a Python expression."""
    if isinstance(value, dict):
        if REF in value:
            ref = Ref.from_json(value)
            return names[ref.step] + "".join(f"[{key!r}]" for key in ref.path)
        inside = (f"{key!r}: {expression(part, names)}" for key, part in value.items())
        return f"{{{', '.join(inside)}}}"
    if isinstance(value, list):
        return f"[{', '.join(expression(part, names) for part in value)}]"
    return repr(value)  # the formatter normalises quotes
