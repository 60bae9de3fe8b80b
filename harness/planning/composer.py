"""Composer of a run's suite and plan, from the user's request and the controls."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.frameworks import virtualenvs
from harness.frameworks.catalog import BASELINE, Catalog, Framework
from harness.home import Home
from harness.model import Cost, Plan
from harness.planning import controls, plan, profile, suite, sweep, workload
from harness.planning.plan import Settings, Subject
from harness.planning.suite import Suite
from harness.planning.workload import WorkloadSource
from workloads.dag import Workload


class Composer(msgspec.Struct, frozen=True):
    """Builder of one run's suite and plan; workloads are built in plain Python's environment."""

    home: Home
    catalog: Catalog
    chosen: list[Framework]
    settings: Settings
    extra: Path | None

    def suite(self, asked: profile.Profile) -> Suite:
        """Return all experiments, the controls included, with their workloads built."""
        made = suite.of(asked, self._build)
        return suite.of(profile.control_profile(), self._build, made, control=True)

    def empty(self, made: Suite) -> dict[Subject, list[str]]:
        """Return the workloads of empty steps to calibrate with, by subject of a METG sweep."""
        return sweep.empty(made, self.chosen, self.catalog, self.settings)

    def plan(self, made: Suite, costs: Mapping[str, Cost]) -> Plan:
        """Return the plan, with sweeps around the calibrated ``costs``."""
        sweeps = sweep.build(made, self._build, self.chosen, self.catalog, self.settings, costs)
        injected = controls.injected(self.catalog)
        return plan.make(
            self.chosen,
            self.catalog,
            made,
            self.settings,
            sweeps=sweeps,
            costs=costs,
            injected=injected,
        )

    def frameworks(self, made: Suite) -> list[Framework]:
        """Return the frameworks that the run needs and that have the mode, plain Python first."""
        wanted: dict[str, Framework] = {BASELINE: self.catalog[BASELINE]}
        for question in made.questions:
            for subject in plan.subjects(question, self.chosen, self.catalog, self.settings):
                framework = self.catalog[subject.framework]
                if subject.mode in framework.entry.modes and not framework.refusal:
                    wanted[subject.framework] = framework
        return list(wanted.values())

    def sources(self, made: Suite) -> dict[str, WorkloadSource]:
        """Return the source of each workload, by its name."""
        names = {spec.name for spec in made.specs.values()}
        return {name: workload.locate(self.home, name) for name in names}

    def _build(self, name: str, raw: list[dict[str, str]]) -> list[tuple[Workload, dict[str, Any]]]:
        venv = virtualenvs.plan(self.home, self.catalog[BASELINE], self.extra).folder
        return workload.build(self.home, venv, workload.locate(self.home, name), raw)
