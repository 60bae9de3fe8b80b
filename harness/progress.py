"""What is going on, on stderr: a live line for people, plain lines for logs."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from harness.model import PlannedTrial, Trial


class Setup:
    """Tells how environments come along; thread-safe."""

    def __init__(self, names: list[str]) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._started = time.monotonic()
        self._parts: dict[str, str] = dict.fromkeys(names, "…")
        self._lock = threading.Lock()
        self._live = _bar(self._console)
        self._task = self._live.add_task("environments", total=len(names))

    def part(self, name: str, part: str) -> None:
        """Environment ``name`` is now at ``part``: install, check, ready or failed."""
        with self._lock:
            self._parts[name] = part
            under_way = [f"{n} {p}" for n, p in self._parts.items() if p not in ("ready", "failed")]
            done = len(self._parts) - len(under_way)
            self._live.update(self._task, completed=done, description=", ".join(under_way))
            if not self._console.is_terminal and part != "ready":
                self._console.print(f"[{_clock(self._started)}] environment {name}: {part}")

    def __enter__(self) -> Setup:
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


class FirstTries:
    """Tells which framework is being tried for what a step costs it."""

    def __init__(self, total: int) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._started = time.monotonic()
        self._live = _bar(self._console)
        self._task = self._live.add_task("first tries", total=total)
        self._begun = 0

    def subject(self, name: str) -> None:
        """Its turn has come."""
        self._live.update(self._task, completed=self._begun, description=f"first try of {name}")
        self._begun += 1
        if not self._console.is_terminal:
            self._console.print(f"[{_clock(self._started)}] first try of {name}")

    def __enter__(self) -> FirstTries:
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


class Trials:
    """Tells how the trials of a run come along: what runs now, elapsed, what is left."""

    def __init__(self, total: int) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._started = self._trial_started = time.monotonic()
        self._total = total
        self._first: int | None = None  # trials that a resumed run had done before
        self._now = ""
        self._live = _bar(self._console)
        self._task = self._live.add_task("", total=total)

    def trial(self, done: int, planned: PlannedTrial) -> None:
        """A trial begins; ``done`` have ended before it."""
        if self._first is None:
            self._first = done
        self._trial_started = time.monotonic()
        self._now = f"{planned.framework}/{planned.mode} trial {planned.number}"
        self._live.update(self._task, completed=done, description=self._now)

    def phase(self, phase: str, run_id: str) -> None:
        """The trial is in this phase."""
        where = f"{phase} {run_id}".strip()
        self._live.update(self._task, description=f"{self._now}: {where}{self._left()}")

    def ended(self, result: Trial) -> None:
        """A trial has ended."""
        self._live.advance(self._task)
        outcome, _ = result.worst
        if not self._console.is_terminal:
            done = int(self._live.tasks[0].completed)
            print(
                f"[{_clock(self._started)}] {done}/{self._total} {self._now}: {outcome.value}",
                file=sys.stderr,
                flush=True,
            )

    def _left(self) -> str:
        """As if every trial to come lasted as long as those that have ended did on average."""
        completed = self._live.tasks[0].completed
        done = completed - (self._first or 0)
        if not done:
            return ""
        each = (self._trial_started - self._started) / done
        spent = time.monotonic() - self._trial_started
        left = each * (self._total - completed) - spent
        return f", about {left:.0f} s left" if left > 0 else ", longer than expected"

    def __enter__(self) -> Trials:
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


def _bar(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        BarColumn(bar_width=16),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=console,
        transient=True,
    )


def _clock(started: float) -> str:
    minutes, seconds = divmod(int(time.monotonic() - started), 60)
    return f"{minutes:02d}:{seconds:02d}"
