"""Effort of using a framework, as readings: size of its adapter, and time to set it up."""

from __future__ import annotations

from collections.abc import Iterator

from harness.evidence.figure import ONCE
from harness.frameworks.catalog import Framework
from harness.matrix.model import Reading
from harness.setup import adapter_size
from harness.setup.model import SetupCost


def of_adapter(framework: Framework) -> Iterator[Reading]:
    """Yield, for each mode, readings of the adapter: lines, API names used, settings changed."""
    for name, mode in framework.entry.modes.items():
        own = adapter_size.files(framework.folder, mode.module)
        used = sorted(set().union(*map(adapter_size.names, own)))
        for indicator, value, source in (
            ("adapter-lines", sum(map(adapter_size.lines, own)), own),
            ("names", len(used), own),
            ("settings", len(mode.settings), [framework.folder / "adapter.toml"]),
            ("parallel", mode.parallel, [framework.folder / "adapter.toml"]),
            ("durable", mode.durable, [framework.folder / "adapter.toml"]),
        ):
            yield Reading(
                framework=framework.name,
                indicator=indicator,
                value=float(value),
                mode=name,
                text=("yes" if value else "no") if isinstance(value, bool) else "",
                sources=tuple(f"adapters/{framework.adapter}/{path.name}" for path in source),
            )


def of_setup(measured: SetupCost, source: str) -> Reading:
    """Return the set-up time that ``harness setup --measure`` found, as a reading in seconds.

    The value is the time with an empty package cache. The interval reaches down to the time with a
    filled one, and is widened on both ends because it was measured once (:data:`ONCE`).
    """
    cold_s, warm_s = sum(measured.cold_s.values()), sum(measured.warm_s.values())
    return Reading(
        framework=measured.framework,
        indicator="setup",
        value=cold_s,
        low=min(cold_s, warm_s) / ONCE,
        high=max(cold_s, warm_s) * ONCE,
        mode=measured.mode,
        sources=(source,),
        as_of=measured.measured,
        note="measured once",
    )
