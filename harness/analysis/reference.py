"""Reference of a workload: its steps' own times in plain Python, and the best they allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from harness import stats
from harness.results.journal import Event
from workloads.dag import Workload


class Reference(msgspec.Struct):
    """Steps' own times that all figures of one workload refer to, in nanoseconds."""

    upstreams: Mapping[str, Sequence[str]]
    step_ns: Mapping[str, float]  #: each step's own, the median over plain Python's warm executions

    @property
    def steps(self) -> int:
        """Return N, the number of steps."""
        return len(self.upstreams)

    @property
    def total_ns(self) -> float:
        """Return the sum of all steps' own times."""
        return sum(self.step_ns.values())

    @property
    def mean_step_ns(self) -> float:
        """Return d, the mean of the steps' own times."""
        return self.total_ns / self.steps

    @property
    def chained(self) -> bool:
        """Return whether the graph is a chain, which cannot use more than one worker."""
        return stats.longest_path(self.upstreams, dict.fromkeys(self.upstreams, 1)) == self.steps

    @property
    def longest_path_ns(self) -> float:
        """Return the longest path of step times, which bounds the makespan from below."""
        return stats.longest_path(self.upstreams, self.step_ns)


def reference(workload: Workload, executions: Iterable[Sequence[Event]]) -> Reference | None:
    """Return the reference from plain Python's verified executions; None without any."""
    times: dict[str, list[int]] = {}
    for events in executions:
        for event in events:
            assert event.end_ns is not None  # verified
            times.setdefault(event.step, []).append(event.end_ns - event.start_ns)
    if not times:
        return None
    upstreams = {step.id: step.upstreams for step in workload.steps}
    return Reference(upstreams, {step: stats.median(values) for step, values in times.items()})
