"""Decoder of data from files: a wrong key or choice is named with the nearest."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.decode import decode
from harness.errors import UsageError


class Inner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    colour: Literal["red", "green"] = "red"


class Outer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    width: int = 1
    import_: int = msgspec.field(default=0, name="import")
    parts: dict[str, list[Inner]] = msgspec.field(default_factory=dict)
    other: Inner | None = None


def refusal(data: Any) -> str:
    with pytest.raises(UsageError) as caught:
        decode(data, Outer, "mine.toml")
    return str(caught.value)


def test_valid_data_are_converted() -> None:
    data = {"width": 3, "import": 2, "parts": {"a": [{"colour": "green"}]}}
    assert decode(data, Outer, "f") == Outer(3, 2, {"a": [Inner("green")]})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"widht": 3}, "mine.toml: Object contains unknown field `widht`; did you mean 'width'?"),
        ({"imports": 3}, "did you mean 'import'?"),
        ({"parts": {"a": [{"color": "red"}]}}, "did you mean 'colour'?"),
        ({"other": {"color": "red"}}, "did you mean 'colour'?"),
        ({"zzz": 3}, "; known: colour, import, other, parts, width"),
        ({"parts": {"a": [{"colour": "gren"}]}}, "did you mean 'green'?"),
        ({"other": {"colour": "zzz"}}, "; known: green, red"),
        ({"parts": {"a": [{}, {"color": "red"}]}}, "at `$.parts.a[1]`; did you mean 'colour'?"),
        ({"parts": {"a": [{"colour": "gren"}]}}, "at `$.parts.a[0].colour`; did you mean"),
        ({"width": "3"}, "Expected `int`, got `str` - at `$.width`"),
        (3, "Expected `object`, got `int`"),
    ],
)
def test_invalid_data_are_named_with_the_nearest(data: Any, words: str) -> None:
    assert words in refusal(data)


@given(
    st.dictionaries(
        st.sampled_from(["width", "import", "with"]) | st.text(max_size=6),
        st.integers() | st.text(max_size=3),
        max_size=3,
    )
)
def test_any_data_are_converted_or_refused_with_their_place(data: dict[str, Any]) -> None:
    fits = set(data) <= {"width", "import"} and all(type(v) is int for v in data.values())
    if fits:
        assert decode(data, Outer, "mine.toml").width == data.get("width", 1)
    else:
        assert refusal(data).startswith("mine.toml: ")
