"""Graphs as data: steps, references between them, and the workload that they form.

Standard library only, so that the interpreter of every framework can import it.
"""

from __future__ import annotations

import difflib
import graphlib
import inspect
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

#: A value that may cross a step boundary: JSON, with artifacts as ``{"$artifact": {...}}``.
Value = Any

REF = "$ref"  #: key of a reference in the JSON of a step's arguments
ARTIFACT = "$artifact"  #: key of an artifact in JSON values
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


class WiringError(ValueError):
    """A workload is wired wrongly; the message names the step, or the output."""


class ParameterError(ValueError):
    """A builder cannot use a parameter; the message names it, its value and valid values."""


@dataclass(frozen=True)
class Artifact:
    """A value too large or too rich for JSON: stored in a file, passed by reference."""

    uri: str  #: path or URL of the stored bytes
    sha256: str  #: digest of the stored bytes, in hexadecimal
    size_bytes: int
    codec: str  #: name of the codec that reads the bytes

    def to_json(self) -> dict[str, Value]:
        """Return this artifact as the JSON value that travels through a framework."""
        return {ARTIFACT: dict(vars(self))}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Artifact:
        """Return the artifact of a JSON value from :meth:`to_json`; ``KeyError`` for another."""
        return Artifact(**value[ARTIFACT])


@dataclass(frozen=True)
class Ref:
    """A reference to a step's later result, or a part of it: ``split["train"]``, ``pair[0]``."""

    step: str  #: id of the step
    path: tuple[str | int, ...] = ()  #: keys and indexes of the part, outermost first
    dag: Dag | None = field(default=None, compare=False, repr=False)  #: None once built

    def __getitem__(self, key: str | int) -> Ref:
        return Ref(self.step, (*self.path, key), self.dag)

    def __iter__(self) -> Iterator[Ref]:  # without it, Python would index forever
        raise WiringError(
            f"step {self.step!r}: its result cannot be iterated while wiring; it is not known yet"
        )

    def to_json(self) -> dict[str, Value]:
        """Return this reference as the JSON value in a step's arguments."""
        return {REF: self.step, "path": list(self.path)}

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Ref:
        """Return the reference of a JSON value from :meth:`to_json`."""
        return Ref(value[REF], tuple(value.get("path", ())))


@dataclass(frozen=True)
class Step:
    """One call of a function, its arguments as JSON with references."""

    id: str  #: unique in the workload: letters, digits and _, a letter first
    function: str  #: ``module:function``
    arguments: Mapping[str, Value] = field(default_factory=dict)  #: by parameter

    @cached_property
    def upstreams(self) -> tuple[str, ...]:
        """Return the ids of the steps whose results this one takes, once each, in their order."""
        found: dict[str, None] = {}
        _add_upstreams(dict(self.arguments), found)
        return tuple(found)

    def to_json(self) -> dict[str, Value]:
        """Return this step as JSON."""
        return {"id": self.id, "function": self.function, "arguments": dict(self.arguments)}


@dataclass(frozen=True)
class Workload:
    """Steps in topological order, and the named results that a run returns."""

    name: str
    steps: tuple[Step, ...]
    outputs: Mapping[str, Ref]  #: the part of a step's result that each output is, by name

    def to_json(self) -> dict[str, Value]:
        """Return this workload as JSON, which :meth:`from_json` reads back unchanged."""
        return {
            "name": self.name,
            "steps": [step.to_json() for step in self.steps],
            "outputs": {name: ref.to_json() for name, ref in self.outputs.items()},
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Workload:
        """Read a workload from JSON, put its steps in topological order and check its wiring.

        Raises :class:`WiringError` for a cycle, a duplicate id, a reference to an unknown step or
        a workload without an output, ``KeyError`` for a missing key.
        """
        steps = [Step(s["id"], s["function"], s["arguments"]) for s in data["steps"]]
        outputs = {name: Ref.from_json(ref) for name, ref in data["outputs"].items()}
        return Workload(data["name"], _ordered(steps), _checked_outputs(outputs, steps))

    @property
    def returned(self) -> list[str]:
        """Return the ids of the steps whose results make up the outputs, each once."""
        return list(dict.fromkeys(ref.step for ref in self.outputs.values()))

    def select(self, results: Mapping[str, Value]) -> dict[str, Value]:
        """Return the outputs by name, from the steps' results by step id.

        Raises ``KeyError`` if a step or a part of its result is missing.
        """
        return {name: pick(results[ref.step], ref.path) for name, ref in self.outputs.items()}


class Dag:
    """A builder of a :class:`Workload`: wire steps with :meth:`step`, then call :meth:`build`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._steps: dict[str, Step] = {}

    def step(self, function: Callable[..., Any], id: str | None = None, /, **arguments: Any) -> Ref:
        """Add one call of ``function`` and return the reference to its result.

        Arguments are JSON values, references, or lists and dicts of both. Without an ``id`` the
        step is named after the function, with a number if that name is taken.
        Raises :class:`WiringError`, which names the step, if the call could not work: an invalid
        or repeated id, a function that another process cannot import, or wrong arguments.
        """
        name = id or self._free_id(function.__name__)
        if not _ID.match(name):
            raise WiringError(f"step id {name!r}: use letters, digits and _, a letter first")
        if name in self._steps:
            raise WiringError(f"step id {name!r} is used twice")
        _check_call(name, function, arguments)
        wired = {key: self._wire(name, key, value) for key, value in arguments.items()}
        target = f"{function.__module__}:{function.__qualname__}"
        self._steps[name] = Step(name, target, wired)
        return Ref(name, (), self)

    def build(self, **outputs: Ref) -> Workload:
        """Return the finished workload, whose outputs are ``outputs`` by name.

        Raises :class:`WiringError` without an output, or for one that is not a step of this dag.
        """
        for name, ref in outputs.items():
            if not isinstance(ref, Ref) or ref.dag is not self:
                raise WiringError(f"output {name!r} is not a step of workload {self.name!r}")
        steps = list(self._steps.values())
        bare = {name: Ref(ref.step, ref.path) for name, ref in outputs.items()}
        return Workload(self.name, _ordered(steps), _checked_outputs(bare, steps))

    def _free_id(self, name: str) -> str:
        candidate, n = name, 1
        while candidate in self._steps:
            n += 1
            candidate = f"{name}_{n}"
        return candidate

    def _wire(self, step: str, where: str, value: Any) -> Value:
        if isinstance(value, Ref):
            if value.dag is not self:
                raise WiringError(f"step {step!r}: argument {where!r} is from another workload")
            return value.to_json()
        if isinstance(value, (list, tuple)):
            return [self._wire(step, f"{where}[{i}]", v) for i, v in enumerate(value)]
        if isinstance(value, dict):
            if not all(isinstance(key, str) for key in value) or REF in value or ARTIFACT in value:
                raise WiringError(
                    f"step {step!r}: argument {where!r} must have strings for keys, "
                    f"and neither {REF!r} nor {ARTIFACT!r} among them"
                )
            return {key: self._wire(step, f"{where}.{key}", v) for key, v in value.items()}
        if value is None or isinstance(value, (bool, int, str)):
            return value
        if isinstance(value, float) and math.isfinite(value):
            return value
        raise WiringError(
            f"step {step!r}: argument {where!r} is {_describe(value)}; wire JSON values or "
            "results of steps, and let a step make everything else"
        )


def pick(value: Value, path: tuple[str | int, ...]) -> Value:
    """Return the part of a step's result at a reference's path.

    Raises ``KeyError``, ``IndexError`` or ``TypeError`` if the result has no such part.
    """
    for key in path:
        value = value[key]
    return value


def bind(arguments: Mapping[str, Value], inputs: Mapping[str, Value]) -> dict[str, Value]:
    """Return a step's arguments, each reference replaced by its part of ``inputs[step id]``.

    Raises ``KeyError`` if the result of an upstream is missing.
    """
    return {key: _substitute(value, inputs) for key, value in arguments.items()}


def _substitute(value: Value, inputs: Mapping[str, Value]) -> Value:
    if isinstance(value, dict):
        if REF in value:
            ref = Ref.from_json(value)
            return pick(inputs[ref.step], ref.path)
        return {key: _substitute(v, inputs) for key, v in value.items()}
    if isinstance(value, list):
        return [_substitute(v, inputs) for v in value]
    return value


def _add_upstreams(value: Value, found: dict[str, None]) -> None:
    """Add the ids of the steps that a JSON object or list refers to.

    Generators and abstract types would take three times as long for a graph of 100,000 steps.
    """
    if type(value) is dict:
        if REF in value:
            found[value[REF]] = None
            return
        value = value.values()
    for part in value:
        if type(part) is dict or type(part) is list:
            _add_upstreams(part, found)


def _check_call(name: str, function: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
    if "<" in function.__qualname__ or function.__module__ == "__main__":
        raise WiringError(
            f"step {name!r}: {function.__qualname__} cannot be imported by another process; "
            "define it at the top level of an importable module"
        )
    signature = inspect.signature(function)
    try:
        signature.bind(**arguments)
    except TypeError as error:
        unknown = [key for key in arguments if key not in signature.parameters]
        near = difflib.get_close_matches(unknown[0], signature.parameters, 1) if unknown else []
        hint = f"; no parameter {unknown[0]!r}" if unknown else ""
        hint += f", did you mean {near[0]!r}?" if near else ""
        raise WiringError(f"step {name!r}: {function.__name__}{signature}: {error}{hint}") from None


def _ordered(steps: list[Step]) -> tuple[Step, ...]:
    """Return the steps in topological order; unchanged if they are in one already."""
    by_id: dict[str, Step] = {}
    for step in steps:
        if step.id in by_id:
            raise WiringError(f"step id {step.id!r} is used twice")
        by_id[step.id] = step
    graph = {step.id: step.upstreams for step in steps}
    for step_id, upstreams in graph.items():
        for upstream in upstreams:
            if upstream not in by_id:
                raise WiringError(f"step {step_id!r} takes the result of unknown step {upstream!r}")
    position = {step.id: i for i, step in enumerate(steps)}
    if all(position[u] < position[s] for s, upstreams in graph.items() for u in upstreams):
        return tuple(steps)
    try:
        order = tuple(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        cycle = " -> ".join(error.args[1])
        raise WiringError(f"steps form a cycle: {cycle}") from None
    return tuple(by_id[step_id] for step_id in order)


def _checked_outputs(outputs: dict[str, Ref], steps: list[Step]) -> dict[str, Ref]:
    known = {step.id for step in steps}
    if not outputs:
        raise WiringError("a workload needs at least one output: build(name=reference)")
    for name, ref in outputs.items():
        if ref.step not in known:
            raise WiringError(f"output {name!r} is the result of unknown step {ref.step!r}")
    return outputs


def _describe(value: Any) -> str:
    if isinstance(value, float):
        return f"{value!r}, which JSON cannot express"
    text = json.dumps(str(value))[:40]
    return f"a {type(value).__module__}.{type(value).__qualname__} ({text})"
