"""Choice of an interpreter for a framework."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from harness.errors import EnvError
from harness.frameworks import interpreters
from harness.frameworks.interpreters import Interpreter


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Clear the cache of installed interpreters, before and after."""
    interpreters.installed.cache_clear()
    yield
    interpreters.installed.cache_clear()


def here(monkeypatch: pytest.MonkeyPatch, *versions: str) -> None:
    found = [Interpreter(f"/python{version}", version) for version in versions]
    monkeypatch.setattr(interpreters, "installed", lambda: found)
    monkeypatch.setattr(interpreters.installed, "cache_clear", lambda: None, raising=False)


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [
        (">=3.10", "3.11.7"),
        (">=3.11,<3.13", "3.11.7"),
        (">=3.12", "3.13.0"),
        (">=3.12,<3.13", "3.12.9"),
        ("<3.11", "3.10.14"),
        ("!=3.11.*", "3.13.0"),
    ],
)
def test_the_preferred_version_is_chosen_if_admitted_else_the_newest(
    monkeypatch: pytest.MonkeyPatch, specifier: str, expected: str
) -> None:
    with monkeypatch.context() as patched:
        here(patched, "3.10.14", "3.11.7", "3.12.9", "3.13.0")
        assert interpreters.choose(specifier, "mine").version == expected


@pytest.mark.parametrize("specifier", [">=3.10", ">=3.11,<3.13", "<3.11", "!=3.11.*", ""])
@pytest.mark.parametrize("version", ["3.9.1", "3.10.14", "3.11.0", "3.12.9", "3.13.0", "3.14.1"])
def test_the_resolvers_marker_admits_the_same_interpreters(specifier: str, version: str) -> None:
    marker = interpreters.marker(specifier)
    admitted = not marker or Marker(marker).evaluate({"python_full_version": version})
    assert admitted == (version in SpecifierSet(specifier))


@pytest.mark.parametrize(
    ("specifier", "first"),
    [(">=3.10,<3.14", "3.10"), (">=3.11", "3.11"), ("!=3.10.*,<3.13", "3.11"), ("<3.9", "3.11")],
)
def test_the_oldest_admitted_version_is_found(specifier: str, first: str) -> None:
    assert interpreters.oldest(specifier) == first


@pytest.mark.parametrize(
    ("specifier", "wanted"), [(">=3.12,<3.14", "3.12"), (">=3.11,<3.13", "3.11"), ("<3.11", "3.10")]
)
def test_the_error_without_an_admitted_interpreter_installs_one(
    monkeypatch: pytest.MonkeyPatch, specifier: str, wanted: str
) -> None:
    with monkeypatch.context() as patched:
        here(patched, "3.14.1")
        with pytest.raises(EnvError) as caught:
            interpreters.choose(specifier, "mine")
    assert f"mine needs Python {specifier}, found 3.14.1" in str(caught.value)
    assert str(caught.value).endswith(f"uv python install {wanted}")


def test_the_error_without_any_interpreter_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        here(patched)
        with pytest.raises(EnvError, match="found none"):
            interpreters.choose(">=3.11", "mine")


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder on PATH, without interpreters elsewhere."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "uv"))
    return tmp_path


def shim(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def real(folder: Path, minor: int) -> Path:
    """Write a file that stands for an interpreter, for an answer to point to."""
    (folder / "bin").mkdir(parents=True, exist_ok=True)
    (folder / "bin" / f"python3.{minor}").touch()
    return folder


def answer(prefix: Path, minor: int, micro: int = 1) -> str:
    return f"printf '%s\\n' {prefix} 3 {minor} {micro}"


@pytest.mark.usefixtures("bare")
def test_our_own_interpreter_is_found_outside_its_virtual_environment() -> None:
    (found,) = interpreters.installed()
    assert found.version == ".".join(map(str, sys.version_info[:3]))
    assert Path(found.path).is_relative_to(sys.base_prefix)


def test_interpreters_are_found_on_path_and_in_folders_of_pyenv_and_uv(bare: Path) -> None:
    minors = [minor for minor in (10, 12, 13, 14) if minor != sys.version_info.minor][:3]
    places = [bare, bare / "pyenv/versions/3.x/bin", bare / "uv/cpython-3.x/bin"]
    for place, minor in zip(places, minors, strict=True):
        prefix = real(bare / f"real{minor}", minor)
        shim(place, f"python3.{minor}", answer(prefix, minor))
    found = {each.version: each.path for each in interpreters.installed()}
    assert {f"3.{minor}.1" for minor in minors} < set(found)
    assert found[f"3.{minors[0]}.1"] == str(bare / f"real{minors[0]}/bin/python3.{minors[0]}")
    assert list(found) == sorted(found, key=Version)


@pytest.mark.parametrize(
    "script",
    ["exit 127", "exit 0", "echo hello", "echo /gone; echo 3; echo 13; echo 1", "kill $$"],
)
def test_a_program_that_does_not_answer_like_python_is_ignored(bare: Path, script: str) -> None:
    shim(bare, "python3.13", script)
    assert all(not each.version.startswith("3.13") for each in interpreters.installed())


def test_the_first_interpreter_of_a_minor_version_counts(bare: Path) -> None:
    minor = 12 if sys.version_info.minor != 12 else 13
    for place, micro in ((bare, 1), (bare / "pyenv/versions/3.x/bin", 9)):
        shim(place, f"python3.{minor}", answer(real(bare / f"real{micro}", minor), minor, micro))
    assert f"3.{minor}.1" in {each.version for each in interpreters.installed()}
    assert f"3.{minor}.9" not in {each.version for each in interpreters.installed()}
