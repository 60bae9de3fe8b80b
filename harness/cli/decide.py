"""Commands to decide by: probe, facts, matrix, report, export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from harness.cli import service_options
from harness.cli.mode_option import MODE

_WORKLOAD = "A workload from `harness list`, or module:function of yours."
_PARAM = "A parameter of the workload, such as rows=5000. Repeatable. [default: the workload's own]"
_ROLE = click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(["dataflow", "tracker", "library"]),
    help="Also rank frameworks of this role, which do not orchestrate. Repeatable. "
    "[default: orchestrator and durable execution only]",
)


@click.command()
@click.option(
    "--framework",
    "frameworks",
    multiple=True,
    metavar="NAME",
    help="A framework from `harness list`; NAME@VERSION for another release. Repeatable. "
    "[default: all]",
)
@click.option(
    "--mode",
    "modes",
    multiple=True,
    type=MODE,
    metavar="M",
    help="A mode; a family, such as server for server and server-postgres; or all. Repeatable. "
    "[default: each framework's first mode]",
)
@click.option(
    "--probe",
    "probes",
    multiple=True,
    metavar="NAME",
    help="A probe or a group from --list. Repeatable. [default: all]",
)
@click.option(
    "--into",
    metavar="RUN",
    help="Add to RUN the probes that were inconclusive in it or have not run yet; also resumes "
    "an interrupted run. [default: a new run]",
)
@click.option(
    "--list", "listed", is_flag=True, help="List all probes, what each asks and needs; run nothing."
)
@service_options.services
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, for scripts.")
def probe(listed: bool, as_json: bool, **options: Any) -> None:
    """Test by small pipelines what each framework really does.

    \b
    harness probe --list
    harness probe --framework prefect --probe retry
    harness probe --mode server --probe faults
    harness probe --into RUN

    Probes ask about retries, timeouts, kills, schedules, approvals and more.
    Each runs a pipeline made of the framework's own constructs, and judges what
    was recorded. The exit code is 1 if a probe was inconclusive.
    """  # noqa: D301 -- click's mark for text that is not to be wrapped
    from harness.commands import probe as command

    if listed:
        command.listing(as_json)
        return
    service_urls = service_options.service_urls(options)
    names, modes, wanted = options["frameworks"], options["modes"], options["probes"]
    sys.exit(command.probe(names, modes, wanted, options["into"], service_urls, as_json))


@click.command()
@click.option("--refresh", is_flag=True, help="First query the package index again; takes minutes.")
@click.option(
    "--framework",
    "frameworks",
    multiple=True,
    metavar="NAME",
    help="A framework from `harness list`. Repeatable. [default: all]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, for scripts.")
def facts(refresh: bool, frameworks: tuple[str, ...], as_json: bool) -> None:
    """Show facts about the frameworks that no run can measure.

    Releases, wheels and integrations come from the package index; governance,
    popularity and so on from sources named in each adapter's facts.toml.
    """
    from harness.commands import facts as command

    sys.exit(command.show(list(frameworks) or ["all"], refresh, as_json))


@click.command()
@click.argument("runs", nargs=-1, metavar="[RUN]…")
@click.option(
    "--profile",
    metavar="P",
    help="Weight profile: solo, start-up, platform, regulated, classroom. [default: equal]",
)
@click.option(
    "--weights",
    metavar="F.toml",
    help="File with weights of yours, as criterion = number; criteria left out count nothing.",
)
@click.option(
    "--weight",
    multiple=True,
    metavar="C=N",
    help="Change one weight, such as scalability=5. Repeatable. [default: the profile's]",
)
@click.option(
    "--require",
    multiple=True,
    metavar="R",
    help="Rank only frameworks in which a probe worked, such as cron, or that have an "
    "attribute, such as mode=server. Repeatable. [default: all]",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="R",
    help="Leave out frameworks in which a probe worked, or that have an attribute, such as "
    "mode=server. Repeatable. [default: none]",
)
@click.option(
    "--mode",
    type=MODE,
    metavar="M",
    default="inprocess",
    show_default=True,
    help="Mode whose measurements are compared.",
)
@_ROLE
@click.option(
    "--explain",
    metavar="FRAMEWORK",
    help="Instead, show the origin of each of this framework's points, down to the trial.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, for scripts.")
def matrix(**options: Any) -> None:
    """Rank the frameworks for given weights: who wins, and how surely.

    \b
    harness matrix --profile start-up
    harness matrix --weight reliability=30 --require cron
    harness matrix --explain prefect

    RUN is a run's name, a packed run, or latest; of several, the first that has
    a reading counts. [RUN default: latest, and the latest with probes]
    """  # noqa: D301 -- click's mark for text that is not to be wrapped
    from harness.commands import matrix as command

    sys.exit(command.decide(command.MatrixOptions(**options)))


@click.command()
@click.argument("runs", nargs=-1, metavar="[RUN]…")
@click.option(
    "--framework",
    "frameworks",
    multiple=True,
    metavar="NAME",
    help="Report only on this framework. Repeatable. [default: all]",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["terminal", "markdown", "html", "site", "json"]),
    help="Form of the report; json goes to stdout unless --output is given. Repeatable. "
    "[default: terminal; with --output markdown, json and html]",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder for the files. [default: the run's folder; for several runs, one in "
    "results/reports]",
)
@click.option(
    "--into",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Also insert a short answer into a Markdown file, between its lines "
    "<!-- harness:begin --> and <!-- harness:end -->.",
)
@click.option(
    "--open", "opened", is_flag=True, help="Write the HTML report and open it in a browser."
)
@click.option(
    "--profile",
    metavar="P",
    help="Weight profile: solo, start-up, platform, regulated, classroom. [default: equal]",
)
@click.option(
    "--mode",
    type=MODE,
    metavar="M",
    default="inprocess",
    show_default=True,
    help="Mode whose measurements the matrix compares; tables show all modes.",
)
@_ROLE
@click.option(
    "--mix-hosts",
    is_flag=True,
    help="Accept runs from several hosts, whose times cannot be compared.",
)
def report(**options: Any) -> None:
    """Report on runs: the answer, the evidence and the charts.

    \b
    harness report                            on the terminal
    harness report --format html --open       in the browser
    harness report a.tar.xz b.tar.xz --output report

    RUN is a run's name, a packed run, or latest; of several, the first that has
    a cell counts. [RUN default: latest, and the latest with probes if it is of
    the same host]
    """  # noqa: D301 -- click's mark for text that is not to be wrapped
    from harness.commands import report as command

    sys.exit(command.report(command.ReportOptions(**options)))


@click.command()
@click.option("--framework", required=True, metavar="NAME", help="The framework to write it for.")
@click.option("--workload", default="churn", show_default=True, metavar="W", help=_WORKLOAD)
@click.option("--param", "parameters", multiple=True, metavar="K=V", help=_PARAM)
@click.option(
    "--requirements",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A requirements.txt with further packages that your workload needs.",
)
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def export(
    framework: str,
    workload: str,
    parameters: tuple[str, ...],
    requirements: Path | None,
    out: Path,
) -> None:
    """Export a workload as a framework's native project.

    \b
    harness export --framework prefect my-pipeline

    The project goes into the folder OUT, which must be new or empty. It runs
    without the harness.
    """  # noqa: D301 -- click's mark for text that is not to be wrapped
    from harness.commands import export as command

    sys.exit(command.export(framework, workload, parameters, requirements, out))
