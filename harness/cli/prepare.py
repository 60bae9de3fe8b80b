"""What comes before and after a run: environments, adapters, the machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from harness.cli import service_options


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_(as_json: bool) -> None:
    """Show the frameworks, their modes and the workloads."""
    from harness.commands import list as command

    command.show(as_json)


@click.command()
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
    from harness.commands import setup as command

    if mode is not None and not measure:
        raise click.UsageError("--mode is for --measure: an environment is for all modes")
    if measure:
        sys.exit(command.measure(list(names) or ["all"], mode, as_json))
    sys.exit(command.setup(list(names) or ["all"], as_json))


@click.command()
@click.argument("name")
@click.option("--mode", metavar="M", help="[default: the adapter's first mode]")
@service_options.services
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def check(name: str, mode: str | None, as_json: bool, **options: Any) -> None:
    """Check that the adapter NAME keeps its contract, by running it."""
    from harness.commands import check as command

    sys.exit(command.check(name, mode, service_options.service_urls(options), as_json))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def doctor(as_json: bool) -> None:
    """Say what this machine lacks, for which adapter, and what mends it."""
    from harness.commands import doctor as command

    sys.exit(command.doctor(as_json))


@click.command()
@click.argument("name")
def lock(name: str) -> None:
    """Write requirements.lock of the adapter NAME from its requirements.in and
    the workload's.
    """
    from harness.commands import lock as command

    command.lock(name)


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN…")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    metavar="DIR",
    help="Where the files go. [default: here]",
)
def pack(runs: tuple[str, ...], output: Path) -> None:
    """Pack each RUN into one file, to be kept or sent, and beside them what
    setting up took. Paths of this machine are replaced.

    
    harness pack latest --output kept
    harness report kept/20261123-101722.tar.xz
    """
    from harness.commands import pack as command

    command.pack(runs, output)


@click.command()
@click.option("--envs", is_flag=True, help="All environments, not only the outdated.")
@click.option("--results", is_flag=True, help="All of results/ too: runs, set-ups, reports.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def clean(envs: bool, results: bool, dry_run: bool) -> None:
    """Remove outdated and half-made environments, left scratch folders, and what
    was worked out of runs or unpacked.
    """
    from harness.commands import clean as command

    command.clean(envs=envs, results=results, dry_run=dry_run)
