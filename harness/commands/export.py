"""``harness export``: leave with what was chosen."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from harness.commands.progress import environments_of
from harness.commands.run_options import key_values
from harness.errors import EnvError, HarnessError
from harness.export import project
from harness.frameworks import virtualenvs
from harness.frameworks.catalog import BASELINE, choose_one, discover
from harness.home import Home
from harness.planning import workload
from harness.processes.child import Child, clean_environment

_COMPILE_S = 180.0
_SAID = 2000  # characters of its last words


def export(framework: str, name: str, parameters: Sequence[str], out: Path) -> int:
    """Write the project; 0 once it is whole. Raises :class:`HarnessError`."""
    home = Home.here()
    catalog = discover(home)
    chosen = choose_one(catalog, framework, "export")
    source = workload.locate(home, name)
    needed = [catalog[BASELINE], *([chosen] if chosen.entry.compile else [])]
    for made in environments_of(home, needed, None).values():
        if isinstance(made, HarnessError):
            raise made
    venv = virtualenvs.plan(home, catalog[BASELINE]).folder
    ((built, _),) = workload.build(home, venv, source, [key_values(parameters)])
    written = project.write(chosen, built, source, out)
    if chosen.entry.compile:
        _compile(home, virtualenvs.plan(home, chosen).folder, chosen.entry.compile, out)
    for path in written:
        click.echo(os.path.relpath(path))
    click.echo(f"{out}/README.md says how to run it")
    return 0


def _compile(home: Home, venv: Path, command: Sequence[str], out: Path) -> None:
    """Run the framework's own compiler in the project. Raises :class:`EnvError`."""
    program = [str(venv / "bin" / command[0]), *command[1:]]
    start = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', str(out.resolve()), *program]
    with home.passing("export") as folder:
        env = clean_environment(venv, folder, [], {"PYTHONDONTWRITEBYTECODE": "1"})
        with Child(start, folder, env) as child:
            in_time = child.wait(_COMPILE_S)
            if not in_time:
                child.kill()
            ending = child.ending()
        said = (folder / "output.log").read_text(errors="replace").strip()
    if ending.returncode != 0:
        how = ending.how if in_time else f"was ended after {_COMPILE_S:g} s"
        raise EnvError(
            f"{' '.join(command)} {how} in {out}, where all but what it makes is written; "
            f"run it there yourself; it said: {said[-_SAID:] or 'nothing'}"
        )
