"""Client of Airflow's public REST API, for the routes that a run needs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

_PAGE = 100  # entries; the server returns at most this many at once
_TIMEOUT_S = 60.0  # a server with one worker answers one request after another


class Api:
    """A client of one deployment, with its own token."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url, self._user = url, {"username": user, "password": password}
        self._token: dict[str, str] = {}
        self._clients: dict[int, httpx.Client] = {}

    @property
    def _client(self) -> httpx.Client:
        """Return this process's HTTP client: a fork must not use its parent's connections."""
        if os.getpid() not in self._clients:
            self._clients[os.getpid()] = httpx.Client(
                base_url=self.url, timeout=_TIMEOUT_S, trust_env=False, headers=self._token
            )
        return self._clients[os.getpid()]

    def healthy(self, *components: str) -> bool:
        """Return whether the server answers and reports these components as healthy."""
        try:
            answer = self._client.get("/api/v2/monitor/health")
        except httpx.TransportError:
            return False  # it does not listen yet
        said = answer.json() if answer.status_code == httpx.codes.OK else {}
        return bool(said) and all(said[name]["status"] == "healthy" for name in components)

    def log_in(self) -> None:
        """Get the token that all other requests need."""
        answer = self._client.post("/auth/token", json=self._user).raise_for_status()
        self._token = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        self._client.headers.update(self._token)

    def knows(self, dag: str) -> bool:
        """Return whether the DAG processor has parsed a DAG.

        Raises ``RuntimeError`` if a DAG file cannot be imported, with the traceback's last line.
        """
        if self._client.get(f"/api/v2/dags/{dag}").status_code == httpx.codes.OK:
            return True
        for broken in self.get("/api/v2/importErrors")["import_errors"]:
            last = broken["stack_trace"].strip().splitlines()[-1]
            raise RuntimeError(f"Airflow cannot import {broken['filename']}: {last}")
        return False

    def start(self, dag: str, run: str, conf: Mapping[str, Any]) -> None:
        """Trigger a run of a DAG."""
        order = {"dag_run_id": run, "conf": conf, "logical_date": None}
        self.send("POST", f"/api/v2/dags/{dag}/dagRuns", order)

    def state(self, dag: str, run: str) -> str:
        """Return the state of a run."""
        return str(self.get(f"/api/v2/dags/{dag}/dagRuns/{run}")["state"])

    def tasks(self, run: str, state: str) -> list[str]:
        """Return the ids of a run's tasks that are in ``state``, of any DAG and from all pages."""
        found: list[str] = []
        wanted = {"dag_run_ids": [run], "state": [state], "page_limit": _PAGE}
        while True:
            answer = self._client.post(
                "/api/v2/dags/~/dagRuns/~/taskInstances/list",
                json={**wanted, "page_offset": len(found)},
            )
            page = answer.raise_for_status().json()
            instances: Sequence[dict[str, Any]] = page["task_instances"]
            found += [each["task_id"] for each in instances]
            if not instances or len(found) >= page["total_entries"]:
                return found

    def result(self, dag: str, run: str, task: str) -> Any:
        """Return the result of a successful task; Airflow stores no XCom for a result of None."""
        place = f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}/xcomEntries/return_value"
        answer = self._client.get(place, params={"stringify": False})
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        return answer.raise_for_status().json()["value"]

    def get(self, place: str, **query: Any) -> dict[str, Any]:
        """Return the JSON of a route."""
        return self.send("GET", place, **query)

    def send(
        self, method: str, place: str, content: Mapping[str, Any] | None = None, **query: Any
    ) -> dict[str, Any]:
        """Send a request and return the JSON of its answer.

        Raises ``httpx.HTTPError`` if the server does not answer, or not with a success.
        """
        answer = self._client.request(method, place, json=content, params=query)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found
