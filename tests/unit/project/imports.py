"""The project's import graph, read from its source, importing nothing."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OURS = ("workloads", "adapters", "harness")


@dataclass(frozen=True)
class Import:
    """One arrow: ``module`` imports ``target``, at its top level or inside a function."""

    module: str
    target: str
    at_top: bool
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"

    @property
    def foreign(self) -> bool:
        """Whether the target is neither ours nor of the standard library."""
        top = self.target.partition(".")[0]
        return top not in OURS and top not in sys.stdlib_module_names


def within(module: str, *packages: str) -> bool:
    """Whether a module is one of ``packages`` or lies in one."""
    return any(module == each or module.startswith(f"{each}.") for each in packages)


def modules(root: Path) -> dict[str, Path]:
    """All our modules by name."""
    found = {}
    for package in OURS:
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def graph(root: Path) -> list[Import]:
    """Return every import of our modules, those for type checkers and by ``import_module`` too."""
    known = modules(root)
    return [
        each for module, path in known.items() for each in _imports(module, path, frozenset(known))
    ]


def _imports(module: str, path: Path, known: frozenset[str]) -> Iterator[Import]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node, at_top in _nodes(ast.parse(path.read_text()), True):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, at_top, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, *filter(None, [node.module])])
            yield Import(module, base, at_top, node.lineno)
            for alias in node.names:
                if f"{base}.{alias.name}" in known:
                    yield Import(module, f"{base}.{alias.name}", at_top, node.lineno)
        elif (name := _imported_by_name(node)) is not None:
            yield Import(module, name, at_top, getattr(node, "lineno", 0))


def _imported_by_name(node: ast.AST) -> str | None:
    """Return the module of ours that ``import_module("…")`` names; None for any other node."""
    if not (isinstance(node, ast.Call) and node.args):
        return None
    called, name = node.func, node.args[0]
    function = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    if function != "import_module" or not isinstance(name, ast.Constant):
        return None
    return name.value if within(str(name.value), *OURS) else None


def _nodes(parent: ast.AST, at_top: bool) -> Iterator[tuple[ast.AST, bool]]:
    for node in ast.iter_child_nodes(parent):
        yield node, at_top
        inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        yield from _nodes(node, at_top and not inside and not typing)


def room(module: str) -> str:
    """Return the room of a module: a package or module right below ``harness``, else its top."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "harness" else parts[0]


def rooms(imports: list[Import]) -> dict[str, set[str]]:
    """Return the rooms that each room imports."""
    found: dict[str, set[str]] = {}
    for each in imports:
        here, there = room(each.module), room(each.target)
        if within(each.target, *OURS) and "harness" not in (here, there) and here != there:
            found.setdefault(here, set()).add(there)
    return found


def reached(imports: list[Import], start: str) -> set[str]:
    """What importing ``start`` imports at top level, directly or not; packages on the way too."""
    found: set[str] = set()
    left = [start]
    while left:
        module = left.pop()
        if module in found:
            continue
        found.add(module)
        if parent := module.rpartition(".")[0]:
            left.append(parent)
        left += [each.target for each in imports if each.module == module and each.at_top]
    return found
