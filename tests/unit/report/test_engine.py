"""The engine that draws: in order, on as many cores as there are, and loud where it breaks down."""

from __future__ import annotations

import sys

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
    beside = engine._beside
    monkeypatch.setattr(engine, "_beside", lambda them: began.append(len(them)) or beside(them))
    assert engine.svgs(SPECS) == alone
    assert began == [8], "the other half was not drawn by another process"
    assert all(f">number {at}<" in svg for at, svg in enumerate(alone))
    assert engine.svgs([]) == []


def test_an_engine_that_breaks_down_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "cores", lambda: 2)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(HarnessError, match="ended with 1: no word; reports of --format terminal"):
        engine.svgs(SPECS)
