"""Decoder of data from hand-written files: strict, with the nearest key for a wrong one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from harness.errors import UsageError

Kind = TypeVar("Kind")

_FIELD = re.compile(r"unknown field `(?P<name>[^`]*)`")
_CHOICE = re.compile(r"Invalid enum value '(?P<name>[^']*)'")


def decode(data: Any, kind: type[Kind], where: str) -> Kind:
    """Convert ``data`` to ``kind``; ``where`` names its file in messages.

    Raises :class:`UsageError` with the place, the wrong key and the nearest known one.
    """
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"{where}: {error}{_hint(str(error), kind)}") from None


def _hint(message: str, kind: Any) -> str:
    if match := _FIELD.search(message):
        known = sorted(
            {name for struct in _structs(kind) for name in struct.__struct_encode_fields__}
        )
    elif match := _CHOICE.search(message):
        known = sorted(set(_choices(kind)))
    else:
        return ""
    near = difflib.get_close_matches(match["name"], known, 1)
    return f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(known)}"


def _structs(kind: Any) -> Iterator[Any]:
    """Yield ``kind`` and all structs that it contains."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
        for field in msgspec.structs.fields(kind):
            yield from _structs(field.type)
    for part in getattr(kind, "__args__", ()):
        yield from _structs(part)


def _choices(kind: Any) -> Iterator[str]:
    for struct in _structs(kind):
        for field in msgspec.structs.fields(struct):
            values = getattr(field.type, "__args__", ())
            yield from (each for each in values if isinstance(each, str))
