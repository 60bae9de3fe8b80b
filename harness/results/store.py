"""Store of runs on disk: written atomically, read strictly, one writer at a time."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.errors import UsageError
from harness.files import write_atomically
from harness.home import Home
from harness.model import SCHEMA, Run, present_mode
from harness.results import integrity
from workloads.dag import Workload

RUN = "run.json"
TRIALS = "trials"
PROBES = "probes"
_LOCK = ".lock"
CALIBRATION = "calibration"


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the lock of a run's folder in the block, so that one process works on it at a time.

    Raises :class:`UsageError` if another process holds it, and for a symbolic link in the folder: a
    run from elsewhere might use one to have files written outside; the harness makes none.
    """
    places = (folder, folder / TRIALS, folder / PROBES)
    linked = [each for place in places if place.is_dir() for each in place.iterdir()]
    if found := [each for each in linked if each.is_symlink() and each.name != _LOCK]:
        raise UsageError(f"{found[0]} is a link; runs of the harness have none; remove it")
    lock = folder / _LOCK
    try:
        opened = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        if not (lock.is_symlink() or lock.is_dir()):
            raise
        raise UsageError(f"{lock} is a link or a folder instead of a file; remove it") from error
    with os.fdopen(opened, "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"run {folder.name} is in use by another process; wait until it ends, or end it"
            ) from None
        yield


def save(folder: Path, run: Run) -> None:
    """Write ``run.json``."""
    write_atomically(folder / RUN, msgspec.json.format(msgspec.json.encode(run), indent=1) + b"\n")


def load(folder: Path) -> Run:
    """Read ``run.json``. Raises :class:`UsageError` for one that is missing, damaged or newer."""
    path = folder / RUN
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"no run at {folder}: {error.strerror}; see: harness run --help") from None
    try:
        raw = msgspec.json.decode(data)
        schema = raw["schema"]
        if schema != SCHEMA:
            age = "a newer" if schema > SCHEMA else "an older"
            raise UsageError(
                f"{path} has schema {schema}, from {age} harness; this one reads {SCHEMA}; "
                "read it with the version that wrote it, or run it again"
            )
        _rename_modes(raw)
        run = msgspec.convert(raw, Run)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(f"{path} is damaged: {error!s:.300}") from None
    wrong = (
        "it holds a number beyond 2**63"
        if integrity.has_huge_number(raw)
        else integrity.first_fault(run)
    )
    if wrong:
        raise UsageError(f"{path} is damaged: {wrong}")
    return run


def _rename_modes(raw: dict[str, Any]) -> None:
    """Give the modes in a decoded run.json their present names."""
    plan = raw.get("plan", {})
    lists = (plan.get("cells"), plan.get("order"), raw.get("trials"), raw.get("probes"))
    for each in itertools.chain.from_iterable(filter(None, lists)):
        if isinstance(each.get("mode"), str):
            each["mode"] = present_mode(each["mode"])


def workload_file(folder: Path, key: str) -> Path:
    """Return the file of one of a run's workloads."""
    return folder / "workloads" / f"{key}.json"


def oracle_file(folder: Path, key: str) -> Path:
    """Return the file of the outputs that every execution of a workload has to equal."""
    return folder / "oracles" / f"{key}.json"


class _Ref(msgspec.Struct, rename={"step": "$ref"}):
    step: str
    path: list[str | int] = []


class _Step(msgspec.Struct):
    id: str
    function: str
    arguments: dict[str, Any]


class _Workload(msgspec.Struct):
    """Schema of a workload file. :class:`Workload` has none: in workers msgspec is missing."""

    name: str
    steps: list[_Step]
    outputs: dict[str, _Ref]


def workload(folder: Path, key: str) -> Workload:
    """Read one workload of a run. Raises :class:`UsageError` if it is missing or damaged."""
    try:
        data = workload_file(folder, key).read_bytes()
        msgspec.json.decode(data, type=_Workload)
        return Workload.from_json(json.loads(data))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(
            f"run {folder.name}: workload {key} cannot be read: {error!s:.300}; "
            "copy the run again from where it was made"
        ) from None


def save_workloads(folder: Path, workloads: Mapping[str, Workload]) -> None:
    """Write the workloads of a run, and make the folders of workloads and oracles."""
    for kind in (workload_file(folder, ""), oracle_file(folder, "")):
        kind.parent.mkdir(exist_ok=True)
    for key, each in workloads.items():
        write_atomically(workload_file(folder, key), json.dumps(each.to_json()).encode())


def new_run_folder(home: Home, name: str) -> Path:
    """Make a folder for a run under ``results/``, numbered if the name is taken, and return it.

    Raises :class:`UsageError` if a thousand runs have that name.
    """
    home.results.mkdir(parents=True, exist_ok=True)
    for suffix in ("", *(f"-{n}" for n in range(2, 1000))):
        folder = home.results / f"{name}{suffix}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise UsageError(f"{home.results} holds a thousand runs named {name}; see: harness clean")


def point_latest(folder: Path) -> None:
    """Point the link ``results/latest`` to this run."""
    link, aside = folder.parent / "latest", folder.parent / f".latest.{os.getpid()}"
    aside.unlink(missing_ok=True)
    aside.symlink_to(folder.name)
    os.replace(aside, link)


def find_run(home: Home, name: str) -> Path:
    """Return the folder of a run given by its name under ``results/`` or its path.

    Raises :class:`UsageError` if it does not exist, naming the newest runs.
    """
    for candidate in (home.results / name, Path(name)):
        if (candidate / RUN).exists():
            return candidate.resolve()
    known = sorted(path.parent.name for path in home.results.glob(f"*/{RUN}"))
    raise UsageError(f"no run {name!r}; existing runs: {', '.join(known[-5:]) or 'none yet'}")
