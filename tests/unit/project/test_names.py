"""Names: every class name means one thing."""

from __future__ import annotations

import ast
from collections import defaultdict

from tests.paths import ROOT
from tests.unit.project.imports import modules

#: Names of two classes that mean the same thing on two sides of a wall, with the reason.
ALLOWED = {
    "Fact": "the protocol that the matrix reads, and the value that facts/ makes of it",
    "Services": "the protocol that adapters see, and the manager that implements it",
}


def test_class_names_occur_once() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for module, path in modules(ROOT).items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(module)
    twice = {name: where for name, where in places.items() if len(where) > 1}
    assert {name: where for name, where in twice.items() if name not in ALLOWED} == {}
    assert set(ALLOWED) <= set(twice), "an exception that is no longer needed"
