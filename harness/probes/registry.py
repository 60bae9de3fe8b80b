"""Registry of all probes in this package: each folder is a group, each file a probe."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from harness import probes
from harness.errors import unknown
from harness.probes.model import Probe

#: Titles of the groups, in the order of lists and tables.
GROUPS = {
    "control": "Control flow",
    "steps": "Steps",
    "faults": "Faults",
    "triggers": "Triggers",
    "interfaces": "Interfaces",
    "ml": "Machine learning",
    "limits": "Limits",
}


@cache
def groups() -> dict[str, list[Probe]]:
    """Return the probes of each group, sorted by name."""
    found = {}
    for group in GROUPS:
        package = importlib.import_module(f"{probes.__name__}.{group}")
        names = sorted(each.name for each in pkgutil.iter_modules(package.__path__))
        modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
        found[group] = [module.PROBE for module in modules]
    return found


def every() -> dict[str, Probe]:
    """Return all probes by name, in the order of their groups."""
    return {probe.name: probe for group in groups().values() for probe in group}


def choose(names: list[str]) -> list[Probe]:
    """Return the named probes and those of named groups; all if ``names`` is empty.

    Raises :class:`UsageError` with the nearest known name.
    """
    known = every()
    chosen: dict[str, Probe] = {}
    for name in names or GROUPS:
        if name in GROUPS:
            chosen.update({probe.name: probe for probe in groups()[name]})
        elif name in known:
            chosen[name] = known[name]
        else:
            raise unknown("probe", name, [*known, *GROUPS])
    return list(chosen.values())
