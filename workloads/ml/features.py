"""Encoder of tables as arrays, fitted on the training part only and stored as JSON.

Numbers: missing ones become the training median, then all are standardised. Categories: one
column of zeros and ones for each level in training, "missing" included; a level that is not in
training has zeros in all of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workloads.ml.schema import columns_of
from workloads.ml.tables import DataError, to_numpy

Floats = NDArray[np.float64]
#: A fitted encoder: ``columns`` of features, and ``dropped`` columns with the reason.
Encoder = dict[str, Any]

#: Number of a category's most frequent levels that get a column each.
MAX_LEVELS = 30
#: Bound for numbers, in standard deviations: models refuse larger ones that overflow.
FAR = 1e6
#: The level of missing categories.
MISSING_LEVEL = "(missing)"


def fit(train: pa.Table, schema: list[dict[str, Any]]) -> Encoder:
    """Fit an encoder. Raises :class:`DataError` if no column can be a feature."""
    columns = [_fit_number(train[n], n) for n in columns_of(schema, "number")]
    columns += [_fit_category(train[n], n) for n in columns_of(schema, "category")]
    kept = [column for column in columns if "dropped" not in column]
    if not kept:
        raise DataError(
            "no feature is left: every column is an identifier, constant, the target or the time; "
            "add columns that describe the rows"
        )
    gone = [{"column": c["name"], "reason": c["dropped"]} for c in columns if c.get("dropped")]
    return {"columns": kept, "dropped": gone}


def encode(table: pa.Table, encoder: Encoder) -> Floats:
    """Return the table's features as an array (rows x features)."""
    width = sum(_width(column) for column in encoder["columns"])
    out = np.zeros((table.num_rows, width))
    at = 0
    for column in encoder["columns"]:
        if column["kind"] == "number":
            values = to_numpy(table[column["name"]])
            values = np.where(np.isnan(values), column["median"], values)
            with np.errstate(over="ignore"):
                scaled = (values - column["mean"]) / column["scale"]
            out[:, at] = np.clip(scaled, -FAR, FAR)
        else:
            codes = _codes(table[column["name"]], column["levels"])
            seen = np.flatnonzero(codes >= 0)
            out[seen, at + codes[seen]] = 1.0
        at += _width(column)
    return out


def labels(table: pa.Table, target: str) -> NDArray[np.int64]:
    """Return the target of a labelled table, one 0 or 1 for each row."""
    return to_numpy(table[target]).astype(np.int64)


def gaps(table: pa.Table, encoder: Encoder) -> dict[str, dict[str, int]]:
    """Count the values that the encoder filled: imputed numbers and unseen levels, by column."""
    imputed: dict[str, int] = {}
    unseen: dict[str, int] = {}
    for column in encoder["columns"]:
        name = column["name"]
        if column["kind"] == "number":
            imputed[name] = table[name].null_count
        else:
            unseen[name] = int((_codes(table[name], column["levels"]) < 0).sum())
    return {
        "imputed": {name: n for name, n in imputed.items() if n},
        "unseen": {name: n for name, n in unseen.items() if n},
    }


def names(encoder: Encoder) -> list[str]:
    """Return the features' names, in the order of the array's columns."""
    found: list[str] = []
    for column in encoder["columns"]:
        name = column["name"]
        found += [f"{name}={v}" for v in column["levels"]] if "levels" in column else [name]
    return found


def _width(column: dict[str, Any]) -> int:
    return len(column["levels"]) if column["kind"] == "category" else 1


def _fit_number(values: pa.ChunkedArray, name: str) -> dict[str, Any]:
    found = to_numpy(values)
    known = found[~np.isnan(found)]
    if len(known) == 0:
        return {"name": name, "dropped": "no value in the training part"}
    if known.min() == known.max():
        return {"name": name, "dropped": "constant in the training part"}
    with np.errstate(over="ignore", invalid="ignore"):
        median = float(np.median(known))
        filled = np.where(np.isnan(found), median, found)
        mean, scale = float(filled.mean()), float(filled.std())
    if not (np.isfinite(scale) and scale > 0):
        return {"name": name, "dropped": "values beyond what arithmetic can standardise"}
    return {"name": name, "kind": "number", "median": median, "mean": mean, "scale": scale}


def _fit_category(values: pa.ChunkedArray, name: str) -> dict[str, Any]:
    counts = level_counts(values)
    if len(counts) < 2:
        return {"name": name, "dropped": "constant in the training part"}
    return {"name": name, "kind": "category", "levels": sorted(frequent(counts, MAX_LEVELS))}


def level_counts(values: pa.ChunkedArray) -> dict[str, int]:
    """Count the occurrences of each level, with ``MISSING_LEVEL`` for null."""
    found = pc.value_counts(pc.fill_null(values, MISSING_LEVEL).combine_chunks())
    return {entry["values"].as_py(): entry["counts"].as_py() for entry in found}


def frequent(counts: dict[str, int], limit: int) -> list[str]:
    """Return at most ``limit`` levels, most frequent first, ties by name."""
    return sorted(counts, key=lambda level: (-counts[level], level))[:limit]


def _codes(values: pa.ChunkedArray, levels: list[str]) -> NDArray[np.int64]:
    filled = pc.fill_null(values, MISSING_LEVEL).combine_chunks()
    found = pc.fill_null(pc.index_in(filled, value_set=pa.array(levels, pa.string())), -1)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.int64)
