"""What a prober left in its folder, read for the judges."""

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
    probe: Probe, folder: Path, said: ProbeResult, beside: Sequence[Path] = ()
) -> Observation:
    """All that was seen of one probe in a trial's ``folder``, and what trials ``beside`` it
    attempted of the outside.

    Raises :class:`~harness.results.journal.JournalError` for journals that are damaged.
    """
    return Observation(
        settings=probe.settings,
        pipelines=[_seen(folder / each.folder, each) for each in said.pipelines],
        folder=folder,
        outside=[to for each in (folder, *beside) for to in _outside(each / OUTSIDE)],
        wall_s=time.time() - time.monotonic(),
    )


def last_words(folder: Path, said: ProbeResult) -> list[str]:
    """The last lines of what the hook's processes said."""
    for pipeline in said.pipelines:
        path = folder / pipeline.folder / LOG
        if path.exists():
            lines = path.read_text(errors="replace").split("\n")
            return [line.strip() for line in lines if line.strip()][-_TAIL:]
    return []


def _seen(folder: Path, pipeline: Pipeline) -> PipelineTrace:
    marks = [
        msgspec.json.decode(line, type=_Mark) for line in _lines(folder / MARKS)
    ]  # written by our own code, one write each
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
        if text:  # else it was killed while it wrote
            found[pid] = max(found.get(pid, 0), int(text))
    return found


def _outside(path: Path) -> list[str]:
    """Hosts with ports. A name may hold what breaks the line that it stands in."""
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
