"""``harness list``: what there is."""

from __future__ import annotations

import click
import msgspec

from harness import envs
from harness.catalog import discover
from harness.errors import HarnessError
from harness.home import Home
from harness.report import tables
from workloads.catalog import REGISTERED


def show(as_json: bool) -> None:
    """Print the frameworks with their modes, and the workloads."""
    home = Home.here()
    catalog = discover(home)
    if as_json:
        frameworks = {name: each.entry for name, each in catalog.items()}
        click.echo(msgspec.json.encode({"frameworks": frameworks, "workloads": REGISTERED}))
        return
    rows = []
    for name, each in catalog.items():
        for mode, facts in each.entry.modes.items():
            real = [
                "parallel" if facts.parallel else "sequential",
                f"isolation: {facts.isolation}",
                "durable" if facts.durable else "not durable",
            ]
            rows.append([name, mode, _state(home, name), ", ".join(real)])
    headings = ["framework", "mode", "environment", "what it really is"]
    tables.show(tables.table(headings, rows, left=headings), "")
    for name, builder in REGISTERED.items():
        click.echo(f"workload {name:<8}  {builder}")
    click.echo("or your own: --workload module:function")


def _state(home: Home, name: str) -> str:
    try:
        ready = envs.plan(home, discover(home)[name]).facts() is not None
    except HarnessError:
        return "cannot be made; see: harness doctor"
    return "ready" if ready else "not made yet"
