"""The page of probes: the question and the hook of each, and the meaning of verdicts."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from docs.generate.keys import MEANINGS
from docs.generate.markdown import code, page, prose, table
from harness.matrix import criteria
from harness.model import Verdict
from harness.probes import registry
from harness.probes.model import Probe

_SECRET = re.compile(r"[0-9a-f]{32}\Z")


def probes() -> str:
    """Return the page: verdicts, an overview, then each probe by its group."""
    groups = registry.groups()
    count = sum(map(len, groups.values()))
    parts = [
        f"A probe is a small experiment: a pipeline made of the framework's own constructs, judged "
        f"by the record of its steps. There are {count}, in {len(groups)} groups. "
        "[Probe what a framework does](../how-to/probe.md) runs them; "
        "[Add probes and facts](../how-to/adapter-evidence.md) writes their hooks.",
        "## Verdicts",
        _verdicts(),
    ]
    for group, found in groups.items():
        parts += [f"## {registry.GROUPS[group]}", f"`--probe {group}` runs all of these.", ""]
        parts += [part for each in found for part in _probe(each)]
    return page("Probes", "harness/probes", *parts)


def _verdicts() -> str:
    levels = criteria.read().levels
    rows = [
        (
            code(each.value),
            prose(MEANINGS["verdicts"][each.value]),
            f"{levels[each.value].value:g}: {levels[each.value].why}"
            if each.value in levels
            else "counts as not known",
        )
        for each in Verdict
    ]
    return table(("verdict", "meaning", "counts in the matrix"), rows)


def _probe(probe: Probe) -> list[str]:
    rows = [
        ("hook", code(probe.hook_name) + (" (the harness's own)" if probe.common else "")),
        ("the hook has to", prose(probe.hook)),
        ("bodies", ", ".join(map(code, probe.bodies))),
        ("settings", _settings(probe.settings)),
        ("kills", prose(probe.kill)),
        ("limit", f"{probe.timeout_s:g} s for each attempt"),
    ]
    shown = [row for row in rows if row[1]]
    return [f"### {probe.name}", f"**{probe.title}.** {probe.asks}", table(("", ""), shown)]


def _settings(settings: Mapping[str, object]) -> str:
    return ", ".join(code(f"{key} = {_setting(value)}") for key, value in settings.items())


def _setting(value: object) -> str:
    """Return a setting as JSON; a secret, which is another one in each process, as dots."""
    random = isinstance(value, str) and _SECRET.match(value)
    return "…" if random else msgspec.json.encode(value).decode()
