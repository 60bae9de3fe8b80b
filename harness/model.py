"""The frozen values that a run consists of, and that ``run.json`` holds. Times are nanoseconds."""

from __future__ import annotations

import enum
from typing import Any

import msgspec

#: Version of run.json's form. Raise it when a reader of the old form would go wrong.
SCHEMA = 1


class Outcome(str, enum.Enum):
    """What came of a repetition; of several, the worst counts."""

    OK = "ok"
    UNSUPPORTED = "unsupported"
    SKIPPED = "skipped"
    WRONG = "wrong"
    TIMEOUT = "timeout"
    FAILED = "failed"

    @staticmethod
    def worst(outcomes: list[Outcome]) -> Outcome:
        """The outcome of a whole whose parts had these; ``skipped`` if there are none."""
        order = list(Outcome)
        return max(outcomes, key=order.index, default=Outcome.SKIPPED)


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all values here: immutable, strict about its keys."""


class Cell(Struct, frozen=True):
    """Framework x mode x workload x parameters: what is measured."""

    id: str
    framework: str
    mode: str
    workers: int

    @property
    def label(self) -> str:
        """``prefect/inprocess``, as messages name it."""
        return f"{self.framework}/{self.mode}"


class PlannedTrial(Struct, frozen=True):
    """One fresh process of a framework, and the cells it executes, in order."""

    id: str  #: also the name of its folder
    number: int  #: counts the trials of a framework from 1
    framework: str
    mode: str
    cells: list[str]


class Timeouts(Struct, frozen=True):
    """Seconds that each phase may last before the whole tree of processes is killed."""

    spawn: float = 60.0
    import_: float = msgspec.field(default=180.0, name="import")
    load: float = 120.0
    service: float = 300.0
    build: float = 120.0
    execute: float = 900.0
    settle: float = 60.0
    stop: float = 60.0
    exit: float = 30.0

    def of(self, phase: str) -> float:
        """The limit of one phase by its name."""
        return float(getattr(self, "import_" if phase == "import" else phase))


class Plan(Struct, frozen=True):
    """What a run is going to do, decided before it starts."""

    workload: str  #: as the user named it
    parameters: dict[str, Any]  #: complete, defaults included
    seed: int
    trials: int
    repetitions: int
    workers: int
    reference: str  #: the cell whose verified output is the oracle
    timeouts: Timeouts
    cells: list[Cell]
    order: list[PlannedTrial]

    def cell(self, cell_id: str) -> Cell:
        """The cell of that id."""
        return next(cell for cell in self.cells if cell.id == cell_id)


class Repetition(Struct, frozen=True):
    """One execution of a cell. Figures count only where the outcome is ok."""

    cell: str
    run_id: str
    number: int  #: from 1 in its trial
    cold: bool
    outcome: Outcome
    evidence: list[str]
    phases: dict[str, int]
    makespan_ns: int | None = None
    engine_count: int | None = None


class Trial(Struct, frozen=True):
    """What came of a planned trial. ``outcome`` is of its process; repetitions have their own."""

    id: str
    number: int
    framework: str
    mode: str
    outcome: Outcome
    evidence: list[str]
    phases: dict[str, int]
    versions: dict[str, str]
    cpu_s: float | None
    repetitions: list[Repetition]

    @property
    def worst(self) -> tuple[Outcome, list[str]]:
        """The worst outcome in it, of its process or a repetition, with the evidence."""
        outcomes = [self.outcome, *(each.outcome for each in self.repetitions)]
        evidence = [self.evidence, *(each.evidence for each in self.repetitions)]
        worst = Outcome.worst(outcomes)
        # A repetition's own evidence says more than its trial's.
        last = len(outcomes) - 1 - outcomes[::-1].index(worst)
        return worst, evidence[last]


class Environment(Struct, frozen=True):
    """Facts of a framework's environment, as figures."""

    key: str
    python: str  #: version of its interpreter
    packages: int
    megabytes: float
    seconds: dict[str, float]  #: create, install (bytecode included), check
    import_s: float  #: of the adapter's module with its framework, in the check's own process


class Host(Struct, frozen=True):
    """The machine that a run was made on."""

    system: str
    machine: str
    processor: str
    cores: int
    memory_bytes: int
    python: str


class Run(Struct, frozen=True):
    """All that ``run.json`` holds."""

    schema: int
    id: str
    status: str  #: running, complete or interrupted
    created: str  #: ISO 8601, UTC
    harness: str  #: version
    commit: str | None  #: git commit of the checkout, "-dirty" appended where it was
    host: Host
    plan: Plan
    environments: dict[str, Environment]
    trials: list[Trial]
