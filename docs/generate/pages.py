"""All generated pages by the name of their file below docs/reference/."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from docs.generate import api, commands, keys, probes, schemas, selection, shipped

REFERENCE = Path(__file__).resolve().parents[1] / "reference"

_PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands.commands,
    "columns.md": schemas.columns,
    "modes.md": shipped.modes,
    "workloads.md": shipped.workloads,
    "profiles.md": shipped.profiles,
    "probes.md": probes.probes,
    "criteria.md": selection.selection,
    "adapter-toml.md": keys.adapter_toml,
    "probes-toml.md": keys.probes_toml,
    "facts-toml.md": keys.facts_toml,
    "profile-toml.md": keys.profile_toml,
    "python-api.md": api.python_api,
    "run-json.md": schemas.run_json,
    "report-json.md": schemas.report_json,
    schemas.RUN_SCHEMA: schemas.run_schema,
}


def pages() -> dict[str, str]:
    """Return the text of every generated file, by its name."""
    return {name: make() for name, make in _PAGES.items()}
