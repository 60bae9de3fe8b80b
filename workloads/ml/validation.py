"""Validation of a raw table's rows, with a reason for each that is rejected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workloads.ml.schema import Column, columns_of
from workloads.ml.tables import DataError, to_numbers, to_times

#: Name of the column that is added to the rejected rows.
REASON = "rejected_because"


def check_rows(raw: pa.Table, schema: list[Column]) -> dict[str, Any]:
    """Divide a raw table into usable and rejected rows.

    Return ``valid`` (numbers and times as float64, the rest as text), ``rejected`` (as read, with
    the reason in a further column) and ``counts``. A row that fails several checks is counted
    under the first, in the order of :func:`_faults`, so the counts add up.
    """
    _check_columns(raw, schema)
    parsed = {column.name: _parse(raw[column.name], column.kind) for column in schema}
    reason = np.full(raw.num_rows, -1)
    names: list[str] = []
    for name, mask in _faults(raw, parsed, schema):
        names.append(name)
        reason[mask & (reason < 0)] = len(names) - 1
    valid = reason < 0
    rejected = raw.filter(pa.array(~valid))
    because = pa.array(names, pa.string()).take(pa.array(reason[~valid]))
    totals = np.bincount(reason[~valid], minlength=len(names))
    return {
        "valid": pa.table(parsed).filter(pa.array(valid)),
        "rejected": rejected.append_column(REASON, because),
        "counts": {
            "rows": raw.num_rows,
            "valid": int(valid.sum()),
            "rejected": int((~valid).sum()),
            "by_reason": {n: int(t) for n, t in zip(names, totals, strict=True) if t},
        },
    }


def check_share(counts: dict[str, Any], limit: float, source: str) -> None:
    """Raise :class:`DataError` if more than the share ``limit`` of rows was rejected, or all."""
    share = counts["rejected"] / counts["rows"]
    if share <= limit and counts["valid"]:
        return
    by_reason = counts["by_reason"]
    listed = ", ".join(f"{reason}: {n}" for reason, n in sorted(by_reason.items(), key=_by_count))
    hint = ""
    if "duplicate row" in by_reason:
        hint = "; if equal rows are different customers, add a column of identifiers"
    raise DataError(
        f"{source}: {counts['rejected']} of {counts['rows']} rows ({share:.1%}) were rejected and "
        f"at most {limit:.1%} may be ({listed}); repair the data or raise max_rejected{hint}"
    )


def dropped(schema: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the columns of a user's table that are not features, with the reason."""
    names = columns_of(schema, "dropped", "id")
    notes = {column["name"]: column["note"] or "identifier" for column in schema}
    return [{"column": name, "reason": notes[name]} for name in names]


def _by_count(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _parse(column: pa.ChunkedArray, kind: str) -> pa.Array:
    if kind == "number":
        return to_numbers(column)
    return to_times(column) if kind == "time" else column.combine_chunks()


def _faults(
    raw: pa.Table, parsed: dict[str, pa.Array], schema: list[Column]
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield every check's name and the rows that fail it: duplicates, then column by column."""
    yield "duplicate row", _repeated(raw, raw.column_names)
    for column in schema:
        text, value = raw[column.name], parsed[column.name]
        if column.required:
            yield f"{column.name}: missing", _mask(pc.is_null(text))
        if column.kind in ("number", "time"):
            unread = pc.and_(pc.is_valid(text), pc.is_null(value))
            yield f"{column.name}: not a {column.kind}", _mask(unread)
        if column.low is not None:
            yield f"{column.name}: below {column.low:g}", _mask(pc.less(value, column.low))
        if column.high is not None:
            yield f"{column.name}: above {column.high:g}", _mask(pc.greater(value, column.high))
        if column.kind == "id":
            again = _repeated(raw, [column.name]) & _mask(pc.is_valid(text))
            yield f"{column.name}: duplicate", again


def _repeated(table: pa.Table, names: list[str]) -> NDArray[np.bool_]:
    """Return a mask of the rows whose values in ``names`` an earlier row has too."""
    numbered = table.select(names).append_column("", pa.array(np.arange(table.num_rows)))
    # In several threads the groups' order varies, but not the first row of each; Arrow before
    # version 12 does not have the argument that would forbid threads.
    firsts = numbered.group_by(names).aggregate([("", "min")])["_min"]
    repeated = np.ones(table.num_rows, dtype=bool)
    repeated[firsts.to_numpy()] = False
    return repeated


def _mask(condition: pa.Array | pa.ChunkedArray) -> NDArray[np.bool_]:
    """Return a condition as an array; null, for a missing value, becomes False."""
    if isinstance(condition, pa.ChunkedArray):
        condition = condition.combine_chunks()
    filled = pc.fill_null(condition, False)
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=bool)


def _check_columns(raw: pa.Table, schema: list[Column]) -> None:
    expected = [column.name for column in schema]
    if raw.column_names != expected:
        raise DataError(f"the columns are {raw.column_names}; the schema has {expected}")
