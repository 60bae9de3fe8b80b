"""One trial of probes: a fresh probe process, watched to its end, then judged."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from harness import host, wire
from harness.frameworks import virtualenvs
from harness.home import Home, import_folder
from harness.model import ProbeVerdict
from harness.probing import verdicts
from harness.probing.plan import ProbeTrial, order
from harness.processes import launch
from harness.processes.child import Child
from harness.processes.launch import Launch
from harness.services import drop_leftovers
from harness.text import one_line
from harness.worker.probing.messages import OUTSIDE, ProbesRequest, ProbesResponse

_TICK_S = 0.2
_START_S = 420.0  # for imports, and the services of a mode
_STOP_S = 90.0
_LIKELY_CORES = 2  # probes need steps side by side, even on a machine with one core

#: Called with the number of probes of the trial that have ended.
OnProbe = Callable[[int], None]


def run(
    home: Home,
    trial: ProbeTrial,
    folder: Path,
    preload: Path | None,
    service_urls: Mapping[str, str],
    on_probe: OnProbe,
) -> list[ProbeVerdict]:
    """Run all probes of a trial in ``folder``, end all of its processes, and return verdicts."""
    framework, mode = trial.framework, trial.framework.mode(trial.mode)
    further = {}
    if preload is not None:
        further = {"LD_PRELOAD": str(preload), "HARNESS_OUTSIDE": str(folder / OUTSIDE)}
    launched = Launch(
        module="harness.worker.probing",
        folder=folder,
        venv=virtualenvs.plan(home, framework).folder,
        pythonpath=[import_folder(home, framework.folder)],
        variables=mode.variables,
        service_urls=mode.given_urls(service_urls),
        release=drop_leftovers,
        further=further,
    )
    launch.clear_folder(launched)
    _write_request(trial, folder)
    expired, end = launch.run(launched, lambda child: _watch(child, trial, folder, on_probe))
    judged = _judged(trial, folder, _how_it_ended(expired, end))
    for name in (wire.SCRATCH, "home", "tmp"):
        shutil.rmtree(folder / name, ignore_errors=True)  # another user's files may be in it
    return judged


def _how_it_ended(expired: float | None, end: launch.LaunchEnd) -> str:
    """Return the way in which a trial ended as one clause, for messages."""
    if end.ending is None:
        return end.error
    return f"stopped after {expired:.0f} s" if expired else f"exit code {end.ending.returncode}"


def _write_request(trial: ProbeTrial, folder: Path) -> None:
    framework, mode = trial.framework, trial.framework.mode(trial.mode)
    hooks = trial.declared.hooks.get(trial.mode)
    request = ProbesRequest(
        adapter=framework.module(trial.mode),
        hooks=f"adapters.{framework.adapter}.{hooks}" if hooks else framework.module(trial.mode),
        mode=trial.mode,
        workers=max(host.cores(), _LIKELY_CORES) if mode.parallel else 1,
        distributions=[framework.entry.package],
        needs=list(mode.needs) + ["endpoint"] * bool(mode.endpoint),
        roles=trial.declared.roles.get(trial.mode, {}),
        orders=[order(trial, probe) for probe in trial.probes],
    )
    wire.write(folder / wire.REQUEST, request)


def _watch(child: Child, trial: ProbeTrial, folder: Path, on_probe: OnProbe) -> float | None:
    """Wait for the end; return the limit in seconds if the process was stopped at it, else None."""
    attempts = [
        probe.timeout_s * (4 * probe.pipelines if probe.kill else 1) for probe in trial.probes
    ]
    limit_s = _START_S + sum(attempts) + _STOP_S
    began = time.monotonic()
    while not child.wait(_TICK_S):
        on_probe(sum(_ended(folder, probe.name) for probe in trial.probes))
        if time.monotonic() - began > limit_s:
            child.kill(dump=True)
            return limit_s
    return None


def _ended(folder: Path, name: str) -> bool:
    return (folder / name / wire.RESULT).exists()


def _judged(trial: ProbeTrial, folder: Path, end: str) -> list[ProbeVerdict]:
    version = ""
    try:
        response = wire.read(ProbesResponse, folder / wire.RESPONSE)
        version = response.versions.get(trial.framework.entry.package, "")
        end = response.error or ""
    except FileNotFoundError:
        pass  # the process ended before its response: `end` tells how
    except wire.WireError as error:
        end = str(error)
    return [
        verdicts.verdict(trial, probe, folder, one_line(end), version) for probe in trial.probes
    ]
