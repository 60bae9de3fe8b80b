"""``harness show``: a run's tables again, or one execution of a cell as a timeline."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from harness import stats
from harness.analysis.executions import Execution, choose, executions, is_recorded, timeline_of
from harness.analysis.timeline import Timeline
from harness.commands import json
from harness.errors import UsageError, unknown
from harness.files import own_folder
from harness.home import Home
from harness.model import LIBRARIES, Cell, Outcome, Repetition, Run, Trial
from harness.report.tables.formatting import duration
from harness.results import archive, store
from harness.results.integrity import damage_reported
from harness.text import escape
from workloads.dag import Workload

FIGURES = "figures"
_LISTED = 12


class ShownExecution(msgspec.Struct, frozen=True):
    """Output of ``harness show --json`` for one execution."""

    cell: str
    version: str
    trial: int
    repetition: int
    outcome: Outcome
    evidence: list[str]
    beyond_ideal_ns: float | None  #: None unless the outcome is ok
    file: str
    timeline: Timeline


def show(
    run: str,
    cell: str | None,
    trial: int | None,
    repetition: int | None,
    file: str | None,
    as_json: bool,
) -> int:
    """Show a run, or with ``cell`` one execution of that cell, which is also drawn into a file.

    Without ``trial`` and ``repetition`` it is the execution with the median makespan among those
    that were ok, warm ones if there are any. Return 0 whatever the run's outcomes are. Raise
    :class:`UsageError` for names that do not exist, and :class:`VerificationError` if the record
    cannot be read.
    """
    folder = archive.find(Home.here(), run)
    loaded = store.load(folder)
    if cell is None and not (trial is None and repetition is None and file is None):
        raise UsageError("--trial, --repetition and --file need a cell; run: harness show RUN CELL")
    with damage_reported([folder]):
        if cell is None:
            finish(folder, loaded, as_json)
            if not as_json:
                _list(folder, loaded, run)
        else:
            _show_cell(folder, loaded, find_cell(loaded, cell), trial, repetition, file, as_json)
    return 0


def finish(folder: Path, done: Run, as_json: bool) -> int:
    """Print the results of a run; return 0 if everything in it is ok, else 1."""
    from harness.analysis.summary import cached_summary
    from harness.report.relative import logs_from_here
    from harness.report.terminal import console
    from harness.report.terminal import run as terminal_run

    with console.under_way("computing the figures"):
        shown = logs_from_here(cached_summary(Home.here(), folder, done))
    if as_json:
        json.write(shown)
    else:
        terminal_run.print_run(shown)
        click.echo(escape(f"results: {os.path.relpath(folder)}"))
        click.echo(escape(f"for a report, run: harness report {folder.name} --format markdown"))
    return 0 if shown.ok else 1


def find_cell(run: Run, name: str) -> Cell:
    """Return the cell with that id, or the only one whose id contains ``name``.

    Raise :class:`UsageError` if none or several match.
    """
    ids = [cell.id for cell in run.plan.cells]
    found = [name] if name in ids else [each for each in ids if name in each]
    if not found:
        raise unknown("cell", name, ids)
    if len(found) > 1:
        more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        names = ", ".join(found[:_LISTED])
        raise UsageError(f"cell {name!r} may be {names}{more}; give more of its name")
    return run.plan.cell(found[0])


def _show_cell(
    folder: Path,
    run: Run,
    cell: Cell,
    trial: int | None,
    repetition: int | None,
    file: str | None,
    as_json: bool,
) -> None:
    from harness.report.charts import save
    from harness.report.document import Gantt, Panel
    from harness.report.terminal import gantt

    each, rep = choose(folder, run, cell, trial, repetition)
    workload = store.workload(folder, cell.workload)
    drawn = timeline_of(folder, workload, each, rep)
    ideal = _beyond_ideal_ns(workload, drawn, cell) if rep.outcome is Outcome.OK else None
    title = _title(cell, workload, drawn, each, rep, ideal)
    name = f"{cell.id}-t{each.number}-r{rep.number}.svg"
    path = own_folder(folder / FIGURES) / name if file is None else Path(file)
    panel = Panel(cell.label, cell.framework, cell.mode, drawn)
    save.save(Gantt(title=title, alt=title, panels=(panel,)), path)
    if as_json:
        shown = ShownExecution(
            cell=cell.id,
            version=_version(each),
            trial=each.number,
            repetition=rep.number,
            outcome=rep.outcome,
            evidence=rep.evidence,
            beyond_ideal_ns=ideal,
            file=str(path.resolve()),
            timeline=drawn,
        )
        json.write(shown)
        return
    gantt.print_gantt(drawn, title)
    for text in rep.evidence:
        click.echo(escape(f"{rep.outcome.value}: {text}"))
    click.echo(escape(f"figure: {os.path.relpath(path)}"))


def _beyond_ideal_ns(workload: Workload, drawn: Timeline, cell: Cell) -> float:
    """Return the makespan minus the ideal schedule of this execution's own step times, in ns."""
    upstreams = {step.id: step.upstreams for step in workload.steps}
    times = {bar.step: bar.end_ns - bar.start_ns for bar in drawn.bars if bar.end_ns is not None}
    return drawn.makespan_ns - stats.ideal_makespan(upstreams, times, cell.workers)


def _title(
    cell: Cell,
    workload: Workload,
    drawn: Timeline,
    trial: Trial,
    repetition: Repetition,
    beyond_ideal_ns: float | None,
) -> str:
    cold = " (cold)" if repetition.cold else ""
    if beyond_ideal_ns is None:
        figures = f"{repetition.outcome.value.upper()}: this is evidence, not a measurement"
    else:
        beyond = duration(beyond_ideal_ns / 1e9)
        figures = (
            f"makespan {duration(drawn.makespan_ns / 1e9)}, of it overhead {beyond}: "
            "beyond the ideal schedule of these step times"
        )
    return (
        f"{cell.label}, {workload.name}, {len(workload.steps)} steps\n"
        f"{cell.framework} {_version(trial)}, P={cell.workers}, trial {trial.number}, "
        f"repetition {repetition.number}{cold}\n{figures}"
    )


def _version(trial: Trial) -> str:
    """Return the framework's version; Python's for plain Python."""
    own = {name: text for name, text in trial.versions.items() if name not in LIBRARIES}
    python = own.pop("python", "?")
    return next(iter(own.values()), python)


def _list(folder: Path, run: Run, name: str) -> None:
    """Print the ids of cells with a record, and the command that shows one."""
    shown = [cell.id for cell in run.plan.cells if _can_be_shown(folder, executions(run, cell))]
    if shown:
        click.echo(escape(f"for a timeline, run: harness show {name} CELL; cells:"))
        for each in shown[:_LISTED]:
            click.echo(escape(f"  {each}"))
        if len(shown) > _LISTED:
            # The whole list would hide the report; find_cell lists the candidates for a part.
            click.echo(
                f"  … and {len(shown) - _LISTED} more; an unambiguous part of an id is enough"
            )


def _can_be_shown(folder: Path, executions: Sequence[Execution]) -> bool:
    return any(is_recorded(folder, trial, repetition) for trial, repetition in executions)
