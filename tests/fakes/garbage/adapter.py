"""Fake that damages the worker's files, or kills its supervisor, and then exits."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from adapters.contract import Context, Value, Workload, no_engine_count, no_service

service = no_service
engine_count = no_engine_count

_NOISE = bytes(range(256)) * 40
_HEADER = b'{"host": "h", "pid": 1}\n'


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    trial = ctx.folder.parent
    result = trial / ctx.run_id / "result.json"
    good: dict[str, object] = {
        **{"run_id": ctx.run_id, "outputs": {}, "phase": "execute"},
        **{"engine_count": None, "error": None},
    }
    if ctx.mode == "response":
        (trial / "response.json").write_bytes(_NOISE)
    elif ctx.mode == "result":
        result.write_bytes(_NOISE)
    elif ctx.mode == "events":
        (Path(ctx.events) / "h-1-1.jsonl").write_bytes(_NOISE)
        result.write_text(json.dumps(good))
    elif ctx.mode == "wrong_types":
        lines = [
            {"n": 1, "step": "s1", "thread": 1, "start": "noon"},
            {"n": 2, "step": ["s1"], "thread": 1, "start": 7},
        ]
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        (Path(ctx.events) / "h-1-1.jsonl").write_bytes(_HEADER + text.encode())
        result.write_text(json.dumps(good))
    elif ctx.mode == "folder":
        shutil.rmtree(trial)
    else:
        os.kill(os.getppid(), signal.SIGKILL)  # the supervisor, as if memory had run out
        time.sleep(60)
    os._exit(0)
