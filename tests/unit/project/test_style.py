"""Style of files: short, and without names of package indexes or paths of one machine."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.paths import ROOT

MAX_FILE, MAX_FUNCTION = 320, 60

# Joined from pieces, so that this file does not contain them itself.
INDEXES = [
    "".join(parts)
    for parts in (
        ("pypi", r"\.", "org"),
        ("pythonhosted", r"\.", "org"),
        ("index", r"-url\W{1,4}\w"),  # with a value: code may name the option itself
        ("INDEX", r"_URL\W{1,4}\w+:"),
        ("dev", r"pi\b"),
        ("arti", "factory"),
        ("/simple", r"/?\s*$"),
    )
]
MACHINE = [rf"(?<![\w.~}}])/{top}/[\w.]" for top in ("work", "home", "root", "Users", "builds")]


def tracked() -> list[Path]:
    """Return every text file that is tracked or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=30,
    )
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:4096]]


@pytest.fixture(scope="module")
def files() -> list[Path]:
    found = tracked()
    assert len(found) > 50
    return found


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(text: str) -> list[tuple[str, int]]:
    """Return name and number of lines of every function."""
    return [
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def test_no_python_file_is_long(files: list[Path]) -> None:
    lengths = {shown(p): len(p.read_text().splitlines()) for p in files if p.suffix == ".py"}
    assert {name: length for name, length in lengths.items() if length > MAX_FILE} == {}


def test_no_function_is_long(files: list[Path]) -> None:
    found = {
        f"{shown(path)}:{name}": length
        for path in files
        if path.suffix == ".py"
        for name, length in functions(path.read_text())
        if length > MAX_FUNCTION
    }
    assert found == {}


def offences(patterns: list[str], files: list[Path]) -> list[str]:
    wanted = re.compile("|".join(patterns), re.MULTILINE)
    return [
        f"{shown(path)}:{number}: {line.strip()[:80]}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if wanted.search(line)
    ]


def test_no_package_index_is_named(files: list[Path]) -> None:
    assert offences(INDEXES, files) == []


def test_no_path_of_one_machine_is_named(files: list[Path]) -> None:
    assert offences([*MACHINE, re.escape(str(ROOT)) + r"\b"], files) == []


@pytest.mark.parametrize(
    "line",
    [
        "/".join(["", "home", "me", "x"]),
        f"path = '{'/'.join(['', 'root', '.cache'])}'",
        "".join(["--extra-index", "-url=x"]),
        ".".join(["https://pypi", "org"]),
    ],
)
def test_planted_offences_are_found(line: str) -> None:
    assert re.search("|".join([*INDEXES, *MACHINE]), line)


@pytest.mark.parametrize("line", ["folder / 'home'", "~/work/x", "the results/home/x", "{root}/a"])
def test_harmless_lines_are_not_offences(line: str) -> None:
    assert not re.search("|".join([*INDEXES, *MACHINE]), line)


def test_the_length_of_a_long_function_is_counted() -> None:
    text = "def f():\n" + "    x = 1\n" * MAX_FUNCTION
    assert functions(text) == [("f", MAX_FUNCTION + 1)]
