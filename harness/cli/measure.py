"""Runs and their figures."""

from __future__ import annotations

import sys
from typing import Any

import click

from harness.cli import service_options

_COUNT = click.IntRange(min=1)


@click.command()
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
@service_options.services
@click.option(
    "--artifacts",
    metavar="URL",
    help="Store artifacts below s3://bucket/prefix, which workers on other hosts reach too; "
    "credentials by AWS_ACCESS_KEY_ID and so on. [default: the run's folder]",
)
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
    from harness.commands import run as command
    from harness.commands import run_options as asked

    service_urls = service_options.service_urls(options)
    if resume is not None:
        source = click.get_current_context().get_parameter_source
        unchanged = {"as_json", "keep"}
        extra = [n for n in options if n not in unchanged and source(n).name == "COMMANDLINE"]  # type: ignore[union-attr]
        if extra:
            raise click.UsageError("--resume goes on with the plan as it was; give it alone")
        kept = {"keep": options["keep"], "as_json": options["as_json"]}
        sys.exit(command.resume(resume, service_urls=service_urls, **kept))
    sys.exit(command.run(asked.RunOptions(service_urls=service_urls, **options)))


@click.command()
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
    from harness.commands import show as command

    sys.exit(command.show(run, cell, **options))


@click.command()
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def compare(before: str, after: str, as_json: bool) -> None:
    """Compare two runs: how each cell's time changed, and what else did."""
    from harness.commands import compare as command

    sys.exit(command.compare(before, after, as_json))
