"""Larger and larger sizes, within the time budget."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.contract import Context, no_engine_count, no_service
from adapters.probing import ProbeContext
from harness.worker.probing import common_hooks
from workloads.dag import Workload
from workloads.execute import run_serially


class Timed:
    """An adapter that takes a second for every ten steps, by a clock of its own."""

    service = staticmethod(no_service)
    engine_count = staticmethod(no_engine_count)

    def __init__(self, most: int = 10**9, loses: int = 0, garbles: bool = False) -> None:
        self.now, self.most, self.loses, self.garbles = 0.0, most, loses, garbles
        self.ran: list[int] = []

    def build(self, workload: Workload, ctx: Context) -> Workload:
        return workload

    def run(self, flow: Workload, ctx: Context) -> Mapping[str, Any]:
        self.ran.append(len(flow.steps))
        if len(flow.steps) > self.most:
            raise RecursionError("too deep")
        self.now += len(flow.steps) / 10
        lines = [{"pid": 1}]
        for number in range(len(flow.steps) - self.loses):
            lines += [{"n": number, "step": "s", "start": 1}, {"n": number, "error": None}]
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        (Path(ctx.events) / f"{len(self.ran)}.jsonl").write_text(text)
        outputs = flow.select(run_serially(flow, events="", artifacts=""))
        return dict.fromkeys(outputs, 0) if self.garbles else outputs

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def climb(
    adapter: Timed, folder: Path, monkeypatch: pytest.MonkeyPatch, budget_s: float, enough: int = 0
) -> dict[str, Any]:
    monkeypatch.setattr(common_hooks.time, "monotonic", lambda: adapter.now)
    monkeypatch.setattr(common_hooks.time, "sleep", adapter.sleep)
    settings = {"sizes": [10, 100, 1000], "budget_s": budget_s, "settle_s": 60, "enough": enough}
    events = folder / "events"
    events.mkdir()
    context = Context("inprocess", 1, folder, "r", str(events), "", services=None)  # type: ignore[arg-type]
    return common_hooks.deepest_chain(ProbeContext(context, {}, settings, folder), adapter)


def test_all_sizes_are_tried_within_the_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = Timed()
    assert climb(adapter, tmp_path, monkeypatch, budget_s=200) == {}
    assert adapter.ran == [10, 100, 1000]
    marks = [
        json.loads(line)["mark"] for line in (tmp_path / "marks.jsonl").read_text().splitlines()
    ]
    assert marks[-2:] == ["try 1000", "done 1000 100.000"]


def test_a_size_that_would_take_too_long_is_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = Timed()
    said = climb(adapter, tmp_path, monkeypatch, budget_s=50)
    assert said == {"untried": 1000, "needs_s": pytest.approx(100)}
    assert adapter.ran == [10, 100]


def test_a_size_that_is_enough_is_tried_beyond_the_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = Timed()
    said = climb(adapter, tmp_path, monkeypatch, budget_s=1, enough=100)
    assert said == {"untried": 1000, "needs_s": pytest.approx(100)}
    assert adapter.ran == [10, 100]


def test_a_size_that_fails_is_reported_with_its_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = climb(Timed(most=50), tmp_path, monkeypatch, budget_s=200)
    assert said == {"failed": 100, "error": "RecursionError: too deep"}


def test_a_run_with_missing_steps_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = climb(Timed(loses=1), tmp_path, monkeypatch, budget_s=200)
    assert said == {"failed": 10, "error": "RuntimeError: 9 of 10 steps succeeded"}


def test_a_run_with_other_outputs_than_plain_python_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = climb(Timed(garbles=True), tmp_path, monkeypatch, budget_s=200)
    assert said == {
        "failed": 10,
        "error": "RuntimeError: 1 of 1 outputs differ from plain Python's",
    }
