"""Set-up cost of a framework: the value that is measured, stored and reported."""

from __future__ import annotations

from harness.frameworks.adapter_file import Setting
from harness.model import Struct

#: Parts of a set-up, in their order; seconds of each.
PARTS = ("create", "install", "import", "service", "build", "execute", "settle")


class SetupCost(Struct, frozen=True, kw_only=True):
    """Set-up cost of one framework in one mode, with an empty and with a filled package cache."""

    framework: str
    version: str
    mode: str
    measured: str  #: date, ISO 8601
    cold_s: dict[str, float]  #: seconds by part, with an empty cache
    warm_s: dict[str, float]  #: seconds by part, with a filled cache
    packages: int
    megabytes: float
    services: dict[str, float]  #: seconds until each was ready
    processes: int | None  #: most at once
    idle_pss_bytes: int | None
    idle_cpu_s_per_hour: float | None
    settings: list[Setting]  #: changed from their defaults
    commands: list[str]  #: a set-up by hand, in order
    adapter_lines: int
    framework_names: list[str]  #: that the adapter uses
    role: str = ""  #: of the framework: orchestrator, dataflow, …

    @property
    def approximate(self) -> bool:
        """Return False: the outputs of a first run do not depend on the libraries' rounding."""
        return False
