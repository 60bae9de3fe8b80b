"""Hook that records a process outside the trial as the process of its step."""

import json
import time
from pathlib import Path


def durable(probe):
    folder = Path(probe.context.events)
    folder.mkdir(parents=True, exist_ok=True)
    start = {"n": 0, "step": "one", "thread": 1, "start": time.monotonic_ns()}
    lines = [{"host": "x", "pid": int(Path(__file__).with_name("bystander").read_text())}, start]
    lines = [json.dumps(line) for line in lines]
    (folder / "forged.jsonl").write_text("\n".join(lines) + "\n")
    time.sleep(4)
    return {"state": "success"}
