"""Starter of services: the part of a trial's service manager that providers use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from harness.services.process import Command

Entered = TypeVar("Entered")


class Starter(Protocol):
    """Runner of services' commands, as providers see it; see :class:`~.manager.Services`."""

    folder: Path  #: for logs and notes
    scratch: Path  #: for data
    host: str  #: address on which services listen
    workers: int  #: steps that run at once

    def port(self) -> int:
        """Return a free port of :attr:`host`."""

    def secret(self) -> str:
        """Return a new password, which is left out of messages and notes."""

    def entered(self, context: AbstractContextManager[Entered]) -> Entered:
        """Enter a context that outlives everything that is started from now on."""
        ...

    def start(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        ready: Callable[[], bool],
        env: Mapping[str, str] | None = None,
        patience_s: float = 180.0,
        grace_s: float = 30.0,
    ) -> None:
        """Start a process of a service, which ends with the trial, and wait until ``ready()``."""

    def complete(self, command: Command, patience_s: float = 180.0) -> None:
        """Run a command of a service's set-up to its end."""

    def run_service(
        self, command: Command, ready: Callable[[], bool], patience_s: float, noted: bool = True
    ) -> Any:
        """Start a command with its own user, folder and signal, and wait until ``ready()``."""
