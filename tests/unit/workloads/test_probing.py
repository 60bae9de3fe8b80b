"""Bodies of probes that depend on each other."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from workloads.execute import execute


def call(name: str, folder: Path, **arguments: Any) -> dict[str, Any]:
    return {
        "step": name,
        "function": f"workloads.probing:{name}",
        "arguments": arguments,
        "events": "",
        "artifacts": str(folder),
    }


def test_a_failure_waits_for_the_step_beside_it(tmp_path: Path) -> None:
    execute(call("sleep", tmp_path, seconds=0.0), {})
    with pytest.raises(ValueError, match="on purpose"):
        execute(call("fail", tmp_path, beside_s=3600.0), {})


def test_a_failure_without_a_step_beside_it_comes_after_its_wait(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(ValueError, match="on purpose"):
        execute(call("fail", tmp_path, beside_s=0.2), {})
    assert time.monotonic() - began >= 0.2
