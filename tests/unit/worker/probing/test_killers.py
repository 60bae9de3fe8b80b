"""One blow to several runs: none goes beyond its first step before all that can have begun."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.worker.probing import killers
from harness.worker.probing.killers import Flight, KillTarget, OfServices
from harness.worker.probing.messages import GATE

STEPS = ("one", "two", "three")


class Stand:
    """Flights whose journals are written by hand, and services that note who was killed."""

    def __init__(self, folder: Path, count: int) -> None:
        self.crashed: list[list[str]] = []
        services: Any = SimpleNamespace(crash=self._crash, revive=lambda crashed: None)
        self.killer = OfServices(services, KillTarget(["engine"], clients=False), count, 0, 0.0)
        self.flights = [self.flight(folder / f"p{n}", n) for n in range(1, count + 1)]

    def _crash(self, names: list[str], bare: object) -> list[str]:
        self.crashed.append(names)
        return names

    def flight(self, folder: Path, number: int) -> Flight:
        events = folder / "events"
        events.mkdir(parents=True)
        context = SimpleNamespace(events=str(events))
        probe = SimpleNamespace(folder=folder, context=context, bodies=dict.fromkeys(STEPS))
        hook: Any = SimpleNamespace(probe=probe)
        child: Any = None
        return Flight(number, hook, child)

    def begin(self, number: int, steps: int) -> None:
        """Have a run begin so many steps, of which all but the last have ended."""
        lines: list[dict[str, object]] = [{"pid": 1}]
        for n, step in enumerate(STEPS[:steps]):
            lines.append({"n": n, "step": step, "start": n})
            if n + 1 < steps:
                lines.append({"n": n, "end": n + 1, "error": None})
        journal = self.flights[number - 1].events / "j.jsonl"
        journal.write_text("".join(f"{json.dumps(line)}\n" for line in lines))

    def look(self) -> list[bool]:
        """Have the killer look, and again, as it does all the time; which gates are open."""
        self.killer.look(self.flights)
        self.killer.look(self.flights)
        return [(each.hook.probe.folder / GATE).exists() for each in self.flights]


def test_the_gate_opens_once_all_have_begun_and_the_blow_meets_them_all(tmp_path: Path) -> None:
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
    assert [each.struck for each in stand.flights] == [True, True]
    stand.flights.append(stand.flight(tmp_path / "p3", 3))
    assert stand.look() == [True, True, True], "nobody waits for a blow that is over"


@pytest.mark.parametrize("name", ["_QUIET_S", "_PATIENCE_S"])
def test_where_no_more_can_run_at_once_they_are_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    stand = Stand(tmp_path, 2)
    stand.begin(1, 1)
    assert stand.look() == [False, False]
    monkeypatch.setattr(killers, name, -1.0)
    assert stand.look() == [True, True]


def test_nobody_is_let_go_while_nothing_has_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(killers, "_QUIET_S", -1.0)
    stand = Stand(tmp_path, 2)
    assert stand.look() == [False, False]
    assert stand.crashed == []
