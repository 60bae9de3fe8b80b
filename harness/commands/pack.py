"""``harness pack``: runs as single files, to archive or to send."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from harness.files import write_atomically
from harness.home import Home
from harness.report.terminal.console import under_way
from harness.results import archive, store
from harness.text import escape


def pack(names: Sequence[str], output: Path) -> None:
    """Write one file for each run into ``output``, and copies of all measured set-ups.

    Raise :class:`~harness.errors.UsageError` for a name that is not a run, and for a run that is
    under way.
    """
    home = Home.here()
    for folder in [store.find_run(home, name) for name in names]:
        store.load(folder)  # raises for a run that no report could read
        with store.hold(folder), under_way(f"packing {folder.name}"):
            file = archive.pack(home, folder, output / f"{folder.name}{archive.SUFFIX}")
        click.echo(escape(f"{os.path.relpath(file)}: {file.stat().st_size / 1e6:.2f} MB"))
    for cost in sorted(home.setups.glob("*.json")):
        copy = output / home.setups.name / cost.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(copy, cost.read_bytes())
