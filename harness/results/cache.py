"""Cache of values that are slow to compute and depend on files alone, in ``.harness/cache``."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from harness.files import write_atomically
from harness.home import Home, package_folder
from harness.results import store

Value = TypeVar("Value")


class _File(msgspec.Struct):
    key: str
    value: msgspec.Raw


def cached(
    folder: Path, name: str, of: Iterable[bytes], kind: type[Value], make: Callable[[], Value]
) -> Value:
    """Return the value of ``make``, or the cached one in ``folder`` if ``of`` is the same.

    ``of`` has to hold everything that the value depends on. A cache file that cannot be read is
    made again; if it cannot be written, or JSON would change the value, the value is made each
    time.
    """
    key = hashlib.sha256(b"\0".join(hashlib.sha256(each).digest() for each in of)).hexdigest()
    file = folder / f"{name}.json"
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        found = msgspec.json.decode(file.read_bytes(), type=_File)
        if found.key == key:
            return msgspec.json.decode(found.value, type=kind)
    value = make()
    with contextlib.suppress(OSError, ValueError, msgspec.MsgspecError):
        data = msgspec.json.encode({"key": key, "value": value})
        if msgspec.json.decode(msgspec.json.decode(data, type=_File).value, type=kind) == value:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(file, data)
    return value


def cached_of_run(
    home: Home,
    folder: Path,
    name: str,
    of: Iterable[bytes],
    kind: type[Value],
    make: Callable[[], Value],
) -> Value:
    """Return the value of ``make``, cached by the run in ``folder``, our code and ``of``.

    The key holds run.json and the folder's path, which is enough: every new record of a run also
    changes run.json, and the folder of a packed run is named by its digest.
    """
    run = (folder / store.RUN).read_bytes()
    place = home.cache / "runs" / folder.name
    return cached(place, name, [code(), os.fsencode(folder), run, *of], kind, make)


@functools.cache
def code() -> bytes:
    """Return the bytes of our own code: other code may compute other values."""
    return b"".join(path.read_bytes() for path in sorted(package_folder("harness").rglob("*.py")))
