"""Reading, inferring, validating, labelling, splitting and encoding tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workloads.ml import customers, features, partition, validation
from workloads.ml.schema import Column, infer
from workloads.ml.tables import DataError, clean, read_table, to_numbers, to_times

GOOD = b"id,a,b\n1,2.5,x\n2,,y\n"


def written(folder: Path, content: bytes) -> str:
    path = folder / "table.csv"
    path.write_bytes(content)
    return str(path)


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b",", b";"),
        GOOD.replace(b",", b"\t"),
        b"\r\n" + GOOD.replace(b"\n", b"\r\n"),
        b'"id", a ,b\n1, 2.5,"x"\n\n2,N/A,y',
    ],
)
def test_dialects_of_csv_give_one_table(tmp_path: Path, content: bytes) -> None:
    expected = {"id": ["1", "2"], "a": ["2.5", None], "b": ["x", "y"]}
    assert read_table(written(tmp_path, content)).to_pydict() == expected


def test_quoted_values_keep_delimiters_and_line_breaks(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, b'"a,1",b\n"x\ny","say ""hi"", twice"\n'))
    assert table.to_pydict() == {"a,1": ["x\ny"], "b": ['say "hi", twice']}


def test_parquet_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"  # the content decides, not the name
    columns = {"a": [1.5, None], "b": [True, False], "c": ["x", ""]}
    pa.parquet.write_table(pa.table(columns), path)
    expected = {"a": ["1.5", None], "b": ["true", "false"], "c": ["x", None]}
    assert read_table(str(path)).to_pydict() == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (bytes(range(256)), "binary"),
        ("a,b\n1,2\n".encode("utf-16"), "binary"),
        (b"a,b\n", "no rows"),
        (b"a\n1\n", "single column, 'a'"),
        (b"a,b\n1,2\n3\n", "Row #3: Expected 2 columns, got 1"),
        (b"a,b,a\n1,2,3\n", "'a' appears more than once"),
        (b"a,,b\n1,2,3\n", "column 2 has no name"),
        (b"a,b\n1,caf\xe9\n", "not UTF-8 text: byte 0xe9 in line 2"),
        (b"PAR1 and no more", "cut short"),
    ],
)
def test_files_that_are_not_tables_are_refused(
    tmp_path: Path, content: bytes, message: str
) -> None:
    with pytest.raises(DataError, match=message) as error:
        read_table(written(tmp_path, content))
    assert "table.csv" in str(error.value)
    assert "\n" not in str(error.value)


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_parsed_exactly(number: float) -> None:
    assert to_numbers(pa.chunked_array([[repr(number)]])).to_pylist() == [number]


def test_text_that_is_not_a_finite_number_is_null() -> None:
    texts = ["1e400", "inf", "0x1", "1,5", "1 2", "", ".", "e5", None, "+.5", "007"]
    assert to_numbers(pa.chunked_array([texts])).to_pylist() == [None] * 9 + [0.5, 7.0]


def test_times_are_ranked() -> None:
    assert to_times(pa.chunked_array([["10", "9", "9"]])).to_pylist() == [2, 1, 1]
    dates = ["2024-02-01T10:00", "2024-13-01", "2024-01-31", "soon", "2024-02-01T09:00"]
    assert to_times(pa.chunked_array([dates])).to_pylist() == [3, None, 1, None, 2]


def test_kinds_are_inferred() -> None:
    n = 200
    columns = {
        "user_id": [f"u{i % 195}" for i in range(n)],
        "paid": [str(i / 7) for i in range(n)],
        "row": [str(i) for i in range(n)],
        "name": [f"person {i}" for i in range(n)],
        "born": [f"19{i % 90 + 10}-01-01" for i in range(n)],
        "mostly": ["oops" if i % 20 == 0 else str(i % 9) for i in range(n)],
        "plan": ["abc"[i % 3] for i in range(n)],
        "none": [""] * n,
        "y": ["01"[i % 2] for i in range(n)],
    }
    kinds = {c.name: c.kind for c in infer(clean(pa.table(columns)), "y", None)}
    assert kinds == {
        "user_id": "id",
        "paid": "number",
        "row": "dropped",
        "name": "dropped",
        "born": "dropped",
        "mostly": "number",
        "plan": "category",
        "none": "dropped",
        "y": "target",
    }


def test_unknown_columns_are_named_with_the_nearest() -> None:
    table = pa.table({"Tenure": ["1"], "Churn": ["Yes"]})
    with pytest.raises(DataError, match=r"target='churned'.*mean 'Churn'.*Tenure, Churn"):
        infer(table, "churned", None)
    with pytest.raises(DataError, match="'Yes' is neither a number nor an ISO date"):
        infer(table, "Tenure", "Churn")


cells = st.sampled_from(["1", "2", "-3", "99", "x", None])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=20))
def test_every_row_is_valid_or_rejected_once(rows: list[tuple[str | None, ...]]) -> None:
    raw = pa.table([pa.array(c, pa.string()) for c in zip(*rows, strict=True)], ["i", "n", "y"])
    schema = [
        Column("i", "id"),
        Column("n", "number", low=0, high=50),
        Column("y", "target", required=True),
    ]
    found = validation.check_rows(raw, schema)
    counts = found["counts"]
    assert counts["valid"] + counts["rejected"] == counts["rows"] == len(rows)
    assert sum(counts["by_reason"].values()) == counts["rejected"] == found["rejected"].num_rows
    valid = found["valid"].to_pydict()
    assert None not in valid["y"]
    assert all(n is None or 0 <= n <= 50 for n in valid["n"])
    known = [i for i in valid["i"] if i is not None]
    assert len(known) == len(set(known))


def test_each_kind_of_dirt_is_found_and_no_clean_row() -> None:
    raw = customers.generate(4000, 1, 0.5, 0.3)
    found = validation.check_rows(raw, list(customers.SCHEMA))["counts"]["by_reason"]
    assert found == {
        "duplicate row": 16,
        "customer_id: duplicate": 8,
        "churn: missing": 12,
        "tenure: below 0": 12,
        "monthly_charges: not a number": 12,
    }


def test_generated_drift_is_in_standard_deviations() -> None:
    raw = customers.generate(40_000, 1, 0.5, 0.0)
    table = validation.check_rows(raw, list(customers.SCHEMA))["valid"]
    late = table["snapshot"].to_numpy() > customers.MONTHS - customers.PRODUCTION_MONTHS
    charges = table["monthly_charges"].to_numpy()
    usage = np.log(table["usage_gb"].to_numpy())
    for values, shift in ((charges, 0.5), (usage, -0.75)):
        early = values[~late]
        moved = (np.nanmean(values[late]) - np.nanmean(early)) / np.nanstd(early)
        assert moved == pytest.approx(shift, abs=0.05)


def test_drift_changes_the_production_period_only() -> None:
    calm, drifted = customers.generate(1200, 1, 0, 0), customers.generate(1200, 1, 1, 1)
    assert calm.slice(0, 900) == drifted.slice(0, 900)
    assert calm.slice(900) != drifted.slice(900)


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        (["No", "Yes", "Yes"], "Yes"),
        (["0", "1", "1"], "1"),
        (["false", "TRUE", "TRUE"], "TRUE"),
        (["stays", "goes", "stays"], "goes"),
        (["a", "b"], "b"),
    ],
)
def test_positive_class_is_found_by_word_or_rarity(values: list[str], positive: str) -> None:
    table, about = partition.binary(pa.table({"y": values}), "y")
    assert about["positive"] == positive
    assert table["y"].to_pylist() == [int(v == positive) for v in values]


@pytest.mark.parametrize(
    ("values", "message"),
    [(["a"] * 5, "one class only, 'a'"), (["a", "b", "c", "c"], r"3 classes .*: 'c' \(2 rows\)")],
)
def test_target_needs_two_classes(values: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        partition.binary(pa.table({"y": values}), "y")


def labelled(labels: list[int], times: list[float] | None = None) -> pa.Table:
    order = list(range(len(labels)))
    table = pa.table({"n": pa.array(order, pa.float64()), "y": pa.array(labels, pa.int8())})
    return table.append_column("t", pa.array(times, pa.float64())) if times else table


ABOUT = {"column": "y", "positive": "1", "negative": "0"}


def test_production_is_the_latest_quarter() -> None:
    labels = [i % 2 for i in range(200)]
    parts = partition.cut(labelled(labels), ABOUT, None, 1)
    assert parts["production"]["n"].to_pylist() == list(range(150, 200))
    before = parts["train"]["n"].to_pylist() + parts["test"]["n"].to_pylist()
    assert sorted(before) == list(range(150))
    months = [float(-(i // 40)) for i in range(200)]  # falling: the first rows are the latest
    parts = partition.cut(labelled(labels, months), ABOUT, "t", 1)
    assert sorted(parts["production"]["n"].to_pylist()) == list(range(40))  # whole months
    assert max(parts["train"]["t"].to_pylist()) < min(parts["production"]["t"].to_pylist())


@pytest.mark.parametrize(
    ("labels", "times", "message"),
    [
        ([0, 1] * 20, None, "40 usable rows are too few"),
        ([0] * 300 + [1] * 100, None, r"production part .* 0 rows of class '0'.*shuffle"),
        ([1] + [0] * 299 + [0, 1] * 50, None, "earlier part .* 1 rows of class '1'"),
        ([0, 1] * 100, [1.0] * 200, "same value in every row"),
    ],
)
def test_meaningless_splits_are_refused(
    labels: list[int], times: list[float] | None, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        partition.cut(labelled(labels, times), ABOUT, "t" if times else None, 1)


SCHEMA = [{"name": "n", "kind": "number"}, {"name": "c", "kind": "category"}]


def table(numbers: list[float | None], levels: list[str | None]) -> pa.Table:
    return pa.table({"n": pa.array(numbers, pa.float64()), "c": pa.array(levels, pa.string())})


def test_encoder_learns_from_train_only() -> None:
    encoder = features.fit(table([0, 2, 4, None], ["a", "b", "b", None]), SCHEMA)
    number, category = encoder["columns"]
    assert (number["median"], number["mean"]) == (2, 2)
    assert category["levels"] == ["(missing)", "a", "b"]
    later = table([2, None, 1e308], ["b", "new", None])
    x = features.encode(later, encoder)
    assert x.tolist() == [[0, 0, 0, 1], [0, 0, 0, 0], [features.FAR, 1, 0, 0]]
    assert features.gaps(later, encoder) == {"imputed": {"n": 1}, "unseen": {"c": 1}}
    assert features.names(encoder) == ["n", "c=(missing)", "c=a", "c=b"]


def test_constant_columns_are_dropped_with_a_reason() -> None:
    encoder = features.fit(table([1, 1, None], ["a", "b", "b"]), SCHEMA)
    assert encoder["dropped"] == [{"column": "n", "reason": "constant in the training part"}]
    with pytest.raises(DataError, match="no feature is left"):
        features.fit(table([None, None], ["a", "a"]), SCHEMA)
