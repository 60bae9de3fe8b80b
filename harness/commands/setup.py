"""``harness setup``: environments, made or measured."""

from __future__ import annotations

from collections.abc import Mapping

import click
import msgspec

from harness.commands import json, progress
from harness.commands.progress import resolved
from harness.commands.run_options import with_interpreters
from harness.errors import HarnessError, UsageError
from harness.files import write_atomically
from harness.frameworks.catalog import Framework, choose, discover
from harness.home import Home
from harness.model import Environment
from harness.report.tables import formatting, setups
from harness.report.terminal import console
from harness.setup import cost, prepare


def setup(names: list[str], as_json: bool) -> int:
    """Make the environments and print them; return 0 if all are ready.

    Otherwise return the highest exit code of the errors, which are printed to stderr.
    """
    home = Home.here()
    chosen = choose(discover(home), names)
    named = [] if names == ["all"] else names
    chosen = with_interpreters(chosen, named, progress.TerminalDisplay().note)
    frameworks = resolved(home, chosen)
    with progress.Setup([each.name for each in frameworks]) as shown:
        made = prepare.ready(home, frameworks, shown.part)
    facts = {name: each for name, each in made.items() if isinstance(each, Environment)}
    failed = {name: each for name, each in made.items() if isinstance(each, HarnessError)}
    if as_json:
        errors = {name: str(error) for name, error in failed.items()}
        json.write({"environments": facts, "failed": errors})
    else:
        _show(facts)
    for name, error in failed.items():
        click.echo(f"harness: {name}: {error}", err=True)
    return max((error.exit_code for error in failed.values()), default=0)


def measure(names: list[str], mode: str | None, as_json: bool) -> int:
    """Measure set-ups from nothing, save and print the results; return 0.

    Raise :class:`UsageError` for an unknown mode or a missing service, and
    :class:`~harness.errors.EnvError` if a set-up did not lead to a verified run.
    """
    home = Home.here()
    frameworks = resolved(home, choose(discover(home), names))
    wanted = [(each, mode or each.default_mode) for each in frameworks]
    for framework, name in wanted:
        refuse_lacking(framework, name)  # before anything is made
    measured = []
    with progress.Setup([each.name for each in frameworks]) as shown:
        for framework, name in wanted:
            measured.append(cost.measure(home, framework, name, shown.part))
            home.setups.mkdir(parents=True, exist_ok=True)
            file = home.setups / f"{framework.name}-{name}.json"
            write_atomically(file, msgspec.json.encode(measured[-1]))
            shown.part(framework.name, "ready")
    if as_json:
        json.write(measured)
    else:
        console.show(*setups.parts(measured))
    return 0


def refuse_lacking(framework: Framework, mode: str) -> None:
    """Raise :class:`UsageError` for an unknown mode, or one whose service has no URL."""
    facts = framework.mode(mode)
    missing = facts.missing_service({})
    if not missing:
        return
    if facts.endpoint and missing.startswith(f"needs {facts.endpoint}"):  # there is no option here
        variable = facts.endpoint_variable
        how = f"set {variable}" if variable else "adapter.toml names no variable for it"
        missing = f"needs {facts.endpoint}; {how}"
    raise UsageError(f"{framework.name}/{mode} {missing}, or choose another --mode")


def _show(facts: Mapping[str, Environment]) -> None:
    rows = [
        [
            name,
            each.python,
            str(each.packages),
            f"{each.megabytes:.0f}",
            *(formatting.duration(each.seconds[part]) for part in ("create", "install", "check")),
            formatting.duration(each.import_s),
        ]
        for name, each in facts.items()
    ]
    headings = ["environment", "python", "packages", "MB", "create", "install", "check", "import"]
    console.show(formatting.table(headings, rows, left=("environment",)))
