"""Messages between the harness and a worker, as files in the trial's folder.

The harness writes ``request.json``. The worker appends to ``phases.jsonl`` while it runs, writes
``<run_id>/result.json`` after each repetition, and ``response.json`` at the end. Files are written
aside and renamed into place: a missing file means that the worker ended before. Standard library
only.
"""

from __future__ import annotations

import dataclasses
import json
import os
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

VERSION = 5

REQUEST = "request.json"
RESPONSE = "response.json"
RESULT = "result.json"
PHASES = "phases.jsonl"
EVENTS = "events"
ARTIFACTS = "artifacts"
SCRATCH = "scratch"
SERVICES = "services"  #: folder of the services' logs and notes

#: Phases of a trial, and of each repetition in it, in the order in which they happen.
TRIAL_PHASES = ("spawn", "import", "load", "service", "idle", "stop", "exit")
REPETITION_PHASES = ("build", "execute", "settle")

#: Variables that pass a worker the user's URLs of services, and the address on which the trial's
#: own services listen. The worker removes them from its environment before a framework starts.
URL_VARIABLES = {
    **{name: f"HARNESS_{name.upper()}_URL" for name in ("postgres", "redis", "dask", "endpoint")},
    "listen": "HARNESS_LISTEN",
}


class WireError(ValueError):
    """Message of an unexpected form. The text names the file and the key."""


@dataclass(frozen=True)
class RepetitionRequest:
    """One execution to do: ``run_id`` also names its folder inside the trial's."""

    run_id: str
    workload: str  #: path of the workload's JSON
    workers: int
    record: bool = True  #: False only to measure the cost of recording
    after: str = ""  #: run_id of the smaller execution; this one runs only if that one is ok
    scale: float = 1.0  #: expected time as a multiple of that smaller execution's
    budget_s: float | None = None  #: skipped if it is expected to take longer


@dataclass(frozen=True)
class TrialRequest:
    """All repetitions and settings of one worker process."""

    adapter: str  #: module to import
    mode: str
    distributions: list[str]  #: packages whose versions to report
    settle_s: float  #: how long the engine's count may stand still before it is taken as final
    idle_s: float  #: how long to measure the idle service; 0: not at all
    database: str  #: glob, below the scratch folder, of the files of the framework's own database
    needs: list[str]  #: services to provide, such as databases, by name
    remote: bool  #: steps record over the network, and not into a folder
    artifacts: str  #: URL below which steps store artifacts; empty for the trial's folder
    repetitions: list[RepetitionRequest]
    wire: int = VERSION


@dataclass(frozen=True)
class PhaseUsage:
    """Resources used by the process tree in a phase. None: not available here."""

    cpu_s: float | None
    written_bytes: int | None
    processes: int | None
    threads: int | None
    database_bytes: int | None


@dataclass(frozen=True)
class RepetitionResult:
    """Result of one repetition, as the worker saw it."""

    run_id: str
    outputs: dict[str, Any] | None
    engine_count: int | None
    error: str | None
    phase: str  #: the last phase that was entered
    skipped: str | None = None  #: why it was not run
    usage: dict[str, PhaseUsage] = field(default_factory=dict)
    wire: int = VERSION


@dataclass
class TrialResponse:
    """End of the worker: ``error`` is a failure outside all repetitions, or None."""

    error: str | None
    phase: str
    versions: dict[str, str]
    idle: PhaseUsage | None = None
    idle_pss_bytes: int | None = None
    wire: int = VERSION


@dataclass(frozen=True)
class BlueprintRequest:
    """Workloads to build: ``builder`` is module:function, parameters are raw text."""

    builder: str
    parameters: list[dict[str, str]]
    wire: int = VERSION


@dataclass(frozen=True)
class Built:
    """Workload as data, and the complete parameters that it was built with."""

    workload: dict[str, Any]
    parameters: dict[str, Any]


@dataclass(frozen=True)
class BlueprintResponse:
    """The requested workloads, or an error if one cannot be built."""

    built: list[Built]
    error: str | None = None
    wire: int = VERSION


@dataclass(frozen=True)
class Phase:
    """One timed phase; ``run_id`` is empty for a trial's own, ``end_ns`` is None until its end."""

    name: str
    run_id: str
    start_ns: int
    end_ns: int | None


Message = TypeVar("Message")


def write(path: Path, message: Any) -> None:
    """Write a message or any JSON value, completely or not at all."""
    known = dataclasses.is_dataclass(message) and not isinstance(message, type)
    data = dataclasses.asdict(message) if known else message
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(json.dumps(data, allow_nan=False))
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def read(kind: type[Message], path: Path) -> Message:
    """Read a message of ``kind``.

    Raises :class:`WireError` for another form, FileNotFoundError if the file is missing.
    """
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise WireError(f"{path.name} is not JSON: {error}") from None
    return typing.cast("Message", _fit(kind, data, path.name))


def read_phases(path: Path) -> list[Phase]:
    """Read the phases entered so far, in order. A torn last line is left out.

    Raises :class:`WireError` for any other line that is not a phase.
    """
    if not path.exists():
        return []
    open_: dict[tuple[str, str], Phase] = {}
    for line in _whole_lines(path):
        try:
            name, run_id, edge, stamp = line["phase"], line["run_id"], line["edge"], line["ns"]
            known = name in TRIAL_PHASES or name in REPETITION_PHASES
            known = known and edge in ("start", "end")
            if not known or (type(run_id), type(stamp)) != (str, int):
                raise TypeError
        except (KeyError, TypeError):
            raise WireError(
                f"{path.name} holds a line that is not a phase: {line!r:.100}"
            ) from None
        if edge == "start":
            open_[name, run_id] = Phase(name, run_id, stamp, None)
        elif (name, run_id) in open_:
            open_[name, run_id] = dataclasses.replace(open_[name, run_id], end_ns=stamp)
    return list(open_.values())


def _whole_lines(path: Path) -> Iterator[Any]:
    for line in path.read_bytes().split(b"\n")[:-1]:
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            raise WireError(f"{path.name} holds a line that is not JSON: {line[:80]!r}") from None


def _fit(kind: Any, data: Any, where: str) -> Any:
    """Convert ``data`` to ``kind`` strictly: a dataclass, list, dict, union or plain type."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _fit_dataclass(kind, data, where)
    if origin in (types.UnionType, typing.Union):
        options = [part for part in arguments if part is not type(None)]
        return None if data is None else _fit(options[0], data, where)
    if kind is Any:
        return data
    if kind is float and type(data) is int:
        try:
            return float(data)
        except OverflowError:
            raise WireError(f"{where} is too large for a float") from None
    if type(data) is not (origin or kind):
        raise WireError(f"{where} should be {getattr(kind, '__name__', kind)}, is {data!r:.80}")
    if origin is list:
        return [_fit(arguments[0], part, f"{where}[{i}]") for i, part in enumerate(data)]
    if origin is dict:
        return {key: _fit(arguments[1], part, f"{where}.{key}") for key, part in data.items()}
    return data


def _fit_dataclass(kind: Any, data: Any, where: str) -> Any:
    if type(data) is not dict:
        raise WireError(f"{where} should be an object, is {data!r:.80}")
    if data.get("wire", VERSION) != VERSION:
        raise WireError(f"{where} has wire version {data['wire']!r}; this is version {VERSION}")
    hints = typing.get_type_hints(kind)
    unknown = sorted(set(data) - set(hints))
    if unknown:
        raise WireError(f"{where} has the unknown key {unknown[0]!r}")
    for item in dataclasses.fields(kind):
        required = (
            item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
        )
        if required and item.name not in data:
            raise WireError(f"{where} lacks the key {item.name!r}")
    return kind(**{key: _fit(hints[key], part, f"{where}.{key}") for key, part in data.items()})
