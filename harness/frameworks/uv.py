"""uv, the package installer and resolver, as a child process."""

from __future__ import annotations

import os
import shutil
import threading

from uv import find_uv_bin

from harness.errors import EnvError
from harness.home import Home
from harness.processes.child import Child

_POLL_S = 0.2
_finding = threading.Lock()


def uv_path() -> str:
    """Return the uv that came with the harness, else the one on PATH.

    Raises :class:`EnvError` if neither exists.
    """
    try:
        with _finding:  # it loads sysconfig, whose data are incomplete to a second thread
            return find_uv_bin()
    except FileNotFoundError:
        found = shutil.which("uv")
        if found is None:
            raise EnvError("uv is not installed; install it: pip install uv") from None
        return found


def uv(home: Home, stop: threading.Event, *arguments: str, settings: str = "") -> None:
    """Run uv to its end. Raises :class:`EnvError` if it fails, or once ``stop`` is set.

    ``settings`` is the text of a ``pyproject.toml`` that it reads, for settings without an option.
    """
    # Without bytecode every start of a framework would compile its imports again; and uv must not
    # use the virtual environment of the harness.
    drop = ("PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "PYTHONPATH")
    env = {key: value for key, value in os.environ.items() if key not in drop}
    what = f"uv {' '.join(arguments[:2])}"
    with home.passing("uv") as folder:
        if settings:
            (folder / "pyproject.toml").write_text(settings)
        with Child([uv_path(), *arguments], folder, env) as child:
            while not child.wait(_POLL_S):
                if stop.is_set():
                    raise EnvError(f"{what} was stopped")
            code = child.ending().returncode
        output = " ".join((folder / "output.log").read_text(errors="replace").split())
    if code != 0:
        raise EnvError(f"{what} failed: {output[-600:] or f'exit code {code}'}")
