"""The frozen values that a run consists of, and that ``run.json`` holds. Times are nanoseconds."""

from __future__ import annotations

import enum
from typing import Any, Literal

import msgspec

#: Version of run.json's form. Raise it when a reader of the old form would go wrong.
SCHEMA = 2

#: Libraries of the workload whose versions every run states.
LIBRARIES = ("numpy", "scipy", "scikit-learn", "pyarrow", "skops")

#: The adapter whose verified output every other one has to equal.
BASELINE = "plain"


#: What an experiment may estimate; each is a table of the report.
Estimates = Literal[
    "portability",  # in which modes and on which interpreters a pipeline gives its answer
    "workload",  # what a pipeline takes, cold and warm, and over plain Python
    "overhead",  # per step, in chains
    "throughput",  # steps per second, with empty steps
    "latency",  # from ready to started
    "metg",  # minimum effective task granularity, by a sweep of the step's time
    "strong",  # more workers, the same work
    "weak",  # more workers, work in proportion
    "growth",  # of the time with the number of steps
    "payload",  # of the time with the size of what travels
    "efficiency",  # the share of P workers that is used
    "null",  # plain Python against itself
    "recorder",  # plain Python with recording off
]

#: How far a run has got.
Status = Literal["running", "complete", "interrupted"]


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


class Verdict(str, enum.Enum):
    """What a framework really does, in one mode."""

    WORKS = "works"
    PARTLY = "partly"
    IGNORED = "accepted but ignored"
    UNSUPPORTED = "unsupported"
    NEEDS = "needs a service"
    INCONCLUSIVE = "inconclusive"


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all values here: immutable, strict about its keys."""


class Cell(Struct, frozen=True):
    """Framework x version x mode x workload x parameters: what is measured."""

    id: str
    framework: str
    mode: str
    workers: int
    workload: str  #: key of :attr:`Plan.workloads`
    repetitions: int = 1
    #: Seconds that a repetition may take; where a smaller cell tells that it will take longer, it
    #: is skipped, and where it does nevertheless, it is ended.
    budget_s: float | None = None
    after: str | None = None  #: the next smaller cell, without which this one is not tried
    scale: float = 1.0  #: how much longer than that one it is expected to take
    recorded: bool = True  #: False only to measure what recording costs

    @property
    def label(self) -> str:
        """``prefect/inprocess``, as messages name it."""
        return f"{self.framework}/{self.mode}"


class WorkloadSpec(Struct, frozen=True):
    """A workload with its parameters, as a plan names it."""

    name: str  #: as the user named it
    parameters: dict[str, Any]  #: complete, defaults included
    steps: int


class Experiment(Struct, frozen=True):
    """Cells that together answer one question."""

    name: str
    estimates: Estimates
    about: str
    cells: list[str]
    #: It checks the harness itself and measures no framework.
    control: bool = msgspec.field(default=False, name="ruler")


class Cost(Struct, frozen=True):
    """What a framework was found to cost in a first try: only good for choosing sizes."""

    step_s: float  #: worker-seconds per empty step
    start_s: float  #: from spawn to the first repetition


class PlannedTrial(Struct, frozen=True):
    """One fresh process of a framework, and the cells it executes, in order."""

    id: str  #: also the name of its folder
    number: int  #: the round that it belongs to, from 1
    framework: str
    mode: str
    workers: int
    cells: list[str]


class Timeouts(Struct, frozen=True):
    """Seconds that each phase may last before the whole tree of processes is killed."""

    spawn: float = 60.0
    import_: float = msgspec.field(default=180.0, name="import")
    load: float = 120.0
    service: float = 300.0
    idle: float = 60.0
    build: float = 120.0
    execute: float = 900.0
    settle: float = 600.0
    stop: float = 60.0
    exit: float = 30.0

    def of(self, phase: str) -> float:
        """The limit of one phase by its name."""
        return float(getattr(self, "import_" if phase == "import" else phase))


class Plan(Struct, frozen=True):
    """What a run is going to do, decided before it starts."""

    profile: str  #: its name; empty for a workload named by flags
    seed: int
    trials: int
    workers: int  #: of modes that run steps in parallel, unless an experiment says otherwise
    idle_s: float  #: how long a started service is watched doing nothing
    timeouts: Timeouts
    workloads: dict[str, WorkloadSpec]
    experiments: list[Experiment]
    cells: list[Cell]
    order: list[PlannedTrial]
    costs: dict[str, Cost]  #: by subject, from a first try
    injected: dict[str, float]  #: what the ruler's fake costs, by the names of its settings

    def cell(self, cell_id: str) -> Cell:
        """The cell of that id."""
        return next(cell for cell in self.cells if cell.id == cell_id)

    def reference(self, workload: str) -> Cell:
        """The cell whose verified output is the oracle of a workload, and whose step times are its
        own: plain Python, one step at a time.
        """
        return next(
            cell
            for cell in self.cells
            if (cell.framework, cell.workers, cell.workload) == (BASELINE, 1, workload)
            and cell.recorded
        )

    def crowded(self, cores: int) -> str:
        """A sentence where more steps run at once than there are cores; empty where not."""
        # The ruler's fake waits instead of working.
        most = max((cell.workers for cell in self.cells if cell.framework != "fake"), default=1)
        return f"up to {most} workers on {cores} cores: they share them" if most > cores else ""


class Usage(Struct, frozen=True):
    """What the whole tree of processes used during one phase of a repetition."""

    cpu_s: float | None
    written_bytes: int | None
    processes: int | None  #: at the phase's end
    threads: int | None
    database_bytes: int | None  #: growth of the framework's own database
    peak_pss_bytes: int | None = None  #: of the samples in it, or else the first after it


class Resources(Struct, frozen=True):
    """What the whole tree of processes of a trial used, and what looking at it cost."""

    source: str  #: what counted the CPU: cgroup v1, cgroup v2 or psutil
    memory: str  #: what its figures of memory are: pss, uss or rss
    peak_pss_bytes: int | None
    peak_processes: int | None
    peak_threads: int | None
    written_bytes: int | None
    idle_pss_bytes: int | None  #: with the service started and nothing to do
    idle_cpu_s: float | None  #: in the time that it was watched so
    harness_cpu_s: float  #: of harness and keeper, while the trial ran
    lasted_s: float


class Repetition(Struct, frozen=True):
    """One execution of a cell. Figures count only where the outcome is ok."""

    cell: str
    run_id: str
    number: int  #: from 1 in its trial
    cold: bool  #: the first execution in its process
    outcome: Outcome
    evidence: list[str]
    phases: dict[str, int]
    makespan_ns: int | None = None
    engine_count: int | None = None
    usage: dict[str, Usage] = msgspec.field(default_factory=dict)  #: by phase


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
    resources: Resources | None = None
    services: dict[str, float] = msgspec.field(default_factory=dict)  #: seconds until ready
    #: Seconds that each command of their set-up took, such as making a database's tables.
    prepared: dict[str, float] = msgspec.field(default_factory=dict)
    commands: list[str] = msgspec.field(default_factory=list)  #: that its services took, in order

    @property
    def planned_id(self) -> str:
        """Return the id of the planned trial that this is, or is a further part of."""
        return self.id.partition("+")[0]

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


class Spin(Struct, frozen=True):
    """The same small piece of work done several times: what it took tells how quiet the host is."""

    wall_ns: list[int]
    load: float | None  #: average of the last minute
    stolen_s: float | None  #: CPU that a hypervisor gave to others, since boot


class ProbeVerdict(Struct, frozen=True):
    """What a framework was found really to do, in one mode."""

    framework: str
    mode: str
    probe: str
    verdict: Verdict
    said: str  #: what it was read from, in one sentence
    link: str = ""  #: where it is documented
    version: str = ""  #: of the framework, where it was run
    trial: str = ""  #: folder below probes/ that holds what was recorded
    evidence: list[str] = msgspec.field(default_factory=list)


class Run(Struct, frozen=True):
    """All that ``run.json`` holds."""

    schema: int
    id: str
    status: Status
    created: str  #: ISO 8601, UTC
    harness: str  #: version
    commit: str | None  #: git commit of the checkout, "-dirty" appended where it was
    code: str  #: digest of all code that is executed
    host: Host
    plan: Plan
    environments: dict[str, Environment]
    settings: dict[str, dict[str, str]]  #: environment variables, by framework/mode
    trials: list[Trial]
    spins: list[Spin]  #: the host's noise: before the first trial, and after each
    probes: list[ProbeVerdict] = msgspec.field(default_factory=list)
    artifacts: str = ""  #: URL below which they were stored; empty for the run's folder
    #: Names of the services that the user gave, of :data:`SERVICE_OPTIONS`; URLs hold passwords, so
    #: they are not recorded. None in runs from before they were.
    user_services: list[str] | None = msgspec.field(default=None, name="given")
