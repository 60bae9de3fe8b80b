"""Formatting of figures and tables for a terminal."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.text import Text

from harness.report.tables.formatting import duration, table
from harness.report.terminal.console import show, show_line

HOURS_99 = 99 * 3600


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0, "0µs"),
        (1e-6, "1µs"),
        (0.0009994, "999µs"),
        (0.0009996, "1.0ms"),
        (0.0123, "12.3ms"),
        (0.0999, "99.9ms"),
        (0.09996, "100ms"),
        (0.25, "250ms"),
        (0.9994, "999ms"),
        (0.9996, "1.0s"),
        (12.34, "12.3s"),
        (99.96, "100s"),
        (754, "754s"),
        (999.6, "16.7m"),
        (3600, "60.0m"),
        (36_000, "600m"),
        (59_971, "16.7h"),
        (HOURS_99, "99.0h"),
        (-0.25, "-250ms"),
        (-2.5, "-2.5s"),
        (-1e-9, "0µs"),
    ],
)
def test_a_duration_has_three_digits_and_its_unit(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@given(st.floats(0, HOURS_99))
def test_a_duration_fits_into_six_characters(seconds: float) -> None:
    assert len(duration(seconds)) <= 6


@given(st.floats(-HOURS_99, 0))
@example(-0.05)
def test_a_negative_duration_fits_into_six_characters_too(seconds: float) -> None:
    assert len(duration(seconds)) <= 6


def value(text: str) -> float:
    units = {"µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
    unit = text.lstrip("0123456789.")
    return float(text.removesuffix(unit)) * units[unit]


@given(st.floats(1e-4, HOURS_99))
def test_a_shown_duration_equals_the_measured_one(seconds: float) -> None:
    assert value(duration(seconds)) == pytest.approx(seconds, rel=0.051)


@given(st.floats(0, HOURS_99), st.floats(0, HOURS_99))
def test_a_longer_duration_is_never_shown_as_shorter(a: float, b: float) -> None:
    short, long = sorted((a, b))
    assert value(duration(short)) <= value(duration(long)) * (1 + 1e-9)


def test_foreign_text_is_never_markup(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show(table(["name", "n"], [["[bold]x[/bold]", "1"]], left=("name",), title="[red]t"))
    out = capsys.readouterr().out
    assert "[bold]x[/bold]" in out
    assert "[red]t" in out


def test_columns_are_right_aligned_unless_named(capsys: pytest.CaptureFixture[str]) -> None:
    show(table(["name", "number"], [["a", "1"]], left=("name",)))
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "name number",
        "a         1",
    ]


def test_a_table_is_eighty_wide_without_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    show(table(["a", "b"], [["x" * 100, "y"]], left=("a",)))
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_a_line_for_copying_is_not_wrapped(capsys: pytest.CaptureFixture[str]) -> None:
    show_line(Text("x " * 200))
    assert len(capsys.readouterr().out.splitlines()) == 1
