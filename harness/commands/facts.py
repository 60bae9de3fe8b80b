"""``harness facts``: facts from the package index and from named sources."""

from __future__ import annotations

import datetime

import click

from harness.commands import json, progress
from harness.errors import UsageError
from harness.facts import facts_file, snapshot
from harness.facts import refresh as refreshing
from harness.facts.index import Index, configured
from harness.frameworks.catalog import Framework, choose, discover
from harness.home import Home
from harness.report.tables import facts as shown
from harness.report.terminal import console


def show(names: list[str], refresh: bool, as_json: bool) -> int:
    """Print the facts of the named frameworks; return 0.

    With ``refresh`` first query the package index and save the answers. Raise
    :class:`UsageError` for a framework with a version: facts cover all versions.
    """
    home = Home.here()
    chosen = {each.name: each for each in choose(discover(home), names) if not each.entry.control}
    for each in chosen.values():
        if each.version or each.python:
            raise UsageError(
                f"{each.name}: facts cover all versions; "
                f"run: harness facts --framework {each.adapter}"
            )
    today = datetime.datetime.now(datetime.UTC).date()
    if refresh:
        _refresh(home, chosen, today)
    known = snapshot.all_known(home, chosen, today)
    if as_json:
        facts = {
            name: {
                "package": each.package,
                "taken": each.taken,
                "facts": each.facts,
                "integrations": each.integrations,
            }
            for name, each in known.items()
        }
        json.write(facts)
    else:
        console.show(*shown.parts(known))
    return 0


def _refresh(home: Home, chosen: dict[str, Framework], today: datetime.date) -> None:
    earlier = snapshot.kept(home.facts)  # raises before any query
    total = 1 + sum(len(facts_file.named(facts_file.read(each.folder))) for each in chosen.values())
    with Index(configured()) as index, progress.Questions(total) as display:
        fresh = refreshing.known_now(home, chosen, index, today, display.part)
    snapshot.save(home.facts, {**earlier, **fresh})
    click.echo(f"wrote {home.facts}", err=True)
