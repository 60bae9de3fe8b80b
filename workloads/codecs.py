"""Codecs: conversion of values to JSON at a step boundary, and back.

JSON stays inline. Bytes, NumPy arrays, tables and scikit-learn models become artifacts: files named
by their content under the run's artifact root, a folder or a URL (``stores.py``). Pickle is never
used. Codecs for further types are registered by the module that defines the step::

    register(Codec("image", lambda value: isinstance(value, Image), dump=to_png, load=from_png))
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workloads import stores
from workloads.dag import ARTIFACT, REF, Artifact, Value
from workloads.skops_io import skops_io


class CodecError(TypeError):
    """A value cannot cross a step boundary, or an artifact cannot be read back."""


@dataclass(frozen=True)
class Codec:
    """Storage of one kind of value: ``dump`` to bytes, ``load`` back to an equal value.

    Equal values must dump to equal bytes, because artifacts are compared by their content.
    """

    name: str
    accepts: Callable[[Any], bool]
    dump: Callable[[Any], bytes]
    load: Callable[[bytes], Any]


_codecs: dict[str, Codec] = {}


def register(codec: Codec) -> None:
    """Add a codec to this process; the codec that was added last is tried first."""
    _codecs.pop(codec.name, None)
    _codecs[codec.name] = codec


def prepare(root: str) -> None:
    """Import the libraries that will store this process's values, outside of any step's time.

    Call it in a process that runs many steps, once their modules are imported. skops takes a
    second, and only a process with scikit-learn can have a model to store.
    """
    stores.prepare(root)
    if "sklearn" in sys.modules:
        skops_io()


def encode(value: Any, root: str, step: str) -> Value:
    """Return a step's result as JSON, and store its artifacts under ``root``.

    Tuples become lists and NumPy scalars Python's numbers. Raises :class:`CodecError`, naming the
    step, the place and the type, for a value that no codec accepts.
    """
    return _encode(value, root, step, "result")


def decode(value: Value) -> Any:
    """Return the value of JSON from :func:`encode`; read artifacts and check their hashes.

    Raises :class:`CodecError` as :func:`load` does.
    """
    if isinstance(value, dict):
        if ARTIFACT in value:
            return load(Artifact.from_json(value))
        return {key: decode(part) for key, part in value.items()}
    if isinstance(value, list):
        return [decode(part) for part in value]
    return value


def load(artifact: Artifact) -> Any:
    """Read an artifact back. Raises :class:`CodecError` if it is missing, damaged or unknown."""
    codec = _codecs.get(artifact.codec)
    if codec is None:
        raise CodecError(
            f"no codec {artifact.codec!r} in this process: register it in a module that the "
            "reading step's module imports"
        )
    try:
        place, path = stores.store_of(artifact.uri)
        data = place.get(path)
    except OSError as error:
        reason = error.strerror or stores.line(error)
        raise CodecError(f"artifact {artifact.uri} cannot be read: {reason}") from error
    if hashlib.sha256(data).hexdigest() != artifact.sha256:
        raise CodecError(f"artifact {artifact.uri} is damaged: its content has another hash")
    return codec.load(data)


def store(data: bytes, codec: str, root: str) -> Artifact:
    """Write ``data`` atomically under ``root``, with its digest as its name.

    Raises :class:`CodecError` if a URL cannot be written to, ``OSError`` for a folder.
    """
    digest = hashlib.sha256(data).hexdigest()
    uri = f"{root}/{digest}.{codec}"
    try:
        place, path = stores.store_of(uri)
        place.put(path, data)
    except stores.StoreError as error:
        raise CodecError(f"artifact {uri} cannot be stored: {error}") from error
    return Artifact(uri, digest, len(data), codec)


def _encode(value: Any, root: str, step: str, where: str) -> Value:
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return value
    if kind is float:
        if math.isfinite(value):
            return value
        raise CodecError(
            f"step {step!r}: {where} is {value!r}, which JSON cannot express; return None instead"
        )
    if kind in (list, tuple):
        return [_encode(part, root, step, f"{where}[{i}]") for i, part in enumerate(value)]
    if kind is dict:
        for key in value:
            if type(key) is not str or key in (ARTIFACT, REF):
                raise CodecError(
                    f"step {step!r}: {where} has the key {key!r}; keys are strings, and neither "
                    f"{ARTIFACT!r} nor {REF!r}"
                )
        return {key: _encode(part, root, step, f"{where}.{key}") for key, part in value.items()}
    # By the type's name, because another thread may be in the middle of importing NumPy.
    if kind.__module__ == "numpy" and isinstance(value, sys.modules["numpy"].generic):
        return _encode(value.item(), root, step, where)
    for codec in reversed(_codecs.values()):
        if codec.accepts(value):
            return store(_dump(codec, value, step, where), codec.name, root).to_json()
    raise CodecError(
        f"step {step!r}: {where} is a {kind.__module__}.{kind.__qualname__}, which has no codec; "
        "return JSON, bytes, an array, a table or a scikit-learn model, or register one in the "
        "step's module: workloads.codecs.register(Codec(name, accepts, dump, load))"
    )


def _dump(codec: Codec, value: Any, step: str, where: str) -> bytes:
    try:
        return codec.dump(value)
    except Exception as error:  # any error of a library that cannot store a value
        kind = type(value).__qualname__
        raise CodecError(
            f"step {step!r}: {where}, a {kind}, cannot be stored as {codec.name!r}: {error}"
        ) from error


from workloads import codecs_data as _data  # noqa: E402  # it uses the definitions above

for _codec in _data.CODECS:
    register(Codec(*_codec))
