"""Fake that writes invalid lines into the journal of phases; in the last mode it then hangs."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from adapters.contract import Context, Value, Workload, no_engine_count, no_service
from workloads.execute import run_serially

service = no_service
engine_count = no_engine_count

_LINES = {
    "text": b"\xff\xfe no JSON at all\n",
    "unknown_phase": b'{"phase": "lunch", "run_id": "", "edge": "start", "ns": 1}\n',
    "wrong_types": b'{"phase": ["execute"], "run_id": 7, "edge": "start", "ns": "noon"}\n',
}


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    with (ctx.folder.parent / "phases.jsonl").open("ab", buffering=0) as journal:
        if ctx.mode != "future":
            journal.write(_LINES[ctx.mode])
        else:
            later = {"phase": "settle", "run_id": ctx.run_id, "edge": "start", "ns": 10**19}
            journal.write(json.dumps(later).encode() + b"\n")
            time.sleep(3600)
    time.sleep(0.5)  # until the harness has read it
    return flow.select(run_serially(flow, ctx.events, ctx.artifacts))
