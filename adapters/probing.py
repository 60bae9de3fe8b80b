"""What a probe's hook needs to know: how an adapter shows what its framework really does.

``adapters/<name>/probes.toml`` names a module of hooks for each mode, and what the framework does
not do, with the reason. A hook is a function named like its probe (``harness probe --list`` tells
what each has to do); it builds the little pipeline out of native constructs, runs it, and returns
what the framework says came of it::

    def retry(probe):
        @framework.task(retries=probe.settings["retries"])
        def step():
            return perform(probe.call("flaky"))

        return {"state": framework.run(step).state}

What is judged are the recorded attempts of the bodies, which :func:`perform` runs and records.
Hooks run in a fresh process each, forked once the framework is imported and the mode's services
are up. Where a framework builds more at its first run, a function ``warm_up(mode)`` beside them may
build it before they are forked, and must leave no thread. Standard library only.
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
    """The framework has no such thing. ``link`` leads to where its documentation says so."""

    def __init__(self, reason: str, link: str = "") -> None:
        super().__init__(reason)
        self.link = link


class NeedsServiceError(UnsupportedError):
    """The framework has it, but only with a service or cluster that this mode has not."""


@dataclass(frozen=True)
class ProbeContext:
    """What the harness tells a hook."""

    context: Context  #: as for a run: mode, workers, folder of the service, run id, services
    bodies: Mapping[str, Call]  #: the probe's steps, by name
    settings: Mapping[str, Any]  #: the probe's numbers: retries, seconds, sizes
    folder: Path  #: the probe's own, empty at first and kept from one attempt to the next
    attempt: int = 1  #: 2 where the process of the first was killed, and the user begins again

    @property
    def mode(self) -> str:
        """The mode that is probed."""
        return self.context.mode

    @property
    def run_id(self) -> str:
        """Unique in the trial; the same for both attempts: name the engine's run so."""
        return self.context.run_id

    def call(self, body: str, **arguments: Value) -> Call:
        """One of the bodies, with further arguments, as JSON: fit for any native channel."""
        call = self.bodies[body]
        return {**call, "arguments": {**call["arguments"], **arguments}}

    def mark(self, text: str) -> None:
        """Note for the judge that this moment was reached, such as "approved"."""
        line = json.dumps({"ns": time.monotonic_ns(), "mark": text})
        descriptor = os.open(self.folder / "marks.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(descriptor, f"{line}\n".encode())
        finally:
            os.close(descriptor)

    def wait_for(self, body: str, patience_s: float = 60.0, attempts: int = 1) -> None:
        """Wait until so many attempts at a body have begun. Raises ``TimeoutError``."""
        end = time.monotonic() + patience_s
        while _begun(Path(self.context.events), body) < attempts:
            if time.monotonic() > end:
                raise TimeoutError(f"{body} has not begun within {patience_s:g} s")
            time.sleep(_POLL_S)


def _begun(folder: Path, body: str) -> int:
    word = f'"step": {json.dumps(body)}'
    return sum(path.read_text().count(word) for path in folder.glob("*.jsonl"))


def perform(call: Call, **arguments: Value) -> Value:
    """Run one body, recorded, with arguments that only the run knows."""
    return execute({**call, "arguments": {**call["arguments"], **arguments}}, {})
