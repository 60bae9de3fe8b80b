"""Hooks about single steps: dead letters, timeouts, subprocesses and resource hints."""

# Annotations are not deferred: Beam reads the hints of functions.
import contextlib
from typing import Any

import apache_beam as beam

from adapters.beam.probes.pipelines import (
    body,
    body_of,
    error_of,
    finished,
    pipeline_of,
    start,
)
from adapters.probing import Call, ProbeContext, Value
from workloads.execute import resolve

_RETRIES = 2
_CRASHES = 5


def _timeout(probe: ProbeContext) -> dict[str, Value]:
    """Set ``timeout`` of exception handling: the step is in a subprocess, then in a thread."""
    resolve(probe.call("long")["function"])  # else the time for its import counts
    failures = []
    for begun, (way, apart) in enumerate((("in a subprocess", True), ("in a thread", False)), 1):
        failures.append(_timed_out(probe, apart, begun))
        probe.mark(f"told: {way}")
    return {"failed": all(failures), "state": failures[-1]}


def _timed_out(probe: ProbeContext, apart: bool, begun: int) -> str:
    """Run the step until it has begun; return the pipeline's error.

    A worker that speaks gRPC forks the step's process, which at times crashes before the step
    begins. The threshold makes a pipeline fail that has a dead letter.
    """
    for _ in range(_CRASHES):
        pipeline = pipeline_of(probe)
        long = beam.Map(body, probe.call("long")).with_exception_handling(
            timeout=probe.settings["timeout_s"], use_subprocess=apart, threshold=0
        )
        start(pipeline) | "long" >> long
        error = error_of(pipeline)
        with contextlib.suppress(TimeoutError):
            probe.wait_for("long", 1.0, attempts=begun)
            return error
    raise RuntimeError(f"the step's process crashed {_CRASHES} times before the step began")


timeout_sleep = timeout_cpu = _timeout


def concurrency_limit(probe: ProbeContext) -> dict[str, Value]:
    """Set the hint ``max_active_bundles_per_worker``, on a runner with as many threads as steps.

    The job service does not take the number of threads: its client's worker has one.
    """
    width, limit = probe.settings["width"], str(probe.settings["limit"])
    threads = (f"--direct_num_workers={width}", "--direct_running_mode=multi_threading")
    for name, hints in (("free", {}), ("limited", {"max_active_bundles_per_worker": limit})):
        pipeline = pipeline_of(probe, *threads)
        steps = beam.Map(body, probe.call(name)).with_resource_hints(**hints)
        pipeline | beam.Create(range(width)) | beam.Reshuffle() | name >> steps
        finished(pipeline)
    return {"sequential": probe.mode == "server"}


class _Tried(beam.PTransform):  # type: ignore[misc]  # Beam has no types for it
    """A step in a subprocess, whose death makes a dead letter; dead letters are tried again."""

    def __init__(self, call: Call) -> None:
        super().__init__()
        self.call = call

    def expand(self, previous: beam.PCollection) -> beam.PCollection:
        """Return the results of all tries."""
        results = []
        for number in range(_RETRIES + 1):
            link = beam.Map(body_of, self.call, "previous")
            good, bad = previous | f"try {number}" >> link.with_exception_handling(
                use_subprocess=True
            )
            results.append(good)
            previous = bad | f"element {number}" >> beam.Map(_element)
        previous | "give up" >> beam.Map(_give_up)
        return results | beam.Flatten()


def _element(letter: Any) -> Any:
    """Return the element of a dead letter, which also has its error."""
    return letter[0]


def _give_up(element: Any) -> None:
    raise RuntimeError(f"all tries failed for {element}")


def durable(probe: ProbeContext) -> dict[str, Value]:
    """Run steps in subprocesses, with retries; a second run starts from the beginning."""
    pipeline = pipeline_of(probe)
    value = pipeline | beam.Create([0])
    for name in ("one", "two", "three", "four"):
        value = value | name >> _Tried(probe.call(name))
    finished(pipeline)
    return {"state": "success"}
