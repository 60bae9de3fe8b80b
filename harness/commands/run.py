"""``harness run``: start or resume a run, and show its tables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from harness.commands import json, progress
from harness.commands.run_options import (
    RunOptions,
    asked_profile,
    check_mode,
    chosen_of,
    settings_of,
    with_interpreters,
)
from harness.commands.show import finish
from harness.errors import UsageError
from harness.execution import artifacts, session
from harness.execution import run as runs
from harness.files import write_atomically
from harness.frameworks import variants
from harness.frameworks.catalog import discover
from harness.home import Home
from harness.model import Cost, Plan, Run
from harness.planning import controls, forecast, workload
from harness.results import store
from harness.results.resume_command import resume_command
from harness.text import escape

_EXTRA = "requirements.txt"  # the copy that a run keeps of --requirements


def run(options: RunOptions) -> int:
    """Start a new run, or with ``--dry-run`` show its plan; return the exit code.

    It is 0 if everything in the run is ok, else 1. Raise :class:`UsageError` for options that
    cannot be met. Ctrl-C exits with 130; trials up to then are saved.
    """
    request, display = _request(options), progress.TerminalDisplay()
    prepared = session.prepare(request, display)
    if options.dry_run:
        plan, costs = prepared.forecast()
        show_plan(plan, costs, options.as_json)
        return 0
    with session.start(request, prepared, display) as started:
        return _proceed(started, options.as_json)


def _request(options: RunOptions) -> session.RunRequest:
    """Check the options before anything slow is done; return them as a request."""
    home = Home.here()
    catalog = controls.with_controls(discover(home))
    profile = asked_profile(options)
    chosen = chosen_of(catalog, options.frameworks)
    check_mode(catalog, options.mode)
    settings = settings_of(options, profile)
    settings.check()
    root = artifacts.root_of(options.artifacts) if options.artifacts else ""
    extra = Path(options.requirements).resolve() if options.requirements else None
    for spec in profile.experiments.values():
        workload.locate(home, spec.workload)  # an unknown name is reported at once
    chosen = with_interpreters(chosen, options.frameworks, progress.TerminalDisplay().note)
    chosen = progress.resolved(home, chosen)
    catalog.update({each.name: each for each in chosen})
    if any(spec.estimates == "portability" for spec in profile.experiments.values()):
        catalog.update({each.name: each for each in variants.variants(home, chosen)})
    return session.RunRequest(
        home=home,
        catalog=catalog,
        chosen=chosen,
        profile=profile,
        settings=settings,
        extra=extra,
        artifacts=root,
        service_urls=options.service_urls,
        keep=options.keep,
    )


def resume(name: str, *, service_urls: Mapping[str, str], keep: bool, as_json: bool) -> int:
    """Resume an interrupted run; return the exit code as :func:`run` does."""
    home, display = Home.here(), progress.TerminalDisplay()
    folder = store.find_run(home, name)
    with store.hold(folder):
        begun = store.load(folder)
        if not begun.plan.order:
            raise UsageError(
                f"run {begun.id} holds probes; resume it: harness probe --into {begun.id}"
            )
        if begun.status == "complete":
            display.note(f"run {begun.id} is complete; there is nothing left to do")
            return finish(folder, begun, as_json)
        catalog = controls.with_controls(discover(home))
        with session.resume(home, folder, catalog, service_urls, keep, display) as resumed:
            return _proceed(resumed, as_json)


def _proceed(started: runs.Session, as_json: bool) -> int:
    try:
        with progress.Trials(_expected(started.run)) as shown:
            done = runs.proceed(started, shown)
    except KeyboardInterrupt:
        runs.interrupt(started)  # the interrupt may have come before the first trial
        click.echo(
            f"harness: interrupted; {len(started.run.trials)} of {len(started.run.plan.order)} "
            f"trials are saved; to resume, run: {resume_command(started.run)}",
            err=True,
        )
        raise SystemExit(130) from None
    from harness.analysis.summary import cached_summary
    from harness.report import pytest_benchmark
    from harness.report.charts import curves

    write_atomically(
        started.context.folder / pytest_benchmark.FILE,
        pytest_benchmark.content(started.context.folder, done),
    )
    for path in curves.write(cached_summary(started.context.home, started.context.folder, done)):
        click.echo(escape(f"figure: {os.path.relpath(path)}"), err=True)
    return finish(started.context.folder, done, as_json)


def _expected(run: Run) -> dict[str, float]:
    """Return the expected seconds of each trial by its id; 0 for trials that have ended."""
    ended = {trial.id for trial in run.trials}
    plan = run.plan
    return {
        planned.id: 0.0 if planned.id in ended else forecast.trial_s(plan, planned, plan.costs)
        for planned in plan.order
    }


def show_plan(plan: Plan, costs: Mapping[str, Cost], as_json: bool) -> None:
    """Print the planned trials and the time that they will about take."""
    lasts_s = forecast.plan_s(plan, costs)
    if as_json:
        shown = {"plan": plan, "expected_s": round(lasts_s), "guessed": not costs}
        json.write(shown)
        return
    from harness.report.tables import plan as plan_table

    plan_table.print_plan(plan, costs, lasts_s)
