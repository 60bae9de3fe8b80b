"""A workload's steps as Python text: names, calls, and the expressions between them."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable, Mapping

import msgspec

from workloads.dag import REF, Ref, Value, Workload

#: Names that templates use themselves, and a step's variable may not take.
_TAKEN = {"run", "flow", "task", "dag", "json", "workflow", "project", "results", "main", "steps"}


class StepCode(msgspec.Struct, frozen=True):
    """One step as a template sees it."""

    id: str
    name: str  #: an identifier
    function: str  #: module:function
    upstreams: list[str]  #: names, in order of appearance
    arguments: dict[str, str]  #: expressions over the upstreams' names


class WorkloadCode(msgspec.Struct, frozen=True):
    """A workload as a template sees it: steps in topological order, outputs as expressions."""

    id: str
    name: str
    steps: list[StepCode]
    outputs: dict[str, str]
    returned: list[str]  #: names of the steps that the outputs are taken from


def code_of(workload: Workload) -> WorkloadCode:
    """The text of a workload's steps and outputs."""
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
    """``text`` as a Python identifier: none of ``taken``, and no word with a meaning."""
    name = re.sub(r"\W", "_", text, flags=re.ASCII)
    name = f"_{name}" if not name or name[0].isdigit() else name
    used = {*_TAKEN, *taken}
    while name in used or keyword.iskeyword(name) or hasattr(builtins, name):
        name += "_"
    return name


def expression(value: Value, names: Mapping[str, str]) -> str:
    """A JSON value with references as a Python expression."""
    if isinstance(value, dict):
        if REF in value:
            ref = Ref.from_json(value)
            return names[ref.step] + "".join(f"[{key!r}]" for key in ref.path)
        inside = (f"{key!r}: {expression(part, names)}" for key, part in value.items())
        return f"{{{', '.join(inside)}}}"
    if isinstance(value, list):
        return f"[{', '.join(expression(part, names) for part in value)}]"
    return repr(value)  # a formatter will have its quotes as it likes
