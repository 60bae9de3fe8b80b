"""Workload that fails on purpose, to test that a framework reports the failure."""

from __future__ import annotations

from workloads.dag import Dag, Workload

#: Message of the failing step, which a framework must not lose.
MESSAGE = "failed on purpose"


def source() -> int:
    """Return a number."""
    return 1


def fail(value: int) -> int:
    """Raise ``ValueError``."""
    raise ValueError(MESSAGE)


def after(value: int) -> int:
    """Return the value; a run must never reach this step."""
    return value


def failing() -> Workload:
    """Return a chain of three steps; the second fails."""
    dag = Dag("failing")
    return dag.build(value=dag.step(after, value=dag.step(fail, value=dag.step(source))))
