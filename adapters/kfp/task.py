"""Body of a component: runs one step, in the process or the pod that kfp starts for it."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path

from adapters.contract import Call, execute


def encoded(call: Call) -> str:
    """Return a call as a parameter: the local runner pastes text with quotes unescaped."""
    return base64.b64encode(json.dumps(call).encode()).decode()


def run_step(call: str, inputs: Sequence[str], result: str) -> None:
    """Run the step of an encoded ``call`` on files of its upstreams; write a file ``result``."""
    decoded = json.loads(base64.b64decode(call))
    values = [json.loads(Path(each).read_text()) for each in inputs]
    value = execute(decoded, dict(zip(decoded["upstreams"], values, strict=True)))
    Path(result).write_text(json.dumps(value))
