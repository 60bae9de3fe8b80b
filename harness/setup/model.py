"""Set-up cost of a framework: the value that is measured, stored and reported."""

from __future__ import annotations

from harness.frameworks.catalog import Setting
from harness.model import Struct

#: Parts of a set-up, in their order; seconds of each.
PARTS = ("create", "install", "import", "service", "build", "execute", "settle")


class SetupCost(Struct, frozen=True, kw_only=True):
    """One framework in one mode. Seconds by part, with an empty and a filled package cache."""

    framework: str
    version: str
    mode: str
    measured: str  #: the day
    cold_s: dict[str, float]
    warm_s: dict[str, float]
    packages: int
    megabytes: float
    services: dict[str, float]  #: seconds until each was ready
    processes: int | None  #: at most
    idle_pss_bytes: int | None
    idle_cpu_s_per_hour: float | None
    settings: list[Setting]  #: changed from their defaults
    commands: list[str]  #: that a person would have typed, in order
    adapter_lines: int
    framework_names: list[str]  #: that the adapter uses
