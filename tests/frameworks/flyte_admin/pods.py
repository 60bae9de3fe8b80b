"""Executions of registered workflows: nodes in the order of their edges, each in a process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from flyteidl.core import errors_pb2, literals_pb2
from flyteidl.core.execution_pb2 import NodeExecution, WorkflowExecution

_PARALLELISM = 25  # Flyte's own default
_LAST_WORDS = 2000

Literals = Mapping[str, Any]


class PodError(RuntimeError):
    """A node failed; the message is the reason that its container left."""


class Pods:
    """Containers as processes: a folder for each, and the environment of an image."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()

    def note_abortion(self, cause: str) -> None:
        """Write the cause of an abortion to a file that tests read."""
        with (self._folder.parent / "aborted").open("a") as file:
            file.write(f"{cause}\n")

    def run(self, name: str, container: Any, inputs: Literals) -> Literals:
        """Run a task's container to its end and return its outputs; raise :class:`PodError`."""
        folder = self._folder / name
        work = folder / "work"
        work.mkdir(parents=True)
        (folder / "inputs.pb").write_bytes(
            literals_pb2.LiteralMap(literals=inputs).SerializeToString()
        )
        places = {
            "{{.input}}": f"{folder}/inputs.pb",
            "{{.outputPrefix}}": f"{folder}/outputs",
            "{{.rawOutputDataPrefix}}": f"{folder}/raw",
            "{{.checkpointOutputPrefix}}": f"{folder}/checkpoint",
            "{{.prevCheckpointPrefix}}": "",
        }
        command = [places.get(part, part) for part in (*container.command, *container.args)]
        code = self._to_its_end(command, work, folder / "log", container.env)
        return _left(folder, code)

    def kill(self) -> None:
        """Kill all running containers."""
        with self._lock:
            for process in self._running:
                process.kill()

    def _to_its_end(
        self, command: list[str], work: Path, log: Path, variables: Iterable[Any]
    ) -> int:
        """Run a command with only an image's environment, without PYTHONPATH; return its code."""
        env = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
            "HOME": str(work),
            "TMPDIR": str(work),
            "LANG": "C.UTF-8",
            **{each.key: each.value for each in variables},
        }
        with log.open("wb") as said:
            process = subprocess.Popen(command, cwd=work, env=env, stdout=said, stderr=said)
            with self._lock:
                self._running.add(process)
            try:
                return process.wait()
            finally:
                with self._lock:
                    self._running.remove(process)


def _left(folder: Path, code: int) -> Literals:
    """Return a container's outputs, read from the files that Flyte looks for."""
    error, outputs = folder / "outputs" / "error.pb", folder / "outputs" / "outputs.pb"
    if error.exists():
        document = errors_pb2.ErrorDocument.FromString(error.read_bytes())
        raise PodError(document.error.message)
    if code or not outputs.exists():
        said = (folder / "log").read_text(errors="replace")[-_LAST_WORDS:]
        raise PodError(f"container ended with exit code {code} and no outputs: {said}")
    return literals_pb2.LiteralMap.FromString(outputs.read_bytes()).literals


class Execution:
    """One execution of a workflow, on threads of its own."""

    def __init__(self, name: str, spec: Any, template: Any, tasks: Mapping[str, Any]) -> None:
        self.name, self.spec = name, spec
        self.phase = WorkflowExecution.RUNNING
        self.error = ""
        self.outputs: Literals = {}
        self.nodes: dict[str, int] = {"start-node": NodeExecution.SUCCEEDED}
        self._template, self._tasks = template, tasks
        self._results: dict[str, Literals] = {}

    def start(self, pods: Pods) -> None:
        """Start the execution in a thread and return at once."""
        threading.Thread(target=self._run, args=(pods,), daemon=True).start()

    def abort(self, cause: str) -> None:
        """Start no further node; running nodes continue to their end."""
        if self.phase == WorkflowExecution.RUNNING:
            self.phase, self.error = WorkflowExecution.ABORTED, cause

    def _run(self, pods: Pods) -> None:
        try:
            self._run_nodes(pods)
            bound = {each.var: self._literal(each.binding) for each in self._template.outputs}
        except Exception as error:  # any error has to reach the client
            if self.phase == WorkflowExecution.RUNNING:
                self.phase, self.error = WorkflowExecution.FAILED, str(error)
        else:
            self.outputs = bound
            self.phase = WorkflowExecution.SUCCEEDED

    def _run_nodes(self, pods: Pods) -> None:
        waiting = {node.id: node for node in self._template.nodes}
        running: dict[Future[Literals], str] = {}
        with ThreadPoolExecutor(self.spec.max_parallelism or _PARALLELISM) as threads:
            while waiting or running:
                for node in [*waiting.values()]:
                    if upstreams(node) <= self._results.keys():
                        del waiting[node.id]
                        running[threads.submit(self._run_node, pods, node)] = node.id
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    self._results[running.pop(future)] = future.result()

    def _run_node(self, pods: Pods, node: Any) -> Literals:
        if self.phase != WorkflowExecution.RUNNING:
            raise PodError("aborted")
        self.nodes[node.id] = NodeExecution.RUNNING
        inputs = {each.var: self._literal(each.binding) for each in node.inputs}
        container = self._tasks[node.task_node.reference_id.SerializeToString()].container
        try:
            found = pods.run(f"{self.name}-{node.id}", container, inputs)
        except BaseException as error:
            self.nodes[node.id] = NodeExecution.FAILED
            raise PodError(f"[{node.id}]: {error}") from error
        self.nodes[node.id] = NodeExecution.SUCCEEDED
        return found

    def _literal(self, binding: Any) -> Any:
        """Return the literal of a binding, whose upstream results must exist."""
        kind = binding.WhichOneof("value")
        if kind == "promise":
            return self._results[binding.promise.node_id][binding.promise.var]
        if kind == "collection":
            literals = [self._literal(each) for each in binding.collection.bindings]
            return literals_pb2.Literal(
                collection=literals_pb2.LiteralCollection(literals=literals)
            )
        assert kind == "scalar", f"a binding of kind {kind}"
        return literals_pb2.Literal(scalar=binding.scalar)


def upstreams(node: Any) -> set[str]:
    """Return the ids of the nodes whose outputs a node takes, read from its bindings."""
    found: set[str] = set()
    pending = [each.binding for each in node.inputs]
    while pending:
        binding = pending.pop()
        if binding.HasField("promise"):
            found.add(binding.promise.node_id)
        pending += binding.collection.bindings
    return found | set(node.upstream_node_ids)
