"""Docstrings: a function's begins with a verb, a module's with a noun that one would search for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.paths import ROOT
from tests.unit.project.imports import modules

_HEADLESS = """
what who whoever whom whose whether why how where when of that those nothing nobody none nor as
anything everything something
"""
_NOT_VERBS = """
the a an all each every any some both either neither one two it its this these they we our their
which in on at by with without for from to up into over under after before between no not only also
if seconds milliseconds bytes so such more most less least like same other another first last next
whole
"""
#: Words that begin a relative clause without its noun, or a personification.
HEADLESS = frozenset(_HEADLESS.split())
#: Words that are not verbs: a function's docstring does not begin with one.
NOT_VERBS = HEADLESS | frozenset(_NOT_VERBS.split())
#: Words of former versions, and turns that a newcomer stumbles over, as they may not be written.
RETIRED = (
    *("ruler", "keeper", "prober", "dossier", "untried", "postponed"),
    *("whoever", "whom", "nobody", "anew", "lest", "mend", "mends", "mended"),
    *("of which", "of whom", "puts up with", "came of it"),
)
#: Of all docstrings, the share that may begin headless.
MOST_HEADLESS = 0.02

Documented = tuple[str, str, str]  # place, kind, first word


def documented() -> Iterator[Documented]:
    """Yield each docstring of ours: its place, its kind and its first word in lower case."""
    for module, path in modules(ROOT).items():
        tree = ast.parse(path.read_text())
        methods = {
            id(child): node
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            for child in node.body
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                text = ast.get_docstring(node)
                name = getattr(node, "name", "")
                if not text or name.startswith("__"):
                    continue
                kind = type(node).__name__
                if kind.endswith("FunctionDef"):
                    decorators = [ast.unparse(each) for each in node.decorator_list]  # type: ignore[union-attr]
                    is_property = any("property" in each for each in decorators)
                    kind = "property" if is_property and id(node) in methods else "function"
                words = re.findall(r"[A-Za-z'-]+", text)
                yield f"{module}:{getattr(node, 'lineno', 1)} {name}", kind, words[0].lower()


@pytest.fixture(scope="module")
def found() -> list[Documented]:
    every = list(documented())
    assert len(every) > 1000
    return every


def test_docstrings_of_functions_begin_with_a_verb(found: list[Documented]) -> None:
    wrong = [
        (place, word) for place, kind, word in found if kind == "function" and word in NOT_VERBS
    ]
    assert wrong == []


def test_few_docstrings_begin_without_a_head_noun(found: list[Documented]) -> None:
    headless = [(place, word) for place, _, word in found if word in HEADLESS]
    assert len(headless) < MOST_HEADLESS * len(found), headless


def test_retired_words_are_not_written() -> None:
    words = "|".join(RETIRED)
    wanted = re.compile(rf"(?<![\"`\w-])({words})(?![\"`\w])", re.IGNORECASE)
    places = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for folder in ("workloads", "adapters", "harness", "docs")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".md", ".js", ".jinja", ".c", ".toml")
        and path.parent.name != "assets"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if wanted.search(line)
    ]
    assert places == []


def test_test_names_say_what_holds() -> None:
    odd = re.compile(
        r"def (test_(?:what|who|whoever|whom|nor|nobody|where|that|of|and|so|how|why)_\w+)"
    )
    found = {
        str(path.relative_to(ROOT)): names
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if (names := odd.findall(path.read_text(encoding="utf-8")))
    }
    assert found == {}
