"""Child side of workload building: ``python -m harness.worker.build_workload FOLDER``.

Runs in the plain environment: a user's module may import libraries that the harness does not have,
and user code should not run in the harness's process.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import json
import sys
import traceback
import types
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness import wire
from workloads.dag import ParameterError, WiringError, Workload


def main(folder: Path) -> int:
    """Build the workloads that ``folder/request.json`` names; return the exit code."""
    request = wire.read(wire.BlueprintRequest, folder / wire.REQUEST)
    built, refusal = [], None
    try:
        builder = find(request.builder)
        for raw in request.parameters:
            built.append(_build(builder, raw))
    except (ParameterError, WiringError) as error:
        refusal = str(error)
    except Exception as error:
        traceback.print_exc()
        refusal = f"{request.builder} raised {type(error).__name__}: {error}"
    wire.write(folder / wire.RESPONSE, wire.BlueprintResponse(built, refusal))
    return 0 if refusal is None else 1


def _build(builder: Callable[..., Any], raw: dict[str, str]) -> wire.Built:
    parameters = parse(builder, raw)
    workload = builder(**parameters)
    if not isinstance(workload, Workload):
        raise ParameterError(
            f"the builder returned a value of type {type(workload).__name__}; "
            "return dag.build(name=reference)"
        )
    data = Workload.from_json(workload.to_json()).to_json()
    return wire.Built(data, _complete(builder, parameters))


def find(target: str) -> Callable[..., Any]:
    """Return the function that ``module:function`` names.

    Raises :class:`ParameterError` if it cannot be imported or is not callable.
    """
    module_name, _, name = target.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise ParameterError(
                f"module {module_name!r} needs {error.name!r}, which is not in the environment; "
                "list it in a requirements file and add --requirements FILE"
            ) from error
        raise ParameterError(
            f"no module {module_name!r} here; name it as seen from the current folder"
        ) from error
    builder = getattr(module, name, None)
    if not callable(builder):
        known = [key for key, value in vars(module).items() if inspect.isfunction(value)]
        near = difflib.get_close_matches(name, known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ParameterError(f"module {module_name!r} has no function {name!r}{hint}")
    return builder  # type: ignore[no-any-return]  # it is callable


def parse(builder: Callable[..., Any], raw: dict[str, str]) -> dict[str, Any]:
    """Convert parameters from command-line text to the types of the builder's annotations.

    Raises :class:`ParameterError` for an unknown name (with the nearest known one), a value of the
    wrong type, or a missing parameter.
    """
    known = inspect.signature(builder).parameters
    hints = typing.get_type_hints(builder)
    parsed = {}
    for name, text in raw.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise ParameterError(
                f"no parameter {name!r}: {hint}known: {', '.join(known) or 'none'}"
            )
        parsed[name] = _convert(name, text, hints.get(name, Any))
    missing = [
        name
        for name, parameter in known.items()
        if parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        and name not in parsed
    ]
    if missing:
        raise ParameterError(f"parameter {missing[0]!r} has no default: --param {missing[0]}=…")
    return parsed


def _convert(name: str, text: str, hint: Any) -> Any:
    options = typing.get_args(hint) if _is_union(hint) else (hint,)
    if type(None) in options and text.lower() in ("none", "null"):
        return None
    kinds = [typing.get_origin(option) or option for option in options]
    if str in kinds:
        return text
    try:
        value = json.loads(text.lower() if bool in kinds else text)
    except ValueError:
        if Any in kinds:
            return text
        value = text
    for kind in kinds:
        if kind is Any or type(value) is kind:
            return value
        if kind is float and type(value) is int:
            return float(value)
    wanted = " or ".join(getattr(k, "__name__", str(k)) for k in kinds if k is not type(None))
    raise ParameterError(f"parameter {name!r} takes {wanted}, not {text!r}")


def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def _complete(builder: Callable[..., Any], parameters: dict[str, Any]) -> dict[str, Any]:
    """Return all parameters, defaults included; values that JSON lacks become text."""
    bound = inspect.signature(builder).bind(**parameters)
    bound.apply_defaults()
    return json.loads(json.dumps(bound.arguments, default=str))  # type: ignore[no-any-return]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
