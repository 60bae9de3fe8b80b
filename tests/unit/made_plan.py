"""Suites and plans of the project's own patterns, built in the test process."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from harness.frameworks.catalog import Framework
from harness.model import Cost, Plan, Timeouts
from harness.planning import plan, suite, sweep
from harness.planning.controls import FAKE, NULL, UNRECORDED
from harness.planning.plan import Settings
from harness.planning.profile import ExperimentSpec, Profile
from harness.planning.suite import Suite
from harness.worker import build_workload
from tests.unit.made_frameworks import PLAIN, framework
from workloads.dag import Workload
from workloads.registered import REGISTERED

CONTROLS = [framework(name) for name in (NULL, UNRECORDED, FAKE)]


def settings(**changed: Any) -> Settings:
    """Return settings of two trials of two repetitions with two workers, with changes."""
    options: dict[str, Any] = {
        "profile": "",
        "mode": None,
        "workers": 2,
        "trials": 2,
        "repetitions": 2,
        "idle_s": 2.0,
        "seed": 7,
        "timeouts": Timeouts(),
    }
    return Settings(**{**options, **changed})


def build(name: str, raw: Sequence[Mapping[str, str]]) -> list[tuple[Workload, dict[str, Any]]]:
    """Build workloads as ``workload.build`` does in the plain environment."""
    builder = build_workload.find(REGISTERED[name])
    made = []
    for each in raw:
        bound = inspect.signature(builder).bind(**build_workload.parse(builder, dict(each)))
        bound.apply_defaults()
        made.append((builder(*bound.args, **bound.kwargs), dict(bound.arguments)))
    return made


def entry(estimates: str, workload: str = "chain", **more: Any) -> ExperimentSpec:
    """Return an experiment."""
    return ExperimentSpec(estimates, f"about {estimates}", workload, **more)  # type: ignore[arg-type]


def suite_of(
    experiments: Mapping[str, ExperimentSpec], controls: Mapping[str, ExperimentSpec] | None = None
) -> Suite:
    """Return a suite of experiments and controls, with their workloads built."""
    made = suite.of(Profile("", experiments=dict(experiments)), build)
    return suite.of(Profile("", experiments=dict(controls or {})), build, made, control=True)


def plan_of(
    experiments: Mapping[str, ExperimentSpec],
    chosen: Sequence[Framework] = (),
    *,
    controls: Mapping[str, ExperimentSpec] | None = None,
    costs: Mapping[str, Cost] | None = None,
    injected: Mapping[str, float] | None = None,
    others: Sequence[Framework] = (),
    **changed: Any,
) -> tuple[Plan, Suite]:
    """Return the plan of experiments, with sweeps, and the suite with its workloads."""
    made, common = suite_of(experiments, controls), settings(**changed)
    catalog = {each.name: each for each in (PLAIN, *CONTROLS, *chosen, *others)}
    known = costs or {}
    sweeps = sweep.build(made, build, chosen, catalog, common, known)
    planned = plan.make(
        chosen, catalog, made, common, sweeps=sweeps, costs=known, injected=injected or {}
    )
    return planned, made
