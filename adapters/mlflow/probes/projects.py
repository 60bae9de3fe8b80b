"""Hooks for MLflow projects: a step is an entry point, a workflow the program that runs them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import mlflow
from mlflow.exceptions import ExecutionException
from mlflow.projects import SubmittedRun

# Hooks that are the same without projects: the harness finds them by their names here.
from adapters.mlflow.probes.ml import lineage, model_registry, tracking  # noqa: F401
from adapters.mlflow.probes.runs import found, state_of, until
from adapters.mlflow.probes.serving import serving  # noqa: F401
from adapters.mlflow.project_step import result_of
from adapters.probing import ProbeContext, Value

_CHILD = "child"
_PATIENCE_S = 20.0


class ProbeProject:
    """Folder with an MLproject file that has an entry point for each of a probe's bodies."""

    def __init__(self, probe: ProbeContext, **parameters: Mapping[str, str]) -> None:
        """Write the project; ``parameters`` are the types of parameters, by body."""
        self.folder = probe.folder / "project"
        self.folder.mkdir(exist_ok=True)
        points: dict[str, Any] = {
            _CHILD: {"command": f"python -m {__package__}.project_child inner_1 inner_2"}
        }
        for name in probe.bodies:
            (self.folder / f"{name}.json").write_text(json.dumps(probe.call(name)))
            types = dict(parameters.get(name, {}))
            words = " ".join(f"{each}={{{each}}}" for each in types)
            command = f"python -m {__package__}.project_body {name}.json {words}"
            points[name] = {"parameters": types, "command": command}
        # MLproject is YAML, which includes JSON.
        text = json.dumps({"name": "probe", "entry_points": points})
        Path(self.folder / "MLproject").write_text(text)

    def submit(self, entry_point: str, **parameters: Value) -> SubmittedRun:
        """Start an entry point in a process, and do not wait for its end."""
        return self._run(entry_point, parameters, synchronous=False)

    def run(self, entry_point: str, **parameters: Value) -> str:
        """Run an entry point; return its run's id. Raise ``ExecutionException`` if it failed."""
        return str(self._run(entry_point, parameters, synchronous=True).run_id)

    def result(self, entry_point: str, **parameters: Value) -> Any:
        """Run an entry point; return the result that it has logged."""
        return result_of(self.run(entry_point, **parameters))

    def _run(
        self, entry_point: str, parameters: Mapping[str, Value], synchronous: bool
    ) -> SubmittedRun:
        return mlflow.projects.run(
            str(self.folder),
            entry_point,
            parameters={key: _text(value) for key, value in parameters.items()},
            env_manager="local",
            run_name=entry_point,
            synchronous=synchronous,
        )


def _text(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@contextmanager
def workflow(probe: ProbeContext) -> Iterator[None]:
    """Run the block as a workflow, in a parent run; a failed step ends the block."""
    with suppress(ExecutionException), mlflow.start_run(run_name=probe.run_id):
        yield


def dynamic_fan_out(probe: ProbeContext) -> dict[str, Value]:
    """Run an entry point for each element of a result."""
    project = ProbeProject(probe, square={"value": "float"}, total={"values": "string"})
    totals: list[Value] = []
    with workflow(probe):
        values = project.result("source")
        squares = [project.result("square", value=value) for value in values]
        totals.append(project.result("total", values=squares))
    return {"total": totals[0] if totals else None}


def branch(probe: ProbeContext) -> dict[str, Value]:
    """Decide by a result which entry point to run next."""
    project = ProbeProject(probe)
    with workflow(probe):
        project.run("left" if project.result("decide") == "left" else "right")
        project.run("join")
    return {}


def loop(probe: ProbeContext) -> dict[str, Value]:
    """Run an entry point until its result is the wanted one."""
    project = ProbeProject(probe)
    with workflow(probe):
        while project.result("counter") != 3:
            pass
    return {}


def sub_workflow(probe: ProbeContext) -> dict[str, Value]:
    """Run an entry point that runs other entry points: its run is their parent."""
    project = ProbeProject(probe)
    with workflow(probe):
        project.run("before")
        child = project.run(_CHILD)
        project.run("after")
    inner = found("inner_1").data.tags.get("mlflow.parentRunId")
    return {"child": f"run {child}" if inner == child else None}


def partial_failure(probe: ProbeContext) -> dict[str, Value]:
    """Start two entry points side by side, and the next of each that succeeded."""
    project = ProbeProject(probe, after_bad={"word": "string"})
    with workflow(probe):
        bad, good = project.submit("bad"), project.submit("good")
        if good.wait():
            project.run("after_good")
        if bad.wait():
            project.run("after_bad")
    state = state_of(probe.run_id)
    return {"failed": state == "FAILED", "state": state, "bad": state_of("bad")}


def fail_fast(probe: ProbeContext) -> dict[str, Value]:
    """Run an entry point beside another: its failure raises, and the other is not stopped."""
    project = ProbeProject(probe)
    with workflow(probe):
        slow = project.submit("slow")
        project.run("bad")
        if slow.wait():
            project.run("later")
    slow.wait()  # as MLflow does when the program exits
    return {"state": state_of(probe.run_id)}


def cancel(probe: ProbeContext) -> dict[str, Value]:
    """Cancel a submitted run, whose record then still says that it runs."""
    project = ProbeProject(probe)
    with workflow(probe):
        slow = project.submit("slow")
        probe.wait_for("slow")
        probe.mark("cancel")
        slow.cancel()
        if slow.wait():
            project.run("later")
    until(lambda: state_of("slow") != "RUNNING", _PATIENCE_S)
    return {"state": slow.get_status(), "recorded": state_of("slow")}


def durable(probe: ProbeContext) -> dict[str, Value]:
    """Run one entry point after another; a second workflow runs all of them again."""
    names = ("one", "two", "three", "four")
    project = ProbeProject(probe, **{each: {"previous": "float"} for each in names})
    answer: dict[str, Value] = {}
    if probe.attempt > 1:
        # The record of a dead process says RUNNING, until somebody corrects it.
        answer["found"] = state_of(probe.run_id)
    value: Value = 0
    with mlflow.start_run(run_name=probe.run_id):
        for name in names:
            value = project.result(name, previous=value)
    state = state_of(probe.run_id)
    return answer | {"state": "success" if state == "FINISHED" else state}


def type_mismatch(probe: ProbeContext) -> dict[str, Value]:
    """Pass a text to a parameter declared as ``float``, the only type of numbers."""
    typed = {"value": "float"}
    project = ProbeProject(probe, control=typed, consumer=typed)
    try:
        with mlflow.start_run(run_name=probe.run_id):
            project.run("control", value=project.result("number"))
            project.run("consumer", value=project.result("producer"))
    except ExecutionException as error:
        return {"rejected": "run", "error": str(error)}
    return {"rejected": "never"}


def bad_parameter(probe: ProbeContext) -> dict[str, Value]:
    """Run an entry point with a right and a wrong value of a parameter declared as ``float``."""
    project = ProbeProject(probe, consumer={"value": "float"})
    project.run("consumer", value=probe.settings["right"])
    probe.mark("wrong")
    try:
        project.run("consumer", value=probe.settings["wrong"])
    except ExecutionException as error:
        return {"rejected": True, "error": str(error)}
    return {"rejected": False}
