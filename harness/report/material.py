"""Input data of a report, gathered and checked: no file is read after this."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from harness.analysis.summary import Summary
from harness.facts import FrameworkFacts
from harness.frameworks.adapter_file import Mode
from harness.matrix import constraints
from harness.matrix.model import Answer, Criteria, Dissent
from harness.matrix.weights import WeightProfiles
from harness.model import ProbeVerdict
from harness.report.document import Link, Listing, Panel
from harness.setup.model import SetupCost


class MatrixMaterial(msgspec.Struct, frozen=True):
    """The selection answer, and the data it was computed from."""

    sentence: str
    answer: Answer
    criteria: Criteria
    profiles: WeightProfiles
    dissent: tuple[Dissent, ...]
    links: dict[str, Link]  #: by the source of a reading
    choices: tuple[constraints.Constraint, ...]  #: constraints that a reader may require or exclude


class RunMaterial(msgspec.Struct, frozen=True):
    """One run, with checked links to its files."""

    summary: Summary
    link: Link | None  #: run.json
    files: dict[str, tuple[Link, ...]]  #: by cell, the folders of its trials
    probes: tuple[tuple[ProbeVerdict, tuple[Link, ...]], ...]
    harness: str
    commit: str
    packages: dict[str, str]  #: version of each framework, by its label
    troubles: tuple[tuple[str, Link | None], ...]  #: one line each, with a link to the log
    roles: dict[str, str] = {}  #: of frameworks, by their labels


class ExecutedWorkload(msgspec.Struct, frozen=True):
    """The same workload in each framework."""

    title: str
    panels: tuple[Panel, ...]


class Material(msgspec.Struct, frozen=True):
    """All input data of a report."""

    runs: tuple[RunMaterial, ...]
    choice: MatrixMaterial | None
    no_choice: str  #: reason if there is no choice
    executed: tuple[ExecutedWorkload, ...]
    listings: tuple[Listing, ...]
    workload: str  #: name of the workload that the listings implement
    setups: tuple[tuple[SetupCost, Link | None], ...]
    known: Mapping[str, FrameworkFacts]
    modes: Mapping[str, Mapping[str, Mode]]  #: by adapter and mode name, from adapter.toml
    titles: Mapping[str, str]  #: by adapter
    mixed: bool  #: True if the runs come from several hosts
