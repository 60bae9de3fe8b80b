"""Contract between the harness and an adapter: four functions in ``adapters/<name>/adapter.py``,
or in the module that adapter.toml names for a mode.

An adapter translates; it never holds a stopwatch, never runs a step itself but through
:func:`execute`, and is loaded only inside its framework's own environment. Besides ``adapter.py``
its folder holds ``adapter.toml`` (facts that need no code) and ``requirements.in``.

A complete adapter for a framework that calls functions::

    def build(workload, ctx):
        return workload

    def run(flow, ctx):
        results = {}
        for step in flow.steps:                        # already in topological order
            inputs = {id: results[id] for id in step.upstreams}
            results[step.id] = framework.call(execute, ctx.call(step), inputs)
        return flow.select(results)                    # the named outputs

What an adapter may rely on:

- A step's id matches ``[A-Za-z][A-Za-z0-9_]*`` and is unique in its workload. As a keyword argument
  it may collide with a parameter of the framework's own.
- A call (:meth:`Context.call`) is enough to run a step elsewhere: under ``step`` is its id, under
  ``upstreams`` the ids of the results that :func:`execute` needs.
- Processes that the adapter or its framework starts can import ``adapters``, ``workloads`` and the
  user's own module: ``PYTHONPATH`` names their folders.
- Some frameworks read the annotations of functions and cannot resolve those that are text: leave
  out ``from __future__ import annotations`` in a module with such functions.

Standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from adapters.urls import for_asyncpg
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
    """Processes of a mode that needs some; all end with the trial, the last one started first.

    A failure raises ``RuntimeError`` with the end of the process's output. A process that dies
    during a run raises in the main thread.
    """

    host: str  #: address on which every service must listen: 127.0.0.1, or the one the user names

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
        """Start a process and wait until ``ready()`` returns True.

        ``name`` identifies it in messages and in probes.toml; ``env`` adds to this process's
        environment. ``patience_s`` is the longest wait until it is ready, ``grace_s`` the time
        that it has to end after a SIGTERM, both in seconds.
        """

    def run(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        patience_s: float = 180.0,
    ) -> None:
        """Run a set-up command to its end; raise unless it exits with 0 within ``patience_s``."""

    def url(self, name: str) -> str:
        """Return the URL of ``postgres``, ``redis`` or ``dask`` (if adapter.toml's ``needs`` names
        it), or of the ``endpoint`` that the user gave.
        """

    def port(self) -> int:
        """Return a free TCP port on :attr:`host`."""

    def secret(self) -> str:
        """Return a new random password of letters and digits."""


@dataclass(frozen=True)
class Context:
    """Facts of one execution: one object for a trial's service, one for each repetition."""

    mode: str  #: one of the modes in adapter.toml
    workers: int  #: number of steps that may run at once; 1 in a mode that is sequential by nature
    folder: Path  #: the adapter's own scratch folder, the same for the whole trial, empty at first
    run_id: str  #: unique in the trial: name the engine's run so, and find it again to count
    events: str  #: folder or ``tcp://`` URL for step attempts; empty if none are to be recorded
    artifacts: str  #: folder or URL below which artifacts are stored
    services: Services  #: starts the processes that the mode needs

    def call(self, step: Step) -> Call:
        """Return ``step`` as the JSON that ``execute(call, inputs)`` takes, for any channel.

        ``inputs`` maps the id of each of ``step.upstreams`` to its result. Results are JSON.
        """
        return call_of(step, self.events, self.artifacts)


class Adapter(Protocol):
    """The four functions of an adapter module.

    Any exception fails the phase that it is raised in, and its message is shown.
    """

    def service(self, ctx: Context) -> AbstractContextManager[None]:
        """Start the services of the mode, wait until they answer, and stop them at exit.

        Entered once a trial. Write ``service = no_service`` if the mode does not need any.
        """

    def build(self, workload: Workload, ctx: Context) -> Any:
        """Translate a workload into native constructs and return them. Run no step."""

    def run(self, flow: Any, ctx: Context) -> Mapping[str, Value]:
        """Execute ``flow``, the result of :meth:`build`, once; return the named outputs as JSON.

        Block until all steps have ended, and raise if one failed. ``workload.select(results)``
        picks the outputs.
        """

    def engine_count(self, ctx: Context) -> int | None:
        """Return how many step executions of run ``ctx.run_id`` the engine's own store has as
        successful now; None if the engine does not have a store.

        Called again until the number equals that of the steps or a timeout ends, because some
        engines record late. Write ``engine_count = no_engine_count`` without a store.
        """


@contextmanager
def no_service(ctx: Context) -> Iterator[None]:
    """Start nothing: the ``service`` of a mode that needs none."""
    yield


def no_engine_count(ctx: Context) -> int | None:
    """Return None: the ``engine_count`` of an engine that keeps no record of its runs."""
    return None
