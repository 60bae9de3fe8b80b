"""Preparation of environments: made in parallel, each checked by a verified run of its adapter."""

from __future__ import annotations

import concurrent.futures
import shutil
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from harness import wire
from harness.errors import EnvError, HarnessError
from harness.execution import trial
from harness.execution.job import Task, make_job
from harness.frameworks import locks, virtualenvs
from harness.frameworks.catalog import Framework
from harness.home import Home
from harness.model import Environment, Outcome, PlannedTrial, Timeouts, Trial
from workloads import kinds

#: Called with the framework and the part of the work that begins.
OnPart = Callable[[str, str], None]


def ready(
    home: Home, frameworks: Sequence[Framework], on_part: OnPart, extra: Path | None = None
) -> dict[str, Environment | HarnessError]:
    """Make every environment that does not exist yet, and return facts or an error by name."""
    stop = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(len(frameworks), 1)) as pool:
        made = {
            each.name: pool.submit(_ready, home, each, on_part, extra, stop) for each in frameworks
        }
        try:
            return {name: future.result() for name, future in made.items()}
        finally:
            stop.set()  # on Ctrl-C, because leaving the pool waits for its threads


def _ready(
    home: Home,
    framework: Framework,
    on_part: OnPart,
    extra: Path | None,
    stop: threading.Event,
) -> Environment | HarnessError:
    try:
        venv = virtualenvs.plan(home, framework, extra)
        locks.check_lock(framework)
        waits = partial(on_part, framework.name, "wait for another process")
        with virtualenvs.exclusive(venv, stop, waits):
            facts = venv.facts()
            if facts is None:
                seconds = virtualenvs.installed(venv)
                if seconds is None:
                    on_part(framework.name, "install")
                    seconds = virtualenvs.create(home, venv, stop)
                on_part(framework.name, "check")
                import_s, seconds["check"] = _prove(home, venv, stop)
                facts = virtualenvs.finish(venv, seconds, import_s)
    except HarnessError as error:
        on_part(framework.name, "failed")
        return error
    on_part(framework.name, "ready")
    return facts


def _prove(home: Home, venv: virtualenvs.Venv, stop: threading.Event) -> tuple[float, float]:
    """Run one verified trial in the environment, and return seconds of its import and in all.

    Raises :class:`EnvError` with the evidence and the place of the log if it is not ok.
    """
    folder = home.temporary(f"check-{venv.framework.name}")
    result = check_trial(home, venv, folder, stop)
    outcome, evidence = result.worst
    if outcome is not Outcome.OK:
        raise EnvError(
            f"{venv.framework.name} is installed, and its environment is kept, but its adapter's "
            f"first run failed: {'; '.join(evidence)}; log: {folder / 'trial' / 'output.log'}; "
            f"fix the adapter in {venv.framework.folder}, then: harness setup {venv.framework.spec}"
        )
    shutil.rmtree(folder)
    return result.phases["import"] / 1e9, sum(result.phases.values()) / 1e9


def check_trial(
    home: Home,
    venv: virtualenvs.Venv,
    folder: Path,
    stop: threading.Event,
    *,
    mode: str | None = None,
    idle_s: float = 0.0,
) -> Trial:
    """Run one trial of the workload whose outputs are known, in ``mode`` or the first mode.

    Raises :class:`EnvError` once ``stop`` is set.
    """

    def on_phase(phase: str, run_id: str) -> None:
        if stop.is_set():
            raise EnvError(f"the check of {framework.name} was stopped in {phase} {run_id}")

    framework = venv.framework
    mode = mode or framework.default_mode
    workload = kinds.kinds()
    file = folder / "workload.json"
    wire.write(file, workload.to_json())
    job = make_job(
        home,
        framework,
        venv.folder,
        PlannedTrial("check", 1, framework.name, mode, 1, ["check"]),
        [Task("check", "check", workload, file, 1, kinds.EXPECTED)],
        folder / "trial",
        timeouts=Timeouts(execute=180.0),
        idle_s=idle_s,
    )
    return trial.run(job, on_phase)
