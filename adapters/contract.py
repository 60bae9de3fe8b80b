"""All that an adapter needs to know: four functions in ``adapters/<name>/adapter.py``, or in the
module that adapter.toml names for a mode.

An adapter translates; it never holds a stopwatch, never runs a step itself but through
:func:`execute`, and is loaded only inside its framework's own environment. Besides ``adapter.py``
its folder holds ``adapter.toml`` (what needs no code to know) and ``requirements.in``.

A complete adapter for a framework that calls functions::

    def build(workload, ctx):
        return workload

    def run(flow, ctx):
        results = {}
        for step in flow.steps:                        # already in topological order
            inputs = {id: results[id] for id in step.upstreams}
            results[step.id] = framework.call(execute, ctx.call(step), inputs)
        return flow.select(results)                    # the named outputs

Standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from workloads.dag import Ref, Step, Value, Workload
from workloads.execute import Call, call_of, execute

__all__ = [
    "Adapter",
    "Call",
    "Context",
    "Ref",
    "Services",
    "Step",
    "Value",
    "Workload",
    "call_of",
    "execute",
    "for_asyncpg",
    "no_engine_count",
    "no_service",
]


class Services(Protocol):
    """Starts the processes of a mode that needs some; all end with the trial, the last one first.

    Every failure raises with the process's last words; a process that dies in the middle of a run
    raises in the main thread.
    """

    host: str  #: the address where every service has to listen: 127.0.0.1, or as the user says

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
        """Start a process, in our environment and ``env``, and wait until ``ready()``."""

    def run(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        patience_s: float = 180.0,
    ) -> None:
        """Run a command of the set-up to its end, which must be good."""

    def url(self, name: str) -> str:
        """Where ``postgres``, ``redis`` or ``dask`` is, if adapter.toml says so: ``needs``."""

    def port(self) -> int:
        """A free port on :attr:`host`."""

    def secret(self) -> str:
        """A new password of letters and digits."""


@dataclass(frozen=True)
class Context:
    """What the harness tells an adapter. One for a trial's service, one for each repetition."""

    mode: str  #: one of the modes in adapter.toml
    workers: int  #: steps that may run at once; 1 in a mode that is sequential by nature
    folder: Path  #: the adapter's own scratch folder, the same for the whole trial, empty at first
    run_id: str  #: unique in the trial: name the engine's run so, and find it again to count
    events: str  #: where step attempts are recorded
    artifacts: str  #: where artifacts are stored
    services: Services  #: starts what the mode needs

    def call(self, step: Step) -> Call:
        """What ``execute(call, inputs)`` needs to run ``step``: plain JSON, fit for any channel.

        ``inputs`` maps the id of each of ``step.upstreams`` to its result. Results are JSON.
        """
        return call_of(step, self.events, self.artifacts)


class Adapter(Protocol):
    """The four functions of an adapter module. Any exception means failure, and is shown."""

    def service(self, ctx: Context) -> AbstractContextManager[None]:
        """Start what the mode needs, wait until it answers, and stop it at exit.

        Entered once a trial. Write ``service = no_service`` if the mode needs nothing.
        """

    def build(self, workload: Workload, ctx: Context) -> Any:
        """Translate into native constructs and return them. Runs no step."""

    def run(self, flow: Any, ctx: Context) -> Mapping[str, Value]:
        """Execute once, block until done, and return the named outputs.

        Must raise if a step failed. ``workload.select(results)`` picks the outputs.
        """

    def engine_count(self, ctx: Context) -> int | None:
        """Successful step executions of run ``ctx.run_id`` in the engine's own store, as of now.

        Asked again until it equals the number of steps or a timeout ends, because some engines
        record late. Write ``engine_count = no_engine_count`` if there is no store.
        """


@contextmanager
def no_service(ctx: Context) -> Iterator[None]:
    """The service of a mode that needs none."""
    yield


def no_engine_count(ctx: Context) -> int | None:
    """The count of an engine that keeps no record of what it ran."""
    return None


def for_asyncpg(url: str) -> str:
    """The URL for SQLAlchemy over asyncpg, which takes no parameters of libpq's.

    Of those only ``sslmode`` is kept, by asyncpg's name for it.
    """
    parts = urlsplit(url)
    modes = parse_qs(parts.query).get("sslmode", [])
    query = f"ssl={modes[-1]}" if modes else ""
    return parts._replace(scheme="postgresql+asyncpg", query=query).geturl()
