"""Killer of services: gates hold all runs in their first step until all have begun."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.worker.probing import killers
from harness.worker.probing.killers import ActivePipeline, KillTarget, ServiceKiller
from harness.worker.probing.messages import GATE

STEPS = ("one", "two", "three")


class Stand:
    """Pipelines whose journals are written by hand, and services that record their kills."""

    def __init__(self, folder: Path, count: int) -> None:
        self.crashed: list[list[str]] = []
        services: Any = SimpleNamespace(crash=self._crash, revive=lambda crashed: None)
        self.killer = ServiceKiller(services, KillTarget(["engine"], clients=False), count, 0, 0.0)
        self.active = [self.pipeline(folder / f"p{n}", n) for n in range(1, count + 1)]

    def _crash(self, names: list[str], bare: object) -> list[str]:
        self.crashed.append(names)
        return names

    def pipeline(self, folder: Path, number: int) -> ActivePipeline:
        events = folder / "events"
        events.mkdir(parents=True)
        context = SimpleNamespace(events=str(events))
        probe = SimpleNamespace(folder=folder, context=context, bodies=dict.fromkeys(STEPS))
        hook: Any = SimpleNamespace(probe=probe)
        child: Any = None
        return ActivePipeline(number, hook, child)

    def begin(self, number: int, steps: int) -> None:
        """Write the journal of a run that has begun ``steps`` steps and ended all but the last."""
        lines: list[dict[str, object]] = [{"pid": 1}]
        for n, step in enumerate(STEPS[:steps]):
            lines.append({"n": n, "step": step, "start": n})
            if n + 1 < steps:
                lines.append({"n": n, "end": n + 1, "error": None})
        journal = self.active[number - 1].events / "j.jsonl"
        journal.write_text("".join(f"{json.dumps(line)}\n" for line in lines))

    def look(self) -> list[bool]:
        """Let the killer look twice, and return which gates are open."""
        self.killer.look(self.active)
        self.killer.look(self.active)
        return [(each.hook.probe.folder / GATE).exists() for each in self.active]


def test_the_gate_opens_once_all_have_begun_and_the_kill_hits_them_all(tmp_path: Path) -> None:
    stand = Stand(tmp_path, 2)
    assert stand.look() == [False, False]
    stand.begin(1, 1)
    assert stand.look() == [False, False]
    stand.begin(2, 1)
    assert stand.look() == [True, True]
    assert stand.crashed == []
    stand.begin(1, 2)
    stand.look()
    assert stand.crashed == [["engine"]]
    assert [each.hit for each in stand.active] == [True, True]
    stand.active.append(stand.pipeline(tmp_path / "p3", 3))
    assert stand.look() == [True, True, True], "a run waits for a kill that is over"


@pytest.mark.parametrize("name", ["_QUIET_S", "_PATIENCE_S"])
def test_gates_open_once_no_further_run_can_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    stand = Stand(tmp_path, 2)
    stand.begin(1, 1)
    assert stand.look() == [False, False]
    monkeypatch.setattr(killers, name, -1.0)
    assert stand.look() == [True, True]


def test_gates_stay_closed_until_a_run_has_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(killers, "_QUIET_S", -1.0)
    stand = Stand(tmp_path, 2)
    assert stand.look() == [False, False]
    assert stand.crashed == []
