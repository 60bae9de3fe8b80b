"""Suite of a run: its experiments with their workloads built, ready to be planned."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from harness.errors import UsageError
from harness.model import WorkloadSpec
from harness.planning.profile import ExperimentSpec, Profile, rising
from workloads.dag import Workload

#: Function that builds the named workload once for each set of raw parameters.
Build = Callable[[str, list[dict[str, str]]], list[tuple[Workload, dict[str, Any]]]]

_UNSAFE = re.compile(r"[^A-Za-z0-9.]+")
_LONGEST = 60


class PlannedExperiment(msgspec.Struct, frozen=True):
    """Experiment with the keys of its points' workloads, in the order of the points."""

    name: str
    entry: ExperimentSpec
    keys: list[str]
    control: bool


class Suite(msgspec.Struct, frozen=True):
    """All experiments of a run, and the workloads that they need, by key."""

    questions: list[PlannedExperiment]
    workloads: dict[str, Workload]
    specs: dict[str, WorkloadSpec]

    def added(
        self,
        name: str,
        built: list[tuple[Workload, dict[str, Any]]],
        parameter_sets: list[dict[str, Any]],
    ) -> list[str]:
        """Add workloads that were built from these sets of parameters, and return their keys."""
        keys = []
        for (workload, complete), parameters in zip(built, parameter_sets, strict=True):
            spec = WorkloadSpec(name, complete, len(workload.steps))
            key = _key(name, parameters, spec, self.specs)
            self.workloads[key], self.specs[key] = workload, spec
            keys.append(key)
        return keys


def of(profile: Profile, build: Build, suite: Suite | None = None, control: bool = False) -> Suite:
    """Build every workload of a profile into ``suite``, or into a new suite, and return it."""
    made = suite or Suite([], {}, {})
    for name, entry in profile.experiments.items():
        # A sweep varies the step's time, and calibration with empty steps chooses the values.
        points = [{"body": "empty"}] if entry.estimates == "metg" else entry.points
        parameter_sets = [{**entry.parameters, **point} for point in points]
        try:
            built = build(entry.workload, [text(each) for each in parameter_sets])
        except UsageError as error:
            raise UsageError(f"experiment {name}: {error}") from None
        if entry.estimates == "growth":
            rising([len(workload.steps) for workload, _ in built], f"experiment {name}")
        made.questions.append(
            PlannedExperiment(
                name, entry, made.added(entry.workload, built, parameter_sets), control
            )
        )
    return made


def text(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return parameters as the text that the command line would pass."""
    return {key: _text(value) for key, value in parameters.items()}


def _text(value: Any) -> str:
    if isinstance(value, float):
        return format(value, ".9f").rstrip("0").rstrip(".")
    return str(value)


def _key(
    name: str,
    parameters: Mapping[str, Any],
    spec: WorkloadSpec,
    taken: Mapping[str, WorkloadSpec],
) -> str:
    """Return a short name that is fit for files: the workload's and its given parameters'."""
    parts = [name, *(f"{key}{_text(value)}" for key, value in parameters.items())]
    base = _UNSAFE.sub("-", "-".join(parts)).strip("-.")[:_LONGEST]
    key, number = base, 1
    while key in taken and taken[key] != spec:
        number += 1
        key = f"{base}-{number}"
    return key
