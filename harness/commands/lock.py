"""``harness lock``: an adapter's requirements, resolved and pinned with hashes."""

from __future__ import annotations

import click

from harness.commands import progress
from harness.errors import HarnessError, UsageError
from harness.frameworks import locks
from harness.frameworks.catalog import Framework, choose_one, discover
from harness.home import Home, package_folder


def lock(name: str) -> None:
    """Write the lock of one adapter; raise :class:`UsageError` for a name with a version.

    If the adapter departs from the workload's pins, these are kept as overrides of the framework's
    requirements, provided that its adapter's first run is right with them.
    """
    home = Home.here()
    framework = choose_one(discover(home), name, "lock")
    if framework.version is not None:
        raise UsageError(
            f"{name}: harness lock writes the adapter's own lock, from {framework.folder}/"
            f"requirements.in; to lock that version, run: harness setup {framework.spec}"
        )
    workload = package_folder("workloads") / "requirements.in"
    locks.lock(home, framework, workload)
    if framework.entry.departs and not _runs(home, framework):
        locks.lock(home, framework, workload, overrides=False)
    click.echo(f"wrote {framework.lock}")


def _runs(home: Home, framework: Framework) -> bool:
    """Try the lock with overrides, and say what follows from the result."""
    pins = ", ".join(framework.entry.departs)
    made = progress.environments_of(home, [framework])[framework.name]
    if isinstance(made, HarnessError):
        click.echo(
            f"{framework.name} does not run with the workload's {pins}: {made}; locked with its "
            "own, so that its outputs are compared within a tolerance",
            err=True,
        )
        return False
    click.echo(
        f"{framework.name} runs with the workload's {pins}: its outputs are compared exactly",
        err=True,
    )
    return True
