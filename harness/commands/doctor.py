"""``harness doctor``: problems of this machine and of adapters, each with a fix."""

from __future__ import annotations

import shutil

import msgspec
from rich.text import Text

from harness import host
from harness.commands import json
from harness.errors import HarnessError
from harness.frameworks import interpreters, virtualenvs
from harness.frameworks.catalog import discover
from harness.frameworks.uv import uv_path
from harness.home import Home
from harness.report.terminal import console
from harness.services import postgres, redis

_DISK_NEEDED_MB = 5_000  # all environments with their cache


class Diagnosis(msgspec.Struct, frozen=True):
    """One thing checked; ``remedy`` is the command that fixes it, empty if it is ok."""

    what: str
    found: str
    remedy: str
    needed: bool = True  #: False if the harness also works without it


def doctor(as_json: bool) -> int:
    """Print all diagnoses; return 1 if something that is needed is missing, else 0."""
    home = Home.here()
    found = [*_machine(home), *_services(), *_adapters(home)]
    if as_json:
        json.write(found)
    else:
        for each in found:
            console.show_line(_line(each))
    return 1 if any(each.remedy and each.needed for each in found) else 0


def _line(diagnosis: Diagnosis) -> Text:
    text = f"  {diagnosis.what}: {diagnosis.found}"
    if not diagnosis.remedy:
        return Text("ok      ", "green") + Text(text)
    mark = Text("missing ", "red") if diagnosis.needed else Text("optional", "yellow")
    return mark + Text(f"{text}; fix: {diagnosis.remedy}")


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
            f"{free:,} MB; all environments need {_DISK_NEEDED_MB:,} MB",
            "" if free >= _DISK_NEEDED_MB else "harness clean --envs (keeps all runs)",
        ),
        Diagnosis(
            "compiler (to detect outbound connections, and for packages without a wheel)",
            compiler or "none",
            "" if compiler else "apt-get install build-essential",
            needed=False,
        ),
        Diagnosis(
            "git (to record the checkout's commit in a run)",
            git or "none",
            "" if git else "apt-get install git",
            needed=False,
        ),
    ]


def _uv() -> Diagnosis:
    try:
        return Diagnosis("uv", uv_path(), "")
    except HarnessError as error:
        return Diagnosis("uv", str(error), "pip install uv")


def _services() -> list[Diagnosis]:
    """Return the diagnoses of PostgreSQL and Redis, for modes with a control plane."""
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
