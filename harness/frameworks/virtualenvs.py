"""One virtual environment for each framework, keyed by what it is made of, never half-made."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
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
from uv import find_uv_bin

from harness.errors import EnvError
from harness.files import write_atomically
from harness.frameworks import interpreters
from harness.frameworks.catalog import Framework
from harness.home import Home
from harness.model import Environment, Struct
from harness.processes.child import Child

READY = "ready.json"
_POLL_S = 0.2
_finding = threading.Lock()
_ORIGIN = "made-from.json"
_FORM = 1  # raise when environments made by older code must not be used any more


class Venv(msgspec.Struct, frozen=True):
    """An environment's place and what it is to be made of. It may not be there yet."""

    framework: Framework
    interpreter: interpreters.Interpreter
    folder: Path
    extra: Path | None  #: further requirements, of the user's workload (``--requirements``)

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def key(self) -> str:
        """Digest of all that it is made of."""
        return self.folder.name.rpartition("-")[2]

    def facts(self) -> Environment | None:
        """Its figures if it is whole and healthy, None if it has to be made."""
        try:
            return msgspec.json.decode((self.folder / READY).read_bytes(), type=Environment)
        except (OSError, msgspec.DecodeError):
            return None


class Origin(Struct, frozen=True):
    """What an environment was made from, as paths: its name holds only their digest."""

    adapter: str
    lock: str
    interpreter: str
    extra: str | None


def origin(folder: Path) -> Origin | None:
    """What the environment in ``folder`` was made from; None if nothing there says it."""
    try:
        return msgspec.json.decode((folder / _ORIGIN).read_bytes(), type=Origin)
    except (OSError, msgspec.DecodeError):
        return None


def plan(home: Home, framework: Framework, extra: Path | None = None) -> Venv:
    """Where the environment of ``framework`` lies, by content.

    Raises :class:`EnvError` if there is no lock or no interpreter for it.
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
    """Let one process at a time make this environment; the others wait and find it made.

    ``on_wait`` is called by those that have to. Raises :class:`EnvError` once ``stop`` is set.
    """
    venv.folder.parent.mkdir(parents=True, exist_ok=True)
    with venv.folder.with_suffix(".lock").open("w") as file:
        if not _take(file):
            on_wait()
            # Looked at again and again: who sleeps in the lock itself hears of no stop.
            while not _take(file):
                if stop.wait(_POLL_S):
                    raise EnvError(
                        f"the wait for another process that makes {venv.folder} was stopped"
                    )
        yield


def _take(file: IO[str]) -> bool:
    """Lock a file until it is closed; False if somebody else has."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def being_made(folder: Path) -> bool:
    """Whether some process is at work on the environment in ``folder`` now."""
    lock = folder.with_suffix(".lock")
    if not lock.exists():
        return False
    with lock.open() as file:
        return not _take(file)


def create(home: Home, venv: Venv, stop: threading.Event) -> dict[str, float]:
    """Make the environment anew and return seconds by part. It counts only after :func:`finish`.

    Raises :class:`EnvError` with the installer's last words, or once ``stop`` is set.
    """
    if venv.folder.exists():
        shutil.rmtree(venv.folder)
    seconds = {}
    started = time.monotonic()
    uv(home, stop, "venv", "--quiet", "--python", venv.interpreter.path, str(venv.folder))
    seconds["create"] = time.monotonic() - started
    started = time.monotonic()
    install = ("pip", "install", "--quiet", "--compile-bytecode", "--python", str(venv.python))
    uv(home, stop, *install, "--require-hashes", "-r", str(venv.framework.lock))
    if venv.extra is not None:
        constraint = ("-c", str(venv.framework.lock))
        uv(home, stop, *install, "-r", str(venv.extra), *constraint)
    seconds["install"] = time.monotonic() - started
    return seconds


def libraries(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """The versions of those of ``names`` that the environment in ``folder`` has."""
    places = [str(each) for each in folder.glob("lib/python*/site-packages")]
    found = {}
    for name in names:
        asked = DistributionFinder.Context(name=name, path=places)
        for each in Distribution.discover(context=asked):
            found[name] = each.version
    return found


def finish(venv: Venv, seconds: dict[str, float], import_s: float) -> Environment:
    """Declare the environment whole and healthy, and keep its figures."""
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
    """Bytes of all files below ``folder``, each once however often it is linked there."""
    seen: dict[tuple[int, int], int] = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            status = os.lstat(os.path.join(parent, name))
            seen[status.st_dev, status.st_ino] = status.st_size
    return sum(seen.values())


def lock(home: Home, framework: Framework, workload_requirements: Path) -> None:
    """Resolve and pin, with hashes, all that a framework's environment holds.

    Raises :class:`EnvError` with the resolver's explanation.
    """
    own = requirements_of(framework)
    pin(home, framework, [workload_requirements, own], framework.own_lock, "lock")


def requirements_of(framework: Framework) -> Path:
    """What the adapter asks for. Raises :class:`EnvError` if it does not say."""
    own = framework.folder / "requirements.in"
    if not own.exists():
        raise EnvError(f"{own} is missing; write the framework's packages into it, one a line")
    return own


def pin(
    home: Home, framework: Framework, sources: Sequence[Path], output: Path, command: str
) -> None:
    """Resolve ``sources`` into ``output``, whose pins, if it is there, are kept where they may be.

    It serves all interpreters that the framework admits. Its head names ``harness <command>`` as
    what wrote it. Raises :class:`EnvError`.
    """
    admitted = framework.entry.python
    environments = [each for each in [interpreters.marker(admitted)] if each]
    uv(
        home,
        threading.Event(),
        *("pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-annotate"),
        *("--python-version", interpreters.oldest(admitted)),
        *("--custom-compile-command", f"harness {command} {framework.spec}"),
        *(*map(str, sources), "--output-file", str(output)),
        # What no admitted interpreter can have must not stand in the way of what they can.
        settings=f"[tool.uv]\nenvironments = {json.dumps(environments)}\n",
    )


def uv_path() -> str:
    """The uv that came with the harness, else the one on PATH. Raises :class:`EnvError`."""
    try:
        with _finding:  # Python's own configuration is half there while another thread loads it
            return find_uv_bin()
    except FileNotFoundError:
        found = shutil.which("uv")
        if found is None:
            raise EnvError("uv is not there; install it: pip install uv") from None
        return found


def uv(home: Home, stop: threading.Event, *arguments: str, settings: str = "") -> None:
    """Run uv to its end. Raises :class:`EnvError` if it fails, or once ``stop`` is set.

    ``settings``: the text of a ``pyproject.toml`` that it reads, for what has no option.
    """
    # Without bytecode every start of a framework would compile its imports again; and the venv
    # that the harness itself runs in is none of uv's business.
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
        said = " ".join((folder / "output.log").read_text(errors="replace").split())
    if code != 0:
        raise EnvError(f"{what} failed: {said[-600:] or f'exit code {code}'}")
