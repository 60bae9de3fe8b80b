"""``harness clean``: remove what can be made again, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from harness import envs, store
from harness.catalog import discover
from harness.errors import HarnessError
from harness.home import Home


def clean(*, envs: bool, results: bool, dry_run: bool) -> None:
    """Remove outdated environments and scratch; with ``envs`` and ``results`` all of them.

    Raises :class:`~harness.errors.UsageError` while a run is under way.
    """
    home = Home.here()
    for path in home.results.glob(f"*/{store.RUN}"):
        if not path.parent.is_symlink():
            with store.hold(path.parent):  # raises if a run under way needs what would go
                pass
    doomed = _environments(home, everything=envs)
    doomed += sorted(path for path in home.scratch.glob("*") if path.is_dir())
    if envs:
        doomed += sorted(home.imports.glob("*"))
    if results:
        # Only what a run has made; a folder without run.json is somebody else's.
        doomed += sorted(path.parent for path in home.results.glob(f"*/{store.RUN}"))
    for path in dict.fromkeys(each for each in doomed if not each.is_symlink()):
        click.echo(f"{'would remove' if dry_run else 'removing'} {path}")
        if not dry_run:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    latest = home.results / "latest"
    if results and not dry_run and latest.is_symlink() and not latest.exists():
        latest.unlink()
    if not doomed:
        click.echo("nothing to remove")


def _environments(home: Home, *, everything: bool) -> list[Path]:
    found = [path for path in sorted(home.envs.glob("*")) if not envs.being_made(path)]
    return found if everything else [path for path in found if path.stem not in _current(home)]


def _current(home: Home) -> set[str]:
    """Names of the environments that today's locks and interpreters ask for, if they are whole."""
    names = set()
    for framework in discover(home).values():
        try:
            venv = envs.plan(home, framework)
        except HarnessError:
            continue  # it cannot be made, so none of its environments is current
        if venv.facts() is not None:
            names.add(venv.folder.name)
    return names
