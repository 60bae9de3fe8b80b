"""Hooks of probes: functions by which an adapter shows how its framework really behaves.

``adapters/<name>/probes.toml`` names a module of hooks for each mode, and lists the probes that
the framework cannot answer, each with the reason. A hook is a function named like its probe;
``harness probe --list`` describes the task of each. It builds a small pipeline out of native
constructs, runs it, and returns the framework's own account of it, as a JSON object::

    def retry(probe):
        @framework.task(retries=probe.settings["retries"])
        def step():
            return perform(probe.call("flaky"))

        return {"state": framework.run(step).state}

The verdict comes from the recorded attempts of the bodies, which :func:`perform` runs and records.
Each hook runs in a fresh process, forked once the framework is imported and the mode's services
are up. Where a framework builds more at its first run, a function ``warm_up(mode)`` beside the
hooks may build it before they are forked; it must leave no thread. Standard library only.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.contract import Call, Context, Value, execute

__all__ = [
    "Call",
    "Context",
    "NeedsServiceError",
    "ProbeContext",
    "UnsupportedError",
    "Value",
    "perform",
]

_POLL_S = 0.05


class UnsupportedError(Exception):
    """The framework does not have the feature; ``link`` is the page of its documentation."""

    def __init__(self, reason: str, link: str = "") -> None:
        super().__init__(reason)
        self.link = link


class NeedsServiceError(UnsupportedError):
    """The framework has the feature, but only with a service or cluster that this mode lacks."""


@dataclass(frozen=True)
class ProbeContext:
    """Facts of one run of a hook, and the bodies that its steps must run."""

    context: Context  #: as for a run: mode, workers, folder of the service, run id, services
    bodies: Mapping[str, Call]  #: the probe's steps, by name
    settings: Mapping[str, Any]  #: the probe's numbers: retries, seconds, sizes
    folder: Path  #: the probe's own, empty at first and kept from one attempt to the next
    attempt: int = 1  #: 2 if the process of the first was killed and the user begins again

    @property
    def mode(self) -> str:
        """Return the mode that is probed."""
        return self.context.mode

    @property
    def run_id(self) -> str:
        """Return an id unique in the trial, the same for both attempts: name the run so."""
        return self.context.run_id

    def call(self, body: str, **arguments: Value) -> Call:
        """Return one of the bodies, with further arguments, as JSON for any native channel.

        Raises ``KeyError`` if the probe has no such body.
        """
        call = self.bodies[body]
        return {**call, "arguments": {**call["arguments"], **arguments}}

    def mark(self, text: str) -> None:
        """Record for the judge that this moment was reached, such as "approved"."""
        line = json.dumps({"ns": time.monotonic_ns(), "mark": text})
        descriptor = os.open(self.folder / "marks.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(descriptor, f"{line}\n".encode())
        finally:
            os.close(descriptor)

    def wait_for(self, body: str, patience_s: float = 60.0, attempts: int = 1) -> None:
        """Wait until so many attempts at a body have begun.

        Raises ``TimeoutError`` after ``patience_s`` seconds.
        """
        end = time.monotonic() + patience_s
        while _begun(Path(self.context.events), body) < attempts:
            if time.monotonic() > end:
                raise TimeoutError(f"{body} has not begun within {patience_s:g} s")
            time.sleep(_POLL_S)


def _begun(folder: Path, body: str) -> int:
    """Return how many attempts at a body the journals in ``folder`` hold."""
    start = f'"step": {json.dumps(body)}'
    return sum(path.read_text().count(start) for path in folder.glob("*.jsonl"))


def perform(call: Call, **arguments: Value) -> Value:
    """Run one body, recorded, with arguments known only at run time; return its result as JSON.

    Raises the body's own error.
    """
    return execute({**call, "arguments": {**call["arguments"], **arguments}}, {})
