"""Cache: a value is made once, and again when an input has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.home import Home
from harness.results.cache import cached
from harness.results.cache import cached_of_run as kept_of_run


class Maker:
    """Function that counts its calls."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> list[int]:
        self.asked += 1
        return [self.asked]


def test_a_value_is_made_once_while_its_inputs_stay(tmp_path: Path) -> None:
    make = Maker()
    asked = [cached(tmp_path / "new", "x", [b"a", b"b"], list[int], make) for _ in range(3)]
    assert asked == [[1], [1], [1]]


@pytest.mark.parametrize("other", [[b"a"], [b"ab"], [b"b", b"a"], [b"a", b"b", b""]])
def test_a_value_is_made_again_when_an_input_changes(tmp_path: Path, other: list[bytes]) -> None:
    make = Maker()
    cached(tmp_path, "x", [b"a", b"b"], list[int], make)
    assert cached(tmp_path, "x", other, list[int], make) == [2]


@pytest.mark.parametrize("damage", ["", "{}", "{", '{"key": 1}', "[1]", "\x00"])
def test_a_value_is_made_again_if_its_file_cannot_be_read(tmp_path: Path, damage: str) -> None:
    make = Maker()
    cached(tmp_path, "x", [b"a"], list[int], make)
    (tmp_path / "x.json").write_text(damage)
    assert cached(tmp_path, "x", [b"a"], list[int], make) == [2]


def test_a_value_is_made_again_for_another_type(tmp_path: Path) -> None:
    cached(tmp_path, "x", [b"a"], list[int], Maker())
    assert cached(tmp_path, "x", [b"a"], str, lambda: "new") == "new"


def test_a_value_is_made_each_time_if_it_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    make = Maker()
    assert [cached(tmp_path / "file", "x", [b"a"], list[int], make) for _ in "ab"] == [[1], [2]]


def test_a_value_that_json_would_change_is_made_each_time(tmp_path: Path) -> None:
    make = Maker()

    def endless() -> list[float | None]:
        return [float("inf"), *make()]

    found = [cached(tmp_path, "x", [b"a"], list[float | None], endless) for _ in "ab"]
    assert found == [[float("inf"), 1], [float("inf"), 2]]


def test_a_value_of_a_run_depends_on_run_json_and_its_folder(tmp_path: Path) -> None:
    home, make = Home(tmp_path), Maker()
    folders = [tmp_path / place / "r" for place in ("one", "two")]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "run.json").write_text("{}")

    def known(folder: Path, *of: bytes) -> list[int]:
        return kept_of_run(home, folder, "x", of, list[int], make)

    assert [known(folders[0]), known(folders[0]), known(folders[1])] == [[1], [1], [2]]
    (folders[1] / "run.json").write_text("[]")
    assert [known(folders[1]), known(folders[1], b"y"), known(folders[1], b"y")] == [[3], [4], [4]]
