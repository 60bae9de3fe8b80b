"""Measurement of set-up cost: from an empty folder to a framework's first verified run."""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from harness.errors import EnvError
from harness.frameworks import locks, virtualenvs
from harness.frameworks.catalog import Framework
from harness.home import Home
from harness.model import Outcome, Trial
from harness.services import INSTALL
from harness.setup import adapter_size, prepare
from harness.setup.model import PARTS, SetupCost

_CACHE = "UV_CACHE_DIR"  # names uv's cache of packages
_IDLE_S = 10.0
_HOUR_S = 3600.0

#: Called with the framework and the part of the work that begins.
OnPart = Callable[[str, str], None]


def measure(home: Home, framework: Framework, mode: str, on_part: OnPart) -> SetupCost:
    """Set a framework up twice, with an empty and a filled cache, and return the cost.

    Both are done in temporary folders, which are removed. Raises :class:`EnvError` if the packages
    cannot be installed or the run is not valid.
    """
    folder = home.temporary(f"measure-{framework.name}")
    try:
        with _cache(folder / "cache"):
            cold_s, _, _, _ = _once(Home(folder / "cold"), framework, mode, "cold", on_part)
            shutil.rmtree(folder / "cold")
            home_ = Home(folder / "warm")
            warm_s, packages, megabytes, done = _once(home_, framework, mode, "warm", on_part)
    finally:
        shutil.rmtree(folder)
    facts, options = framework.mode(mode), locks.install_options(framework.lock.read_text())
    own = adapter_size.files(framework.folder, facts.module)
    used = done.resources
    return SetupCost(
        framework=framework.name,
        version=done.versions.get(framework.entry.package, done.versions["python"]),
        mode=mode,
        measured=datetime.datetime.now(datetime.UTC).date().isoformat(),
        cold_s=cold_s,
        warm_s=warm_s,
        packages=packages,
        megabytes=megabytes,
        services=done.services,
        processes=used.peak_processes if used else None,
        idle_pss_bytes=used.idle_pss_bytes if used else None,
        idle_cpu_s_per_hour=_per_hour(used.idle_cpu_s if used else None),
        settings=facts.settings,
        commands=[
            "python -m venv .venv",
            " ".join(["pip install", *options, "-r requirements.lock"]),
            *(INSTALL[need] for need in facts.needs if need in INSTALL),
            *done.commands,
        ],
        adapter_lines=sum(map(adapter_size.lines, own)),
        framework_names=sorted(set().union(*map(adapter_size.names, own))),
        role=framework.entry.role,
    )


def _once(
    home: Home, framework: Framework, mode: str, cache: str, on_part: OnPart
) -> tuple[dict[str, float], int, float, Trial]:
    """Return seconds by part, packages and MB of the environment, and the trial."""
    venv, stop = virtualenvs.plan(home, framework), threading.Event()
    home.envs.mkdir(parents=True)
    on_part(framework.name, f"install, {cache} cache")
    seconds = virtualenvs.create(home, venv, stop)
    on_part(framework.name, f"first run, {cache} cache")
    folder = home.temporary("first-run")
    done = prepare.check_trial(home, venv, folder, stop, mode=mode, idle_s=_IDLE_S)
    outcome, evidence = done.worst
    if outcome is not Outcome.OK:
        raise EnvError(
            f"{framework.name}/{mode} is installed but does not run: {'; '.join(evidence)}; "
            f"find out more: harness check {framework.spec} --mode {mode}"
        )
    facts = virtualenvs.finish(venv, seconds, done.phases["import"] / 1e9)
    (only,) = done.repetitions
    for name, ns in {**done.phases, **only.phases}.items():
        seconds[name] = ns / 1e9
    parts = {part: round(seconds[part], 3) for part in PARTS}
    return parts, facts.packages, facts.megabytes, done


@contextlib.contextmanager
def _cache(folder: Path) -> Iterator[None]:
    """Have uv use ``folder`` as its only cache of packages, in the block."""
    before = os.environ.get(_CACHE)
    os.environ[_CACHE] = str(folder)
    try:
        yield
    finally:
        del os.environ[_CACHE]
        if before is not None:
            os.environ[_CACHE] = before


def _per_hour(cpu_s: float | None) -> float | None:
    return None if cpu_s is None else round(cpu_s / _IDLE_S * _HOUR_S, 1)
