"""Progress on stderr: a live line on a terminal, plain lines in a log."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from harness.errors import HarnessError
from harness.frameworks import versions
from harness.frameworks.catalog import Framework
from harness.home import Home
from harness.model import Environment, Outcome, PlannedTrial, Trial
from harness.setup import prepare


class _Display:
    """One live line on a terminal; elsewhere lines with the time since the start."""

    def __init__(self, what: str, total: int) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._started = time.monotonic()
        self._live = Progress(
            SpinnerColumn(),
            BarColumn(bar_width=16),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=self._console,
            transient=True,
            refresh_per_second=2,  # drawing takes CPU that is being measured
        )
        self._task = self._live.add_task(what, total=total)

    @property
    def _done(self) -> int:
        return int(self._live.tasks[0].completed)

    def _say(self, text: str) -> None:
        """Print a line for the log, unless stderr is a terminal."""
        if not self._console.is_terminal:
            minutes, seconds = divmod(int(time.monotonic() - self._started), 60)
            print(f"[{minutes:02d}:{seconds:02d}] {text}", file=sys.stderr, flush=True)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()


class Setup(_Display):
    """Progress of environments being made; thread-safe."""

    def __init__(self, names: list[str]) -> None:
        super().__init__("environments", len(names))
        self._parts: dict[str, str] = dict.fromkeys(names, "…")
        self._lock = threading.Lock()

    def part(self, name: str, part: str) -> None:
        """Show that environment ``name`` is at ``part``: wait, install, check, ready or failed."""
        with self._lock:
            self._parts[name] = part
            under_way = [f"{n} {p}" for n, p in self._parts.items() if p not in ("ready", "failed")]
            done = len(self._parts) - len(under_way)
            self._live.update(self._task, completed=done, description=", ".join(under_way))
            if part != "ready":
                self._say(f"environment {name}: {part}")


class FirstTries(_Display):
    """Progress of calibration: the subject whose cost per step is being measured."""

    def __init__(self, total: int) -> None:
        super().__init__("first tries", total)
        self._begun = 0

    def subject(self, name: str) -> None:
        """Show that the subject ``name`` has begun."""
        self._live.update(self._task, completed=self._begun, description=f"first try of {name}")
        self._begun += 1
        self._say(f"first try of {name}")


class Cases(_Display):
    """Progress of a contract check: the requirement that is being tried."""

    def __init__(self, where: str, cases: Sequence[str]) -> None:
        """Show a check of ``where``, a framework in a mode, with these requirements."""
        super().__init__(f"checking {where}", len(cases))
        self._cases = list(cases)
        self._begun: dict[str, int] = {}

    def phase(self, phase: str, run_id: str) -> None:
        """Show that a phase begins, of the run ``case_<number>-…`` or of the process."""
        case = run_id.partition("-")[0]
        if not case or case in self._begun:
            return
        number = int(case.removeprefix("case_"))
        self._begun[case] = number
        what = self._cases[number - 1]
        self._live.update(self._task, completed=number - 1, description=what)
        self._say(f"{number}/{len(self._cases)} {what}")


class Questions(_Display):
    """Progress of queries to the package index."""

    def __init__(self, total: int) -> None:
        super().__init__("facts", total)
        self._asked = 0

    def part(self, name: str, part: str) -> None:
        """Show that ``part`` of the framework ``name`` is being queried."""
        self._live.update(self._task, completed=self._asked, description=f"{name}: {part}")
        self._asked += 1
        self._say(f"{name}: {part}")


class Trials(_Display):
    """Progress of the trials of a run: the current one, time elapsed, time left."""

    def __init__(self, expected_s: Mapping[str, float]) -> None:
        """Show trials; ``expected_s`` estimates each planned trial's seconds, by its id."""
        super().__init__("", len(expected_s))
        self._expected_s = dict(expected_s)
        self._ended_s = 0.0  # the estimates of the trials that have ended
        self._trial_started = self._started
        self._now: PlannedTrial | None = None

    def trial(self, done: int, planned: PlannedTrial) -> None:
        """Show that a trial begins, after ``done`` have ended."""
        self._trial_started = time.monotonic()
        self._now = planned
        self._live.update(self._task, completed=done, description=planned.id)

    def phase(self, phase: str, run_id: str) -> None:
        """Show the phase of the current trial."""
        where = f"{phase} {run_id}".strip()
        now = self._now.id if self._now else ""
        self._live.update(self._task, description=f"{now}: {where}{self._left()}")

    def ended(self, result: Trial) -> None:
        """Show that a trial has ended, with its outcome."""
        self._live.advance(self._task)
        self._ended_s += self._expected_s.pop(result.id, 0.0)
        number = f"{self._done}/{self._live.tasks[0].total:.0f}"
        self._say(f"{number} {result.id}: {_outcomes(result)}")

    def _left(self) -> str:
        """Return the time left: estimates of trials to come, scaled by the pace until now."""
        if not self._ended_s:
            return ""
        now = time.monotonic()
        pace = (self._trial_started - self._started) / self._ended_s
        left = pace * sum(self._expected_s.values()) - (now - self._trial_started)
        return f", about {_minutes(left)} left" if left > 0 else ", longer than expected"


def _outcomes(result: Trial) -> str:
    """Return the worst outcome of a trial, and the number of cells that were left out."""
    skipped = {each.cell for each in result.repetitions if each.outcome is Outcome.SKIPPED}
    tried = [each.outcome for each in result.repetitions if each.cell not in skipped]
    if not tried or not skipped:
        return result.worst[0].value
    return f"{Outcome.worst([result.outcome, *tried]).value}, {len(skipped)} cells left out"


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


class Probes(_Display):
    """Progress of probes; thread-safe."""

    def __init__(self, total: int) -> None:
        super().__init__("probes", total)
        self._done_of: dict[str, int] = {}
        self._under_way: set[str] = set()
        self._lock = threading.Lock()

    def probes(self, trial: str, done: int, of: int) -> None:
        """Show that ``done`` of the ``of`` probes of a trial have ended."""
        with self._lock:
            if self._done_of.get(trial) == done:
                return
            self._done_of[trial] = done
            (self._under_way.discard if done == of else self._under_way.add)(trial)
            all_done = sum(self._done_of.values())
            under_way = ", ".join(sorted(self._under_way))
            self._live.update(self._task, completed=all_done, description=under_way)
            self._say(f"{trial}: {done} of {of} probes")


class TerminalDisplay:
    """Display of a session on stderr; see :class:`harness.execution.session.Display`."""

    def resolved(self, home: Home, frameworks: Sequence[Framework]) -> list[Framework]:
        """Return ``frameworks``, those with a version completed by their locks."""
        return resolved(home, frameworks)

    def environments(
        self, home: Home, frameworks: Sequence[Framework], extra: Path | None
    ) -> Mapping[str, Environment | HarnessError]:
        """Make the environments of ``frameworks`` that do not exist yet."""
        return environments_of(home, frameworks, extra)

    @contextlib.contextmanager
    def first_tries(self, count: int) -> Iterator[Callable[[str], None]]:
        """Show calibration; yield a callback to be called with each subject's id."""
        with FirstTries(count) as shown:
            yield shown.subject

    def note(self, text: str) -> None:
        """Show a message that belongs to no result."""
        print(f"harness: {text}", file=sys.stderr, flush=True)


def environments_of(
    home: Home, frameworks: Sequence[Framework], extra: Path | None = None
) -> Mapping[str, Environment | HarnessError]:
    """Make the environments of ``frameworks`` that do not exist yet, and show progress.

    Return, by the framework's name, the environment, or the error if it could not be made.
    """
    distinct = {each.spec: each for each in frameworks}  # aliases share one
    with Setup([each.name for each in distinct.values()]) as shown:
        made = prepare.ready(home, list(distinct.values()), shown.part, extra)
    return {each.name: made[distinct[each.spec].name] for each in frameworks}


def resolved(home: Home, frameworks: Sequence[Framework]) -> list[Framework]:
    """Return ``frameworks``, those with a version completed by their locks; show progress.

    Raise the errors of :func:`harness.frameworks.versions.resolve` before anything is made.
    """
    other = [each.name for each in frameworks if each.version is not None]
    if not other:
        return versions.resolve(home, frameworks, lambda name, part: None)
    with Setup(other) as shown:
        return versions.resolve(home, frameworks, shown.part)
