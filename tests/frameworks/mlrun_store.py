"""State of the stand-in for MLRun's API service: projects, runs and logs."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Json = dict[str, Any]
Query = Mapping[str, Sequence[str]]  # as urllib.parse.parse_qs gives it


class RefusedError(Exception):
    """An error answer, with the reason in the field where MLRun's service puts it."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class RunKey(NamedTuple):
    project: str
    uid: str
    iteration: int


class Store:
    """Projects, runs and logs, as far as MLRun's client needs them to run a project."""

    def __init__(self, page: int, forgets: int) -> None:
        self.page, self.forgets = page, forgets
        self.projects: dict[str, Json] = {}
        self.runs: dict[RunKey, Json] = {}
        self.logs: dict[tuple[str, str], bytes] = {}
        self.tasks: dict[str, Json] = {}
        self.pages: dict[str, list[Json]] = {}

    def create_project(self, project: Json) -> Json:
        name = project["metadata"]["name"]
        if name in self.projects:
            raise RefusedError(409, f"Project {name} already exists")
        return self.store_project(name, project)

    def store_project(self, name: str, project: Json) -> Json:
        self.projects[name] = {**project, "status": {"state": "online"}}
        return self.projects[name]

    def project(self, name: str) -> Json:
        if name not in self.projects:
            raise RefusedError(404, f"Project not found: {name}")
        return self.projects[name]

    def delete_project(self, name: str, strategy: str) -> Json:
        """Delete a project and return a background task with a state, as the real service does."""
        self.project(name)
        if strategy != "cascade" and any(key.project == name for key in self.runs):
            raise RefusedError(412, f"Project {name} has runs")
        del self.projects[name]
        self.runs = {key: run for key, run in self.runs.items() if key.project != name}
        task = uuid.uuid4().hex
        self.tasks[task] = {
            "kind": "BackgroundTask",
            "metadata": {"name": task, "kind": "project.deletion", "timeout": 900},
            "spec": {},
            "status": {"state": "succeeded"},
        }
        return self.tasks[task]

    def store_run(self, key: RunKey, run: Json) -> Json:
        self.project(key.project)
        self.runs[key] = run
        return {}

    def update_run(self, key: RunKey, updates: Json) -> Json:
        """Apply ``updates``, which maps paths with dots to new values."""
        for path, value in updates.items():
            *parents, last = path.split(".")
            place = self.run(key)
            for name in parents:
                place = place.setdefault(name, {})
            place[last] = value
        return {}

    def append_log(self, project: str, uid: str, text: bytes) -> Json:
        self.project(project)
        self.logs[project, uid] = self.logs.get((project, uid), b"") + text
        return {}

    def run(self, key: RunKey) -> Json:
        if key not in self.runs:
            raise RefusedError(404, f"Run uid {key.uid} of project {key.project} not found")
        return self.runs[key]

    def list_runs(self, project: str, query: Query) -> Json:
        """Return one page of matching runs, and a token for the next page if there is one."""
        token = query.get("page-token", [""])[0]
        if token and token not in self.pages:
            raise RefusedError(404, f"Page token {token} not found")
        rest = self.pages.pop(token) if token else self._matching(project, query)
        size = min(int(query.get("page-size", ["20"])[0]), self.page)
        following = uuid.uuid4().hex if rest[size:] else None
        if following:
            self.pages[following] = rest[size:]
        pagination = {"page": 1, "page-size": size, "page-token": following}
        return {"runs": rest[:size], "pagination": pagination}

    def _matching(self, project: str, query: Query) -> list[Json]:
        labels = [text.partition("=")[::2] for text in query.get("label", [])]
        found = [
            run
            for key, run in self.runs.items()
            if project in (key.project, "*")
            and (key.iteration == 0 or query.get("iter") == ["yes"])
            and run["status"]["state"] in query.get("states", [run["status"]["state"]])
            and run["metadata"]["name"] in query.get("name", [run["metadata"]["name"]])
            and all(run["metadata"]["labels"].get(name) == value for name, value in labels)
        ]
        return found[: len(found) - self.forgets]
