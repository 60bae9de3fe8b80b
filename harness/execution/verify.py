"""Verification of a repetition: four conditions, with evidence for each that does not hold."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from harness.results.journal import Event
from workloads.dag import ARTIFACT, Workload

#: Relative difference in rounding allowed between versions of numeric libraries.
ROUNDING = 1e-9

_SHOWN = 3  # pieces of evidence of one kind; more would add nothing
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")  # SHA-256
_NOT_COMPUTED = "bytes"  # the codec of content that does not depend on a library's rounding


def problems(
    workload: Workload,
    events: Sequence[Event],
    outputs: Mapping[str, Any],
    oracle: Mapping[str, Any],
    engine_count: int | None,
    tolerance: float = 0.0,
) -> list[str]:
    """Return why a repetition that claims success does not count; empty if it does.

    It counts if: 1. outputs equal the oracle's (within relative ``tolerance``); 2. every step ran
    exactly once and ended well; 3. no step started before its upstreams had ended; 4. the engine's
    own store, if it has one, counts the same number of executions.
    """
    found = executions(workload, events) or order(workload, events)
    if engine_count is not None and engine_count != len(workload.steps):
        found.append(
            f"the engine's own store counts {engine_count} successful step executions, "
            f"the workload has {len(workload.steps)}"
        )
    if set(outputs) != set(workload.outputs):
        return [*found, f"returned {sorted(outputs)}, not {sorted(workload.outputs)}"]
    return found + differences(oracle, outputs, tolerance)


def executions(workload: Workload, events: Sequence[Event]) -> list[str]:
    """Return evidence of steps that did not run exactly once from start to end."""
    attempts: dict[str, list[Event]] = {step.id: [] for step in workload.steps}
    found = []
    for event in events:
        if event.step in attempts:
            attempts[event.step].append(event)
        else:
            found.append(f"step {event.step} ran, but is not in the workload")
    for step, tries in attempts.items():
        if not tries:
            found.append(f"step {step} never ran")
        elif len(tries) > 1:
            found.append(f"step {step} ran {len(tries)} times")
        elif tries[0].end_ns is None:
            found.append(f"step {step} started and never ended")
        elif tries[0].error is not None:
            found.append(f"step {step} failed ({tries[0].error}) and the run claims success")
    return _shortened(found)


def order(workload: Workload, events: Sequence[Event]) -> list[str]:
    """Return evidence of steps that started before one of their upstreams had ended."""
    by_step = {event.step: event for event in events}
    found = []
    for step in workload.steps:
        for upstream in step.upstreams:
            end = by_step[upstream].end_ns
            assert end is not None  # called only if executions() found nothing
            early = end - by_step[step.id].start_ns
            if early > 0:
                found.append(f"step {step.id} started {early / 1e6:.3f} ms before {upstream} ended")
    return _shortened(found)


def differences(oracle: Any, outputs: Any, tolerance: float, where: str = "output") -> list[str]:
    """Return the differences of ``outputs`` from the oracle's; artifacts are compared by content.

    A ``tolerance`` is for numbers. Values that depend on their last bits (digests, and stored
    arrays, tables and models) are then not compared.
    """
    return _shortened(_differences(oracle, outputs, tolerance, where))


def _differences(a: Any, b: Any, tolerance: float, where: str) -> list[str]:
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        if ARTIFACT in a and ARTIFACT in b:
            mine, theirs = a[ARTIFACT], b[ARTIFACT]
            rounded = tolerance and mine["codec"] == theirs.get("codec") != _NOT_COMPUTED
            same = mine["sha256"] == theirs["sha256"]
            return [] if same or rounded else [f"{where}: the artifact's content differs"]
        found = [f"{where}.{key} is missing" for key in a if key not in b]
        found += [f"{where}.{key} is not in the oracle" for key in b if key not in a]
        for key in a:
            if key in b:
                found += _differences(a[key], b[key], tolerance, f"{where}.{key}")
        return found
    if isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            return [f"{where} has {len(b)} items, the oracle's {len(a)}"]
        return [
            text
            for i, (x, y) in enumerate(zip(a, b, strict=True))
            for text in _differences(x, y, tolerance, f"{where}[{i}]")
        ]
    if type(a) is type(b) and a == b:
        return []
    numbers = all(type(x) in (int, float) for x in (a, b))
    if tolerance and numbers and math.isclose(a, b, rel_tol=tolerance):
        return []
    if tolerance and all(isinstance(x, str) and _DIGEST.match(x) for x in (a, b)):
        return []
    return [f"{where} is {_short(b)}, the oracle's {_short(a)}"]


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _shortened(found: list[str]) -> list[str]:
    if len(found) <= _SHOWN:
        return found
    return [*found[:_SHOWN], f"and {len(found) - _SHOWN} more like these"]
