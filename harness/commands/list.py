"""``harness list``: frameworks, modes, workloads and profiles."""

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
    """Print frameworks with modes, errors of broken adapters, workloads and profiles."""
    home = Home.here()
    catalog = discover(home)
    if as_json:
        frameworks = {name: each.entry for name, each in catalog.items()}
        broken = {name: str(error) for name, error in catalog.broken.items()}
        listed = {
            "frameworks": frameworks,
            "broken": broken,
            "workloads": REGISTERED,
            "profiles": {name: profile.find(name) for name in profile.names()},
        }
        json.write(listed)
        return
    rows = []
    for name, each in catalog.items():
        shown = name + formatting.role_mark(each.entry.role)
        for mode, facts in each.entry.modes.items():
            real = [
                "parallel" if facts.parallel else "sequential",
                f"isolation: {facts.isolation}",
                "durable" if facts.durable else "not durable",
            ]
            rows.append([shown, mode, _state(home, each), ", ".join(real)])
            shown = ""
    headings = ["framework", "mode", "environment", "properties"]
    console.show(formatting.table(headings, rows, left=headings), "")
    for name, each in catalog.items():
        for left in each.entry.left_out:
            console.show(Text(f"{name} has no mode {left.mode}: {left.reason}", "dim"), "")
    locked = versions.locked_versions(home, catalog)
    other = [f"{each.name} ({_state(home, each)})" for each in locked]
    if other:
        console.show(Text(f"other versions: {', '.join(other)}"), "")
    for name, error in catalog.broken.items():
        console.show(Text(f"adapter {name} is broken: {error}", "red"), "")
    for name, builder in REGISTERED.items():
        click.echo(f"workload {name:<8}  {builder}")
    click.echo("or a workload of yours: --workload module:function")
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
