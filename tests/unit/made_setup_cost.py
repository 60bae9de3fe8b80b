"""A measured set-up, made by hand."""

from __future__ import annotations

from harness.frameworks.adapter_file import Setting
from harness.setup.model import PARTS, SetupCost

COST = SetupCost(
    framework="fast",
    version="1.0",
    mode="server",
    measured="2030-01-01",
    cold_s={part: float(i) for i, part in enumerate(PARTS, 1)},
    warm_s=dict.fromkeys(PARTS, 0.5),
    packages=12,
    megabytes=34.5,
    services={"postgres": 0.8, "fast server": 2.0},
    processes=9,
    idle_pss_bytes=5_000_000,
    idle_cpu_s_per_hour=90.0,
    settings=[Setting("FAST_HOME", "its own", "{folder}")],
    commands=["python -m venv .venv", "fast [bold]server[/]"],
    adapter_lines=77,
    framework_names=["fast.a", "fast.b"],
)
