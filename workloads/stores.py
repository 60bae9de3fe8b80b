"""Stores of artifacts: a folder, or a URL that workers on other hosts can reach too.

A place is a path, ``file://…`` or ``scheme://bucket/prefix``. PyArrow is the client for ``s3://``
and ``gs://``: the workload's pins put one version of it into every environment, so that frameworks
do not differ in their clients. fsspec, if installed, handles any other scheme. Standard library
only until such a place is used.

``python -m workloads.stores prove|remove PLACE`` prints an error as one line on stderr.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

_URL = "://"
_FILE = "file://"
_OURS = ("s3", "gs")  # schemes of PyArrow's own clients


class StoreError(OSError):
    """A place for artifacts cannot be used, or lacks a file; the message is one line."""


class Store(Protocol):
    """A store of files by their path."""

    def put(self, path: str, data: bytes) -> None:
        """Store ``data`` atomically, unless the path holds it already."""

    def get(self, path: str) -> bytes:
        """Return the stored data. Raises ``OSError``."""

    def folder(self, path: str) -> AbstractContextManager[Path]:
        """Return a context with the files below the path as a local folder.

        Files that the block writes there are stored.
        """

    def remove(self, path: str) -> None:
        """Remove all files below the path, and the folder above it if it is empty then."""


def store_of(place: str) -> tuple[Store, str]:
    """Return the store of a place, and the path in it. Raises :class:`StoreError`."""
    if _URL not in place:
        return Local(), place
    if place.startswith(_FILE):
        return Local(), unquote(place.removeprefix(_FILE))
    try:
        return _remote(place)
    except ImportError as error:
        scheme = place.partition(_URL)[0]
        reason = f"{line(error)}; list the package for {scheme}{_URL} in --requirements FILE"
        raise StoreError(reason) from error
    except (ValueError, OSError) as error:
        raise StoreError(line(error)) from error


def prepare(root: str) -> None:
    """Import the libraries that storing artifacts at ``root`` needs."""
    if _URL in root and not root.startswith(_FILE):
        import pyarrow.fs  # noqa: F401  # imported for later use


class Local:
    """A store in folders of this host, or of a file system that it shares with others."""

    def put(self, path: str, data: bytes) -> None:
        """Write the file beside its target, and rename it."""
        target = Path(path)
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, aside = tempfile.mkstemp(dir=target.parent, prefix=".part-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            os.replace(aside, target)
        except BaseException:
            os.unlink(aside)
            raise

    def get(self, path: str) -> bytes:
        """Return the file's content."""
        return Path(path).read_bytes()

    @contextmanager
    def folder(self, path: str) -> Iterator[Path]:
        """Yield the folder itself, created if necessary."""
        Path(path).mkdir(parents=True, exist_ok=True)
        yield Path(path)

    def remove(self, path: str) -> None:
        """Remove the folders."""
        shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):  # it is not empty, or does not exist
            Path(path).parent.rmdir()


class Remote:
    """A store in an object store, or in another file system with a client package."""

    def __init__(self, files: Any) -> None:
        """Use ``files``, a ``pyarrow.fs.FileSystem``."""
        self._files = files

    def put(self, path: str, data: bytes) -> None:
        """Write the object, which exists once all of it has been sent."""
        with _told():
            # Some file systems are not atomic: there, an incomplete file has another size.
            if self._files.get_file_info(path).size != len(data):
                self._write(path, data)

    def get(self, path: str) -> bytes:
        """Return the object's content. Raises :class:`StoreError`."""
        with _told():
            return self._read(path)

    @contextmanager
    def folder(self, path: str) -> Iterator[Path]:
        """Yield a local copy; new and changed files are stored, unless the block raises.

        Only one step at a time may write to it.
        """
        with tempfile.TemporaryDirectory(prefix="harness-shared-") as name:
            here = Path(name)
            known = {}
            with _told():
                for each in self._below(path, recursive=True):
                    relative = each.path.removeprefix(f"{path}/")
                    known[relative] = self._read(each.path)
                    (here / relative).parent.mkdir(parents=True, exist_ok=True)
                    (here / relative).write_bytes(known[relative])
            yield here
            with _told():
                for file in sorted(each for each in here.rglob("*") if each.is_file()):
                    relative, content = file.relative_to(here).as_posix(), file.read_bytes()
                    if known.get(relative) != content:
                        self._write(f"{path}/{relative}", content)

    def remove(self, path: str) -> None:
        """Remove the objects. Raises :class:`StoreError`."""
        parent = path.rpartition("/")[0]
        with _told():
            self._delete(path)
            # An object store may keep a marker of the empty folder.
            if not self._below(parent):
                self._delete(parent)

    def _write(self, path: str, data: bytes) -> None:
        with self._files.open_output_stream(path) as file:
            file.write(data)

    def _read(self, path: str) -> bytes:
        with self._files.open_input_stream(path) as file:
            return bytes(file.read())

    def _below(self, path: str, recursive: bool = False) -> list[Any]:
        """Return the files below a path; folders too, unless ``recursive``."""
        from pyarrow import fs

        wanted = fs.FileSelector(path, recursive=recursive, allow_not_found=True)
        found = self._files.get_file_info(wanted)
        return [each for each in found if not recursive or each.is_file]

    def _delete(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError):  # it holds no file
            self._files.delete_dir(path)


def prove(root: str) -> None:
    """Write, read and remove a small artifact. Raises ``OSError``."""
    store, path = store_of(root)
    probe, data = f"{path}/probe-{secrets.token_hex(8)}/1", b"harness"
    store.put(f"{probe}/probe", data)
    if store.get(f"{probe}/probe") != data:
        raise StoreError(f"{root} returned other content than was stored")
    store.remove(probe)


def remove(place: str) -> None:
    """Remove all files below a place. Raises ``OSError``."""
    store, path = store_of(place)
    store.remove(path)


def _remote(place: str) -> tuple[Remote, str]:
    from pyarrow import fs

    scheme, _, path = place.partition(_URL)
    if scheme in _OURS:
        return Remote(_client(f"{scheme}{_URL}{path.partition('/')[0]}")), path
    from fsspec.core import url_to_fs

    files, path = url_to_fs(place)
    return Remote(fs.PyFileSystem(fs.FSSpecHandler(files))), path


@lru_cache(maxsize=8)
def _client(bucket: str) -> Any:
    """Return the client of a bucket, one for each process, because it keeps connections."""
    from pyarrow import fs

    files, _ = fs.FileSystem.from_uri(bucket)
    return files


@contextmanager
def _told() -> Iterator[None]:
    """Raise a client's error as a :class:`StoreError` with a message of one line."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise StoreError(line(error)) from error


def line(error: BaseException) -> str:
    """Return an error's message as one line, or its type without one."""
    return " ".join(str(error).split()) or type(error).__name__


if __name__ == "__main__":
    try:
        {"prove": prove, "remove": remove}[sys.argv[1]](sys.argv[2])
    except OSError as caught:
        sys.exit(line(caught))
