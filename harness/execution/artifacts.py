"""Artifact storage outside the run's folder: ``--artifacts s3://bucket/prefix``.

Requests to the store are made by Python in a framework's environment, as in the steps themselves.
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

#: Prefixes of variables that hold a store's credentials or address.
_FAMILIES = ("AWS_", "AZURE_", "FSSPEC_", "GOOGLE_")
#: Files with credentials, by the variables that name them: a worker has another HOME.
_FILES = {"AWS_SHARED_CREDENTIALS_FILE": ".aws/credentials", "AWS_CONFIG_FILE": ".aws/config"}
_PATIENCE_S = 300.0  # removing the artifacts of a trial may take many requests


def root_of(text: str) -> str:
    """Return the URL of ``--artifacts``, without a slash at the end.

    Raises :class:`UsageError` if it is not a root of artifacts or contains a secret: it is recorded
    with the run and passed to every framework.
    """
    try:
        parts = urlsplit(text)
        secret = parts.password is not None or parts.query or parts.fragment
    except ValueError as error:
        raise UsageError(f"--artifacts: {error}; write s3://bucket/prefix") from None
    if secret:
        raise UsageError(
            "--artifacts: the URL is recorded, so it must not contain a password or options; "
            "set them in the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, "
            "AWS_ENDPOINT_URL"
        )
    folder = parts.scheme == "file" and not parts.netloc and parts.path.startswith("/")
    if not folder and (parts.scheme in ("", "file") or not parts.netloc):
        raise UsageError(f"--artifacts {text!r}: write s3://bucket/prefix or file:///folder")
    return text.rstrip("/")


def credentials() -> dict[str, str]:
    """Return the variables of our own environment that let a process use a store."""
    files = {name: Path.home() / place for name, place in _FILES.items()}
    found = {name: str(path) for name, path in files.items() if path.exists()}
    own = {name: value for name, value in os.environ.items() if name.startswith(_FAMILIES)}
    return {**found, **own}


def prove(home: Home, venv: Path, root: str) -> None:
    """Write, read and remove a small artifact. Raises :class:`EnvError` with the reason."""
    trouble = _ask(venv, import_folder(home, None), "prove", root)
    if trouble:
        raise EnvError(
            f"--artifacts {root}: {trouble}; check that it exists and that you may write to it, "
            "and set AWS_ENDPOINT_URL if the store is not Amazon's"
        )


def remove(venv: Path, imports: Path, place: str) -> str:
    """Remove everything stored below ``place``; return why that failed, or an empty text."""
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
    lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
    return lines[-1] if done.returncode else ""
