"""What a report is made from, gathered and checked: no file is read after this."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from harness.analysis.summary import Summary
from harness.facts import FrameworkFacts
from harness.frameworks.catalog import Mode
from harness.matrix import constraints
from harness.matrix.model import Answer, Criteria, Dissent
from harness.matrix.weights import WeightProfiles
from harness.model import ProbeVerdict
from harness.report.document import Link, Listing, Panel
from harness.setup.model import SetupCost


class MatrixMaterial(msgspec.Struct, frozen=True):
    """Who wins, and all it follows from."""

    sentence: str
    answer: Answer
    criteria: Criteria
    profiles: WeightProfiles
    dissent: tuple[Dissent, ...]
    links: dict[str, Link]  #: by a reading's source
    choices: tuple[constraints.Constraint, ...]  #: what can be required or excluded


class RunMaterial(msgspec.Struct, frozen=True):
    """One run, with checked links to its files."""

    summary: Summary
    link: Link | None  #: run.json
    files: dict[str, tuple[Link, ...]]  #: by cell, the folders of its trials
    probes: tuple[tuple[ProbeVerdict, tuple[Link, ...]], ...]
    harness: str
    commit: str
    packages: dict[str, str]  #: version of each framework, by its name here
    troubles: tuple[tuple[str, Link | None], ...]  #: in one line, with the log


class ExecutedWorkload(msgspec.Struct, frozen=True):
    """The same workload in each framework."""

    title: str
    panels: tuple[Panel, ...]


class Material(msgspec.Struct, frozen=True):
    """All of it."""

    runs: tuple[RunMaterial, ...]
    choice: MatrixMaterial | None
    no_choice: str  #: why there is none
    executed: tuple[ExecutedWorkload, ...]
    listings: tuple[Listing, ...]
    workload: str  #: which one the listings are of
    setups: tuple[tuple[SetupCost, Link | None], ...]
    known: Mapping[str, FrameworkFacts]
    modes: Mapping[str, Mapping[str, Mode]]  #: by adapter: what its adapter.toml says
    titles: Mapping[str, str]  #: by adapter
    mixed: bool  #: whether runs of several hosts were asked for
