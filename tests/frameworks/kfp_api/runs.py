"""Runs of submitted pipelines: tasks in the order of their inputs, each in a process."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from google.protobuf import json_format
from kfp.pipeline_spec.pipeline_spec_pb2 import (
    ArtifactList,
    ExecutorInput,
    PipelineDeploymentConfig,
    PipelineSpec,
    RuntimeArtifact,
)

from .pods import Pods

Outputs = dict[str, Any]


class Run:
    """One run of a pipeline, on threads of its own."""

    def __init__(self, name: str, experiment: str, submitted: Any) -> None:
        """Parse a pipeline. Raises ``ParseError`` if it is not one."""
        self.id = str(uuid.uuid4())
        self.state = "PENDING"
        self.tasks: dict[str, str] = {}
        self._name, self._experiment = name, experiment
        self._spec = json_format.ParseDict(submitted, PipelineSpec())
        self._deployment = json_format.ParseDict(
            json_format.MessageToDict(self._spec.deployment_spec), PipelineDeploymentConfig()
        )
        self._results: dict[str, Outputs] = {}

    def start(self, pods: Pods) -> None:
        """Start the run in a thread and return at once."""
        self.state = "RUNNING"
        threading.Thread(target=self._run, args=(pods,), daemon=True).start()

    def terminate(self, pods: Pods) -> None:
        """Kill the running tasks, and start no further one."""
        if self.state == "RUNNING":
            self.state = "CANCELED"
        pods.terminate(self.id)

    def view(self) -> Any:
        """Return the run as the service shows it: an entry for each node of its Argo workflow."""
        state = self.state
        nodes = [(self._name, state), ("root", state), ("root-driver", "SUCCEEDED")]
        for task, of_task in self.tasks.items():
            nodes += [(f"{task}-driver", "SUCCEEDED"), (task, of_task), ("executor", of_task)]
        details = [{"run_id": self.id, "display_name": n, "state": s} for n, s in nodes]
        return {
            "run_id": self.id,
            "experiment_id": self._experiment,
            "display_name": self._name,
            "state": state,
            "run_details": {"task_details": details},
        }

    def _run(self, pods: Pods) -> None:
        try:
            self._run_tasks(pods)
        except Exception:
            if self.state == "RUNNING":
                self.state = "FAILED"
        else:
            self.state = "SUCCEEDED"

    def _run_tasks(self, pods: Pods) -> None:
        waiting = dict(self._spec.root.dag.tasks)
        running: dict[Future[Outputs], str] = {}
        with ThreadPoolExecutor(pods.at_once) as threads:
            while waiting or running:
                for name, task in [*waiting.items()]:
                    if _upstreams(task) <= self._results.keys():
                        del waiting[name]
                        running[threads.submit(self._run_task, pods, name, task)] = name
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    self._results[running.pop(future)] = future.result()

    def _run_task(self, pods: Pods, name: str, task: Any) -> Outputs:
        if self.state != "RUNNING":
            raise RuntimeError("the run has ended")
        self.tasks[name] = "RUNNING"
        component = self._spec.components[task.component_ref.name]
        container = self._deployment.executors[component.executor_label].container
        folder = pods.folder(self.id, name)
        given = ExecutorInput()
        given.outputs.output_file = f"{folder}/executor_output.json"
        for key, wanted in component.output_definitions.artifacts.items():
            made = RuntimeArtifact(name=key, type=wanted.artifact_type, uri=f"{folder}/{key}")
            given.outputs.artifacts[key].CopyFrom(ArtifactList(artifacts=[made]))
        for key, source in task.inputs.parameters.items():
            given.inputs.parameter_values[key].CopyFrom(source.runtime_value.constant)
        for key, source in task.inputs.artifacts.items():
            origin = source.task_output_artifact
            found = self._results[origin.producer_task][origin.output_artifact_key]
            given.inputs.artifacts[key].CopyFrom(found)
        try:
            pods.run(self.id, folder, container, given)
        except BaseException:
            self.tasks[name] = "FAILED"
            raise
        self.tasks[name] = "SUCCEEDED"
        return dict(given.outputs.artifacts)


def _upstreams(task: Any) -> set[str]:
    """Return the names of the tasks that a task waits for."""
    sources = [each.task_output_artifact.producer_task for each in task.inputs.artifacts.values()]
    return {*sources, *task.dependent_tasks}
