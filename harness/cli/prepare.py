"""Commands for environments, adapters and the machine: list, setup, check, doctor and others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from harness.cli import service_options
from harness.cli.mode_option import MODE


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, for scripts.")
def list_(as_json: bool) -> None:
    """List the frameworks, their modes, the workloads and the profiles."""
    from harness.commands import list as command

    command.show(as_json)


@click.command()
@click.argument("names", nargs=-1)
@click.option(
    "--measure",
    is_flag=True,
    help="Instead, measure a setup from nothing to a verified run, with an empty and with a "
    "filled package cache, and what runs afterwards while idle. Takes minutes.",
)
@click.option(
    "--mode",
    type=MODE,
    metavar="M",
    help="Mode for --measure. [default: each framework's first mode]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, for scripts.")
def setup(names: tuple[str, ...], measure: bool, mode: str | None, as_json: bool) -> None:
    """Make the frameworks' environments, and verify each.

    \b
    harness setup                       all frameworks
    harness setup plain prefect
    harness setup prefect@3.8.5         another release
    harness setup prefect --measure     what does setting it up cost?

    NAMES are frameworks from `harness list` (default: all). Environments that
    exist and are current stay. Each new one is verified by a short run.
    `harness run` makes missing ones by itself.
    """  # noqa: D301 -- click's mark for text that is not to be wrapped
    from harness.commands import setup as command

    if mode is not None and not measure:
        raise click.UsageError(
            "--mode needs --measure: an environment serves all modes; leave out --mode"
        )
    if measure:
        sys.exit(command.measure(list(names) or ["all"], mode, as_json))
    sys.exit(command.setup(list(names) or ["all"], as_json))


@click.command()
@click.argument("name")
@click.option(
    "--mode", type=MODE, metavar="M", help="Mode to check. [default: the adapter's first mode]"
)
@service_options.services
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, for scripts.")
def check(name: str, mode: str | None, as_json: bool, **options: Any) -> None:
    """Check that an adapter keeps its contract, by running it.

    \b
    harness check prefect
    harness check airflow --mode server-postgres

    NAME is one framework from `harness list`. Small workloads show whether
    values arrive, order is kept, failures are reported, and no process is left.
    The exit code is 4 if the contract is broken.
    """  # noqa: D301 -- click's mark for text that is not to be wrapped
    from harness.commands import check as command

    sys.exit(command.check(name, mode, service_options.service_urls(options), as_json))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, for scripts.")
def doctor(as_json: bool) -> None:
    """Diagnose this machine: what is missing and how to fix it.

    It looks at the machine, the services and each adapter. Each line begins with
    ok, missing or optional; a problem ends with "fix:" and a command. The exit
    code is 1 if something is missing.
    """
    from harness.commands import doctor as command

    sys.exit(command.doctor(as_json))


@click.command()
@click.argument("name")
def lock(name: str) -> None:
    """Lock an adapter's requirements, with versions and hashes.

    NAME is one framework from `harness list`. Its requirements.lock is written
    beside its requirements.in, resolved
    together with the requirements of the shipped workloads.
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
    help="Folder for the files. [default: the current folder]",
)
def pack(runs: tuple[str, ...], output: Path) -> None:
    """Pack each RUN into one file, to archive or to send.

    \b
    harness pack latest --output archive
    harness report archive/20261123-101722.tar.xz

    Paths of this machine are replaced. Measured set-ups are copied to setups/
    beside the files.
    """  # noqa: D301 -- click's mark for text that is not to be wrapped
    from harness.commands import pack as command

    command.pack(runs, output)


@click.command()
@click.option("--envs", is_flag=True, help="Remove all environments, not only outdated ones.")
@click.option(
    "--results", is_flag=True, help="Also remove runs, set-ups and reports from results/."
)
@click.option("--dry-run", is_flag=True, help="List what would be removed; remove nothing.")
def clean(envs: bool, results: bool, dry_run: bool) -> None:
    """Remove outdated environments, scratch folders and caches.

    Half-made environments go too. Runs stay unless --results is given;
    current locks always stay. It refuses while a run is under way.
    """
    from harness.commands import clean as command

    command.clean(envs=envs, results=results, dry_run=dry_run)
