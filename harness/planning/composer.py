"""From what a user asks for to a plan: experiments, their workloads, the ruler's own."""

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
    """Builds the suite and the plan of one run, in plain Python's environment."""

    home: Home
    catalog: Catalog
    chosen: list[Framework]
    settings: Settings
    extra: Path | None

    def suite(self, asked: profile.Profile) -> Suite:
        """All experiments, those of the ruler included, with their workloads built."""
        made = suite.of(asked, self._build)
        return suite.of(profile.control_profile(), self._build, made, control=True)

    def empty(self, made: Suite) -> dict[Subject, list[str]]:
        """What has to be tried first, before sizes of sweeps can be chosen."""
        return sweep.empty(made, self.chosen, self.catalog, self.settings)

    def plan(self, made: Suite, costs: Mapping[str, Cost]) -> Plan:
        """The plan, with sweeps around the costs that were found."""
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
        """Every framework that the run needs and that has the mode, plain Python first."""
        wanted: dict[str, Framework] = {BASELINE: self.catalog[BASELINE]}
        for question in made.questions:
            for subject in plan.subjects(question, self.chosen, self.catalog, self.settings):
                framework = self.catalog[subject.framework]
                if subject.mode in framework.entry.modes and not framework.refusal:
                    wanted[subject.framework] = framework
        return list(wanted.values())

    def sources(self, made: Suite) -> dict[str, WorkloadSource]:
        """Where each workload comes from, by its name."""
        names = {spec.name for spec in made.specs.values()}
        return {name: workload.locate(self.home, name) for name in names}

    def _build(self, name: str, raw: list[dict[str, str]]) -> list[tuple[Workload, dict[str, Any]]]:
        venv = virtualenvs.plan(self.home, self.catalog[BASELINE], self.extra).folder
        return workload.build(self.home, venv, workload.locate(self.home, name), raw)
