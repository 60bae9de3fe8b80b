"""``harness doctor``: what this machine lacks, for which adapter, and what mends it."""

from __future__ import annotations

import shutil

import msgspec
from rich.text import Text

from harness import host
from harness.commands import json
from harness.errors import HarnessError
from harness.frameworks import interpreters, virtualenvs
from harness.frameworks.catalog import discover
from harness.home import Home
from harness.report.terminal import console
from harness.services import postgres, redis

_DISK_NEEDED_MB = 5_000  # all environments with their cache


class Diagnosis(msgspec.Struct, frozen=True):
    """One thing looked at; ``remedy`` is the command that mends it, empty if it is well."""

    what: str
    found: str
    remedy: str
    needed: bool = True  #: whether something cannot work without it


def doctor(as_json: bool) -> int:
    """Print the diagnoses; 1 if something that is needed is missing."""
    home = Home.here()
    found = [*_machine(home), *_services(), *_adapters(home)]
    if as_json:
        json.write(found)
    else:
        for each in found:
            ill = bool(each.remedy)
            mark = Text("well    ", "green") if not ill else Text("lacking ", "red")
            if ill and not each.needed:
                mark = Text("optional", "yellow")
            line = f"  {each.what}: {each.found}" + (f"; mend it: {each.remedy}" if ill else "")
            console.show_line(mark + Text(line))
    return 1 if any(each.remedy and each.needed for each in found) else 0


def _machine(home: Home) -> list[Diagnosis]:
    here = ", ".join(each.version for each in interpreters.installed())
    there = next(path for path in (home.root, *home.root.parents) if path.exists())
    free = shutil.disk_usage(there).free // 10**6
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), "")
    git = shutil.which("git") or ""
    return [
        Diagnosis("interpreters", here, ""),
        Diagnosis(
            "cores and memory", f"{host.cores()}, {host.describe().memory_bytes >> 30} GiB", ""
        ),
        _uv(),
        Diagnosis(
            "free disk",
            f"{free:,} MB of {_DISK_NEEDED_MB:,} for all environments",
            "" if free >= _DISK_NEEDED_MB else "harness clean --envs, which keeps all runs",
        ),
        Diagnosis(
            "compiler (to see connections to the outside, and where a package has no wheel)",
            compiler or "none",
            "" if compiler else "apt-get install build-essential",
            needed=False,
        ),
        Diagnosis(
            "git (a run states the checkout's commit)",
            git or "none",
            "" if git else "apt-get install git",
            needed=False,
        ),
    ]


def _uv() -> Diagnosis:
    try:
        return Diagnosis("uv", virtualenvs.uv_path(), "")
    except HarnessError as error:
        return Diagnosis("uv", str(error), "pip install uv")


def _services() -> list[Diagnosis]:
    """What the modes with a control plane need beside the frameworks."""
    there = {
        "PostgreSQL": (postgres.programs(), postgres.INSTALL),
        "Redis": (shutil.which("redis-server"), redis.INSTALL),
    }
    return [
        Diagnosis(
            f"{name} (server and distributed modes)",
            str(path or "none"),
            "" if path else install,
            needed=False,
        )
        for name, (path, install) in there.items()
    ]


def _adapters(home: Home) -> list[Diagnosis]:
    catalog = discover(home)
    remedy = "correct that file or rename that folder, then: harness list"
    found = [Diagnosis(name, f"broken: {why}", remedy) for name, why in catalog.broken.items()]
    for name, framework in catalog.items():
        try:
            venv = virtualenvs.plan(home, framework)
        except HarnessError as error:
            text, _, remedy = str(error).rpartition(": ")
            found.append(Diagnosis(name, text, remedy))
            continue
        made = "environment ready" if venv.facts() else f"no environment yet: harness setup {name}"
        found.append(Diagnosis(name, f"Python {venv.interpreter.version}, {made}", ""))
    return found
