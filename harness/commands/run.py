"""``harness run``: from options to a table."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

import click
import msgspec

from harness import files, host, provenance
from harness.commands import progress
from harness.commands.run_options import Options, asked_profile, check_mode, chosen_of, settings_of
from harness.commands.setup import resolved
from harness.errors import HarnessError, UsageError
from harness.execution import artifacts, calibrate
from harness.execution import run as runs
from harness.frameworks import variants, virtualenvs
from harness.frameworks.catalog import BASELINE, Catalog, Framework, choose, discover
from harness.home import Home
from harness.model import Cost, Environment, Plan, Run, typed
from harness.planning import composer as composing
from harness.planning import controls, forecast, workload
from harness.planning.suite import Suite
from harness.results import store
from harness.setup import prepare
from harness.text import printable

_EXTRA = "requirements.txt"  # the copy that a run keeps of --requirements


def run(options: Options) -> int:
    """Do a new run; returns the exit code."""
    home = Home.here()
    catalog = controls.with_ruler(discover(home))
    asked = asked_profile(options)
    chosen = chosen_of(catalog, options.frameworks)
    check_mode(catalog, options.mode)
    settings = settings_of(options, asked)
    settings.check()
    root = artifacts.root_of(options.artifacts) if options.artifacts else ""
    extra = Path(options.requirements).resolve() if options.requirements else None
    for entry in asked.experiments.values():
        workload.locate(home, entry.workload)  # a name that means nothing is told at once
    chosen = resolved(home, chosen)
    catalog.update({each.name: each for each in chosen})
    if any(entry.estimates == "portability" for entry in asked.experiments.values()):
        catalog.update({each.name: each for each in variants.variants(home, chosen)})
    composer = composing.Composer(home, catalog, chosen, settings, extra)
    environments = environments_of(home, [catalog[BASELINE]], extra)
    failed = environments[BASELINE]
    if isinstance(failed, HarnessError):
        raise failed
    suite = composer.suite(asked)
    if options.dry_run:
        known = forecast.known_costs(path.parent for path in home.results.glob(f"*/{store.RUN}"))
        show_plan(composer.plan(suite, known), known, options.as_json)
        return 0
    prove(home, catalog, extra, root)
    needed = [each for each in composer.frameworks(suite) if each.name != BASELINE]
    environments = {**environments, **environments_of(home, needed, extra)}
    folder = store.new_run_folder(home, datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S"))
    with store.hold(folder), begun_or_gone(folder):
        if extra is not None:
            shutil.copy(extra, folder / _EXTRA)
        costs = first_tries(composer, suite, folder, environments, options.given)
        plan = composer.plan(suite, costs)
        if crowded := plan.crowded(host.cores()):
            click.echo(f"harness: {crowded}", err=True)
        sources = composer.sources(suite)
        begun = runs.begin(
            folder, plan, suite.workloads, catalog, sources, environments, root, options.given
        )
        session = runs.Session(
            home,
            folder,
            sources,
            suite.workloads,
            catalog,
            environments,
            begun,
            extra,
            options.keep,
            options.given,
        )
        return _go_on(session, options.as_json)


@contextlib.contextmanager
def begun_or_gone(folder: Path) -> Iterator[None]:
    """Remove the folder of a run that ends before there is anything to go on with."""
    try:
        yield
    finally:
        if not (folder / store.RUN).exists():
            shutil.rmtree(folder)


def prove(home: Home, catalog: Catalog, extra: Path | None, root: str) -> None:
    """Raise :class:`EnvError` if artifacts cannot be stored below ``root``, if one is given."""
    if root:
        artifacts.prove(home, virtualenvs.plan(home, catalog[BASELINE], extra).folder, root)


def first_tries(
    composer: composing.Composer,
    suite: Suite,
    folder: Path,
    environments: Mapping[str, Environment | HarnessError],
    given: Mapping[str, str],
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
        given,
    )
    with progress.FirstTries(len(wanted)) as shown:
        return calibrate.costs(bench, wanted, shown.subject)


def resume(name: str, *, given: Mapping[str, str], keep: bool, as_json: bool) -> int:
    """Go on with a run that was cut off; returns the exit code."""
    home = Home.here()
    folder = store.find_run(home, name)
    with store.hold(folder):
        return _resume(home, folder, given, keep, as_json)


def _resume(home: Home, folder: Path, given: Mapping[str, str], keep: bool, as_json: bool) -> int:
    begun = store.load(folder)
    if not begun.plan.order:
        raise UsageError(
            f"run {begun.id} is of probes; go on with: harness probe --into {begun.id}"
        )
    if begun.status == "complete":
        click.echo(f"run {begun.id} is complete; nothing is left to do", err=True)
        return finish(folder, begun, as_json)
    catalog = controls.with_ruler(discover(home))
    named = list(dict.fromkeys(cell.framework for cell in begun.plan.cells))
    chosen = choose(catalog, named)
    catalog.update({each.name: each for each in chosen})
    check_given(begun, runs.given_to(begun.plan, catalog, given))
    chosen = resolved(home, chosen)
    catalog.update({each.name: each for each in chosen})
    extra = folder / _EXTRA if (folder / _EXTRA).exists() else None
    environments = environments_of(home, chosen, extra)
    prove(home, catalog, extra, begun.artifacts)
    used = begun.plan.workloads
    sources = {spec.name: workload.locate(home, spec.name) for spec in used.values()}
    if provenance.digest(sources.values()) != begun.code:
        click.echo(
            "harness: the code has changed since this run began: what comes now may differ from "
            "what it has, for that reason alone; a new run would not",
            err=True,
        )
    session = runs.Session(
        home,
        folder,
        sources,
        {key: store.workload(folder, key) for key in used},
        catalog,
        environments,
        begun,
        extra,
        keep,
        given,
    )
    return _go_on(session, as_json)


def check_given(begun: Run, given: Collection[str]) -> None:
    """Raise :class:`UsageError` if other services are given than those that a run began with.

    What comes now would be measured on another instance than what it has, or not at all.
    """
    if begun.given is not None and {*begun.given} != {*given}:
        raise UsageError(
            f"run {begun.id} began with {typed(begun.given) or 'no service given'}, and not with "
            f"{typed(given) or 'none'}; go on with: {begun.resume}"
        )


def _go_on(session: runs.Session, as_json: bool) -> int:
    try:
        with progress.Trials(_expected(session.run)) as shown:
            done = runs.proceed(session, shown)
    except KeyboardInterrupt:
        runs.interrupt(session)  # it may have come before the first trial
        click.echo(
            f"harness: interrupted; {len(session.run.trials)} of {len(session.run.plan.order)} "
            f"trials are kept; go on with: {session.run.resume}",
            err=True,
        )
        raise SystemExit(130) from None
    from harness.analysis import summary
    from harness.report import pytest_benchmark
    from harness.report.charts import curves

    files.write_bytes(
        session.folder / pytest_benchmark.FILE, pytest_benchmark.content(session.folder, done)
    )
    for path in curves.write(summary.known(session.home, session.folder, done)):
        click.echo(printable(f"figure: {os.path.relpath(path)}"), err=True)
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
    from harness.analysis import summary
    from harness.report.terminal import console
    from harness.report.terminal import run as terminal_run

    with console.under_way("working out what it means"):
        shown = summary.known(Home.here(), folder, done)
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(shown), indent=1) + b"\n")
    else:
        terminal_run.print_run(shown)
        click.echo(printable(f"results: {os.path.relpath(folder)}"))
        click.echo(printable(f"report: harness report {folder.name} --format markdown"))
    return 0 if shown.ok else 1


def environments_of(
    home: Home, frameworks: Sequence[Framework], extra: Path | None
) -> Mapping[str, Environment | HarnessError]:
    """The environments of ``frameworks``, made if need be, with progress."""
    distinct = {each.spec: each for each in frameworks}  # an alias has no environment of its own
    with progress.Setup([each.name for each in distinct.values()]) as shown:
        made = prepare.ready(home, list(distinct.values()), shown.part, extra)
    return {each.name: made[distinct[each.spec].name] for each in frameworks}


def show_plan(plan: Plan, costs: Mapping[str, Cost], as_json: bool) -> None:
    """Print what would be run, and about how long it would take."""
    lasts_s = forecast.plan_s(plan, costs)
    if as_json:
        shown = {"plan": plan, "expected_s": round(lasts_s), "guessed": not costs}
        click.echo(msgspec.json.format(msgspec.json.encode(shown), indent=1).decode())
        return
    from harness.report.tables import plan as plan_table

    plan_table.print_plan(plan, costs, lasts_s)
