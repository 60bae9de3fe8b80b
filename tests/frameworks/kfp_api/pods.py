"""Containers as processes: a folder for each, and the environment of an image."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from google.protobuf import json_format


class PodError(RuntimeError):
    """A container ended with another code than 0."""


class Pods:
    """All containers of the stand-in."""

    def __init__(self, folder: Path, at_once: int) -> None:
        self.at_once = at_once
        self._folder = folder / "pods"
        self._folder.mkdir()
        self._terminated = folder / "terminated"
        self._lock = threading.Lock()
        self._running: dict[subprocess.Popen[bytes], str] = {}

    def folder(self, run: str, task: str) -> Path:
        """Return a new folder for the outputs of a task, as kfp's launcher makes it."""
        made = self._folder / run / task
        made.mkdir(parents=True)
        return made

    def run(self, run: str, folder: Path, container: Any, executor_input: Any) -> None:
        """Run a container to its end, with its input in place of ``{{$}}``.

        Raises :class:`PodError` if it fails.
        """
        (folder / "image").write_text(container.image)
        text = json.dumps(json_format.MessageToDict(executor_input))
        command = [part.replace("{{$}}", text) for part in (*container.command, *container.args)]
        env = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
            "PYTHONPATH": os.environ["PYTHONPATH"],  # what the image has to hold
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "LANG": "C.UTF-8",
            **{each.name: each.value for each in container.env},
        }
        with (folder / "log").open("wb") as said:
            process = subprocess.Popen(command, cwd=folder, env=env, stdout=said, stderr=said)
            with self._lock:
                self._running[process] = run
            code = process.wait()
            with self._lock:
                del self._running[process]
        if code:
            raise PodError(f"{folder.name} ended with {code}")

    def terminate(self, run: str) -> None:
        """Kill the containers of a run, and note it in a file that tests read."""
        self._kill(run)
        with self._terminated.open("a") as file:
            file.write(f"{run}\n")

    def kill(self) -> None:
        """Kill all containers."""
        self._kill(None)

    def _kill(self, run: str | None) -> None:
        with self._lock:
            for process, owner in self._running.items():
                if run in (None, owner):
                    process.kill()
