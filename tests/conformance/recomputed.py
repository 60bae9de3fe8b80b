"""Overhead and METG computed independently, from a run's raw files and the documented formulas.

The harness is not imported, so an error common to both can only come from the formulas.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean, median
from typing import Any


class Raw:
    """Journals and stamps of a run, read with json alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        run = json.loads((folder / "run.json").read_bytes())
        self.cells = {cell["id"]: cell for cell in run["plan"]["cells"]}
        self.warm: dict[str, list[tuple[int, str, str]]] = {}
        for trial in run["trials"]:
            for each in trial["repetitions"]:
                if each["outcome"] == "ok" and not each["cold"]:
                    entry = (trial["number"], trial["id"], each["run_id"])
                    self.warm.setdefault(each["cell"], []).append(entry)

    def overhead_s(self, cell: str) -> float:
        """Return (T - sum of d) / N of a chain, in seconds."""
        own = self.step_ns(self.cells[cell]["workload"])
        return (self.makespan_ns(cell) - sum(own.values())) / len(own) / 1e9

    def metg_s(self, cells: list[str]) -> float | None:
        """Return the METG in seconds; None if it is not within the points.

        T * P / N is linear in d between the last point below efficiency one half and the next.
        """
        points = []
        for cell in cells:
            own = self.step_ns(self.cells[cell]["workload"])
            granularity = self.makespan_ns(cell) * self.cells[cell]["workers"] / len(own)
            points.append((fmean(own.values()), granularity))
        points.sort()
        below = [i for i, (d, granularity) in enumerate(points) if d / granularity < 0.5]
        if not below or below[-1] == len(points) - 1:
            return None
        (d1, g1), (d2, g2) = points[below[-1]], points[below[-1] + 1]
        f1, f2 = d1 - g1 / 2, d2 - g2 / 2
        return (g1 + f1 / (f1 - f2) * (g2 - g1)) / 1e9

    def makespan_ns(self, cell: str) -> float:
        """Return T: the median over rounds of each round's median."""
        rounds: dict[int, list[int]] = {}
        for number, trial, run_id in self.warm[cell]:
            last = max(end for _, end in self._spans(trial, run_id).values())
            rounds.setdefault(number, []).append(last - self._began_ns(trial, run_id))
        return median(median(values) for values in rounds.values())

    def step_ns(self, workload: str) -> Mapping[str, float]:
        """Return d of each step: its median over plain Python's warm executions, one worker."""
        taken: dict[str, list[int]] = {}
        for _, trial, run_id in self.warm[f"plain-inprocess-p1-{workload}"]:
            for step, (start, end) in self._spans(trial, run_id).items():
                taken.setdefault(step, []).append(end - start)
        return {step: median(values) for step, values in taken.items()}

    def _spans(self, trial: str, run_id: str) -> dict[str, tuple[int, int]]:
        spans = {}
        for journal in (self.folder / "trials" / trial / run_id / "events").glob("*.jsonl"):
            started: dict[int, dict[str, Any]] = {}
            for line in map(json.loads, journal.read_text().splitlines()[1:]):
                if "start" in line:
                    started[line["n"]] = line
                else:
                    begun = started[line["n"]]
                    spans[begun["step"]] = (begun["start"], line["end"])
        return spans

    def _began_ns(self, trial: str, run_id: str) -> int:
        lines = (self.folder / "trials" / trial / "phases.jsonl").read_text().splitlines()
        stamps = [
            stamp["ns"]
            for stamp in map(json.loads, lines)
            if (stamp["phase"], stamp["run_id"], stamp["edge"]) == ("execute", run_id, "start")
        ]
        return int(stamps[0])
