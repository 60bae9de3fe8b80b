"""Child process under a supervisor, with a clean environment and a guaranteed end."""

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

_LOG = "supervisor.log"
#: An isolated Python does not see a checkout, so the harness's own folder is added to its path.
_START = (
    "import sys; root = sys.argv.pop(1); root in sys.path or sys.path.insert(0, root); "
    "from harness.processes.supervisor import main; main()"
)
_started: set[int] = set()  # pids of the supervisors of this process


class Ending(msgspec.Struct, frozen=True):
    """Supervisor's report on its child's tree, after its end. None: not available here."""

    spawned_ns: int
    ended_ns: int
    returncode: int | None
    killed: bool
    survivors: list[str]
    source: str  #: of the CPU time: "cgroup v1", "cgroup v2" or "psutil"
    cpu_user_s: float  #: of the whole tree, ended processes included
    cpu_system_s: float
    peak_pss_bytes: int | None  #: highest sample, as are the other peaks
    memory: Memory | None  #: how memory was counted
    peak_processes: int | None
    peak_threads: int | None
    written_bytes: int | None  #: by the tree to storage, in whole pages
    output_bytes: int
    sampler_cpu_s: float  #: CPU time of sampling, included in supervisor_cpu_s
    supervisor_cpu_s: float  #: CPU time of the supervisor itself, without its child's tree

    @property
    def how(self) -> str:
        """Return how the child ended, for messages, such as ``was ended by SIGSEGV``."""
        code = self.returncode
        if code is not None and code < 0:
            try:
                return f"was ended by {signal.Signals(-code).name}"
            except ValueError:  # only the first and the last real-time signal have a name
                return f"was ended by signal {-code}"
        return f"ended with exit code {code}"


class SupervisorError(HarnessError):
    """A supervisor ended without a report on its child."""


class Child:
    """Command under a supervisor. As a context manager it leaves no process behind."""

    def __init__(self, command: list[str], folder: Path, env: Mapping[str, str]) -> None:
        """Start ``command`` with exactly ``env``; its output goes to ``folder/output.log``."""
        self.folder = folder
        # If the supervisor is killed, this process adopts its tree; see _bury_orphans().
        supervisor.prctl(supervisor.PR_SET_CHILD_SUBREAPER, 1)
        # Isolated: the supervisor runs in the harness's own environment, not in the worker's.
        root = str(package_folder("harness").parent)
        python = [sys.executable, "-I", "-c", _START, root, str(folder), "--", *command]
        with (folder / _LOG).open("wb") as log:
            self._supervisor = subprocess.Popen(
                python,
                env=dict(env),
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        _started.add(self._supervisor.pid)

    def wait(self, seconds: float) -> bool:
        """Wait up to ``seconds``; return whether the child and its descendants have ended."""
        assert self._supervisor.stdout is not None
        ready, _, _ = select.select([self._supervisor.stdout], [], [], max(seconds, 0))
        return bool(ready)

    def kill(self, dump: bool = False) -> None:
        """Have the whole tree killed; with ``dump``, Python first writes its tracebacks."""
        assert self._supervisor.stdin is not None
        try:
            self._supervisor.stdin.write(supervisor.DUMP if dump else supervisor.KILL)
            self._supervisor.stdin.flush()
        except BrokenPipeError:
            return  # it has ended already

    def ending(self) -> Ending:
        """Wait for the end and return the supervisor's report.

        Raises :class:`SupervisorError` if it left none.
        """
        self._supervisor.wait()
        try:
            return msgspec.json.decode((self.folder / supervisor.EXIT).read_bytes(), type=Ending)
        except (OSError, msgspec.DecodeError) as error:
            _bury_orphans()
            cgroup.sweep()
            raise SupervisorError(
                f"the supervisor of {self.folder} ended without its report ({error}); its last "
                f"output: {self._last_output() or 'none'}; check for a full disk or lack of memory"
            ) from None

    def _last_output(self) -> str:
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
        if self._supervisor.poll() is None:
            self.kill()
            self._supervisor.wait()
        for pipe in (self._supervisor.stdin, self._supervisor.stdout):
            if pipe is not None:
                # An order that the supervisor did not read is written again by close().
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _bury_orphans() -> None:
    """Kill the adopted tree of a dead supervisor: all children that this process did not start."""
    while orphans := [p for p in psutil.Process().children() if p.pid not in _started]:
        for orphan in orphans:
            orphan.kill()
            orphan.wait()


def clean_environment(
    venv: Path, folder: Path, pythonpath: list[Path], extra: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return all variables of a worker: none is inherited; HOME and TMPDIR are below ``folder``.

    Numerical libraries get one thread each: a step that used all cores would hide how the
    framework schedules its steps.
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
