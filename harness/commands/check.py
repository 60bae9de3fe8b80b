"""``harness check``: run the contract check of an adapter."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

import click
from rich.text import Text

from harness import host
from harness.commands import json, progress
from harness.commands.progress import resolved
from harness.errors import AdapterError, HarnessError, UsageError
from harness.frameworks import virtualenvs
from harness.frameworks.catalog import choose_one, discover
from harness.home import Home
from harness.report.terminal import console
from harness.setup import contract, prepare


def check(name: str, mode: str | None, service_urls: Mapping[str, str], as_json: bool) -> int:
    """Run the contract check of one adapter and print each finding.

    ``service_urls`` are URLs of the user's services, by name. Return 0 if the contract is kept,
    else the exit code of :class:`AdapterError`. Raise :class:`UsageError` for an unknown name or
    mode, or for a service that is missing.
    """
    home = Home.here()
    framework = choose_one(discover(home), name, "check")
    mode = mode or framework.default_mode
    if missing := framework.mode(mode).missing_service(service_urls):
        raise UsageError(f"{name}/{mode} {missing}")
    (framework,) = resolved(home, [framework])
    name = framework.name
    # With one worker, the check could not tell whether steps run side by side.
    workers = max(2, host.cores()) if framework.mode(mode).parallel else 1
    with progress.Setup([name]) as shown:
        made = prepare.ready(home, [framework], shown.part)[name]
    if isinstance(made, HarnessError):
        raise made
    with progress.Cases(f"{name}/{mode}", [*contract.cases(workers)]) as cases:
        venv = virtualenvs.plan(home, framework)
        findings, folder = contract.run(home, venv, mode, workers, cases.phase, service_urls)
    kept = all(each.kept for each in findings)
    if as_json:
        json.write({"adapter": name, "mode": mode, "findings": findings})
    else:
        for each in findings:
            mark = Text("  kept  ", "green") if each.kept else Text(" BROKEN ", "red")
            console.show_line(mark + Text(each.what + (f": {each.evidence}" * (not each.kept))))
    if kept:
        shutil.rmtree(folder)
        return 0
    click.echo(
        f"harness: {name}/{mode} breaks its contract; fix the adapter, then: harness check {name} "
        f"--mode {mode}; log: {folder}/trial/output.log",
        err=True,
    )
    return AdapterError.exit_code
