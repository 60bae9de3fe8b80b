"""Pages of shipped experiment profiles, workloads and modes of the adapters."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import msgspec
import tomllib

from docs.generate.markdown import code, docstring, page, prose, table
from harness.frameworks import adapter_file, catalog
from harness.home import Home, package_folder
from harness.planning import profile
from workloads.registered import REGISTERED

_ROOT = package_folder("harness").parent


def profiles() -> str:
    """Return the page of experiment profiles, the controls of every run last."""
    files = {path.stem: path for path in (_ROOT / "harness" / "profiles").glob("*.toml")}
    names = profile.names()
    controls = sorted(files.keys() - set(names))
    parts = [
        "Measured by `harness run --profile NAME`. `--experiment NAME` picks single experiments. "
        "[Profile files](profile-toml.md) explains the keys, [Metrics](metrics.md) the figures."
    ]
    for name in [*names, *controls]:
        data = tomllib.loads(files[name].read_text(encoding="utf-8"))
        parts += [f"## {name}", prose(data["title"]), _head(data)]
        if name in controls:
            parts.append("A part of every run; it has no option of its own.")
        rows = [_experiment(key, each) for key, each in data["experiments"].items()]
        parts.append(
            table(("experiment", "estimates", "question", "workload", "points", "limits"), rows)
        )
    return page("Profiles", "harness/profiles/*.toml", *parts)


def _head(data: Mapping[str, Any]) -> str:
    said = [f"Rounds: {data.get('trials', 1)}", f"warm executions: {data.get('repetitions', 2)}"]
    if data.get("idle_s"):
        said.append(f"started services watched for {data['idle_s']:g} s")
    return "; ".join(said) + "."


def _experiment(name: str, each: Mapping[str, Any]) -> tuple[str, ...]:
    limits = [f"{key} = {_toml(each[key])}" for key in _LIMITS if key in each]
    return (
        code(name),
        code(each["estimates"]),
        prose(each["about"]),
        code(each["workload"]) + _parameters(each.get("parameters", {})),
        "<br>".join(_parameters(point).strip() for point in each.get("points", [])),
        "<br>".join(map(code, limits)),
    )


_LIMITS = ("workers", "repetitions", "budget_s", "frameworks")


def _parameters(values: Mapping[str, Any]) -> str:
    return " " + code(", ".join(f"{key}={_toml(value)}" for key, value in values.items()))


def _toml(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def workloads() -> str:
    """Return the page of registered workloads, read from their source without importing it."""
    parts = [
        "Each is run by `harness run --workload NAME`; `--param KEY=VALUE` sets a parameter. "
        "Or [bring your own](../how-to/own-workload.md)."
    ]
    modules: dict[str, ast.Module] = {}
    for name, builder in REGISTERED.items():
        module, _, function = builder.partition(":")
        path = (_ROOT / module.replace(".", "/")).with_suffix(".py")
        tree = modules.setdefault(module, ast.parse(path.read_text(encoding="utf-8")))
        found = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == function)
        parts += [f"## {name}", docstring(ast.get_docstring(found)), _signature(found)]
    said = [docstring(ast.get_docstring(tree)) for tree in modules.values()]
    parts += ["## Notes on these workloads", *said]
    return page("Workloads", "workloads", *parts)


def _signature(function: ast.FunctionDef) -> str:
    names = function.args.args
    rows = [
        (
            code(each.arg),
            code(ast.unparse(each.annotation)) if each.annotation else "",
            code(ast.unparse(default)),
        )
        for each, default in zip(names, function.args.defaults, strict=True)
    ]
    return table(("parameter", "type", "default"), rows)


def modes() -> str:
    """Return the page of all modes of all adapters that are shipped, with their settings."""
    found = catalog.discover(Home(_ROOT))
    parts = [
        "Every mode of the adapters that are shipped. Meaning of the columns: "
        "[adapter.toml](adapter-toml.md). Limits of the modes: "
        "[Modes](../explanation/modes.md)."
    ]
    for name, each in found.items():
        file = adapter_file.read_adapter_file(each.folder / "adapter.toml")
        if file.control:
            continue
        parts += [f"## {name}", _about(file)]
        parts.append(
            table(
                ("mode", "what runs", "parallel", "isolation", "durable", "needs"),
                [_mode(mode, of_mode) for mode, of_mode in file.modes.items()],
            )
        )
        for left in file.left_out:
            evidence = f" ({prose(left.evidence)})" if left.evidence else ""
            parts.append(f"There is no mode {code(left.mode)}: {prose(left.reason)}{evidence}.")
        settings = _settings(file.modes)
        if settings:
            parts += [
                "Settings that are not the framework's defaults:",
                table(("setting", "modes", "why"), settings),
            ]
    return page("Modes", "adapters/*/adapter.toml", *parts)


def _about(file: Any) -> str:
    package = "" if file.package == "python" else f", package {code(file.package)}"
    why = f" ({prose(file.python_reason)})" if file.python_reason else ""
    said = (
        f"[{file.title}]({file.homepage}), {file.role}{package}; Python {code(file.python)}{why}."
    )
    if file.departs:
        names = ", ".join(map(code, file.departs))
        said += f" Departs from the workload's pins of {names}: {prose(file.departs_reason)}."
    return said


def _mode(name: str, mode: Any) -> tuple[str, ...]:
    needs = [*map(code, mode.needs), *([prose(mode.endpoint)] if mode.endpoint else [])]
    needs += [f"{code(variable)}: {prose(what)}" for variable, what in mode.files.items()]
    return (
        code(name),
        prose(mode.summary),
        "yes" if mode.parallel else "no",
        mode.isolation,
        "yes" if mode.durable else "no",
        ", ".join(needs) or "–",
    )


def _settings(found: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return one row for each setting and reason, with the modes that share it."""
    rows: dict[tuple[str, str], list[str]] = {}
    for name, mode in found.items():
        for each in mode.settings:
            rows.setdefault((each.shown, each.reason), []).append(name)
    return [
        (code(shown), ", ".join(map(code, names)), prose(reason))
        for (shown, reason), names in rows.items()
    ]
