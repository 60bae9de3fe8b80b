"""``harness lock``: an adapter's requirements, resolved and pinned with hashes."""

from __future__ import annotations

import click

from harness.errors import UsageError
from harness.frameworks import virtualenvs
from harness.frameworks.catalog import choose_one, discover
from harness.home import Home, package_folder


def lock(name: str) -> None:
    """Write the lock of one adapter; raise :class:`UsageError` for a name with a version."""
    home = Home.here()
    framework = choose_one(discover(home), name, "lock")
    if framework.version is not None:
        raise UsageError(
            f"{name}: harness lock writes the adapter's own lock, from {framework.folder}/"
            f"requirements.in; to lock that version, run: harness setup {framework.spec}"
        )
    virtualenvs.lock(home, framework, package_folder("workloads") / "requirements.in")
    click.echo(f"wrote {framework.lock}")
