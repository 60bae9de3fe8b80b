"""Decoder of data from hand-written files: strict, with the nearest key for a wrong one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, TypeVar, get_args

import msgspec

from harness.errors import UsageError

Kind = TypeVar("Kind")

_FIELD = re.compile(r"unknown field `(?P<name>[^`]*)`")
_CHOICE = re.compile(r"Invalid enum value '(?P<name>[^']*)'")
_PLACE = re.compile(r"`\$[^`]*\[\.\.\.\][^`]*`")  # "..." stands for any key of a table

_LAST = re.compile(r"\.(?P<name>\w+)(\[(\d+|\.\.\.)\])*`")  # the key at the end of a place


def decode(data: Any, kind: type[Kind], where: str) -> Kind:
    """Convert ``data`` to ``kind``; ``where`` names its file in messages.

    Raises :class:`UsageError` with the place, the wrong key and the nearest known one.
    """
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        message = str(error)
        if match := _FIELD.search(message) or _CHOICE.search(message):
            place = next(_places(data, match["name"], ()), "")
            message = _PLACE.sub(lambda known: f"`$.{place}`" if place else known[0], message)
        raise UsageError(f"{where}: {message}{_hint(message, kind)}") from None


def _hint(message: str, kind: Any) -> str:
    if match := _FIELD.search(message):
        known = sorted(
            {name for struct in _structs(kind) for name in struct.__struct_encode_fields__}
        )
    elif match := _CHOICE.search(message):
        field = _LAST.search(message)
        known = sorted(set(_choices(kind, field["name"] if field else None)))
    else:
        return ""
    near = difflib.get_close_matches(match["name"], known, 1)
    return f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(known)}"


def _places(data: Any, name: str, above: tuple[str, ...]) -> Iterator[str]:
    """Yield where ``name`` stands in ``data``, as a key (then its table) or as a value."""
    if isinstance(data, Mapping):
        if name in data:
            yield ".".join(above)
        for key, value in data.items():
            if value == name:
                yield ".".join((*above, key))
            yield from _places(value, name, (*above, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _places(value, name, (*above[:-1], f"{above[-1]}[{number}]"))


def _structs(kind: Any) -> Iterator[Any]:
    """Yield ``kind`` and all structs that it contains."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
        for field in msgspec.structs.fields(kind):
            yield from _structs(field.type)
    for part in get_args(kind):
        yield from _structs(part)


def _choices(kind: Any, name: str | None) -> Iterator[str]:
    """Yield the texts that fields ``name`` (None: all) admit: of literals and enumerations."""
    for struct in _structs(kind):
        for field in msgspec.structs.fields(struct):
            if name in (None, field.encode_name):
                yield from _texts(field.type)


def _texts(kind: Any) -> Iterator[str]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        yield from (str(each.value) for each in kind)
    for part in get_args(kind):
        if isinstance(part, str):
            yield part
        else:
            yield from _texts(part)
