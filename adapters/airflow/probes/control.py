"""Control flow: mapped tasks, branches, sensors, and DAGs that trigger others."""

from __future__ import annotations

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, PokeReturnValue, chain, task, task_group

from adapters.airflow.probes.backends import run
from adapters.airflow.probes.dags import pipeline, step
from adapters.probing import ProbeContext, Value, perform

_TRIES = 10  # of even chances: one in a thousand will not do


def dynamic_fan_out(probe: ProbeContext) -> dict[str, Value]:
    """``expand``: a mapped task for each element."""
    return {"total": run(probe, fan_out_dag).result("total")}


def fan_out_dag(probe: ProbeContext) -> list[DAG]:
    """A ``square`` for each element of ``source``."""
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
    """``@task.branch``; the join runs once one of both ways did."""
    return {"state": run(probe, branch_dag).state}


def branch_dag(probe: ProbeContext) -> list[DAG]:
    """One of two ways, and what joins them."""
    with pipeline(probe) as dag:

        @task.branch
        def decide() -> Value:
            return perform(probe.call("decide"))

        ways = [step(probe, "left")(), step(probe, "right")()]
        join = step(probe, "join", trigger_rule="none_failed_min_one_success")
        chain(decide(), ways, join())
    return [dag]


def loop(probe: ProbeContext) -> dict[str, Value]:
    """A sensor that pokes until its condition holds: a DAG has no cycles."""
    return {"state": run(probe, loop_dag).state}


def loop_dag(probe: ProbeContext) -> list[DAG]:
    """One sensor, which keeps its worker between two rounds.

    That is Airflow's advice for what is asked every second; what is asked every minute should be
    rescheduled. Were this one, a scheduler that hears of a round's end only after the next has
    been queued would take the task for failed (apache/airflow#71172).
    """
    with pipeline(probe) as dag:

        @task.sensor(poke_interval=1, mode="poke")
        def counter() -> PokeReturnValue:
            return PokeReturnValue(is_done=perform(probe.call("counter")) == 3)

        counter()
    return [dag]


def sub_workflow(probe: ProbeContext) -> dict[str, Value]:
    """A task that triggers another DAG and waits for its run.

    In process nobody would run that: there, what Airflow has is a group of the parent's own tasks.
    """
    if probe.mode == "inprocess":
        run(probe, grouped_dag)
        return {"child": None}
    return {"child": run(probe, nested_dags).result("child_run")}


def grouped_dag(probe: ProbeContext) -> list[DAG]:
    """A group of tasks between two tasks."""
    with pipeline(probe) as dag:

        @task_group
        def child() -> None:
            chain(step(probe, "inner_1")(), step(probe, "inner_2")())

        chain(step(probe, "before")(), child(), step(probe, "after")())
    return [dag]


def nested_dags(probe: ProbeContext) -> list[DAG]:
    """Two DAGs; the child's run is a task of the parent's."""
    with pipeline(probe) as parent:
        child = TriggerDagRunOperator(
            task_id="child",
            trigger_dag_id=f"{probe.run_id}-child",
            wait_for_completion=True,
            poke_interval=1,
        )

        @task
        def child_run(ti: object = None) -> Value:
            """What the engine noted at the task as the run that it triggered."""
            return ti.xcom_pull(task_ids="child", key="trigger_run_id")  # type: ignore[attr-defined]

        chain(step(probe, "before")(), child, step(probe, "after")(), child_run())
    with pipeline(probe, "-child") as nested:
        chain(step(probe, "inner_1")(), step(probe, "inner_2")())
    return [parent, nested]


def partial_failure(probe: ProbeContext) -> dict[str, Value]:
    """Two branches of one DAG."""
    state = run(probe, two_branches_dag).state
    return {"failed": state == "failed", "state": state}


def two_branches_dag(probe: ProbeContext) -> list[DAG]:
    """Two chains; one of them fails."""
    with pipeline(probe) as dag:
        for name in ("good", "bad"):
            chain(step(probe, name)(), step(probe, f"after_{name}")())
    return [dag]


def fail_fast(probe: ProbeContext) -> dict[str, Value]:
    """``fail_fast`` of the DAG.

    ``dag.test()`` takes what is ready in no order: again, until the failure comes first.
    """
    for _ in range(_TRIES):
        probe.mark("run")
        ended = run(probe, fail_fast_dag)
        if ended.first != "slow":
            break
    return {"failed": ended.state == "failed"}


def fail_fast_dag(probe: ProbeContext) -> list[DAG]:
    """A task that fails beside a chain."""
    with pipeline(probe, fail_fast=True) as dag:
        step(probe, "bad")()
        chain(step(probe, "slow")(), step(probe, "later")())
    return [dag]
