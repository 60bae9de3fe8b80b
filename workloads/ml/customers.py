"""Generated customers of a phone company, with known dirt, drift and reasons to leave.

Rows are in time order over twelve monthly snapshots. In the last three, the *production period*,

* ``data_drift`` = d shifts ``monthly_charges`` by d and the logarithm of ``usage_gb`` by -1.5 d
  standard deviations, and the odds of a month-to-month contract by a factor of exp(d);
* ``concept_drift`` = c moves each coefficient of the churn logit from ``BEFORE`` the share c of
  the way to ``AFTER``.

A seed draws the same customers at every drift: only the drifting values differ.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr

from workloads.ml.schema import Column
from workloads.ml.tables import clean

Floats = NDArray[np.float64]

MONTHS = 12
PRODUCTION_MONTHS = 3

SCHEMA = (
    Column("customer_id", "id", required=True),
    Column("snapshot", "time", required=True),
    Column("tenure", "number", low=0, high=72),
    Column("contract", "category"),
    Column("payment_method", "category"),
    Column("internet", "category"),
    Column("senior", "number", low=0, high=1),
    Column("partner", "category"),
    Column("support_calls", "number", low=0, high=100),
    Column("usage_gb", "number", low=0),
    Column("monthly_charges", "number", low=0, high=300),
    Column("total_charges", "number", low=0),
    Column("churn", "target", required=True),
)

#: Coefficients of the churn logit before the drift, per standard deviation or for a true value.
BEFORE = {
    "tenure": -0.9,
    "monthly": 1.1,
    "fiber": 0.5,
    "support": 0.8,
    "usage": -0.6,
    "charges": 0.3,
    "senior": 0.3,
    "support_if_monthly": 0.5,
}
#: Coefficients at a concept drift of 1, when long-standing customers and heavy users leave.
AFTER = {
    "tenure": 0.9,
    "monthly": -0.4,
    "fiber": -0.5,
    "support": -0.2,
    "usage": 1.0,
    "charges": 0.3,
    "senior": 0.3,
    "support_if_monthly": 0.0,
}
_INTERCEPT = -1.9

#: Share of rows with each kind of dirt, which validation has to find.
DIRT = {
    "duplicate row": 0.004,
    "duplicate id": 0.002,
    "missing target": 0.003,
    "tenure out of range": 0.003,
    "charges no number": 0.003,
}


def generate(rows: int, seed: int, data_drift: float, concept_drift: float) -> pa.Table:
    """Generate ``rows`` customers as a raw table with the columns of :data:`SCHEMA`."""
    rng = np.random.default_rng(seed)
    month = np.arange(rows) * MONTHS // rows
    late = (month >= MONTHS - PRODUCTION_MONTHS).astype(np.float64)
    drawn = _draw(rng, rows, late * data_drift)
    leaves = rng.random(rows) < expit(_churn_logit(drawn, late * concept_drift))
    table = pa.table(
        [
            _identifiers(rows),
            _choose([f"2024-{m + 1:02}-01" for m in range(MONTHS)], month),
            _text(drawn["tenure"].astype(np.int64)),
            _choose(["Month-to-month", "One year", "Two year"], drawn["contract"]),
            _choose(["Bank transfer", "Credit card", "Electronic check"], drawn["payment"]),
            _choose(["Fiber optic", "DSL", "No"], drawn["internet"]),
            _text(drawn["senior"].astype(np.int64)),
            _choose(["No", "Yes"], drawn["partner"]),
            _text(drawn["support_calls"].astype(np.int64)),
            _text(np.round(drawn["usage_gb"], 1)),
            _text(np.round(drawn["monthly_charges"], 2)),
            _text(np.round(drawn["total_charges"], 2)),
            _choose(["No", "Yes"], leaves.astype(np.int64)),
        ],
        names=[column.name for column in SCHEMA],
    )
    return clean(_soil(table, drawn["tenure"] == 0, rng))


def _draw(rng: np.random.Generator, rows: int, shift: Floats) -> dict[str, Any]:
    """Draw each customer's features; ``shift`` is a row's data drift in standard deviations."""
    normal = rng.standard_normal((5, rows))
    uniform = rng.random((5, rows))
    tenure = np.floor(73 * ndtr(normal[0]) ** 1.2).clip(0, 72)
    charges = (65 + 20 * (normal[1] + shift)).clip(10, 300)
    usage_z = normal[2] - 1.5 * shift
    month_to_month = expit(logit(0.5) + shift)
    return {
        "tenure": tenure,
        "monthly_charges": charges,
        "usage_z": usage_z,
        "usage_gb": np.exp(3.5 + 0.8 * usage_z),
        "support_calls": rng.poisson(np.exp(0.2 + 0.4 * normal[3])).clip(0, 100),
        "total_charges": tenure * charges * (1 + 0.02 * normal[4].clip(-3, 3)),
        "contract": (uniform[0] > month_to_month) * 1 + (uniform[0] > (1 + month_to_month) / 2),
        "payment": np.searchsorted([0.3, 0.6], uniform[1]),
        "internet": np.searchsorted([0.45, 0.8], uniform[2]),
        "senior": uniform[3] < 0.16,
        "partner": (uniform[4] < 0.48).astype(np.int64),
    }


def _churn_logit(drawn: dict[str, Any], drift: Floats) -> Floats:
    """Return the log odds of leaving; ``drift`` is a row's share of the way to ``AFTER``."""
    monthly = drawn["contract"] == 0
    support = (drawn["support_calls"] - 1.3) / 1.3
    terms = {
        "tenure": (drawn["tenure"] - 33) / 21,
        "monthly": monthly,
        "fiber": drawn["internet"] == 0,
        "support": support,
        "usage": drawn["usage_z"],
        "charges": (drawn["monthly_charges"] - 65) / 20,
        "senior": drawn["senior"],
        "support_if_monthly": support * monthly,
    }
    total: Floats = np.full(len(drift), _INTERCEPT)
    for name, value in terms.items():
        total = total + (BEFORE[name] + drift * (AFTER[name] - BEFORE[name])) * value
    return total


def _soil(table: pa.Table, new_customer: NDArray[np.bool_], rng: np.random.Generator) -> pa.Table:
    """Spoil the known shares of rows, each row in one way at most, and blank some values."""
    rows = table.num_rows
    # Odd rows only: the neighbour that a duplicate copies is never spoilt itself.
    victims = rng.permutation(np.arange(1, rows, 2))
    bounds = np.cumsum([round(share * rows) for share in DIRT.values()])
    spoilt = dict(zip(DIRT, np.split(victims, bounds)[: len(DIRT)], strict=True))

    source = np.arange(rows)
    source[spoilt["duplicate row"]] -= 1
    table = table.take(source)
    columns = {name: table[name].combine_chunks() for name in table.column_names}
    ids = np.arange(rows)
    ids[spoilt["duplicate id"]] -= 1
    columns["customer_id"] = columns["customer_id"].take(pa.array(ids))

    def put(name: str, at: NDArray[Any], text: str | None) -> None:
        mask = np.zeros(rows, dtype=bool)
        mask[at] = True
        columns[name] = pc.if_else(pa.array(mask), pa.scalar(text, pa.string()), columns[name])

    put("churn", spoilt["missing target"], None)
    put("tenure", spoilt["tenure out of range"], "-1")
    put("monthly_charges", spoilt["charges no number"], "unknown")
    # Blanks in valid rows; not in copied rows, which would no longer be duplicates.
    healthy = np.setdiff1d(np.arange(0, rows, 2), spoilt["duplicate row"] - 1)
    put("total_charges", np.intersect1d(healthy, np.flatnonzero(new_customer)), " ")
    put("payment_method", rng.choice(healthy, len(healthy) // 100, replace=False), "")
    put("usage_gb", rng.choice(healthy, len(healthy) // 50, replace=False), "")
    return pa.table(columns)


def _identifiers(rows: int) -> pa.Array:
    digits = pc.utf8_lpad(_text(np.arange(rows)), 8, "0")
    return pc.binary_join_element_wise("C", digits, "-")


def _choose(levels: list[str], codes: NDArray[Any]) -> pa.Array:
    return pa.array(levels).take(pa.array(codes))


def _text(numbers: NDArray[Any]) -> pa.Array:
    return pc.cast(pa.array(numbers), pa.string())
