"""Hooks about starts and ends of runs: schedules, assets, backfills, people."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, Asset, chain, get_current_context, task

from adapters.airflow.probes.dags import pipeline, step, until
from adapters.airflow.probes.deployed import ENDS, finish, put, put_end_to, runs, start
from adapters.airflow.server import api_of
from adapters.probing import ProbeContext, Value, perform

_MINUTE_S = 60.0


def cron(probe: ProbeContext) -> dict[str, Value]:
    """Set a cron expression as the DAG's schedule."""
    (dag,) = put(probe, cron_dag)
    place = f"/api/v2/dags/{dag}"
    until(lambda: api_of(probe.context).get(place)["next_dagrun_run_after"])
    probe.mark("scheduled")
    due = math.ceil(time.time() / _MINUTE_S) * _MINUTE_S

    def fired() -> bool:
        return any(
            each["state"] in ENDS and datetime.fromisoformat(each["run_after"]).timestamp() >= due
            for each in runs(probe, dag)
        )

    with suppress(TimeoutError):  # a schedule that never fires is a result
        until(fired, probe.settings["patience_s"])
    put_end_to(probe, dag)
    return {"runs": len(runs(probe, dag))}


def cron_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG that runs every minute."""
    with pipeline(probe, schedule="* * * * *", start_date=_day("2026-01-01")) as dag:
        step(probe, "tick")()
    return [dag]


def event_trigger(probe: ProbeContext) -> dict[str, Value]:
    """Send an event of an asset to the API, as the producer of the data does."""
    api, (dag,) = api_of(probe.context), put(probe, asset_dag)
    assets = api.get("/api/v2/assets", name_pattern=probe.run_id)["assets"]
    probe.mark("sent")
    event = {"asset_id": assets[0]["id"], "extra": {}}
    until(lambda: api.send("POST", "/api/v2/assets/events", event))
    try:
        probe.wait_for("tick", probe.settings["patience_s"])
    except TimeoutError:  # an event without a run is a result
        return {"state": "no run"}
    made = until(lambda: runs(probe, dag))
    return {"state": finish(probe, dag, made[0]["dag_run_id"]).state}


def asset_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG that runs whenever the asset is updated."""
    with pipeline(probe, schedule=[Asset(probe.run_id)]) as dag:
        step(probe, "tick")()
    return [dag]


def backfill(probe: ProbeContext) -> dict[str, Value]:
    """Request a backfill from the API; each run has its logical date."""
    api, (dag,) = api_of(probe.context), put(probe, daily_dag)
    days = probe.settings["days"]
    order = {"dag_id": dag, "from_date": f"{days[0]}T00:00:00Z", "to_date": f"{days[-1]}T00:00:00Z"}
    made = until(lambda: api.send("POST", "/api/v2/backfills", order))
    until(lambda: api.get(f"/api/v2/backfills/{made['id']}")["completed_at"])
    until(lambda: all(each["state"] in ENDS for each in runs(probe, dag)))
    names = [each["dag_run_id"] for each in runs(probe, dag)]
    return {"days": [api.result(dag, name, "day") for name in names]}


def daily_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG scheduled for days in the past only, so that only the backfill runs it."""
    days = probe.settings["days"]
    dates: dict[str, Any] = {"start_date": _day(days[0]), "end_date": _day(days[-1])}
    with pipeline(probe, schedule="@daily", **dates) as dag:

        @task
        def day() -> Value:
            date = get_current_context()["logical_date"]
            return perform(probe.call("day"), word=date.isoformat())

        day()
    return [dag]


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def cancel(probe: ProbeContext) -> dict[str, Value]:
    """Set the run to failed, as the UI and the API do to end one."""
    api, (dag,) = api_of(probe.context), put(probe, long_dag)
    start(probe, dag)
    probe.wait_for("slow")
    probe.mark("cancel")
    place = f"/api/v2/dags/{dag}/dagRuns/{probe.run_id}"
    until(lambda: api.send("PATCH", place, {"state": "failed"}))
    return {"state": finish(probe, dag, probe.run_id).state}


def long_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with a chain of two."""
    with pipeline(probe) as dag:
        chain(step(probe, "slow")(), step(probe, "later")())
    return [dag]


def approval(probe: ProbeContext) -> dict[str, Value]:
    """Answer an ``ApprovalOperator`` through the API."""
    api, (dag,) = api_of(probe.context), put(probe, approval_dag)
    start(probe, dag)
    until(lambda: "consent" in api.tasks(probe.run_id, "awaiting_input"))
    probe.mark("waiting")
    time.sleep(probe.settings["wait_s"])
    probe.mark("approved")
    place = f"/api/v2/dags/{dag}/dagRuns/{probe.run_id}/taskInstances/consent/-1/hitlDetails"
    answer = {"chosen_options": [ApprovalOperator.APPROVE], "params_input": {}}
    until(lambda: api.send("PATCH", place, answer))
    return {"state": finish(probe, dag, probe.run_id).state}


def approval_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with a chain of three; the second task waits for a person."""
    with pipeline(probe) as dag:
        consent = ApprovalOperator(task_id="consent", subject="Shall it go on?")
        chain(step(probe, "before")(), consent, step(probe, "after")())
    return [dag]
