"""Tables of text: read from CSV or Parquet, cleaned, and parsed into numbers and times.

A *raw* table, from any source, has text columns only, with null for a missing value, so that
generated customers, a CSV and a Parquet file pass the same validation.
"""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

#: Texts that mean a missing value, in lower case; so does a blank.
MISSING = ("", "na", "n/a", "nan", "null", "?")

_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_DELIMITERS = ",;\t|"


class DataError(ValueError):
    """The data cannot be used; the message names the file or column, the cause and the fix."""


def read_table(path: str) -> pa.Table:
    """Read a CSV or Parquet file, recognised by its content, as a raw table.

    Raises :class:`DataError` for a file that is not a table, is empty or repeats a column's name.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    table = _from_parquet(path, content) if content[:4] == b"PAR1" else _from_csv(path, content)
    if table.num_rows == 0:
        raise DataError(f"{path} has a header but no rows; give a file with one row per customer")
    return clean(table)


def clean(table: pa.Table) -> pa.Table:
    """Return the table with trimmed texts, and null for those that mean "missing"."""
    missing = pa.array(MISSING)
    columns = []
    for column in table.columns:
        text = pc.utf8_trim_whitespace(column.cast(pa.string()).combine_chunks())
        gone = pc.is_in(pc.utf8_lower(text), value_set=missing)
        columns.append(pc.if_else(gone, pa.scalar(None, pa.string()), text))
    return pa.table(columns, names=table.column_names)


def to_numbers(column: pa.ChunkedArray) -> pa.Array:
    """Parse text as float64, with null for a missing value and for any but a finite decimal."""
    text = _whole(column)
    numeric = pc.match_substring_regex(text, _NUMBER)
    numbers = pc.cast(pc.if_else(numeric, text, pa.scalar(None, pa.string())), pa.float64())
    return pc.if_else(pc.is_finite(numbers), numbers, pa.scalar(None, pa.float64()))


def to_times(column: pa.ChunkedArray) -> pa.Array:
    """Rank numbers, or ISO 8601 dates and times, densely as float64, with null for other text.

    ISO texts of one format sort by time, so a rank is all that ordering needs.
    """
    numbers = to_numbers(column)
    if numbers.null_count > len(numbers) / 2:
        text = _whole(column)
        month = pc.match_substring_regex(text, r"^\d{4}-\d{2}$")
        day = pc.if_else(
            month,
            pc.binary_join_element_wise(text, "01", "-"),
            pc.utf8_slice_codeunits(text, 0, 10),
        )
        dated = pc.strptime(day, format="%Y-%m-%d", unit="s", error_is_null=True)
        numbers = pc.if_else(pc.is_valid(dated), text, pa.scalar(None, pa.string()))
    ranks = pc.rank(numbers, sort_keys="ascending", tiebreaker="dense").cast(pa.float64())
    return pc.if_else(pc.is_valid(numbers), ranks, pa.scalar(None, pa.float64()))


def to_numpy(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Return a column of numbers as a float64 array, with NaN for null."""
    array = _whole(column).cast(pa.float64())
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.float64)


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _from_parquet(path: str, content: bytes) -> pa.Table:
    try:
        table = pa.parquet.read_table(pa.BufferReader(content), use_threads=False)
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(
            f"{path} starts like a Parquet file but cannot be read ({_line(error)}); "
            "was it cut short? Export it again"
        ) from error
    _check_names(path, table.column_names)
    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        try:
            columns.append(column.cast(pa.string()))
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
            raise DataError(
                f"{path}: column {field.name!r} has the type {field.type}; "
                "leave it out, or export it as text or numbers"
            ) from error
    return pa.table(columns, names=table.column_names)


def _from_csv(path: str, content: bytes) -> pa.Table:
    content = content.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")
    header, delimiter = _header(path, content)
    _check_names(path, header)
    try:
        return pa.csv.read_csv(
            pa.BufferReader(content),
            read_options=pa.csv.ReadOptions(
                use_threads=False, column_names=header, skip_rows_after_names=1
            ),
            parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(
                column_types={name: pa.string() for name in header}
            ),
        )
    except pa.ArrowInvalid as error:
        raise DataError(
            f"{path} is not a well-formed CSV file ({_line(error)}); every row needs "
            f"{len(header)} fields separated by {delimiter!r}: repair or remove that row"
        ) from error


def _header(path: str, content: bytes) -> tuple[list[str], str]:
    """Return column names and delimiter, the one of ``,;<tab>|`` that gives the most columns."""
    if not content.strip():
        raise DataError(f"{path} is empty; give a CSV file with a header line, or a Parquet file")
    if b"\0" in content[:65536]:
        raise DataError(f"{path} is neither CSV nor Parquet but binary; export it as UTF-8 CSV")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DataError(
            f"{path} is not UTF-8 text: byte 0x{content[error.start]:02x} in line {line}; save it "
            "as UTF-8, for instance: iconv -f latin1 -t utf-8"
        ) from error
    found = {
        delimiter: next(csv.reader(io.StringIO(text), delimiter=delimiter))
        for delimiter in _DELIMITERS
    }
    delimiter = max(_DELIMITERS, key=lambda d: len(found[d]))
    header = [name.strip() for name in found[delimiter]]
    if len(header) < 2:
        raise DataError(
            f"{path} has a single column, {header[0][:40]!r}; give a table with a header line, "
            "features and a target, separated by commas, semicolons, tabs or bars"
        )
    return header, delimiter


def _check_names(path: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"{path}: column {twice[0]!r} appears more than once; rename one of them")
    if "" in names:
        raise DataError(f"{path}: column {names.index('') + 1} has no name; name it in the header")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:160]
