"""Schema of a raw table: declared for generated customers, inferred for other data."""

from __future__ import annotations

import difflib
import re
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workloads.ml.tables import DataError, to_numbers, to_times

#: Minimum share of a column's values that parse, for a column of numbers or times.
MAJORITY = 0.9
#: Maximum share of distinct values in a category; above it a text only identifies rows.
DISTINCT = 0.9

_ID_NAME = re.compile(r"(^|[_\s.-])(?i:id)$|[a-z](Id|ID)$")


@dataclass(frozen=True)
class Column:
    """One column: its kind, and the conditions for its values.

    Kinds: ``number`` and ``category`` (features), ``target``, ``time``, ``id``, and ``dropped``
    with the reason in ``note``. A row without a ``required`` value is rejected.
    """

    name: str
    kind: str
    low: float | None = None
    high: float | None = None
    required: bool = False
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return this column as JSON, which crosses step boundaries."""
        return asdict(self)


def columns_of(schema: list[dict[str, Any]], *kinds: str) -> list[str]:
    """Return the names of the columns of these kinds, in the table's order."""
    return [column["name"] for column in schema if column["kind"] in kinds]


def infer(table: pa.Table, target: str, time: str | None) -> list[Column]:
    """Infer the schema of a user's raw table.

    A column in which at least 90 % of the values are numbers is one of numbers, all others are
    categories. Columns that identify rows are not features. Raises :class:`DataError` if the
    target or time column does not exist or cannot be used.
    """
    for parameter, name in (("target", target), ("time", time)):
        if name is not None and name not in table.column_names:
            raise DataError(_unknown(parameter, name, table.column_names))
    if target == time:
        raise DataError(f"column {target!r} is both target and time; name another time column")
    return [_column(table, name, target, time) for name in table.column_names]


def _column(table: pa.Table, name: str, target: str, time: str | None) -> Column:
    values = table[name]
    if name == target:
        return Column(name, "target", required=True)
    if name == time:
        _check_time(values, name)
        return Column(name, "time", required=True)
    present = len(values) - values.null_count
    if present == 0:
        return Column(name, "dropped", note="empty: no row has a value")
    numbers = to_numbers(values)
    numeric = len(numbers) - numbers.null_count >= MAJORITY * present
    distinct = pc.count_distinct(numbers if numeric else values, mode="only_valid").as_py()
    if _is_id_name(name) and distinct > DISTINCT * present:
        return Column(name, "id", note="identifier: by its name and its distinct values")
    if numeric:
        counted = distinct == present and _counts_rows(numbers)
        note = "identifier: numbers the rows" if counted else ""
        return Column(name, "dropped" if counted else "number", note=note)
    times = to_times(values)
    if len(times) - times.null_count >= MAJORITY * present:
        return Column(name, "dropped", note="dates: they can only order the rows, as time")
    if distinct > DISTINCT * present:
        note = f"identifier: {distinct} distinct texts in {present} rows"
        return Column(name, "dropped", note=note)
    return Column(name, "category")


def _is_id_name(name: str) -> bool:
    """Return whether a name ends in a word "id": ``user_id``, ``customerID``, but not ``paid``."""
    return bool(_ID_NAME.search(name))


def _counts_rows(numbers: pa.Array) -> bool:
    """Return whether distinct numbers are a range without gaps, like a row counter's."""
    span = pc.max(numbers).as_py() - pc.min(numbers).as_py()
    whole = pc.all(pc.equal(pc.floor(numbers), numbers)).as_py()
    return bool(whole and span + 1 == len(numbers) - numbers.null_count)


def _check_time(values: pa.ChunkedArray, name: str) -> None:
    times = to_times(values)
    if len(times) - times.null_count < MAJORITY * (len(values) - values.null_count):
        bad = values.filter(pc.and_(pc.is_null(times), pc.is_valid(values)))[0].as_py()
        raise DataError(
            f"column {name!r} cannot stand for time: {bad[:40]!r} is neither a number nor an ISO "
            "date such as 2024-12-31; convert the column, or leave out the parameter time to "
            "take the row order"
        )


def _unknown(parameter: str, name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name.lower(), [n.lower() for n in names], 1, cutoff=0.4)
    hint = next((f" Did you mean {n!r}?" for n in names if near and n.lower() == near[0]), "")
    listed = ", ".join(names[:30]) + (", …" if len(names) > 30 else "")
    return f"{parameter}={name!r}: no such column.{hint} The columns are: {listed}"
