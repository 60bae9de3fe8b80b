"""Runs and material for reports, with known times."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import msgspec

from harness.home import Home
from harness.model import Cost, Host, ProbeVerdict, Run
from harness.report.gather.gather import ReportRequest, gather
from harness.report.material import Material
from harness.results import store
from tests.unit.made_plan import entry
from tests.unit.made_run import MS, Costs, Making, made

EXPERIMENTS = {
    "pipeline": entry("workload", parameters={"steps": 4}),
    "overhead": entry("overhead", points=[{"steps": 3}, {"steps": 5}]),
    "metg": entry("metg", parameters={"steps": 3, "body": "spin"}, workers=[1]),
    "growth": entry("growth", points=[{"steps": n} for n in (2, 4, 8, 16)]),
}
MAKING = Making(
    costs={
        "fast": Costs(run_ns=7 * MS, step_ns=12_345_678, cold_ns=99 * MS),
        "slow": Costs(step_ns=90 * MS),
    },
    pace={1: 1, 2: 2},
)
DAY_2030 = datetime.date(2030, 1, 1)


def run_of(home: Home, name: str, **more: Any) -> Run:
    """Make a run like ``r``, with other settings where given."""
    settings: dict[str, Any] = {
        "chosen": ["fast", "slow"],
        "sweep_costs": {"fast-inprocess-p1": Cost(16e-3, 0.0)},
    }
    making = dataclasses.replace(MAKING, versions={"fast@2.0": {"fast": "2.0"}})
    return made(home.results / name, EXPERIMENTS, making, **{**settings, **more})


def with_probes(home: Home, run: Run) -> None:
    """Add probe verdicts and their evidence to the run."""
    recorded = home.results / run.id / "probes" / "01-fast" / "retry"
    recorded.mkdir(parents=True)
    probes = [
        ProbeVerdict("fast", "inprocess", "retry", "works", "ran 3 times", trial="01-fast"),
        ProbeVerdict("slow", "inprocess", "retry", "accepted but ignored", "ran once; <b>no</b>"),
        ProbeVerdict(
            "slow", "server", "cron", "unsupported", "says so", link="https://example.test/cron"
        ),
    ]
    store.save(home.results / run.id, msgspec.structs.replace(run, probes=probes))


def elsewhere(home: Home, run: Run) -> None:
    """Change the run as if it came from another host."""
    other = msgspec.structs.replace(run.host, cores=64)
    assert isinstance(other, Host)
    store.save(home.results / run.id, msgspec.structs.replace(run, host=other))


def material(home: Home, *names: str, mix_hosts: bool = False, **more: Any) -> Material:
    """Return the gathered material of the named runs; of ``r`` by default."""
    folders = [home.results / name for name in names or ("r",)]
    asked = ReportRequest(folders, (), None, "inprocess", mix_hosts, folders[0], DAY_2030)
    return gather(home, msgspec.structs.replace(asked, **more))
