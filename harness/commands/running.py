"""``harness run``: from options to a table."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

import click
import msgspec

from harness import (
    calibrate,
    compose,
    forecast,
    host,
    prepare,
    profile,
    progress,
    ruler,
    store,
    wire,
    workload,
)
from harness import run as runs
from harness.catalog import BASELINE, Catalog, Framework, choose, discover
from harness.commands.setting_up import resolved
from harness.errors import HarnessError, UsageError, unknown
from harness.home import Home
from harness.model import Cost, Environment, Plan, Run, Timeouts
from harness.plan import Settings
from harness.suite import Suite

_EXTRA = "requirements.txt"  # the copy that a run keeps of --requirements
_DEFAULT_PROFILE = "standard"  # where an experiment is named, and no profile


class Options(msgspec.Struct, frozen=True):
    """The options of ``harness run``, as typed."""

    frameworks: Sequence[str]
    profile: str | None
    experiments: Sequence[str]
    workload: str | None
    parameters: Sequence[str]
    requirements: str | None
    mode: str | None
    workers: int | None
    trials: int | None
    repetitions: int | None
    seed: int
    timeouts: Sequence[str]
    keep: bool
    dry_run: bool
    as_json: bool


def run(options: Options) -> int:
    """Do a new run; returns the exit code."""
    home = Home.here()
    catalog = ruler.with_ruler(discover(home))
    asked = asked_profile(options)
    chosen = chosen_of(catalog, options.frameworks)
    check_mode(catalog, options.mode)
    settings = settings_of(options, asked)
    settings.check()
    extra = Path(options.requirements).resolve() if options.requirements else None
    for entry in asked.experiments.values():
        workload.locate(home, entry.workload)  # a name that means nothing is told at once
    chosen = resolved(home, chosen)
    catalog.update({each.name: each for each in chosen})
    composer = compose.Composer(home, catalog, chosen, settings, extra)
    environments = environments_of(home, [catalog[BASELINE]], extra)
    failed = environments[BASELINE]
    if isinstance(failed, HarnessError):
        raise failed
    suite = composer.suite(asked)
    if options.dry_run:
        known = forecast.known_costs(path.parent for path in home.results.glob(f"*/{store.RUN}"))
        show_plan(composer.plan(suite, known), known, options.as_json)
        return 0
    needed = [each for each in composer.frameworks(suite) if each.name != BASELINE]
    environments = {**environments, **environments_of(home, needed, extra)}
    folder = store.new_run_folder(home, datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S"))
    with store.hold(folder):
        if extra is not None:
            shutil.copy(extra, folder / _EXTRA)
        costs = first_tries(composer, suite, folder, environments)
        plan = composer.plan(suite, costs)
        begun = runs.begin(folder, plan, suite.workloads, catalog, environments)
        session = runs.Session(
            home,
            folder,
            composer.sources(suite),
            suite.workloads,
            catalog,
            environments,
            begun,
            extra,
            options.keep,
        )
        return _go_on(session, options.as_json)


def asked_profile(options: Options) -> profile.Profile:
    """The profile that the options name, or one experiment with the workload that they name."""
    if options.profile or options.experiments:
        if options.workload or options.parameters:
            raise UsageError(
                "--profile and --experiment bring workloads of their own; "
                "leave out --workload and --param, or write a profile: see README.md"
            )
        found = profile.find(options.profile or _DEFAULT_PROFILE)
        return profile.select(found, list(options.experiments))
    entry = profile.Entry(
        estimates="workload",
        about="the workload as it was given",
        workload=options.workload or "churn",
        parameters=dict(key_values(options.parameters)),
    )
    return profile.Profile(title="one workload", experiments={entry.workload: entry})


def chosen_of(catalog: Catalog, names: Sequence[str]) -> list[Framework]:
    """The frameworks that were named; all but the ruler's own if none was."""
    chosen = choose(catalog, list(names) or ["all"])
    return [each for each in chosen if not each.entry.ruler or each.name in names]


def check_mode(catalog: Catalog, mode: str | None) -> None:
    """Raise :class:`UsageError` for a mode that no framework has."""
    modes = dict.fromkeys(mode for each in catalog.values() for mode in each.entry.modes)
    if mode is not None and mode not in modes:
        raise unknown("mode", mode, modes)


def settings_of(options: Options, asked: profile.Profile) -> Settings:
    """What holds for the whole run: the options, and the profile where they say nothing."""
    return Settings(
        profile=options.profile or (_DEFAULT_PROFILE if options.experiments else ""),
        mode=options.mode,
        workers=host.cores() if options.workers is None else options.workers,
        trials=asked.trials if options.trials is None else options.trials,
        repetitions=asked.repetitions if options.repetitions is None else options.repetitions,
        idle_s=asked.idle_s,
        seed=options.seed,
        timeouts=parse_timeouts(options.timeouts),
    )


def first_tries(
    composer: compose.Composer,
    suite: Suite,
    folder: Path,
    environments: Mapping[str, Environment | HarnessError],
) -> dict[str, Cost]:
    """What an empty step costs, for the sizes of sweeps; with progress."""
    wanted = composer.empty(suite)
    if not wanted:
        return {}
    bench = calibrate.Bench(
        composer.home,
        folder,
        suite,
        composer.catalog,
        environments,
        composer.sources(suite),
        composer.extra,
    )
    with progress.FirstTries(len(wanted)) as shown:
        return calibrate.costs(bench, wanted, shown.subject)


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
    catalog = ruler.with_ruler(discover(home))
    named = list(dict.fromkeys(cell.framework for cell in begun.plan.cells))
    chosen = resolved(home, choose(catalog, named))
    catalog.update({each.name: each for each in chosen})
    extra = folder / _EXTRA if (folder / _EXTRA).exists() else None
    environments = environments_of(home, chosen, extra)
    used = begun.plan.workloads
    session = runs.Session(
        home,
        folder,
        {spec.name: workload.locate(home, spec.name) for spec in used.values()},
        {key: store.workload(folder, key) for key in used},
        catalog,
        environments,
        begun,
        extra,
        keep,
    )
    return _go_on(session, as_json)


def _go_on(session: runs.Session, as_json: bool) -> int:
    shown = progress.Trials(_expected(session.run))
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
    from harness.report import benchmark, figures, view

    store.write_bytes(session.folder / benchmark.FILE, benchmark.content(session.folder, done))
    for path in figures.write(view.of_run(session.folder, done)):
        click.echo(f"figure: {os.path.relpath(path)}", err=True)
    return finish(session.folder, done, as_json)


def _expected(run: Run) -> dict[str, float]:
    """Seconds for each trial that has not ended."""
    ended = {trial.id for trial in run.trials}
    plan = run.plan
    return {
        planned.id: 0.0 if planned.id in ended else forecast.trial_s(plan, planned, plan.costs)
        for planned in plan.order
    }


def finish(folder: Path, done: Run, as_json: bool) -> int:
    """Show what came of a run; 0 if everything in it is ok, else 1."""
    from harness.report import terminal, view

    shown = view.of_run(folder, done)
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(shown), indent=1) + b"\n")
    else:
        terminal.print_run(shown)
        click.echo(f"results: {os.path.relpath(folder)}")
    return 0 if shown.ok else 1


def environments_of(
    home: Home, frameworks: Sequence[Framework], extra: Path | None
) -> Mapping[str, Environment | HarnessError]:
    """The environments of ``frameworks``, made if need be, with progress."""
    distinct = {each.spec: each for each in frameworks}  # an alias has no environment of its own
    with progress.Setup([each.name for each in distinct.values()]) as shown:
        made = prepare.ready(home, list(distinct.values()), shown.part, extra)
    return {each.name: made[distinct[each.spec].name] for each in frameworks}


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


def show_plan(plan: Plan, costs: Mapping[str, Cost], as_json: bool) -> None:
    """Print what would be run, and about how long it would take."""
    lasts_s = forecast.plan_s(plan, costs)
    if as_json:
        shown = {"plan": plan, "expected_s": round(lasts_s), "guessed": not costs}
        click.echo(msgspec.json.format(msgspec.json.encode(shown), indent=1).decode())
        return
    from harness.report import planned

    planned.print_plan(plan, costs, lasts_s)
