"""The command line: one function for each subcommand. What they do lives elsewhere."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

import click

from harness import __version__
from harness.commands import flags
from harness.errors import HarnessError

_BUG = 70
_INTERRUPTED = 130
_COUNT = click.IntRange(min=1)
#: The machine's faults, not ours: a full disk, a folder that may not be written.
_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(__version__, prog_name="harness")
def cli() -> None:
    """Run one ML workload through several pipeline orchestrators, verify every
    run, and compare them with plain Python.

    \b
    harness run                         the churn workload through all of them
    harness run --framework prefect     one of them, beside plain Python
    harness run --workload fan-out --param width=100
    harness run --workload mine:build   your own: build() in ./mine.py
    harness run --profile quick         measured: overhead, METG, growth, payload…
    harness run --framework prefect@3.8.8 --framework prefect@3.8.5
    harness show                        the last report, and timelines
    harness check prefect               does this adapter keep its contract?
    """  # noqa: D301 -- click's mark for text that is not to be wrapped


@cli.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_(as_json: bool) -> None:
    """Show the frameworks, their modes and the workloads."""
    from harness.commands import listing

    listing.show(as_json)


@cli.command()
@click.argument("names", nargs=-1)
@click.option(
    "--measure",
    is_flag=True,
    help="Instead, measure how long it takes from nothing, with an empty and a filled package "
    "cache, and what is left running then.",
)
@click.option("--mode", metavar="M", help="To measure. [default: each framework's first mode]")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def setup(names: tuple[str, ...], measure: bool, mode: str | None, as_json: bool) -> None:
    """Make the environments of the frameworks NAMES (default: all), and prove
    each by a verified run. What is there already is kept.
    """
    from harness.commands import setting_up

    if mode is not None and not measure:
        raise click.UsageError("--mode is for --measure: an environment is for all modes")
    if measure:
        sys.exit(setting_up.measure(list(names) or ["all"], mode, as_json))
    sys.exit(setting_up.setup(list(names) or ["all"], as_json))


@cli.command()
@click.option(
    "--framework", "frameworks", multiple=True, metavar="NAME", help="Repeatable. [default: all]"
)
@click.option(
    "--profile",
    metavar="P",
    help="quick, standard or full: a set of experiments; or the path of a TOML file of your own.",
)
@click.option(
    "--experiment",
    "experiments",
    multiple=True,
    metavar="E",
    help="Only this one of the profile [of: standard]. Repeatable.",
)
@click.option(
    "--workload",
    metavar="W",
    help="A name from `harness list`, or module:function of your own. [default: churn]",
)
@click.option(
    "--param",
    "parameters",
    multiple=True,
    metavar="K=V",
    help="A parameter of the workload, such as rows=5000. Repeatable.",
)
@click.option(
    "--requirements",
    type=click.Path(exists=True, dir_okay=False),
    help="Further packages that your workload needs, in every environment.",
)
@click.option("--mode", metavar="M", help="How to execute. [default: each framework's first mode]")
@click.option(
    "--workers",
    type=_COUNT,
    metavar="N",
    help="Steps at once. [default: the cores of this machine]",
)
@click.option(
    "--trials",
    type=_COUNT,
    metavar="N",
    help="Rounds: in each, every framework gets a fresh process. [default: the profile's, or 1]",
)
@click.option(
    "--repetitions",
    type=_COUNT,
    metavar="N",
    help="Warm executions in each trial, after a cold one. [default: the profile's, or 2]",
)
@click.option("--seed", metavar="N", default=7, show_default=True, help="Of the order of trials.")
@click.option(
    "--timeout",
    "timeouts",
    multiple=True,
    metavar="[PHASE=]S",
    help="Seconds for a phase (execute unless named): spawn, import, load, service, idle, "
    "build, execute, settle, stop, exit. Repeatable.",
)
@flags.services
@click.option("--keep", is_flag=True, help="Keep artifacts and scratch folders of good trials.")
@click.option("--dry-run", is_flag=True, help="Show the plan; run nothing.")
@click.option(
    "--resume",
    is_flag=False,
    flag_value="latest",
    metavar="[RUN]",
    help="Go on with a run that was cut off. [RUN: latest]",
)
@click.option("--json", "as_json", is_flag=True, help="The result on stdout, for scripts.")
def run(resume: str | None, **options: Any) -> None:
    """Run a workload through frameworks, verify and compare.

    Plain Python always runs too: its verified output is the oracle that every
    other output has to equal. Results lie under results/<run>/, the last one
    also under results/latest.
    """
    from harness.commands import options as asked
    from harness.commands import running

    given = {name: text for name in flags.SERVICES if (text := options.pop(name)) is not None}
    if resume is not None:
        source = click.get_current_context().get_parameter_source
        unchanged = {"as_json", "keep"}
        extra = [n for n in options if n not in unchanged and source(n).name == "COMMANDLINE"]  # type: ignore[union-attr]
        if extra:
            raise click.UsageError("--resume goes on with the plan as it was; give it alone")
        kept = {"keep": options["keep"], "as_json": options["as_json"]}
        sys.exit(running.resume(resume, given=given, **kept))
    sys.exit(running.run(asked.Options(given=given, **options)))


@cli.command()
@click.argument("run", metavar="[RUN]", default="latest")
@click.argument("cell", required=False)
@click.option("--trial", type=_COUNT, metavar="N", help="[default: the one with the median time]")
@click.option("--repetition", type=_COUNT, metavar="N", help="[default: likewise]")
@click.option(
    "--file",
    metavar="F",
    type=click.Path(dir_okay=False),
    help="Where the chart goes: F.svg or F.png. [default: figures/ in the run's folder]",
)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def show(run: str, cell: str | None, **options: Any) -> None:
    """Show the report of RUN again, or the timeline of one of its cells.

    \b
    harness show                            the last run's report, and its cells
    harness show latest prefect-inprocess   a Gantt chart, also as a file

    CELL is a cell's id or a part that only one has. The critical path is marked.
    """  # noqa: D301 -- click's mark for text that is not to be wrapped
    from harness.commands import showing

    sys.exit(showing.show(run, cell, **options))


@cli.command()
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def compare(before: str, after: str, as_json: bool) -> None:
    """Compare two runs: how each cell's time changed, and what else did."""
    from harness.commands import comparing

    sys.exit(comparing.compare(before, after, as_json))


@cli.command()
@click.option("--framework", required=True, metavar="NAME", help="In whose idiom.")
@click.option("--workload", default="churn", show_default=True, metavar="W", help="As for run.")
@click.option("--param", "parameters", multiple=True, metavar="K=V", help="As for run.")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def export(framework: str, workload: str, parameters: tuple[str, ...], out: Path) -> None:
    """Write a workload as a project of a framework's own into the folder OUT.

    It needs nothing of this project any more: that is how to leave with what
    you chose.
    """
    from harness.commands import exporting

    sys.exit(exporting.export(framework, workload, parameters, out))


@cli.command()
@click.argument("name")
@click.option("--mode", metavar="M", help="[default: the adapter's first mode]")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def check(name: str, mode: str | None, as_json: bool) -> None:
    """Check that the adapter NAME keeps its contract, by running it."""
    from harness.commands import checking

    sys.exit(checking.check(name, mode, as_json))


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def doctor(as_json: bool) -> None:
    """Say what this machine lacks, for which adapter, and what mends it."""
    from harness.commands import doctoring

    sys.exit(doctoring.doctor(as_json))


@cli.command()
@click.argument("name")
def lock(name: str) -> None:
    """Write requirements.lock of the adapter NAME from its requirements.in and
    the workload's.
    """
    from harness.commands import setting_up

    setting_up.lock(name)


@cli.command()
@click.option("--envs", is_flag=True, help="All environments, not only the outdated.")
@click.option("--results", is_flag=True, help="All runs under results/ too.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def clean(envs: bool, results: bool, dry_run: bool) -> None:
    """Remove outdated and half-made environments and left scratch folders."""
    from harness.commands import cleaning

    cleaning.clean(envs=envs, results=results, dry_run=dry_run)


def main() -> None:
    """Entry point of the ``harness`` command: errors become messages and exit codes."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = cli.main(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):  # click makes the first of the second
        click.echo("harness: interrupted", err=True)
        code = _INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except HarnessError as error:
        click.echo(f"harness: {error}", err=True)
        code = error.exit_code
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more on closing it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = HarnessError.exit_code
    except Exception as error:
        code = _unexpected(error)
    sys.exit(code)


def _unexpected(error: Exception) -> int:
    if isinstance(error, OSError) and error.errno in _MACHINE:
        hint = "mend it and try again; a run that was cut off goes on with: harness run --resume"
        click.echo(f"harness: {error}; {hint}", err=True)
        return HarnessError.exit_code
    traceback.print_exception(error)
    click.echo("harness: this is a bug in the harness; please report the lines above", err=True)
    return _BUG


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
