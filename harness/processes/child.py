"""Parent side of a child process: a keeper around it, a clean environment, a certain end."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import msgspec
import psutil

from harness.errors import HarnessError
from harness.home import package_folder
from harness.processes import cgroup, supervisor
from harness.processes.sampler import Memory

_LOG = "keeper.log"
#: Isolated, Python knows of no checkout: the keeper's must be this harness's own.
_START = (
    "import sys; root = sys.argv.pop(1); root in sys.path or sys.path.insert(0, root); "
    "from harness.processes.supervisor import main; main()"
)
_started: set[int] = set()  # keepers of this process


class Ending(msgspec.Struct, frozen=True):
    """What a keeper reports when nothing of its child is left. None: the system does not say."""

    spawned_ns: int
    ended_ns: int
    returncode: int | None
    killed: bool
    survivors: list[str]
    source: str  #: who counted the CPU time: "cgroup v1", "cgroup v2" or "psutil"
    cpu_user_s: float  #: of the whole tree, ended processes included
    cpu_system_s: float
    peak_pss_bytes: int | None  #: of the samples, as are the other peaks
    memory: Memory | None  #: how it was counted
    peak_processes: int | None
    peak_threads: int | None
    written_bytes: int | None  #: by the tree to storage, in whole pages
    output_bytes: int
    sampler_cpu_s: float  #: what the samples took, a part of
    keeper_cpu_s: float  #: what the keeper itself took since it started the child

    @property
    def how(self) -> str:
        """Such as ``was ended by SIGSEGV``, for messages."""
        code = self.returncode
        if code is not None and code < 0:
            try:
                return f"was ended by {signal.Signals(-code).name}"
            except ValueError:  # the real-time signals between the first and the last have no name
                return f"was ended by signal {-code}"
        return f"ended with exit code {code}"


class SupervisorError(HarnessError):
    """A keeper ended without saying how its child did."""


class Child:
    """A command under a keeper. As a context manager it leaves no process behind."""

    def __init__(self, command: list[str], folder: Path, env: Mapping[str, str]) -> None:
        """Start ``command`` with exactly ``env``; its output goes to ``folder/output.log``."""
        self.folder = folder
        # Should the keeper itself be killed, what it kept becomes ours; see _bury_orphans().
        supervisor.prctl(supervisor.PR_SET_CHILD_SUBREAPER, 1)
        # Isolated: the keeper is of the harness's own environment, not of the worker's.
        root = str(package_folder("harness").parent)
        python = [sys.executable, "-I", "-c", _START, root, str(folder), "--", *command]
        with (folder / _LOG).open("wb") as log:
            self._keeper = subprocess.Popen(
                python,
                env=dict(env),
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        _started.add(self._keeper.pid)

    def wait(self, seconds: float) -> bool:
        """Wait up to ``seconds``; whether the child and all that came of it have ended."""
        assert self._keeper.stdout is not None
        ready, _, _ = select.select([self._keeper.stdout], [], [], max(seconds, 0))
        return bool(ready)

    def kill(self, dump: bool = False) -> None:
        """Have the whole tree killed; with ``dump``, have Python write first where it is."""
        assert self._keeper.stdin is not None
        try:
            self._keeper.stdin.write(supervisor.DUMP if dump else supervisor.KILL)
            self._keeper.stdin.flush()
        except BrokenPipeError:
            return  # it has ended already

    def ending(self) -> Ending:
        """Wait for the end and return the keeper's report."""
        self._keeper.wait()
        try:
            return msgspec.json.decode((self.folder / supervisor.EXIT).read_bytes(), type=Ending)
        except (OSError, msgspec.DecodeError) as error:
            _bury_orphans()
            cgroup.sweep()
            raise SupervisorError(
                f"the keeper of {self.folder} ended without its report ({error}); it said: "
                f"{self._said() or 'nothing'}; is the disk full, or memory short?"
            ) from None

    def _said(self) -> str:
        try:
            text = (self.folder / _LOG).read_text(errors="replace")
        except OSError:
            return ""
        return " ".join(text.split())[-300:]

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._keeper.poll() is None:
            self.kill()
            self._keeper.wait()
        for pipe in (self._keeper.stdin, self._keeper.stdout):
            if pipe is not None:
                # What nobody read any more is kept by the pipe, and tried again.
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _bury_orphans() -> None:
    """Kill what a dead keeper left to us: every child of this process that it did not start."""
    while orphans := [p for p in psutil.Process().children() if p.pid not in _started]:
        for orphan in orphans:
            orphan.kill()
            orphan.wait()


def clean_environment(
    venv: Path, folder: Path, pythonpath: list[Path], extra: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The whole environment of a worker: nothing is inherited, HOME and TMPDIR are its own.

    Each step gets one core: a step that takes them all would hide how steps are scheduled.
    """
    home, temporary = folder / "home", folder / "tmp"
    for path in (home, temporary):
        path.mkdir(parents=True, exist_ok=True)
    threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR")
    return {
        "PATH": os.pathsep.join([str(venv / "bin"), "/usr/local/bin", "/usr/bin", "/bin"]),
        "VIRTUAL_ENV": str(venv),
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": os.pathsep.join(map(str, pythonpath)),
        "PYTHONNOUSERSITE": "1",
        "DO_NOT_TRACK": "1",
        **{f"{name}_NUM_THREADS": "1" for name in threads},
        **(extra or {}),
    }
