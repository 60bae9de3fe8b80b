"""``harness clean``: remove files that can be made again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import psutil

from harness.errors import HarnessError
from harness.frameworks import versions, virtualenvs
from harness.frameworks.catalog import Catalog, discover
from harness.frameworks.label import adapter_of
from harness.home import Home
from harness.results import store


def clean(*, envs: bool, results: bool, dry_run: bool) -> None:
    """Remove outdated environments and locks, scratch folders, caches and unpacked runs.

    With ``envs`` also remove all environments, with ``results`` also runs, set-ups and reports.
    Locks that are up to date always stay: without them the measured versions could not be
    installed again. Raise :class:`~harness.errors.UsageError` while a run is under way.
    """
    home = Home.here()
    runs = _runs(home)
    for folder in runs:
        with store.hold(folder):  # raises if the run is under way and may need these files
            pass
    catalog = discover(home)
    doomed = _environments(home, catalog, everything=envs) + _locks(home, catalog)
    doomed += sorted(path for path in home.scratch.glob("*") if path.is_dir() and not _in_use(path))
    doomed += [each for each in (home.cache, home.former_cache, home.unpacked) if each.is_dir()]
    if envs:
        doomed += sorted(home.imports.glob("*"))
    if results:
        doomed += runs
        doomed += sorted(home.setups.glob("*.json"))
        doomed += [home.reports] if home.reports.is_dir() else []
    for path in dict.fromkeys(each for each in doomed if not each.is_symlink()):
        click.echo(f"{'would remove' if dry_run else 'removing'} {path}")
        if not dry_run:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    latest = home.results / "latest"
    if results and not dry_run and latest.is_symlink() and not latest.exists():
        latest.unlink()
    if not doomed:
        click.echo("nothing to remove")


def _runs(home: Home) -> list[Path]:
    """Return the folders in ``results/`` that the harness made, by the files in them.

    A run that has not written its run.json yet is recognised by its ``.lock``.
    """
    found = {
        path.parent for name in (store.RUN, ".lock") for path in home.results.glob(f"*/{name}")
    }
    return sorted(folder for folder in found if not folder.is_symlink())


def _in_use(folder: Path) -> bool:
    """Return whether the command that made this folder of :attr:`Home.scratch` still runs."""
    pid = folder.name.split("-")[-2:][0]
    return pid.isdigit() and int(pid) != os.getpid() and psutil.pid_exists(int(pid))


def _environments(home: Home, catalog: Catalog, *, everything: bool) -> list[Path]:
    found = [path for path in sorted(home.envs.glob("*")) if not virtualenvs.being_made(path)]
    if everything:
        return found
    current = set(_current(home, catalog))
    return [
        path
        for path in found
        if path.stem not in current and path.stem.rpartition("-")[0] not in catalog.broken
    ]


def _locks(home: Home, catalog: Catalog) -> list[Path]:
    """Return the locks of other versions whose requirements have changed since."""
    current = {each.lock for each in versions.locked_versions(home, catalog)}
    return [
        path
        for path in sorted(home.locks.glob("*.lock"))
        if path not in current and adapter_of(path.name) not in catalog.broken
    ]


def _current(home: Home, catalog: Catalog) -> Iterator[str]:
    """Yield the names of complete environments that belong to today's locks and interpreters.

    Environments made with ``--requirements`` count as long as that file exists.
    """
    origins = filter(None, map(virtualenvs.origin, home.envs.glob("*")))
    extras = {Path(each.extra) for each in origins if each.extra is not None}
    for framework in [*catalog.values(), *versions.locked_versions(home, catalog)]:
        for extra in (None, *(path for path in extras if path.is_file())):
            try:
                venv = virtualenvs.plan(home, framework, extra)
            except HarnessError:
                break  # it cannot be made any more, so its environments are outdated
            if venv.facts() is not None:
                yield venv.folder.name
