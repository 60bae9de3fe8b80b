"""The engine that draws: in order, on as many cores as there are, and loud where it breaks down."""

from __future__ import annotations

import sys

import psutil
import pytest

from harness import host
from harness.errors import HarnessError
from harness.report import engine

SPECS = [
    {
        "title": f"number {number}",
        "data": {"values": [{"x": x} for x in range(40 - number)]},
        "mark": "point",
        "encoding": {"x": {"field": "x", "type": "quantitative"}},
    }
    for number in range(17)
]


def test_many_drawings_come_back_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = [engine.svgs([each])[0] for each in SPECS]
    monkeypatch.setattr(host, "cores", lambda: 2)
    began = []
    drawer = engine.drawer
    monkeypatch.setattr(engine, "drawer", lambda: began.append(True) or drawer())
    assert engine.svgs(SPECS) == alone
    assert began == [True], "the other half was not drawn by another process"
    assert all(f">number {at}<" in svg for at, svg in enumerate(alone))
    assert engine.svgs([]) == []


def test_who_was_started_ahead_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = engine.svgs(SPECS[:2])
    monkeypatch.setattr(host, "cores", lambda: 2)
    with engine.ahead():
        monkeypatch.setattr(engine, "drawn", lambda _: pytest.fail("drawn by ourselves"))
        assert engine.svgs(SPECS[:2]) == alone
        assert engine.svgs(SPECS[1:2]) == alone[1:], "it draws more than once"
        first = engine.svgs(SPECS)
        monkeypatch.setattr(engine, "drawer", lambda: pytest.fail("started twice"))
        assert engine.svgs(SPECS) == first
    assert not engine._kept


def test_who_is_never_asked_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "cores", lambda: 2)
    before = set(psutil.Process().children())
    with engine.ahead():
        (started,) = set(psutil.Process().children()) - before
    assert not started.is_running()


def test_an_engine_that_breaks_down_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "cores", lambda: 2)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(HarnessError, match="ended with 1: no word; reports of --format terminal"):
        engine.svgs(SPECS)
