"""Hooks about control flow: mapped tasks, branches, sensors, DAGs that trigger others."""

from __future__ import annotations

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, PokeReturnValue, chain, task, task_group

from adapters.airflow.probes.backends import run
from adapters.airflow.probes.dags import pipeline, step
from adapters.probing import ProbeContext, Value, perform

_TRIES = 10  # each with an even chance: all fail once in a thousand times


def dynamic_fan_out(probe: ProbeContext) -> dict[str, Value]:
    """Map a task over a result by ``expand``."""
    return {"total": run(probe, fan_out_dag).result("total")}


def fan_out_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with a ``square`` for each element of ``source``."""
    with pipeline(probe) as dag:

        @task
        def square(value: int) -> Value:
            return perform(probe.call("square"), value=value)

        @task
        def total(values: list[int]) -> Value:
            return perform(probe.call("total"), values=list(values))

        total(square.expand(value=step(probe, "source")()))
    return [dag]


def branch(probe: ProbeContext) -> dict[str, Value]:
    """Choose by ``@task.branch``; the join runs once either way has run."""
    return {"state": run(probe, branch_dag).state}


def branch_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with two ways and a task that joins them."""
    with pipeline(probe) as dag:

        @task.branch
        def decide() -> Value:
            return perform(probe.call("decide"))

        ways = [step(probe, "left")(), step(probe, "right")()]
        join = step(probe, "join", trigger_rule="none_failed_min_one_success")
        chain(decide(), ways, join())
    return [dag]


def loop(probe: ProbeContext) -> dict[str, Value]:
    """Use a sensor that pokes until its condition holds: a DAG does not have cycles."""
    return {"state": run(probe, loop_dag).state}


def loop_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with one sensor, which keeps its worker between two pokes.

    Airflow recommends this mode for intervals of seconds, and ``reschedule`` for minutes. With
    ``reschedule`` at one second, a scheduler that processes the end of a poke only after the next
    one has been queued marks the task as failed (apache/airflow#71172).
    """
    with pipeline(probe) as dag:

        @task.sensor(poke_interval=1, mode="poke")
        def counter() -> PokeReturnValue:
            return PokeReturnValue(is_done=perform(probe.call("counter")) == 3)

        counter()
    return [dag]


def sub_workflow(probe: ProbeContext) -> dict[str, Value]:
    """Trigger another DAG from a task that waits for its run.

    In process nothing would run the other DAG: there, use a group of the parent's own tasks.
    """
    if probe.mode == "inprocess":
        run(probe, grouped_dag)
        return {"child": None}
    return {"child": run(probe, nested_dags).result("child_run")}


def grouped_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with a group of tasks between two tasks."""
    with pipeline(probe) as dag:

        @task_group
        def child() -> None:
            chain(step(probe, "inner_1")(), step(probe, "inner_2")())

        chain(step(probe, "before")(), child(), step(probe, "after")())
    return [dag]


def nested_dags(probe: ProbeContext) -> list[DAG]:
    """Return two DAGs; a task of the first triggers the second."""
    with pipeline(probe) as parent:
        child = TriggerDagRunOperator(
            task_id="child",
            trigger_dag_id=f"{probe.run_id}-child",
            wait_for_completion=True,
            poke_interval=1,
        )

        @task
        def child_run(ti: object = None) -> Value:
            """Return the id of the triggered run that Airflow stored with the task."""
            return ti.xcom_pull(task_ids="child", key="trigger_run_id")  # type: ignore[attr-defined]

        chain(step(probe, "before")(), child, step(probe, "after")(), child_run())
    with pipeline(probe, "-child") as nested:
        chain(step(probe, "inner_1")(), step(probe, "inner_2")())
    return [parent, nested]


def partial_failure(probe: ProbeContext) -> dict[str, Value]:
    """Run two branches of one DAG; one fails."""
    state = run(probe, two_branches_dag).state
    return {"failed": state == "failed", "state": state}


def two_branches_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with two chains; one fails."""
    with pipeline(probe) as dag:
        for name in ("good", "bad"):
            chain(step(probe, name)(), step(probe, f"after_{name}")())
    return [dag]


def fail_fast(probe: ProbeContext) -> dict[str, Value]:
    """Set ``fail_fast`` of the DAG.

    ``dag.test()`` runs ready tasks in an arbitrary order: repeat until the failing one is first.
    """
    for _ in range(_TRIES):
        probe.mark("run")
        ended = run(probe, fail_fast_dag)
        if ended.first != "slow":
            break
    return {"failed": ended.state == "failed"}


def fail_fast_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with a task that fails beside a chain."""
    with pipeline(probe, fail_fast=True) as dag:
        step(probe, "bad")()
        chain(step(probe, "slow")(), step(probe, "later")())
    return [dag]
