"""Session of a run: new or resumed, with everything that its trials need."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timezone
from pathlib import Path
from typing import Protocol

import msgspec

from harness import host, provenance
from harness.errors import HarnessError, UsageError
from harness.execution import artifacts, calibrate, run
from harness.frameworks import virtualenvs
from harness.frameworks.catalog import BASELINE, Catalog, Framework, choose
from harness.home import Home
from harness.model import Cost, Environment, Plan, Run
from harness.planning import forecast, workload
from harness.planning.composer import Composer
from harness.planning.plan import Settings
from harness.planning.profile import Profile
from harness.planning.suite import Suite
from harness.results import store
from harness.results.resume_command import as_options, resume_command

_EXTRA = "requirements.txt"  # the run's copy of the file of --requirements


class Display(Protocol):
    """Progress and messages of a session, and the slow work that needs progress."""

    def resolved(self, home: Home, frameworks: Sequence[Framework]) -> list[Framework]:
        """Return ``frameworks``, those of other versions with their locks."""

    def environments(
        self, home: Home, frameworks: Sequence[Framework], extra: Path | None
    ) -> Mapping[str, Environment | HarnessError]:
        """Make the environments of ``frameworks`` that do not exist yet."""

    def first_tries(self, count: int) -> AbstractContextManager[Callable[[str], None]]:
        """Show calibration: the block gets a callback, called with each subject's id."""

    def note(self, text: str) -> None:
        """Show a message that belongs to no result."""


class RunRequest(msgspec.Struct, frozen=True):
    """Request for a new run, as the user's options describe it."""

    home: Home
    catalog: Catalog
    chosen: list[Framework]
    profile: Profile
    settings: Settings
    extra: Path | None  #: further requirements of the user's workload
    artifacts: str  #: URL below which artifacts are stored; empty for the run's folder
    service_urls: Mapping[str, str]
    keep: bool


class Preparation(msgspec.Struct, frozen=True):
    """A run that can be planned: its workloads are built, in the baseline's environment."""

    composer: Composer
    suite: Suite
    environments: Mapping[str, Environment | HarnessError]

    def forecast(self) -> tuple[Plan, dict[str, Cost]]:
        """Return the plan by the costs that earlier runs found, and these costs."""
        folders = self.composer.home.results.glob(f"*/{store.RUN}")
        costs = forecast.known_costs(path.parent for path in folders)
        return self.composer.plan(self.suite, costs), costs


def prepare(request: RunRequest, display: Display) -> Preparation:
    """Make the baseline's environment and build all workloads in it.

    Raises :class:`HarnessError` if the environment cannot be made, :class:`UsageError` for a
    workload that cannot be built.
    """
    home, catalog, extra = request.home, request.catalog, request.extra
    environments = display.environments(home, [catalog[BASELINE]], extra)
    baseline = environments[BASELINE]
    if isinstance(baseline, HarnessError):
        raise baseline
    composer = Composer(home, catalog, request.chosen, request.settings, extra)
    return Preparation(composer, composer.suite(request.profile), environments)


@contextlib.contextmanager
def start(request: RunRequest, prepared: Preparation, display: Display) -> Iterator[run.Session]:
    """Make environments, calibrate, plan and save the run; hold its folder's lock in the block.

    The folder is removed if the run ends before it is saved for the first time.
    """
    home, catalog, extra = request.home, request.catalog, request.extra
    composer, suite = prepared.composer, prepared.suite
    _check_artifacts(home, catalog, extra, request.artifacts)
    needed = [each for each in composer.frameworks(suite) if each.name != BASELINE]
    environments = {**prepared.environments, **display.environments(home, needed, extra)}
    folder = store.new_run_folder(home, datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S"))
    with store.hold(folder), _removed_unless_begun(folder):
        if extra is not None:
            shutil.copy(extra, folder / _EXTRA)
        costs = _first_tries(request, prepared, folder, environments, display)
        plan = composer.plan(suite, costs)
        if crowded := plan.crowded(host.cores()):
            display.note(crowded)
        context = run.RunContext(
            home=home,
            folder=folder,
            sources=composer.sources(suite),
            workloads=suite.workloads,
            frameworks=catalog,
            environments=environments,
            extra=extra,
            keep=request.keep,
            service_urls=request.service_urls,
        )
        yield run.begin(context, plan, request.artifacts)


@contextlib.contextmanager
def resume(
    home: Home,
    folder: Path,
    catalog: Catalog,
    service_urls: Mapping[str, str],
    keep: bool,
    display: Display,
) -> Iterator[run.Session]:
    """Read an interrupted run, and prepare everything that its trials need.

    The caller holds the lock of its folder. Raises :class:`UsageError` for other services than
    those that the run was started with.
    """
    begun = store.load(folder)
    chosen = choose(catalog, list(dict.fromkeys(cell.framework for cell in begun.plan.cells)))
    catalog.update({each.name: each for each in chosen})
    check_services(begun, run.user_services_of(begun.plan, catalog, service_urls))
    chosen = display.resolved(home, chosen)
    catalog.update({each.name: each for each in chosen})
    extra = folder / _EXTRA if (folder / _EXTRA).exists() else None
    environments = display.environments(home, chosen, extra)
    _check_artifacts(home, catalog, extra, begun.artifacts)
    used = begun.plan.workloads
    sources = {spec.name: workload.locate(home, spec.name) for spec in used.values()}
    if provenance.code_digest((each.builder, each.root) for each in sources.values()) != begun.code:
        display.note(
            "the code has changed since this run began: results from now on may differ from "
            "earlier ones for that reason alone; start a new run to compare like with like"
        )
    context = run.RunContext(
        home=home,
        folder=folder,
        sources=sources,
        workloads={key: store.workload(folder, key) for key in used},
        frameworks=catalog,
        environments=environments,
        extra=extra,
        keep=keep,
        service_urls=service_urls,
    )
    yield run.Session(context, begun)


def check_services(begun: Run, services: Collection[str]) -> None:
    """Raise :class:`UsageError` unless ``services`` are those that the run was started with.

    Other services would mix measurements of different instances in one run.
    """
    if begun.user_services is not None and {*begun.user_services} != {*services}:
        then = as_options(begun.user_services) or "no service of the user's"
        now = as_options(services) or "none"
        raise UsageError(
            f"run {begun.id} was started with {then}, not with {now}; "
            f"resume it with the same services: {resume_command(begun)}"
        )


def _check_artifacts(home: Home, catalog: Catalog, extra: Path | None, root: str) -> None:
    """Raise :class:`EnvError` if artifacts cannot be stored below ``root``; it may be empty."""
    if root:
        artifacts.prove(home, virtualenvs.plan(home, catalog[BASELINE], extra).folder, root)


def _first_tries(
    request: RunRequest,
    prepared: Preparation,
    folder: Path,
    environments: Mapping[str, Environment | HarnessError],
    display: Display,
) -> dict[str, Cost]:
    """Return the cost of an empty step by subject, for choosing the step times of sweeps."""
    composer, suite = prepared.composer, prepared.suite
    wanted = composer.empty(suite)
    if not wanted:
        return {}
    bench = calibrate.Bench(
        home=request.home,
        folder=folder,
        suite=suite,
        catalog=request.catalog,
        environments=environments,
        sources=composer.sources(suite),
        extra=request.extra,
        service_urls=request.service_urls,
    )
    with display.first_tries(len(wanted)) as on_subject:
        return calibrate.costs(bench, wanted, on_subject)


@contextlib.contextmanager
def _removed_unless_begun(folder: Path) -> Iterator[None]:
    """Remove the folder of a run that ends before run.json exists, as it cannot be resumed."""
    try:
        yield
    finally:
        if not (folder / store.RUN).exists():
            shutil.rmtree(folder)
