"""Virtual environments: one per framework, named by a digest of inputs, used only if complete."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import Distribution, DistributionFinder
from pathlib import Path
from typing import IO

import msgspec

from harness.errors import EnvError
from harness.files import write_atomically
from harness.frameworks import interpreters, locks
from harness.frameworks.catalog import Framework
from harness.frameworks.uv import uv
from harness.home import Home
from harness.model import Environment, Struct

READY = "ready.json"
_INSTALLED = "installed.json"
_POLL_S = 0.2
_finding = threading.Lock()
_ORIGIN = "made-from.json"
_FORM = 1  # raise it when environments made by older code must not be used any more


class Venv(msgspec.Struct, frozen=True):
    """Place of an environment and the inputs that it is made of. It may not exist yet."""

    framework: Framework
    interpreter: interpreters.Interpreter
    folder: Path
    extra: Path | None  #: further requirements, of the user's workload (``--requirements``)

    @property
    def python(self) -> Path:
        """Return the path of its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def key(self) -> str:
        """Return the digest of all its inputs."""
        return self.folder.name.rpartition("-")[2]

    def facts(self) -> Environment | None:
        """Return its figures if it is complete and checked, None if it has to be made."""
        try:
            return msgspec.json.decode((self.folder / READY).read_bytes(), type=Environment)
        except (OSError, msgspec.DecodeError):
            return None


class Origin(Struct, frozen=True):
    """Inputs of an environment, as paths; its folder's name holds only their digest."""

    adapter: str
    lock: str
    interpreter: str
    extra: str | None


def origin(folder: Path) -> Origin | None:
    """Return the inputs of the environment in ``folder``; None if they are not recorded there."""
    try:
        return msgspec.json.decode((folder / _ORIGIN).read_bytes(), type=Origin)
    except (OSError, msgspec.DecodeError):
        return None


def plan(home: Home, framework: Framework, extra: Path | None = None) -> Venv:
    """Return the environment of ``framework``, its folder named by its inputs.

    Raises :class:`EnvError` if it has no lock, or no installed interpreter is admitted.
    """
    if not framework.lock.exists():
        raise EnvError(
            f"{framework.spec} has no requirements.lock; make it: harness lock {framework.adapter}"
        )
    interpreter = interpreters.choose(framework.interpreters, framework.spec)
    parts = [str(_FORM), framework.lock.read_text(), interpreter.path, interpreter.version]
    parts += [platform.machine(), extra.read_text() if extra else ""]
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
    return Venv(framework, interpreter, home.envs / f"{framework.adapter}-{key}", extra)


@contextlib.contextmanager
def exclusive(venv: Venv, stop: threading.Event, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold the environment's lock in the block, so that one process at a time makes it.

    ``on_wait`` is called if another process holds it. Raises :class:`EnvError` if ``stop`` is set
    while waiting.
    """
    venv.folder.parent.mkdir(parents=True, exist_ok=True)
    with venv.folder.with_suffix(".lock").open("w") as file:
        if not _take(file):
            on_wait()
            # Polled, because a blocking wait for the lock could not be stopped.
            while not _take(file):
                if stop.wait(_POLL_S):
                    raise EnvError(
                        f"the wait for another process that makes {venv.folder} was stopped"
                    )
        yield


def _take(file: IO[str]) -> bool:
    """Lock a file until it is closed, and return True; return False if it is locked already."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def being_made(folder: Path) -> bool:
    """Return whether a process is making the environment in ``folder`` now."""
    lock = folder.with_suffix(".lock")
    if not lock.exists():
        return False
    with lock.open() as file:
        return not _take(file)


def create(home: Home, venv: Venv, stop: threading.Event) -> dict[str, float]:
    """Make the environment from scratch, and return seconds by part.

    It may be used only after :func:`finish`. Raises :class:`EnvError` with the end of the
    installer's output, or once ``stop`` is set.
    """
    if venv.folder.exists():
        shutil.rmtree(venv.folder)
    seconds: dict[str, float] = {}
    started = time.monotonic()
    uv(home, stop, "venv", "--quiet", "--python", venv.interpreter.path, str(venv.folder))
    seconds["create"] = time.monotonic() - started
    started = time.monotonic()
    install = ("pip", "install", "--quiet", "--compile-bytecode", "--python", str(venv.python))
    pins = venv.framework.lock
    options = locks.install_options(pins.read_text())
    uv(home, stop, *install, *options, "--require-hashes", "-r", str(pins))
    if venv.extra is not None:
        constraint = ("-c", str(venv.framework.lock))
        uv(home, stop, *install, "-r", str(venv.extra), *constraint)
    seconds["install"] = time.monotonic() - started
    write_atomically(venv.folder / _INSTALLED, msgspec.json.encode(seconds))
    return seconds


def installed(venv: Venv) -> dict[str, float] | None:
    """Return what :func:`create` returned if all packages are installed; None if they are not."""
    try:
        return msgspec.json.decode((venv.folder / _INSTALLED).read_bytes(), type=dict[str, float])
    except (OSError, msgspec.DecodeError):
        return None


def libraries(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """Return the versions of the packages ``names`` in the environment in ``folder``, if there."""
    places = [str(each) for each in folder.glob("lib/python*/site-packages")]
    found = {}
    for name in names:
        context = DistributionFinder.Context(name=name, path=places)
        for each in Distribution.discover(context=context):
            found[name] = each.version
    return found


def finish(venv: Venv, seconds: dict[str, float], import_s: float) -> Environment:
    """Mark the environment as complete and checked, and write and return its figures."""
    packages = list(venv.folder.glob("lib/python*/site-packages/*.dist-info"))
    facts = Environment(
        key=venv.key,
        python=venv.interpreter.version,
        packages=len(packages),
        megabytes=round(size_bytes(venv.folder) / 1e6, 1),
        seconds={part: round(value, 3) for part, value in seconds.items()},
        import_s=round(import_s, 3),
    )
    made_from = Origin(
        adapter=venv.framework.adapter,
        lock=str(venv.framework.lock),
        interpreter=venv.interpreter.path,
        extra=str(venv.extra.resolve()) if venv.extra else None,
    )
    write_atomically(venv.folder / _ORIGIN, msgspec.json.encode(made_from))
    write_atomically(venv.folder / READY, msgspec.json.encode(facts))
    return facts


def size_bytes(folder: Path) -> int:
    """Return the bytes of all files below ``folder``; files with several hard links count once."""
    seen: dict[tuple[int, int], int] = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            status = os.lstat(os.path.join(parent, name))
            seen[status.st_dev, status.st_ino] = status.st_size
    return sum(seen.values())
