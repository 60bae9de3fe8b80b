"""``harness run``: from options to a table."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from harness import envs, host, prepare, progress, store, wire, workload
from harness import plan as planning
from harness import run as runs
from harness.catalog import BASELINE, Framework, choose, discover
from harness.errors import HarnessError, UsageError, unknown
from harness.home import Home
from harness.model import Environment, Outcome, Plan, Run, Timeouts
from workloads.dag import Workload

_EXTRA = "requirements.txt"  # the copy that a run keeps of --requirements


class Options(msgspec.Struct, frozen=True):
    """The options of ``harness run``, as typed."""

    frameworks: Sequence[str]
    workload: str
    parameters: Sequence[str]
    requirements: str | None
    mode: str | None
    workers: int | None
    trials: int
    repetitions: int
    seed: int
    timeouts: Sequence[str]
    keep: bool
    dry_run: bool
    as_json: bool


def run(options: Options) -> int:
    """Do a new run; returns the exit code."""
    home = Home.here()
    catalog = discover(home)
    chosen = choose(catalog, list(options.frameworks) or ["all"])
    if options.mode is not None:
        modes = dict.fromkeys(mode for each in catalog.values() for mode in each.entry.modes)
        if options.mode not in modes:
            raise unknown("mode", options.mode, modes)
    source = workload.locate(home, options.workload)
    raw, timeouts = key_values(options.parameters), parse_timeouts(options.timeouts)
    extra = Path(options.requirements).resolve() if options.requirements else None
    baseline = catalog[BASELINE]
    environments = environments_of(home, [baseline], extra)
    failed = environments[BASELINE]
    if isinstance(failed, HarnessError):
        raise failed
    built, parameters = workload.build(home, envs.plan(home, baseline, extra).folder, source, raw)
    plan = planning.make(
        chosen,
        baseline,
        mode=options.mode,
        workload=options.workload,
        parameters=parameters,
        workers=host.cores() if options.workers is None else options.workers,
        trials=options.trials,
        repetitions=options.repetitions,
        seed=options.seed,
        timeouts=timeouts,
    )
    if options.dry_run:
        show_plan(plan, built, options.as_json)
        return 0
    needed = [each for each in chosen if (options.mode or each.default_mode) in each.entry.modes]
    environments = {**environments, **environments_of(home, needed, extra)}
    folder, begun = runs.begin(home, plan, built, environments)
    if extra is not None:
        extra = Path(shutil.copy(extra, folder / _EXTRA))
    session = runs.Session(
        home, folder, source, built, catalog, environments, begun, extra, options.keep
    )
    with store.hold(folder):
        return _go_on(session, options.as_json)


def resume(name: str, *, keep: bool, as_json: bool) -> int:
    """Go on with a run that was cut off; returns the exit code."""
    home = Home.here()
    folder = store.find_run(home, name)
    with store.hold(folder):
        return _resume(home, folder, keep, as_json)


def _resume(home: Home, folder: Path, keep: bool, as_json: bool) -> int:
    begun = store.load(folder)
    if begun.status == "complete":
        click.echo(f"run {begun.id} is complete; nothing is left to do", err=True)
        return finish(folder, begun, as_json)
    catalog = discover(home)
    chosen = choose(catalog, list(dict.fromkeys(cell.framework for cell in begun.plan.cells)))
    extra = folder / _EXTRA if (folder / _EXTRA).exists() else None
    environments = environments_of(home, chosen, extra)
    built = Workload.from_json(wire.read(dict[str, Any], folder / store.WORKLOAD))
    source = workload.locate(home, begun.plan.workload)
    session = runs.Session(home, folder, source, built, catalog, environments, begun, extra, keep)
    return _go_on(session, as_json)


def _go_on(session: runs.Session, as_json: bool) -> int:
    shown = progress.Trials(len(session.run.plan.order))
    try:
        with shown:
            done = runs.proceed(session, shown)
    except KeyboardInterrupt:
        click.echo(
            f"harness: interrupted; {len(session.run.trials)} of {len(session.run.plan.order)} "
            f"trials are kept; go on with: harness run --resume {session.run.id}",
            err=True,
        )
        raise SystemExit(130) from None
    return finish(session.folder, done, as_json)


def finish(folder: Path, done: Run, as_json: bool) -> int:
    """Show what came of a run; 0 if everything in it is ok, else 1."""
    from harness.report import terminal, view

    shown = view.of_run(folder, done)
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(shown), indent=1) + b"\n")
    else:
        terminal.print_run(shown)
        click.echo(f"results: {os.path.relpath(folder)}")
    return 0 if all(row.outcome is Outcome.OK for row in shown.rows) else 1


def environments_of(
    home: Home, frameworks: Sequence[Framework], extra: Path | None
) -> Mapping[str, Environment | HarnessError]:
    """The environments of ``frameworks``, made if need be, with progress."""
    with progress.Setup([each.name for each in frameworks]) as shown:
        return prepare.ready(home, frameworks, shown.part, extra)


def key_values(given: Sequence[str]) -> dict[str, str]:
    """``k=v`` texts as a dict. Raises :class:`UsageError` for one without ``=``."""
    pairs = {}
    for text in given:
        key, separator, value = text.partition("=")
        if not separator or not key:
            raise UsageError(f"--param {text!r}: write name=value")
        pairs[key.strip()] = value
    return pairs


def parse_timeouts(given: Sequence[str]) -> Timeouts:
    """``S`` or ``phase=S`` texts over the defaults. Raises :class:`UsageError`."""
    limits: dict[str, float] = {}
    for text in given:
        phase, _, seconds = text.rpartition("=")
        phase = phase or "execute"
        if phase not in (*wire.TRIAL_PHASES, *wire.REPETITION_PHASES):
            raise unknown("phase", phase, [*wire.TRIAL_PHASES, *wire.REPETITION_PHASES])
        try:
            limits[phase] = float(seconds)
        except ValueError:
            raise UsageError(f"--timeout {text!r}: write seconds or phase=seconds") from None
        if not 0 < limits[phase] < float("inf"):
            raise UsageError(f"--timeout {text!r}: give a finite number of seconds above 0")
    return msgspec.convert(limits, Timeouts)


def show_plan(plan: Plan, built: Workload, as_json: bool) -> None:
    """Print what would be run."""
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(plan), indent=1).decode())
        return
    given = ", ".join(f"{key}={value}" for key, value in plan.parameters.items())
    click.echo(f"workload {plan.workload}: {len(built.steps)} steps ({given})")
    click.echo(f"{len(plan.order)} trials of {plan.repetitions} repetitions, in this order:")
    for planned in plan.order:
        workers = plan.cell(planned.cells[0]).workers
        click.echo(f"  {planned.id}: {planned.framework}, mode {planned.mode}, workers {workers}")
