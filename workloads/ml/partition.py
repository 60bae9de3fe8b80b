"""Labels of rows, and their split into train, test and a later production period."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from workloads.ml.tables import DataError, to_numpy

#: Share of the rows, the latest ones, in the production period.
PRODUCTION_SHARE = 0.25
#: Share of the earlier rows that is held out for the test.
TEST_SHARE = 0.25
#: Minimum of rows for a split into meaningful parts.
MIN_ROWS = 100
#: Minimum of rows of each class in each part.
MIN_PER_CLASS = 5
#: Texts that name the positive class, in lower case.
POSITIVE = ("1", "1.0", "yes", "y", "true", "t", "positive", "churn", "churned", "left", "+")


def binary(table: pa.Table, target: str) -> tuple[pa.Table, dict[str, Any]]:
    """Return the table with its target as int8 (1: positive), and both classes with the rule.

    Positive is the class with a word of :data:`POSITIVE`; else the rarer one, and of equally
    frequent ones the later in the alphabet. Raises :class:`DataError` unless it has two classes.
    """
    found = pc.value_counts(table[target].combine_chunks())
    counts = {entry["values"].as_py(): entry["counts"].as_py() for entry in found}
    if len(counts) != 2:
        raise DataError(_not_binary(target, counts))
    known = [value for value in counts if value.lower() in POSITIVE]
    if len(known) == 1:
        positive, rule = known[0], "a word for the positive class"
    else:
        positive = min(sorted(counts, reverse=True), key=lambda value: counts[value])
        rule = "the rarer class, of equally frequent ones the later in the alphabet"
    negative = next(value for value in counts if value != positive)
    ones = pc.equal(table[target], positive).cast(pa.int8())
    labelled = table.set_column(table.column_names.index(target), target, ones)
    return labelled, {
        "column": target,
        "positive": positive,
        "negative": negative,
        "rule": rule,
        "positives": counts[positive],
        "negatives": counts[negative],
    }


def cut(
    table: pa.Table, target: dict[str, Any], time: str | None, seed: int
) -> dict[str, pa.Table]:
    """Split a table from :func:`binary`, with its ``target``, into ``train``, ``test`` and
    ``production``.

    Production is the last quarter: in order of the column ``time``, cut at the new time nearest to
    that quarter, or without such a column in row order. The rest is divided at random, stratified
    by label. Raises :class:`DataError` for too few rows, or too few of a class in a part.
    """
    if table.num_rows < MIN_ROWS:
        raise DataError(
            f"{table.num_rows} usable rows are too few to split into train, test and production; "
            f"give at least {MIN_ROWS}"
        )
    order = np.arange(table.num_rows)
    border = table.num_rows - round(PRODUCTION_SHARE * table.num_rows)
    if time is not None:
        times = to_numpy(table[time])
        order = np.argsort(times, kind="stable")
        border = _nearest_change(times[order], border, time)
    labels = to_numpy(table[target["column"]])[order]
    when = f"column {time!r}" if time else "row order"
    _check_classes("production", labels[border:], target, when)
    _check_classes("earlier", labels[:border], target, when, least=2 * MIN_PER_CLASS)
    train, test = train_test_split(
        order[:border], test_size=TEST_SHARE, random_state=seed, stratify=labels[:border]
    )
    parts = {"train": np.sort(train), "test": np.sort(test), "production": order[border:]}
    tables = {part: table.take(pa.array(rows)) for part, rows in parts.items()}
    for part in ("train", "test"):
        _check_classes(part, to_numpy(tables[part][target["column"]]), target, when)
    return tables


def _nearest_change(times: NDArray[np.float64], border: int, time: str) -> int:
    changes = np.flatnonzero(np.diff(times)) + 1
    if len(changes) == 0:
        raise DataError(
            f"column {time!r} has the same value in every row, so a later period cannot be "
            "separated; name another time column, or none to take the row order"
        )
    return int(changes[np.argmin(np.abs(changes - border))])


def _check_classes(
    part: str, labels: NDArray[np.float64], names: dict[str, Any], when: str, least: int = 0
) -> None:
    least = least or MIN_PER_CLASS
    for label, which in ((1, "positive"), (0, "negative")):
        found = int((labels == label).sum())
        if found < least:
            raise DataError(
                f"the {part} part ({len(labels)} rows by {when}) has {found} rows of class "
                f"{names[which]!r} in column {names['column']!r} and needs {least}; give more "
                "rows; if they are sorted by class, shuffle them or name a time column"
            )


def _not_binary(target: str, counts: dict[str, int]) -> str:
    several = sorted(counts, key=lambda value: (-counts[value], value))
    if len(counts) == 1:
        return (
            f"target column {target!r} has one class only, {several[0]!r}, in all usable rows; "
            "give rows of both classes or name another target"
        )
    few = ", ".join(f"{value!r} ({counts[value]} rows)" for value in several[:4])
    return (
        f"target column {target!r} has {len(counts)} classes where two are needed: {few}"
        f"{', …' if len(several) > 4 else ''}; name a target with two values"
    )
