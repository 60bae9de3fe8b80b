"""Options of ``harness run``: texts as values."""

from __future__ import annotations

import msgspec
import pytest

from harness.commands.run_options import key_values, parse_timeouts, with_interpreters
from harness.errors import EnvError
from harness.model import Timeouts
from tests.unit.made_frameworks import PLAIN


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], {}),
        (["rows=5", "data=a.csv"], {"rows": "5", "data": "a.csv"}),
        (["where=a=b"], {"where": "a=b"}),
        (["empty="], {"empty": ""}),
        (["rows=5", "rows=6"], {"rows": "6"}),
    ],
)
def test_parameters_are_pairs(texts: list[str], expected: dict[str, str]) -> None:
    assert key_values(texts) == expected


def test_limits_not_named_keep_their_defaults() -> None:
    assert parse_timeouts([]) == Timeouts()
    changed = parse_timeouts(["build=5", "import=6.5"])
    assert (changed.of("build"), changed.of("import")) == (5, 6.5)
    assert changed == msgspec.structs.replace(Timeouts(), build=5.0, import_=6.5)


def test_a_number_alone_is_for_execution() -> None:
    assert parse_timeouts(["7"]) == msgspec.structs.replace(Timeouts(), execute=7.0)


def test_the_last_of_a_phase_counts() -> None:
    assert parse_timeouts(["build=5", "build=6"]).of("build") == 6


def test_a_framework_without_an_interpreter_is_left_out_unless_it_was_named() -> None:
    entry = msgspec.structs.replace(PLAIN.entry, python=">=3.99")
    rare = msgspec.structs.replace(PLAIN, name="rare", entry=entry)
    said: list[str] = []
    assert with_interpreters([PLAIN, rare], [], said.append) == [PLAIN]
    (line,) = said
    assert line.startswith("rare is left out: plain needs Python >=3.99, found 3.")
    assert "install one: uv python install" in line
    with pytest.raises(EnvError, match="install one"):
        with_interpreters([PLAIN, rare], ["rare"], said.append)
