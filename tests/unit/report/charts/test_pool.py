"""Pool of chart renderers: order of results, use of all cores, errors."""

from __future__ import annotations

import sys

import psutil
import pytest

from harness import host
from harness.errors import HarnessError
from harness.report.charts import pool

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
    alone = [pool.svgs([each])[0] for each in SPECS]
    monkeypatch.setattr(host, "cores", lambda: 2)
    began = []
    drawer = pool.drawer
    monkeypatch.setattr(pool, "drawer", lambda: began.append(True) or drawer())
    assert pool.svgs(SPECS) == alone
    assert began == [True], "the second half was not drawn by another process"
    assert all(f">number {at}<" in svg for at, svg in enumerate(alone))
    assert pool.svgs([]) == []


def test_a_renderer_started_ahead_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = pool.svgs(SPECS[:2])
    monkeypatch.setattr(host, "cores", lambda: 2)
    with pool.ahead():
        monkeypatch.setattr(pool, "drawn", lambda _: pytest.fail("drawn in this process"))
        assert pool.svgs(SPECS[:2]) == alone
        assert pool.svgs(SPECS[1:2]) == alone[1:], "the renderer is used again"
        first = pool.svgs(SPECS)
        monkeypatch.setattr(pool, "drawer", lambda: pytest.fail("started twice"))
        assert pool.svgs(SPECS) == first
    assert not pool._running


def test_an_unused_renderer_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "cores", lambda: 2)
    before = set(psutil.Process().children())
    with pool.ahead():
        (started,) = set(psutil.Process().children()) - before
    assert not started.is_running()


def test_a_failed_renderer_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "cores", lambda: 2)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(HarnessError, match=r"ended with 1: no message; .*--format terminal"):
        pool.svgs(SPECS)
