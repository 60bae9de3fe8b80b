"""Built-in codecs: bytes, NumPy arrays, tables, scikit-learn models.

Each is ``(name, accepts, dump, load)``. A library is imported only to dump or load a value of its
own, so that a process without it can still run steps that do not use it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from workloads.skops_io import skops_io


def _from(value: Any, *libraries: str) -> bool:
    """Return whether a value's class, or a base of it, is defined by one of ``libraries``."""
    return any(kind.__module__.split(".")[0] in libraries for kind in type(value).__mro__)


def _is_bytes(value: Any) -> bool:
    return isinstance(value, (bytes, bytearray, memoryview))


def _is_array(value: Any) -> bool:
    return type(value).__name__ == "ndarray" and _from(value, "numpy")


def _dump_array(value: Any) -> bytes:
    import numpy as np

    file = io.BytesIO()
    np.save(file, value, allow_pickle=False)  # NumPy refuses an array of objects
    return file.getvalue()


def _load_array(data: bytes) -> Any:
    import numpy as np

    return np.load(io.BytesIO(data), allow_pickle=False)


def _is_table(value: Any) -> bool:
    return type(value).__name__ == "Table" and _from(value, "pyarrow")


def _dump_table(value: Any) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, value.schema) as writer:
        writer.write_table(value)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def _load_table(data: bytes) -> Any:
    import pyarrow as pa

    return pa.ipc.open_file(pa.BufferReader(data)).read_all()


def _is_pandas(value: Any) -> bool:
    return type(value).__name__ == "DataFrame" and _from(value, "pandas")


def _dump_pandas(value: Any) -> bytes:
    import pyarrow as pa

    return _dump_table(pa.Table.from_pandas(value))


def _load_pandas(data: bytes) -> Any:
    return _load_table(data).to_pandas()


def _is_polars(value: Any) -> bool:
    return type(value).__name__ == "DataFrame" and _from(value, "polars")


def _dump_polars(value: Any) -> bytes:
    return _dump_table(value.to_arrow())


def _load_polars(data: bytes) -> Any:
    import polars as pl

    return pl.from_arrow(_load_table(data))


def _is_model(value: Any) -> bool:
    # scikit-learn's classes only: a user's own class would not be trusted at loading.
    return hasattr(value, "get_params") and type(value).__module__.split(".")[0] == "sklearn"


def dump_model(value: Any) -> bytes:
    """Return a fitted scikit-learn model as bytes, which are equal for equal models."""
    return _canonical(skops_io().dumps(value))


def load_model(data: bytes) -> Any:
    """Load a model made of scikit-learn, SciPy and NumPy types only.

    skops raises for any other type.
    """
    skops = skops_io()
    unknown = skops.get_untrusted_types(data=data)
    ours = [name for name in unknown if name.split(".")[0] in ("sklearn", "numpy", "scipy")]
    return skops.loads(data, trusted=ours)


def _canonical(archive: bytes) -> bytes:
    """Return the same skops archive without clock times and memory addresses.

    skops names objects and files by ``id()``; numbering them by first appearance makes equal
    models equal bytes, which a content hash needs.
    """
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        files = {name: source.read(name) for name in source.namelist()}
    schema = json.loads(files.pop("schema.json"))
    numbers: dict[int, int] = {}
    names: dict[str, str] = {}
    for node in _nodes(schema):
        if "__id__" in node:
            node["__id__"] = numbers.setdefault(node["__id__"], len(numbers) + 1)
        if isinstance(node.get("file"), str):
            old = node["file"]
            node["file"] = names.setdefault(old, f"{len(names) + 1}.{old.rpartition('.')[2]}")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as out:
        for old, new in names.items():
            out.writestr(
                zipfile.ZipInfo(new), _unpadded(files[old]) if new.endswith(".npy") else files[old]
            )
        out.writestr(zipfile.ZipInfo("schema.json"), json.dumps(schema, sort_keys=True))
    return target.getvalue()


def _unpadded(data: bytes) -> bytes:
    """Return a stored array of records (a tree's nodes) with zeros between its fields."""
    import numpy as np

    array = np.load(io.BytesIO(data), allow_pickle=False)
    if array.dtype.names is None:
        return data
    clean = np.zeros(array.shape, array.dtype)
    for name in array.dtype.names:
        clean[name] = array[name]
    return _dump_array(clean)


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        tree = [tree[key] for key in sorted(tree)]  # a loaded model's attributes are in any order
    if isinstance(tree, list):
        for part in tree:
            yield from _nodes(part)


CODECS = (
    ("bytes", _is_bytes, bytes, bytes),
    ("npy", _is_array, _dump_array, _load_array),
    ("arrow", _is_table, _dump_table, _load_table),
    ("pandas", _is_pandas, _dump_pandas, _load_pandas),
    ("polars", _is_polars, _dump_polars, _load_polars),
    ("skops", _is_model, dump_model, load_model),
)
