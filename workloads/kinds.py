"""Workload of one value of every kind that may cross a step boundary.

Its outputs are known in advance, so that it alone can test an environment and an adapter. Steps
import the libraries that they use, so that the harness can import this module without them.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from workloads.dag import Dag, Workload

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray
    from sklearn.linear_model import LinearRegression

#: Outputs of a correct run of :func:`kinds`.
EXPECTED: dict[str, Any] = {
    "summary": {
        "json": {
            "none": None,
            "true": True,
            "integer": 2**53 + 1,
            "float": 0.1,
            "text": 'ärger\n"quoted" $ref {{x}} 漢字',
            "list": [[], {}, [1, [2, [3]]]],
        },
        "nothing": None,
        "bytes": [256, 688229491],
        "array": [[2, 3], "float64", 15.0],
        "table": [3, ["name", "value"], 6],
        "model": [7.0, 9.0],
    },
    "nothing": None,
    "third": 3,
}


def make_json() -> dict[str, Any]:
    """Return JSON of every kind, with traps for quoting, templating and number formats."""
    return dict(EXPECTED["summary"]["json"])


def make_nothing() -> None:
    """Return None, a value like any other."""


def make_bytes() -> bytes:
    """Return every byte once."""
    return bytes(range(256))


def make_array(rows: int) -> NDArray[np.float64]:
    """Return the numbers 0 to ``3 * rows - 1`` in ``rows`` rows."""
    import numpy as np

    return np.arange(3.0 * rows).reshape(rows, 3)


def make_table() -> pa.Table:
    """Return a table of three named numbers."""
    import pyarrow as pa

    return pa.table({"name": ["a", "b", "c"], "value": [1, 2, 3]})


def make_model(array: NDArray[np.float64]) -> LinearRegression:
    """Return a line fitted through (x, 2x + 1)."""
    from sklearn.linear_model import LinearRegression

    x = array[0].reshape(-1, 1)
    return LinearRegression().fit(x, 2 * x.ravel() + 1)


def summarise(
    parts: dict[str, Any], models: list[LinearRegression], integers: list[int]
) -> dict[str, Any]:
    """Return a JSON summary of the values that arrived."""
    data, array, table = parts["bytes"], parts["array"], parts["table"]
    predicted = [float(models[0].predict([[x]])[0]) for x in integers]
    return {
        "json": parts["json"],
        "nothing": parts["nothing"],
        "bytes": [len(data), zlib.crc32(data)],
        "array": [list(array.shape), str(array.dtype), array.sum()],
        "table": [table.num_rows, table.column_names, sum(table["value"].to_pylist())],
        "model": [round(value, 9) for value in predicted],
    }


def kinds() -> Workload:
    """Wire one step for each kind of value, and references of every form."""
    dag = Dag("kinds")
    plain = dag.step(make_json)
    nothing = dag.step(make_nothing)
    array = dag.step(make_array, rows=2)
    model = dag.step(make_model, array=array)
    parts = {
        "json": plain,
        "nothing": nothing,
        "bytes": dag.step(make_bytes),
        "array": array,
        "table": dag.step(make_table),
    }
    summary = dag.step(summarise, parts=parts, models=[model], integers=[3, 4])
    return dag.build(summary=summary, nothing=nothing, third=plain["list"][2][1][1][0])
