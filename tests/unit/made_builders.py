"""Builders of workloads like a user's, for the harness to find and call."""

from __future__ import annotations

from typing import Any, Optional

from tests.unit.made_steps import one
from workloads.dag import Dag, ParameterError, Workload

CONSTANT = 3


def plain(rows: int = 5, share: float = 0.5, fast: bool = False) -> Workload:
    dag = Dag("plain")
    return dag.build(out=dag.step(one))


def named(path: str | None = None, limit: int | None = 3, old: Optional[float] = None) -> Any:  # noqa: UP045
    return plain()


def demanding(rows: int, *, name: str, extra: int = 1) -> Workload:
    return plain()


def loose(  # type: ignore[no-untyped-def]
    anything,
    whatever: Any = None,
    items: list[int] | None = None,
    table: dict[str, int] | None = None,
):
    return plain()


def refusing(rows: int = 1) -> Workload:
    raise ParameterError(f"rows={rows}: give more")


def broken() -> Workload:
    raise KeyError("oops")


def returns_nothing() -> None:
    return None
