"""Conversion of a probe to JSON and back, for a hook that runs in another process."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from adapters.probing import Context, ProbeContext

_HERE_ONLY = ("services",)  # processes, which only their parent controls


def to_json(probe: ProbeContext) -> dict[str, Any]:
    """Return a probe as JSON, without the secret, which the server's database must not hold."""
    context = probe.context
    plain = {each.name: getattr(context, each.name) for each in fields(Context)}
    return {
        "context": {name: str(v) for name, v in plain.items() if name not in _HERE_ONLY},
        "bodies": dict(probe.bodies),
        "settings": {key: value for key, value in probe.settings.items() if key != "secret"},
        "folder": str(probe.folder),
    }


def from_json(data: dict[str, Any]) -> ProbeContext:
    """Return the probe of :func:`to_json`, without services."""
    plain = data["context"]
    whole = {**plain, "workers": int(plain["workers"]), "folder": Path(plain["folder"])}
    context = Context(**whole, services=None)  # type: ignore[arg-type]  # hooks do not use them
    return ProbeContext(context, data["bodies"], data["settings"], Path(data["folder"]))
