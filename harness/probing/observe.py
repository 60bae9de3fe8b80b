"""Observations for judges, read from the folder of a probe process."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from harness import wire
from harness.probes.model import Observation, PipelineTrace, Probe
from harness.results.journal import read_events
from harness.worker.probing.messages import LOG, MARKS, OUTSIDE, Pipeline, ProbeResult
from workloads.probing import HEARTBEATS

_TAIL = 3  # lines of a log that are evidence


class _Mark(msgspec.Struct):
    ns: int
    mark: str


class _Attempted(msgspec.Struct):
    pid: int
    port: int
    address: str = ""
    name: str = ""


def observation(
    probe: Probe, folder: Path, result: ProbeResult, beside: Sequence[Path] = ()
) -> Observation:
    """Return all records of one probe in a trial's ``folder``.

    The connections to other hosts are those of the trial and of the trials ``beside`` it.

    Raises :class:`~harness.results.journal.JournalError` for journals that are damaged.
    """
    return Observation(
        settings=probe.settings,
        pipelines=[_trace(folder / each.folder, each) for each in result.pipelines],
        folder=folder,
        outside=[to for each in (folder, *beside) for to in _outside(each / OUTSIDE)],
        wall_s=time.time() - time.monotonic(),
    )


def last_log_lines(folder: Path, result: ProbeResult) -> list[str]:
    """Return the last lines of the log of the hook's processes."""
    for pipeline in result.pipelines:
        path = folder / pipeline.folder / LOG
        if path.exists():
            lines = path.read_text(errors="replace").split("\n")
            return [line.strip() for line in lines if line.strip()][-_TAIL:]
    return []


def _trace(folder: Path, pipeline: Pipeline) -> PipelineTrace:
    marks = [
        msgspec.json.decode(line, type=_Mark) for line in _lines(folder / MARKS)
    ]  # each line is one write by ProbeContext.mark, so it is complete
    return PipelineTrace(
        events=read_events(folder / wire.EVENTS),
        attempts=pipeline.attempts,
        marks=[(each.ns, each.mark) for each in marks],
        heartbeats=_heartbeats(folder / wire.ARTIFACTS / HEARTBEATS),
        killed_ns=pipeline.killed_ns,
        killed=pipeline.killed,
        back_ns=pipeline.back_ns,
        fell=pipeline.fell,
    )


def _heartbeats(folder: Path) -> dict[int, int]:
    found: dict[int, int] = {}
    for path in folder.glob("*-*"):
        pid, text = int(path.name.partition("-")[0]), path.read_text()
        if text:  # otherwise the process was killed during the write
            found[pid] = max(found.get(pid, 0), int(text))
    return found


def _outside(path: Path) -> list[str]:
    """Return hosts with ports; a line that is not valid JSON (the name is not escaped) as it is."""
    found = []
    for line in _lines(path):
        try:
            each = msgspec.convert(json.loads(line), _Attempted)
        except (ValueError, msgspec.ValidationError):
            found.append(line.decode(errors="replace")[:100])
            continue
        port = f":{each.port}" if each.port else ""
        found.append(f"{each.address or each.name}{port}")
    return found


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines() if path.exists() else []
