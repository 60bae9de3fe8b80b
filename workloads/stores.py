"""Where artifacts lie: in a folder, or below a URL that workers on other hosts reach as well.

A place is a path, ``file://…`` or ``scheme://bucket/prefix``. ``s3://`` and ``gs://`` are spoken by
PyArrow, which the workload's pins put into every environment at one version, so that no framework
has a faster client than another; any other scheme is asked of fsspec, if that is there. Standard
library only until such a place is used.

``python -m workloads.stores prove|remove PLACE`` tells in one line, on stderr, what is wrong.
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
_OURS = ("s3", "gs")  # schemes that PyArrow speaks itself


class StoreError(OSError):
    """A place for artifacts cannot be used, or has not what was asked for; one line says why."""


class Store(Protocol):
    """Files by their path."""

    def put(self, path: str, data: bytes) -> None:
        """Keep ``data``, whole or not at all, unless the path has as much already."""

    def get(self, path: str) -> bytes:
        """What was kept. Raises ``OSError``."""

    def folder(self, path: str) -> AbstractContextManager[Path]:
        """What lies below the path as a local folder; what a block writes to it is kept."""

    def remove(self, path: str) -> None:
        """Remove what lies below the path, and the folder above it if that is empty then."""


def store_of(place: str) -> tuple[Store, str]:
    """The store that has a place, and its path there. Raises :class:`StoreError`."""
    if _URL not in place:
        return Local(), place
    if place.startswith(_FILE):
        return Local(), unquote(place.removeprefix(_FILE))
    try:
        return _remote(place)
    except ImportError as error:
        scheme = place.partition(_URL)[0]
        reason = f"{line(error)}; name what speaks {scheme}{_URL} in a file: --requirements FILE"
        raise StoreError(reason) from error
    except (ValueError, OSError) as error:
        raise StoreError(line(error)) from error


def prepare(root: str) -> None:
    """Import what putting artifacts there will need."""
    if _URL in root and not root.startswith(_FILE):
        import pyarrow.fs  # noqa: F401  # only that it be there


class Local:
    """Folders of this host, or of a file system that it shares with others."""

    def put(self, path: str, data: bytes) -> None:
        """Written aside, and renamed into place."""
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
        """The file's content."""
        return Path(path).read_bytes()

    @contextmanager
    def folder(self, path: str) -> Iterator[Path]:
        """The folder itself."""
        Path(path).mkdir(parents=True, exist_ok=True)
        yield Path(path)

    def remove(self, path: str) -> None:
        """Remove the folders."""
        shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):  # there is more in it, or it never was
            Path(path).parent.rmdir()


class Remote:
    """An object store, or another file system that a package speaks."""

    def __init__(self, files: Any) -> None:
        """``files``: a ``pyarrow.fs.FileSystem``."""
        self._files = files

    def put(self, path: str, data: bytes) -> None:
        """An object is there once all of it has been sent."""
        with _told():
            # Where it is not, as on some file systems, a torn one has another size.
            if self._files.get_file_info(path).size != len(data):
                self._write(path, data)

    def get(self, path: str) -> bytes:
        """The object's content. Raises :class:`StoreError`."""
        with _told():
            return self._read(path)

    @contextmanager
    def folder(self, path: str) -> Iterator[Path]:
        """A copy, from which what is new or has changed goes back, unless the block raises.

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
            # An object store may mark the folder that has become empty as one.
            if not self._below(parent):
                self._delete(parent)

    def _write(self, path: str, data: bytes) -> None:
        with self._files.open_output_stream(path) as file:
            file.write(data)

    def _read(self, path: str) -> bytes:
        with self._files.open_input_stream(path) as file:
            return bytes(file.read())

    def _below(self, path: str, recursive: bool = False) -> list[Any]:
        """Files below a path; folders too, unless recursive."""
        from pyarrow import fs

        wanted = fs.FileSelector(path, recursive=recursive, allow_not_found=True)
        found = self._files.get_file_info(wanted)
        return [each for each in found if not recursive or each.is_file]

    def _delete(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError):  # nothing was written there
            self._files.delete_dir(path)


def prove(root: str) -> None:
    """Write, read and remove a small artifact. Raises ``OSError``."""
    store, path = store_of(root)
    probe, data = f"{path}/probe-{secrets.token_hex(8)}/1", b"harness"
    store.put(f"{probe}/probe", data)
    if store.get(f"{probe}/probe") != data:
        raise StoreError(f"{root} returned another content than was put there")
    store.remove(probe)


def remove(place: str) -> None:
    """Remove what lies below a place. Raises ``OSError``."""
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
    """One for each bucket and process: it keeps its connections."""
    from pyarrow import fs

    files, _ = fs.FileSystem.from_uri(bucket)
    return files


@contextmanager
def _told() -> Iterator[None]:
    """Whatever a client says becomes one line."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise StoreError(line(error)) from error


def line(error: BaseException) -> str:
    """An error in one line."""
    return " ".join(str(error).split()) or type(error).__name__


if __name__ == "__main__":
    try:
        {"prove": prove, "remove": remove}[sys.argv[1]](sys.argv[2])
    except OSError as caught:
        sys.exit(line(caught))
