"""What takes long to work out and follows from files alone, kept in ``.harness/kept``."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from harness import store

Value = TypeVar("Value")


class _File(msgspec.Struct):
    key: str
    value: msgspec.Raw


def kept(
    folder: Path, name: str, of: Iterable[bytes], kind: type[Value], make: Callable[[], Value]
) -> Value:
    """What ``make`` gives, from ``folder`` where it was made before of the same ``of``.

    ``of`` has to hold all that the value depends on. A file that cannot be read is made anew; where
    none can be written it is made each time.
    """
    key = hashlib.sha256(b"\0".join(hashlib.sha256(each).digest() for each in of)).hexdigest()
    file = folder / f"{name}.json"
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        found = msgspec.json.decode(file.read_bytes(), type=_File)
        if found.key == key:
            return msgspec.json.decode(found.value, type=kind)
    value = make()
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        store.write_bytes(file, msgspec.json.encode({"key": key, "value": value}))
    return value
