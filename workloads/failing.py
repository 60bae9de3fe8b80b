"""A workload that fails on purpose, to see what a framework makes of it."""

from __future__ import annotations

from workloads.dag import Dag, Workload

#: What the failing step says. Whoever runs it must not lose it.
MESSAGE = "failed on purpose"


def source() -> int:
    """Return a number."""
    return 1


def fail(value: int) -> int:
    """Raise, whatever the value."""
    raise ValueError(MESSAGE)


def after(value: int) -> int:
    """Never to be reached."""
    return value


def failing() -> Workload:
    """Three steps in a row, the second of which fails."""
    dag = Dag("failing")
    return dag.build(value=dag.step(after, value=dag.step(fail, value=dag.step(source))))
