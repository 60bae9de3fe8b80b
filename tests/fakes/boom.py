"""Workload whose second step fails."""

from __future__ import annotations

from workloads.dag import Dag, Workload


def light() -> int:
    return 1


def explode(fuse: int) -> int:
    raise ValueError("boom")


def count(pieces: int) -> int:
    return pieces


def boom() -> Workload:
    dag = Dag("boom")
    return dag.build(pieces=dag.step(count, pieces=dag.step(explode, fuse=dag.step(light))))
