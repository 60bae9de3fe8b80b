"""What a framework really does, and how to leave with the one that was chosen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from harness.cli import service_options


@click.command()
@click.option(
    "--framework", "frameworks", multiple=True, metavar="NAME", help="Repeatable. [default: all]"
)
@click.option(
    "--mode",
    "modes",
    multiple=True,
    metavar="M",
    help="A mode, or a family such as server; all for every one. Repeatable. "
    "[default: each framework's first]",
)
@click.option(
    "--probe",
    "probes",
    multiple=True,
    metavar="NAME",
    help="A probe or a group of them. Repeatable. [default: all]",
)
@click.option(
    "--into",
    metavar="RUN",
    help="Add to RUN the probes that told nothing in it, or were not asked yet.",
)
@click.option("--list", "listed", is_flag=True, help="Show the probes, and what each asks.")
@service_options.services
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def probe(listed: bool, as_json: bool, **options: Any) -> None:
    """Find out what each framework really does, by small experiments.

    \b
    harness probe --framework prefect --probe retry
    harness probe --mode server --probe faults

    Retries, timeouts, kills, schedules, approvals…: each probe runs a little
    pipeline made of the framework's own constructs and judges what was recorded.
    """  # noqa: D301 -- click's mark for text that is not to be wrapped
    from harness.commands import probe as command

    if listed:
        command.listing(as_json)
        return
    service_urls = service_options.service_urls(options)
    names, modes, wanted = options["frameworks"], options["modes"], options["probes"]
    sys.exit(command.probe(names, modes, wanted, options["into"], service_urls, as_json))


@click.command()
@click.option("--refresh", is_flag=True, help="First ask the package index anew; minutes.")
@click.option(
    "--framework", "frameworks", multiple=True, metavar="NAME", help="Repeatable. [default: all]"
)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def facts(refresh: bool, frameworks: tuple[str, ...], as_json: bool) -> None:
    """Show what is known of the frameworks beside what was run: releases and
    integrations by the package index, the rest by named sources.
    """
    from harness.commands import facts as command

    sys.exit(command.show(list(frameworks) or ["all"], refresh, as_json))


@click.command()
@click.argument("runs", nargs=-1, metavar="[RUN]…")
@click.option(
    "--profile",
    metavar="P",
    help="Whose weights: solo, start-up, platform, regulated, classroom. [default: equal]",
)
@click.option(
    "--weights",
    metavar="F.toml",
    help="Weights of your own, as criterion = number; what is left out counts nothing.",
)
@click.option(
    "--weight",
    multiple=True,
    metavar="C=N",
    help="One weight instead, such as scalability=5. Repeatable.",
)
@click.option(
    "--require",
    multiple=True,
    metavar="R",
    help="Only those in which a probe worked, such as cron, or that have an attribute, such "
    "as mode=server. Repeatable.",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="R",
    help="Likewise, none of those. Repeatable.",
)
@click.option(
    "--mode",
    metavar="M",
    default="inprocess",
    show_default=True,
    help="In which measurements are compared.",
)
@click.option(
    "--explain",
    metavar="FRAMEWORK",
    help="Instead, say where each of its points came from, down to the trial.",
)
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def matrix(**options: Any) -> None:
    """Rank the frameworks by what RUN found, for whose weights you say.

    Of several runs the first that has a reading counts. [RUN: latest, and the
    latest with probes]
    """
    from harness.commands import matrix as command

    sys.exit(command.decide(command.MatrixOptions(**options)))


@click.command()
@click.argument("runs", nargs=-1, metavar="[RUN]…")
@click.option(
    "--framework", "frameworks", multiple=True, metavar="NAME", help="Repeatable. [default: all]"
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["terminal", "markdown", "html", "site", "json"]),
    help="Repeatable. JSON goes to stdout unless there is an --output. [default: terminal]",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where files go; markdown, json and html unless --format says otherwise. "
    "[default: the run's folder, or one in results/reports for several]",
)
@click.option(
    "--into",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also put the answer in short between the lines <!-- harness:begin --> and "
    "<!-- harness:end --> of a Markdown file.",
)
@click.option("--open", "opened", is_flag=True, help="Write the HTML report and show it.")
@click.option("--profile", metavar="P", help="Whose weights, as for matrix. [default: equal]")
@click.option(
    "--mode",
    metavar="M",
    default="inprocess",
    show_default=True,
    help="In which the matrix compares; all modes have tables.",
)
@click.option("--mix-hosts", is_flag=True, help="Put up with runs of several hosts.")
def report(**options: Any) -> None:
    """Report on RUN, or on several as one: the answer, the evidence, the charts.

    Of several runs the first that has a cell counts. [RUN: latest, and the
    latest with probes if it is of the same host]
    """
    from harness.commands import report as command

    sys.exit(command.report(command.ReportOptions(**options)))


@click.command()
@click.option("--framework", required=True, metavar="NAME", help="In whose idiom.")
@click.option("--workload", default="churn", show_default=True, metavar="W", help="As for run.")
@click.option("--param", "parameters", multiple=True, metavar="K=V", help="As for run.")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def export(framework: str, workload: str, parameters: tuple[str, ...], out: Path) -> None:
    """Write a workload as a project of a framework's own into the folder OUT.

    It needs nothing of this project any more: that is how to leave with what
    you chose.
    """
    from harness.commands import export as command

    sys.exit(command.export(framework, workload, parameters, out))
