"""Native Airflow: the facts behind some probes, found without the harness.

Copy it into a DAGs folder and run it as a program, with an AIRFLOW_HOME that has a database. It
prints the times of each task's tries, and the final state of each run.
"""

from __future__ import annotations

import json
import time
from datetime import timedelta

from airflow.sdk import DAG, ExceptionRetryPolicy, Param, RetryAction, RetryRule, task

TRIED: dict[str, list[float]] = {}
RAN_S: list[float] = []


def fail_twice(error: type[Exception]) -> None:
    times = TRIED.setdefault(error.__name__, [])
    times.append(time.monotonic())
    if len(times) < 3:
        raise error("on purpose")


def only_value_errors() -> ExceptionRetryPolicy:
    again = RetryRule(exception=ValueError, action=RetryAction.RETRY)
    return ExceptionRetryPolicy(rules=[again], default=RetryAction.FAIL)


with DAG("retried", schedule=None, catchup=False) as retried:
    for wrong in (ValueError, TypeError):
        options = {"retries": 3, "retry_delay": timedelta(seconds=1)}
        task(task_id=wrong.__name__, retry_policy=only_value_errors(), **options)(fail_twice)(wrong)

with DAG("slow", schedule=None, catchup=False) as slow:

    @task(execution_timeout=timedelta(seconds=2))
    def long() -> None:
        began = time.monotonic()
        try:
            time.sleep(8)
        finally:
            RAN_S.append(time.monotonic() - began)

    long()

with DAG("asked", schedule=None, params={"number": Param(1, type="integer")}) as asked:

    @task
    def never() -> None:
        TRIED["never"] = [0.0]

    never()


if __name__ == "__main__":
    states = {dag.dag_id: str(dag.test().state) for dag in (retried, slow)}
    try:
        asked.test(run_conf={"number": "abc"})
        refused = ""
    except ValueError as error:
        refused = str(error)
    print(json.dumps({"tried": TRIED, "ran_s": RAN_S, "states": states, "refused": refused}))
