"""Fake that works, and leaves files and a process behind."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from adapters.contract import Context, Value, Workload, no_engine_count, no_service
from workloads.execute import run_serially

service = no_service
engine_count = no_engine_count


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    for place in (Path(tempfile.gettempdir()), Path.home(), Path.cwd()):
        (place / "litter-of-a-fake").write_text("litter")
    subprocess.Popen(["sleep", "3600"], start_new_session=True, stdout=subprocess.DEVNULL)
    return flow.select(run_serially(flow, ctx.events, ctx.artifacts))
