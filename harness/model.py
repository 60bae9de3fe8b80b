"""Frozen values that make up a run, as stored in ``run.json``. Times are nanoseconds."""

from __future__ import annotations

import enum
from typing import Any, Literal

import msgspec

SCHEMA = 2  #: version of run.json's form; raise it when code for the old one would misread it
#: Libraries of the workload; every run records their versions.
LIBRARIES = ("numpy", "scipy", "scikit-learn", "pyarrow", "skops")
BASELINE = "plain"  #: the adapter whose verified output every other adapter's has to equal

#: Quantities that an experiment may estimate; each is a table of the report.
Estimates = Literal[
    "portability",  # modes and interpreters in which a pipeline gives its answer
    "workload",  # a pipeline's time, cold and warm, and relative to plain Python
    "overhead",  # time per step beyond its body, in chains
    "throughput",  # steps per second, with empty steps
    "latency",  # time from ready to started
    "metg",  # minimum effective task granularity, by a sweep of the step's time
    "strong",  # strong scaling: more workers, the same work
    "weak",  # weak scaling: more workers, work in proportion
    "growth",  # time against the number of steps
    "payload",  # time against the size of the value that is passed
    "efficiency",  # the share of P workers' time that is used
    "null",  # plain Python against itself (A/A)
    "recorder",  # plain Python with recording off
]

Status = Literal["running", "complete", "interrupted"]  #: of a run


def present_mode(name: str) -> str:
    """Return the present name of a mode: ``endpoint`` was ``cluster`` in older versions."""
    return name.replace("cluster", "endpoint", 1) if name.partition("-")[0] == "cluster" else name


class Outcome(str, enum.Enum):
    """Outcome of a repetition, from best to worst; of several, the worst counts."""

    OK = "ok"
    UNSUPPORTED = "unsupported"
    SKIPPED = "skipped"
    WRONG = "wrong"
    TIMEOUT = "timeout"
    FAILED = "failed"

    @staticmethod
    def worst(outcomes: list[Outcome]) -> Outcome:
        """Return the worst of ``outcomes``; ``skipped`` if the list is empty."""
        order = list(Outcome)
        return max(outcomes, key=order.index, default=Outcome.SKIPPED)


class Verdict(str, enum.Enum):
    """Observed behaviour of a framework in one mode, as the answer to a probe."""

    WORKS = "works"
    PARTLY = "partly"
    IGNORED = "accepted but ignored"
    UNSUPPORTED = "unsupported"
    NEEDS = "needs a service"
    INCONCLUSIVE = "inconclusive"


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all values here: immutable; unknown keys are refused."""


class Cell(Struct, frozen=True):
    """Unit of measurement: framework x version x mode x workload x parameters."""

    id: str
    framework: str
    mode: str
    workers: int
    workload: str  #: key of :attr:`Plan.workloads`
    repetitions: int = 1
    #: Seconds allowed for a repetition; skipped if expected to take longer, killed if it does.
    budget_s: float | None = None
    after: str | None = None  #: the next smaller cell; this one runs only if that one is ok
    scale: float = 1.0  #: expected time as a multiple of that smaller cell's
    recorded: bool = True  #: False only to measure the cost of recording

    @property
    def label(self) -> str:
        """Return framework and mode as messages name them, such as ``prefect/inprocess``."""
        return f"{self.framework}/{self.mode}"


class WorkloadSpec(Struct, frozen=True):
    """Workload with its parameters, as a plan names it."""

    name: str  #: as the user named it
    parameters: dict[str, Any]  #: complete, defaults included
    steps: int


class Experiment(Struct, frozen=True):
    """Cells that together answer one question."""

    name: str
    estimates: Estimates
    about: str
    cells: list[str]
    control: bool = msgspec.field(default=False, name="ruler")  #: checks the harness itself


class Cost(Struct, frozen=True):
    """Rough cost of a framework, from calibration; used only to choose sizes."""

    step_s: float  #: worker-seconds per empty step
    start_s: float  #: seconds from spawn to the first repetition


class PlannedTrial(Struct, frozen=True):
    """One fresh process of a framework, and the cells that it executes, in order."""

    id: str  #: also the name of its folder
    number: int  #: the round that it belongs to, from 1
    framework: str
    mode: str
    workers: int
    cells: list[str]


class Timeouts(Struct, frozen=True):
    """Seconds allowed for each phase before the whole tree of processes is killed."""

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
        """Return the limit of one phase, in seconds, by the phase's name."""
        return float(getattr(self, "import_" if phase == "import" else phase))


class Plan(Struct, frozen=True):
    """Plan of a run, complete before it starts."""

    profile: str  #: its name; empty for a workload named by flags
    seed: int
    trials: int
    workers: int  #: of modes that run steps in parallel, unless an experiment says otherwise
    idle_s: float  #: seconds for which a started, idle service is watched
    timeouts: Timeouts
    workloads: dict[str, WorkloadSpec]
    experiments: list[Experiment]
    cells: list[Cell]
    order: list[PlannedTrial]
    costs: dict[str, Cost]  #: by subject, from calibration
    injected: dict[str, float]  #: known costs of the controls' fake, by the names of its settings

    def cell(self, cell_id: str) -> Cell:
        """Return the cell with this id."""
        return next(cell for cell in self.cells if cell.id == cell_id)

    def reference(self, workload: str) -> Cell:
        """Return the cell of a workload's oracle and own step times: plain Python, one worker."""
        recorded = [each for each in self.cells if each.workload == workload and each.recorded]
        return next(each for each in recorded if (each.framework, each.workers) == (BASELINE, 1))

    def crowded(self, cores: int) -> str:
        """Return a warning if more steps run at once than there are ``cores``; empty if not."""
        # The controls' fake sleeps, so it needs no core.
        most = max((cell.workers for cell in self.cells if cell.framework != "fake"), default=1)
        return f"up to {most} workers on {cores} cores: they share them" if most > cores else ""


class Usage(Struct, frozen=True):
    """Resources that the whole tree of processes used during one phase of a repetition."""

    cpu_s: float | None
    written_bytes: int | None
    processes: int | None  #: at the phase's end
    threads: int | None
    database_bytes: int | None  #: growth of the framework's own database
    peak_pss_bytes: int | None = None  #: of the samples in it; without any, the next sample


class Resources(Struct, frozen=True):
    """Resources that a trial's tree of processes used, and the cost of measuring them."""

    source: str  #: counter of the CPU time: cgroup v1, cgroup v2 or psutil
    memory: str  #: kind of the memory figures: pss, uss or rss
    peak_pss_bytes: int | None
    peak_processes: int | None
    peak_threads: int | None
    written_bytes: int | None
    idle_pss_bytes: int | None  #: with the service started and idle
    idle_cpu_s: float | None  #: CPU seconds during the plan's ``idle_s``
    harness_cpu_s: float  #: of harness and supervisor, while the trial ran
    lasted_s: float


class Repetition(Struct, frozen=True):
    """One execution of a cell. Its figures count only if the outcome is ok."""

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
    """Result of a planned trial. ``outcome`` is of its process; repetitions have their own."""

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
    #: Seconds of each command that set services up, such as creating a database's tables.
    prepared: dict[str, float] = msgspec.field(default_factory=dict)
    commands: list[str] = msgspec.field(default_factory=list)  #: that started services, in order

    @property
    def planned_id(self) -> str:
        """Return the id of the planned trial that this one is, or continues."""
        return self.id.partition("+")[0]

    @property
    def worst(self) -> tuple[Outcome, list[str]]:
        """Return the worst outcome of its process and its repetitions, with the evidence."""
        outcomes = [self.outcome, *(each.outcome for each in self.repetitions)]
        evidence = [self.evidence, *(each.evidence for each in self.repetitions)]
        worst = Outcome.worst(outcomes)
        # The last one that is as bad: a repetition's own evidence says more than its trial's.
        last = len(outcomes) - 1 - outcomes[::-1].index(worst)
        return worst, evidence[last]


class Environment(Struct, frozen=True):
    """Figures of a framework's environment."""

    key: str
    python: str  #: version of its interpreter
    packages: int
    megabytes: float
    seconds: dict[str, float]  #: create, install (with compilation to bytecode), check
    import_s: float  #: of the adapter's module with its framework, in the check's own process


class Host(Struct, frozen=True):
    """Machine that a run was made on."""

    system: str
    machine: str
    processor: str
    cores: int
    memory_bytes: int
    python: str


class Spin(Struct, frozen=True):
    """Times of the same small piece of work, repeated: their spread is the host's noise."""

    wall_ns: list[int]
    load: float | None  #: load average of the last minute
    stolen_s: float | None  #: CPU seconds that a hypervisor gave to other machines, since boot


class ProbeVerdict(Struct, frozen=True):
    """Answer to one probe: the observed behaviour of a framework in one mode."""

    framework: str
    mode: str
    probe: str
    verdict: Verdict
    said: str  #: reason for the verdict, in one sentence
    link: str = ""  #: URL of the framework's documentation
    version: str = ""  #: of the framework; empty if the probe was not run
    trial: str = ""  #: folder below probes/ that holds the probe's records
    evidence: list[str] = msgspec.field(default_factory=list)


class Run(Struct, frozen=True):
    """Content of ``run.json``."""

    schema: int
    id: str
    status: Status
    created: str  #: ISO 8601, UTC
    harness: str  #: version
    commit: str | None  #: git commit of the checkout, with "-dirty" after it if it had changes
    code: str  #: digest of all code that is executed
    host: Host
    plan: Plan
    environments: dict[str, Environment]
    settings: dict[str, dict[str, str]]  #: environment variables, by framework/mode
    trials: list[Trial]
    spins: list[Spin]  #: the host's noise: before the first trial, and after each
    probes: list[ProbeVerdict] = msgspec.field(default_factory=list)
    roles: dict[str, str] = {}  #: by framework
    artifacts: str = ""  #: URL below which they were stored; empty for the run's folder
    #: Names of the user's services; their URLs may hold passwords. None in older runs.
    user_services: list[str] | None = msgspec.field(default=None, name="given")
