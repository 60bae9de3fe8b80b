"""Commands that run workloads and show the figures: run, show, compare."""

from __future__ import annotations

import sys
from typing import Any

import click
import msgspec

from harness.cli import service_options
from harness.cli.mode_option import MODE
from harness.model import Timeouts

_COUNT = click.IntRange(min=1)
_LIMITS = ", ".join(
    f"{each.encode_name} {each.default:g}" for each in msgspec.structs.fields(Timeouts)
)
_MEDIAN = "[default: the one with the median makespan]"


@click.command()
@click.option(
    "--framework",
    "frameworks",
    multiple=True,
    metavar="NAME",
    help="A framework from `harness list`; NAME@VERSION for another release, NAME@py3.12 for "
    "another Python. Repeatable. [default: all]",
)
@click.option(
    "--profile",
    metavar="P",
    help="A set of experiments: quick (minutes), standard (under an hour), full (hours), "
    "portability; or the path of a TOML file of yours. [default: none; one workload]",
)
@click.option(
    "--experiment",
    "experiments",
    multiple=True,
    metavar="E",
    help="Only this experiment of the profile (of standard if no --profile is given). "
    "Repeatable. [default: all of the profile]",
)
@click.option(
    "--workload",
    metavar="W",
    help="A workload from `harness list`, or module:function of yours, imported from the "
    "current folder. [default: churn]",
)
@click.option(
    "--param",
    "parameters",
    multiple=True,
    metavar="K=V",
    help="A parameter of the workload, such as rows=5000. Repeatable. [default: the "
    "workload's own]",
)
@click.option(
    "--requirements",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="A requirements.txt with further packages that your workload needs; installed into "
    "every environment.",
)
@click.option(
    "--mode",
    type=MODE,
    metavar="M",
    help="How the framework executes: inprocess, server, distributed … (see `harness list`). "
    "[default: each framework's first mode]",
)
@click.option(
    "--workers",
    type=_COUNT,
    metavar="N",
    help="Steps that may run at once, in modes that run steps in parallel. [default: the "
    "number of cores]",
)
@click.option(
    "--trials",
    type=_COUNT,
    metavar="N",
    help="Rounds; in each round every framework runs once in a fresh process. [default: the "
    "profile's, or 1]",
)
@click.option(
    "--repetitions",
    type=_COUNT,
    metavar="N",
    help="Warm executions in each trial, after one cold execution. [default: the profile's, or 2]",
)
@click.option(
    "--seed",
    metavar="N",
    default=7,
    show_default=True,
    help="Seed of the random order of trials.",
)
@click.option(
    "--timeout",
    "timeouts",
    multiple=True,
    metavar="[PHASE=]S",
    help="Limit of a phase in seconds; without PHASE= it is execute's. Repeatable. "
    f"[defaults: {_LIMITS}]",
)
@service_options.services
@click.option(
    "--artifacts",
    metavar="URL",
    help="Store artifacts below s3://bucket/prefix, so that workers on other hosts reach them; "
    "credentials come from AWS_ACCESS_KEY_ID and so on. [default: the run's folder]",
)
@click.option(
    "--keep", is_flag=True, help="Keep artifacts and scratch folders of trials that were ok."
)
@click.option(
    "--dry-run", is_flag=True, help="Show the plan and the expected duration; measure nothing."
)
@click.option(
    "--resume",
    is_flag=False,
    flag_value="latest",
    metavar="[RUN]",
    help="Resume an interrupted run; only --keep, --json and service options may be given with "
    "it. [RUN: latest]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, for scripts.")
def run(resume: str | None, **options: Any) -> None:
    """Run a workload in frameworks, verify the outputs and compare.

    \b
    harness run --framework prefect --trials 3
    harness run --framework airflow --framework prefect --mode server
    harness run --profile quick --dry-run
    harness run --resume

    Plain Python always runs too: its verified output is the oracle that every
    other output has to equal. Missing environments are made first. Results are
    in results/RUN/; results/latest is the last run. The exit code is 1 if
    anything in the run is not ok.
    """  # noqa: D301 -- click's mark for text that is not to be wrapped
    from harness.commands import run as command
    from harness.commands import run_options

    service_urls = service_options.service_urls(options)
    if resume is not None:
        source = click.get_current_context().get_parameter_source
        unchanged = {"as_json", "keep"}
        extra = [n for n in options if n not in unchanged and source(n).name == "COMMANDLINE"]  # type: ignore[union-attr]
        if extra:
            raise click.UsageError(
                "--resume continues the plan of that run; leave out the options that set a plan"
            )
        keep, as_json = options["keep"], options["as_json"]
        sys.exit(command.resume(resume, service_urls=service_urls, keep=keep, as_json=as_json))
    sys.exit(command.run(run_options.RunOptions(service_urls=service_urls, **options)))


@click.command()
@click.argument("run", metavar="[RUN]", default="latest")
@click.argument("cell", required=False)
@click.option("--trial", type=_COUNT, metavar="N", help=f"Number of the trial. {_MEDIAN}")
@click.option("--repetition", type=_COUNT, metavar="N", help=f"Number in the trial. {_MEDIAN}")
@click.option(
    "--file",
    metavar="F",
    type=click.Path(dir_okay=False),
    help="File for the chart: F.svg or F.png. [default: an SVG in figures/ of the run's folder]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, for scripts.")
def show(run: str, cell: str | None, **options: Any) -> None:
    """Show a run's tables again, or the timeline of one cell.

    \b
    harness show                            the last run's tables, and its cells
    harness show latest prefect-inprocess   a Gantt chart, also written to a file

    RUN is a run's name, a packed run, or latest (default). CELL is a cell's id,
    or a part of it that no other cell has. The critical path is marked.
    """  # noqa: D301 -- click's mark for text that is not to be wrapped
    from harness.commands import show as command

    sys.exit(command.show(run, cell, **options))


@click.command()
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, for scripts.")
def compare(before: str, after: str, as_json: bool) -> None:
    """Compare two runs: how each cell's time changed.

    \b
    harness compare 20261120-091500 latest

    Changes of host, versions, settings and plan are listed too. BEFORE and AFTER
    are names of runs, packed runs, or latest. The exit code is 0 whatever differs.
    """  # noqa: D301 -- click's mark for text that is not to be wrapped
    from harness.commands import compare as command

    sys.exit(command.compare(before, after, as_json))
