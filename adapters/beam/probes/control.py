"""Hooks about control flow: the ways that elements take through a graph."""

# Annotations are not deferred: Beam reads the hints of functions.
import json
from typing import Any

import apache_beam as beam
from apache_beam.metrics import Metrics, MetricsFilter
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import TimerSpec, on_timer

from adapters.beam.probes.pipelines import (
    body,
    error_of,
    finished,
    keep,
    pipeline_of,
    start,
    step,
    step_of,
)
from adapters.probing import Call, ProbeContext, Value, perform


def dynamic_fan_out(probe: ProbeContext) -> dict[str, Value]:
    """Make each value an element by ``FlatMap``; combine the results to a list."""
    pipeline, place = pipeline_of(probe), probe.folder / "total.json"
    (
        start(pipeline)
        | step(probe, "source")
        | "split" >> beam.FlatMap()
        | beam.Reshuffle()
        | step_of(probe, "square", "value")
        | beam.combiners.ToList()
        | step_of(probe, "total", "values")
        | "keep" >> beam.Map(keep, str(place))
    )
    finished(pipeline)
    return {"total": json.loads(place.read_text())}


def branch(probe: ProbeContext) -> dict[str, Value]:
    """Send the result to one of two collections by ``Partition``; ``Flatten`` joins both."""
    pipeline = pipeline_of(probe)
    left, right = start(pipeline) | step(probe, "decide") | beam.Partition(_side, 2)
    ends = left | step(probe, "left"), right | step(probe, "right")
    ends | beam.Flatten() | step(probe, "join")
    finished(pipeline)
    return {}


def _side(way: Any, _: int) -> int:
    """Return the number of the collection for an element."""
    return 0 if way == "left" else 1


class _Rounds(beam.DoFn):  # type: ignore[misc]  # Beam has no types for it
    """A looping timer: each time it fires, it runs the body, and is set again."""

    NEXT = TimerSpec("next", TimeDomain.WATERMARK)
    TIMER = beam.DoFn.TimerParam(NEXT)

    def __init__(self, call: Call) -> None:
        self.call = call

    def process(self, element, timer=TIMER):  # type: ignore[no-untyped-def]  # Beam reads hints
        """Set the timer for the first time."""
        timer.set(0)

    @on_timer(NEXT)
    def fired(  # type: ignore[no-untyped-def]  # Beam reads hints
        self, now=beam.DoFn.TimestampParam, timer=TIMER
    ):
        """Run the body, and set the timer again unless it returns 3."""
        value = perform(self.call)
        if value != 3:
            timer.set(now + 1)
        else:
            yield value


def loop(probe: ProbeContext) -> dict[str, Value]:
    """Repeat by a looping timer; a pipeline's graph itself does not have cycles."""
    pipeline = pipeline_of(probe)
    pipeline | beam.Create([("key", None)]) | beam.ParDo(_Rounds(probe.call("counter")))
    finished(pipeline)
    return {}


class _Child(beam.PTransform):  # type: ignore[misc]  # Beam has no types for it
    """A composite transform of two steps, which count that they ran."""

    def __init__(self, probe: ProbeContext) -> None:
        super().__init__()
        self.calls = [probe.call("inner_1"), probe.call("inner_2")]

    def expand(self, previous: beam.PCollection) -> beam.PCollection:
        """Return the collection that the second step makes."""
        first, second = self.calls
        return previous | "1" >> beam.Map(_counted, first) | "2" >> beam.Map(_counted, second)


def _counted(_: Any, call: Call) -> Any:
    Metrics.counter("probe", "ran").inc()
    return perform(call)


def sub_workflow(probe: ProbeContext) -> dict[str, Value]:
    """Apply a composite transform; metrics of its steps have its name before their own."""
    pipeline = pipeline_of(probe)
    start(pipeline) | step(probe, "before") | "child" >> _Child(probe) | step(probe, "after")
    found = finished(pipeline).metrics().query(MetricsFilter().with_step("child"))["counters"]
    names = {each.key.step.rpartition("/")[0] for each in found}
    return {"child": ", ".join(names) or None}


def partial_failure(probe: ProbeContext) -> dict[str, Value]:
    """Keep the failure apart as a dead letter, with a threshold that fails the pipeline later."""
    pipeline = pipeline_of(probe)
    root = start(pipeline)
    bad = "bad" >> beam.Map(body, probe.call("bad")).with_exception_handling(threshold=0)
    result, _ = root | bad
    result | step(probe, "after_bad")
    root | step(probe, "good") | beam.Reshuffle() | step(probe, "after_good")
    failed = bool(error_of(pipeline))
    return {"failed": failed, "state": "failed" if failed else "DONE"}


def fail_fast(probe: ProbeContext) -> dict[str, Value]:
    """Let a step raise, which ends the pipeline."""
    pipeline = pipeline_of(probe)
    root = start(pipeline)
    root | step(probe, "bad")
    root | step(probe, "slow") | beam.Reshuffle() | step(probe, "later")
    error = error_of(pipeline)
    return {"failed": bool(error), "state": error}
