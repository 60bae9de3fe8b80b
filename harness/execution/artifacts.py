"""Artifacts elsewhere than in the run's folder: ``--artifacts s3://bucket/prefix``.

Who speaks with the store is Python in a framework's environment, as in the steps themselves.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from harness.errors import EnvError, UsageError
from harness.home import Home, import_folder
from harness.processes.child import clean_environment

#: How variables begin that say who may use a store, and where it is.
_FAMILIES = ("AWS_", "AZURE_", "FSSPEC_", "GOOGLE_")
#: Files with the same, and the variables that name them: a worker's HOME is another.
_FILES = {"AWS_SHARED_CREDENTIALS_FILE": ".aws/credentials", "AWS_CONFIG_FILE": ".aws/config"}
_PATIENCE_S = 300.0  # to remove what a trial wrote may be many requests


def root_of(text: str) -> str:
    """A root as the user wrote it. Raises :class:`UsageError` for what is none, or holds secrets.

    It is recorded with the run, and told to every framework.
    """
    try:
        parts = urlsplit(text)
        secret = parts.password is not None or parts.query or parts.fragment
    except ValueError as error:
        raise UsageError(f"--artifacts: {error}; write s3://bucket/prefix") from None
    if secret:
        raise UsageError(
            "--artifacts: the URL is recorded, so neither a password nor options may be in it; "
            "give them by the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, "
            "AWS_ENDPOINT_URL"
        )
    folder = parts.scheme == "file" and not parts.netloc and parts.path.startswith("/")
    if not folder and (parts.scheme in ("", "file") or not parts.netloc):
        raise UsageError(f"--artifacts {text!r}: write s3://bucket/prefix or file:///folder")
    return text.rstrip("/")


def credentials() -> dict[str, str]:
    """The variables by which a process may use a store, out of our own environment."""
    files = {name: Path.home() / place for name, place in _FILES.items()}
    found = {name: str(path) for name, path in files.items() if path.exists()}
    own = {name: value for name, value in os.environ.items() if name.startswith(_FAMILIES)}
    return {**found, **own}


def prove(home: Home, venv: Path, root: str) -> None:
    """Write, read and remove a small artifact. Raises :class:`EnvError` with the reason."""
    trouble = _ask(venv, import_folder(home, None), "prove", root)
    if trouble:
        raise EnvError(
            f"--artifacts {root}: {trouble}; is it there, and may you write to it? "
            "AWS_ENDPOINT_URL says where it is, if it is not Amazon's"
        )


def remove(venv: Path, imports: Path, place: str) -> str:
    """Remove what was stored below a place; why that failed, empty if it did not."""
    return _ask(venv, imports, "remove", place)


def _ask(venv: Path, imports: Path, what: str, place: str) -> str:
    with tempfile.TemporaryDirectory(prefix="harness-artifacts-") as folder:
        env = clean_environment(venv, Path(folder), [imports], credentials())
        command = [str(venv / "bin" / "python"), "-m", "workloads.stores", what, place]
        try:
            done = subprocess.run(
                command,
                env=env,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_PATIENCE_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"no answer within {_PATIENCE_S:g} s"
    said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
    return said[-1] if done.returncode else ""
