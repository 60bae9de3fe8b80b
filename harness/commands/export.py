"""``harness export``: a workload as a framework's native project."""

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
_LAST_OUTPUT = 2000  # characters of the compiler's last output in a message


def export(
    framework: str, name: str, parameters: Sequence[str], requirements: Path | None, out: Path
) -> int:
    """Write the project into ``out`` and list its files; return 0.

    ``requirements`` is a file with further packages that the workload needs.

    Raise :class:`UsageError` for unknown names, or if ``out`` exists and is not empty;
    :class:`EnvError` if an environment cannot be made or the framework's compiler fails.
    """
    home = Home.here()
    extra = requirements.resolve() if requirements else None  # uv runs in another folder
    catalog = discover(home)
    chosen = choose_one(catalog, framework, "export")
    source = workload.locate(home, name)
    needed = [catalog[BASELINE], *([chosen] if chosen.entry.compile else [])]
    for made in environments_of(home, needed, extra).values():
        if isinstance(made, HarnessError):
            raise made
    venv = virtualenvs.plan(home, catalog[BASELINE], extra).folder
    ((built, _),) = workload.build(home, venv, source, [key_values(parameters)])
    written = project.write(chosen, built, source, out, extra)
    if chosen.entry.compile:
        _compile(home, virtualenvs.plan(home, chosen, extra).folder, chosen.entry.compile, out)
    for path in written:
        click.echo(os.path.relpath(path))
    click.echo(f"to run it, see {out}/README.md")
    return 0


def _compile(home: Home, venv: Path, command: Sequence[str], out: Path) -> None:
    """Run the framework's own compiler in the project; raise :class:`EnvError` if it fails."""
    program = [str(venv / "bin" / command[0]), *command[1:]]
    start = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', str(out.resolve()), *program]
    with home.passing("export") as folder:
        env = clean_environment(venv, folder, [], {"PYTHONDONTWRITEBYTECODE": "1"})
        with Child(start, folder, env) as child:
            in_time = child.wait(_COMPILE_S)
            if not in_time:
                child.kill()
            ending = child.ending()
        output = (folder / "output.log").read_text(errors="replace").strip()
    if ending.returncode != 0:
        how = ending.how if in_time else f"was killed after {_COMPILE_S:g} s"
        raise EnvError(
            f"{' '.join(command)} {how} in {out}; the exported project is there except for that "
            f"command's output; run it there: cd {out} && {' '.join(program)}; "
            f"last output: {output[-_LAST_OUTPUT:] or 'none'}"
        )
