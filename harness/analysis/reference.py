"""A workload as plain Python runs it: its steps' own times, and what they allow at best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from harness import stats
from harness.results.journal import Event
from workloads.dag import Workload


class Reference(msgspec.Struct):
    """What all figures of one workload refer to. Times in nanoseconds."""

    upstreams: Mapping[str, Sequence[str]]
    step_ns: Mapping[str, float]  #: each step's own, the median over plain Python's warm executions

    @property
    def steps(self) -> int:
        """N."""
        return len(self.upstreams)

    @property
    def total_ns(self) -> float:
        """The sum of all steps' own times."""
        return sum(self.step_ns.values())

    @property
    def mean_step_ns(self) -> float:
        """The mean step, d."""
        return self.total_ns / self.steps

    @property
    def chained(self) -> bool:
        """Whether no two steps could run at once, so that further workers are not its to use."""
        return stats.longest_path(self.upstreams, dict.fromkeys(self.upstreams, 1)) == self.steps

    @property
    def longest_path_ns(self) -> float:
        """What no number of workers can go below."""
        return stats.longest_path(self.upstreams, self.step_ns)


def reference(workload: Workload, executions: Iterable[Sequence[Event]]) -> Reference | None:
    """The reference from plain Python's verified executions; None if there are none."""
    times: dict[str, list[int]] = {}
    for events in executions:
        for event in events:
            assert event.end_ns is not None  # verified
            times.setdefault(event.step, []).append(event.end_ns - event.start_ns)
    if not times:
        return None
    upstreams = {step.id: step.upstreams for step in workload.steps}
    return Reference(upstreams, {step: stats.median(values) for step, values in times.items()})
