"""``harness list``: what there is."""

from __future__ import annotations

import click
from rich.text import Text

from harness.commands import json
from harness.errors import HarnessError
from harness.frameworks import versions, virtualenvs
from harness.frameworks.catalog import Framework, discover
from harness.home import Home
from harness.planning import profile
from harness.report.tables import formatting
from harness.report.terminal import console
from workloads.registered import REGISTERED


def show(as_json: bool) -> None:
    """Print the frameworks with their modes, what is wrong with broken adapters, the workloads."""
    home = Home.here()
    catalog = discover(home)
    if as_json:
        frameworks = {name: each.entry for name, each in catalog.items()}
        broken = {name: str(error) for name, error in catalog.broken.items()}
        told = {
            "frameworks": frameworks,
            "broken": broken,
            "workloads": REGISTERED,
            "profiles": {name: profile.find(name) for name in profile.names()},
        }
        json.write(told)
        return
    rows = []
    for name, each in catalog.items():
        for mode, facts in each.entry.modes.items():
            real = [
                "parallel" if facts.parallel else "sequential",
                f"isolation: {facts.isolation}",
                "durable" if facts.durable else "not durable",
            ]
            rows.append([name, mode, _state(home, each), ", ".join(real)])
    headings = ["framework", "mode", "environment", "what it really is"]
    console.show(formatting.table(headings, rows, left=headings), "")
    other = [f"{each.name} ({_state(home, each)})" for each in versions.kept(home, catalog)]
    if other:
        console.show(Text(f"other versions: {', '.join(other)}"), "")
    for name, error in catalog.broken.items():
        console.show(Text(f"adapter {name} is broken: {error}", "red"), "")
    for name, builder in REGISTERED.items():
        click.echo(f"workload {name:<8}  {builder}")
    click.echo("or your own: --workload module:function")
    for name in profile.names():
        found = profile.find(name)
        console.show("", Text(f"profile {name}: {found.title}"))
        console.show(Text(f"  experiments: {', '.join(found.experiments)}", "dim"))


def _state(home: Home, framework: Framework) -> str:
    try:
        ready = virtualenvs.plan(home, framework).facts() is not None
    except HarnessError:
        return "cannot be made; see: harness doctor"
    return "ready" if ready else "not made yet"
