"""Workloads located by name, built in plain Python's environment and returned as data."""

from __future__ import annotations

import os
import site
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from harness import wire
from harness.errors import HarnessError, UsageError, unknown
from harness.home import Home, import_folder
from harness.processes.child import Child, clean_environment
from workloads.dag import Workload
from workloads.registered import REGISTERED

_BUILD_S = 120.0
_SAID = 2000  # characters of a builder's last output


class WorkloadSource(msgspec.Struct, frozen=True):
    """Source of a workload: its builder, and the folder to import it from."""

    name: str  #: as the user wrote it
    builder: str  #: module:function
    root: Path | None  #: the folder that holds the user's module; None for our own


def locate(home: Home, name: str) -> WorkloadSource:
    """Return the source of ``--workload NAME``.

    Raises :class:`UsageError` for a name that is not registered and not ``module:function`` of a
    module that can be found.
    """
    if name in REGISTERED:
        return WorkloadSource(name, REGISTERED[name], None)
    module, separator, function = name.partition(":")
    if not (separator and module and function):
        error = unknown("workload", name, REGISTERED)
        raise UsageError(f"{error}; or name your own as module:function")
    top = module.split(".")[0]
    if top == "workloads":
        return WorkloadSource(name, name, None)
    places = [home.root, Path.cwd()]
    places += [Path(p) for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]
    for place in places:
        if (place / top).is_dir() or (place / f"{top}.py").is_file():
            root = place.resolve()
            if root in {Path(p).resolve() for p in site.getsitepackages()}:
                break  # on PYTHONPATH it would expose every package installed there
            return WorkloadSource(name, name, root)
    raise UsageError(
        f"no module {top!r} in {home.root} or on PYTHONPATH; start the harness in the folder that "
        f"holds {top}.py"
    )


def python_path(home: Home, adapter: Path | None, source: WorkloadSource | None) -> list[Path]:
    """Return the PYTHONPATH of a worker: our packages first, then the user's module's folder."""
    ours = import_folder(home, adapter)
    return [ours] if source is None or source.root is None else [ours, source.root]


def common(sources: Sequence[WorkloadSource]) -> WorkloadSource:
    """Return the first source with a folder of its own, else the first: to import all from."""
    return next((each for each in sources if each.root is not None), sources[0])


def build(
    home: Home, venv: Path, source: WorkloadSource, raw: Sequence[Mapping[str, str]]
) -> list[tuple[Workload, dict[str, Any]]]:
    """Build the workload once per set of parameters; return each with all its parameters.

    Raises :class:`UsageError` with the builder's own message if it refuses the parameters, and
    :class:`HarnessError` if it ends or hangs without an answer.
    """
    with home.passing("build") as folder:
        return _built(home, folder, venv, source, raw)


def _built(
    home: Home, folder: Path, venv: Path, source: WorkloadSource, raw: Sequence[Mapping[str, str]]
) -> list[tuple[Workload, dict[str, Any]]]:
    wire.write(
        folder / wire.REQUEST, wire.BlueprintRequest(source.builder, [dict(each) for each in raw])
    )
    env = clean_environment(venv, folder, python_path(home, None, source))
    # Paths among the parameters are relative to the user's folder, so the builder runs there.
    start = "import os, sys; os.chdir(sys.argv[1]); sys.argv[1:] = sys.argv[2:]; "
    start += "import runpy; runpy.run_module('harness.worker.build_workload', run_name='__main__')"
    command = [str(venv / "bin" / "python"), "-P", "-c", start, os.getcwd(), str(folder)]
    with Child(command, folder, env) as child:
        in_time = child.wait(_BUILD_S)
        if not in_time:
            child.kill(dump=True)
        how = child.ending().how if in_time else f"was killed after {_BUILD_S:g} s"
    log = (folder / "output.log").read_text(errors="replace").strip()
    try:
        response = wire.read(wire.BlueprintResponse, folder / wire.RESPONSE)
    except FileNotFoundError:
        raise HarnessError(
            f"workload {source.name}: its builder {how}, without an answer; "
            f"fix {source.builder} and try again; its output: {log[-_SAID:] or 'none'}"
        ) from None
    if response.error is not None:
        shown = f"\n{log}" if log else ""
        raise UsageError(f"workload {source.name}: {response.error}{shown}")
    return [(Workload.from_json(each.workload), each.parameters) for each in response.built]
