"""Keys of a file from the struct that it is read into: type, default, meaning."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from types import ModuleType
from typing import Any

import msgspec

from docs.generate.markdown import code, prose, table

Struct = type[msgspec.Struct]
#: Meanings by key, for those whose ``#:`` comment is missing or says too little to a user.
Meanings = Mapping[str, str]

_FIELD = re.compile(r"^    (\w+)\s*:(?!:)")
_COMMENT = re.compile(r"#:\s?(.*)$")
_NAMES = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    type(None): "null",
    Any: "any value",
}


def struct_of(module: ModuleType, *keys: str) -> Struct:
    """Return the struct of a module that has these keys. Raises ``LookupError`` if none has.

    Keys and not the name decide, because users write the keys.
    """
    for found in vars(module).values():
        if not (isinstance(found, type) and issubclass(found, msgspec.Struct)):
            continue
        if found.__module__ == module.__name__ and {*keys} <= {*keys_of(found)}:
            return found
    raise LookupError(f"{module.__name__} has no struct with the keys {', '.join(keys)}")


def keys_of(struct: Struct) -> list[str]:
    """Return the keys of a struct as a file has them."""
    return [field.encode_name for field in msgspec.structs.fields(struct)]


def comments(struct: Struct) -> dict[str, str]:
    """Return the ``#:`` comment of each field, before it or behind it."""
    found: dict[str, str] = {}
    for base in reversed(struct.__mro__):
        if base.__module__ == struct.__module__ and base is not object:
            found.update(comments_in(inspect.getsource(base)))
    return found


def comments_in(source: str) -> dict[str, str]:
    """Return the ``#:`` comments of the fields in the source of one class."""
    found: dict[str, str] = {}
    before: list[str] = []
    for line in source.splitlines():
        comment = _COMMENT.search(line)
        field = _FIELD.match(line)
        if field:
            said = [*before, *([comment[1]] if comment else [])]
            if said:
                found[field[1]] = " ".join(said)
            before = []
        elif comment and line.strip().startswith("#:"):
            before.append(comment[1])
        else:
            before = []
    return found


def type_name(kind: Any, link: Callable[[Struct], str] | None = None) -> str:
    """Return the name of a type for a reader who knows TOML or JSON, not Python."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return " or ".join(code(each) if each else "empty" for each in args)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(type_name(each, link) for each in args)
    if origin in (list, tuple, set, frozenset):
        inner = [each for each in args if each is not Ellipsis]
        return "list of " + ", ".join(dict.fromkeys(type_name(each, link) for each in inner))
    if origin is not None and issubclass(origin, Mapping):
        return f"table of {type_name(args[1], link)}"
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return link(kind) if link else "table"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(code(each.value) for each in kind)
    if kind in _NAMES:
        return _NAMES[kind]
    return str(getattr(kind, "__name__", kind))


def default_of(field: msgspec.structs.FieldInfo) -> str:
    """Return the default of a field as TOML or JSON writes it, or that it is required."""
    if field.required:
        return "required"
    if field.default_factory is not msgspec.NODEFAULT:
        value = field.default_factory()
        return code(msgspec.json.encode(value).decode()) if not isinstance(value, set) else ""
    if field.default is None:
        return "–"
    if isinstance(field.default, msgspec.Struct):
        return "empty"
    return code(msgspec.json.encode(field.default).decode())


def keys_table(
    struct: Struct, meanings: Meanings | None = None, link: Callable[[Struct], str] | None = None
) -> str:
    """Return the table of a struct's keys; ``meanings`` replace the comments in the source.

    Raises ``LookupError`` for a key that has neither; without ``meanings`` it may stay empty.
    """
    said = comments(struct)
    rows = []
    for field in msgspec.structs.fields(struct):
        meaning = (meanings or {}).get(field.encode_name) or said.get(field.name, "")
        if not meaning and meanings is not None:
            where = f"{struct.__module__}.{struct.__name__}.{field.name}"
            raise LookupError(
                f"{where} has no meaning; write a #: comment beside it, or a line in "
                "docs/generate/meanings.toml"
            )
        rows.append(
            (
                code(field.encode_name),
                type_name(field.type, link),
                default_of(field),
                prose(meaning),
            )
        )
    return table(("key", "type", "default", "meaning"), rows)


def structs_in(struct: Struct) -> list[Struct]:
    """Return a struct and all that it is made of, each once, the outer ones first."""
    found: dict[Struct, None] = {}
    waiting: list[Any] = [struct]
    while waiting:
        kind = waiting.pop(0)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            if kind not in found:
                found[kind] = None
                waiting += [field.type for field in msgspec.structs.fields(kind)]
        else:
            waiting += typing.get_args(kind)
    return list(found)
