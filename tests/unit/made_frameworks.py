"""Frameworks as the catalog describes them, without files."""

from __future__ import annotations

from pathlib import Path

from harness.frameworks.adapter_file import AdapterFile, Mode
from harness.frameworks.catalog import Framework


def framework(name: str, **parallel: bool) -> Framework:
    """Return a framework whose modes are named by the keywords, parallel or not."""
    modes = {
        mode: Mode(summary="", durable=False, parallel=value, isolation="none")
        for mode, value in (parallel or {"inprocess": True}).items()
    }
    entry = AdapterFile(title=name, package=name, python=">=3.11", homepage="", modes=modes)
    return Framework(name, Path("/adapters") / name, entry)


PLAIN = framework("plain", inprocess=True)
