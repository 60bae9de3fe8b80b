"""Runs without a network but the loopback interface: the same outcomes as with one."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest

from harness.home import Home

from ..conformance import machinery

pytestmark = pytest.mark.framework

_NAMESPACE = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
_UP = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
_RUN = ("run", "--workload", "diamond", "--repetitions", "2", "--json")


def _no_namespace() -> str:
    """Return the reason why no network namespace can be made here, or an empty string."""
    try:
        tried = subprocess.run(
            [*_NAMESPACE, *_UP, "true"], capture_output=True, text=True, timeout=30, check=False
        )
    except OSError as error:
        return str(error)
    return tried.stderr.strip() if tried.returncode else ""


def test_a_run_needs_no_network(home: Home) -> None:
    if reason := _no_namespace():
        pytest.skip(f"network namespaces are not permitted: {reason}")
    command = [*_NAMESPACE, *_UP, *machinery.HARNESS, *_RUN]
    alone = subprocess.run(
        command,
        env=machinery.environment(home),
        cwd=home.root,
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert alone.stdout, alone.stderr
    view = json.loads(alone.stdout)
    assert view["troubles"] == []
    assert {outcome for _, outcome in _outcomes(view)} == {"ok"}
    assert machinery.traces(home.root) == []
    connected = json.loads(machinery.harness(home, *_RUN, timeout=580).stdout)
    assert _outcomes(connected) == _outcomes(view)


def _outcomes(view: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [row for each in view["experiments"] for row in each["rows"]]
    return [(row["framework"], row["outcome"]) for row in rows]
