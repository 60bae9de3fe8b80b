"""Size of an adapter: its lines of code, and the names that it uses of its framework."""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

_OURS = ("adapters", "workloads", "harness")
_NO_CODE = (
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT),
    *(tokenize.ENCODING, tokenize.ENDMARKER),
)


def files(folder: Path, module: str) -> list[Path]:
    """Return the file of an adapter's module and the files of the adapter that it imports."""
    found: dict[Path, None] = {}
    waiting = [folder / f"{module}.py"]
    while waiting:
        path = waiting.pop()
        if path in found or not path.exists():
            continue
        found[path] = None
        prefix = f"adapters.{folder.name}."
        for name, _ in _imported(ast.parse(path.read_text())):
            if name.startswith(prefix):
                waiting.append(folder / f"{name.removeprefix(prefix).partition('.')[0]}.py")
    return sorted(found)


def lines(path: Path) -> int:
    """Count the lines of code, without empty lines, comments and docstrings."""
    source = path.read_text()
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    coded = {
        number
        for token in tokens
        if token.type not in _NO_CODE
        for number in range(token.start[0], token.end[0] + 1)
    }
    documented: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            first = node.body[0] if node.body else None
            if ast.get_docstring(node) is not None and first is not None:
                documented.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return len(coded - documented)


def names(path: Path) -> set[str]:
    """Return the distinct names that a file uses of packages other than ours and Python's.

    ``prefect.flow`` stands for an imported name, ``mlrun.new_function`` for an attribute.
    """
    tree = ast.parse(path.read_text())
    found: set[str] = set()
    modules: dict[str, str] = {}
    for module, name in _imported(tree):
        if module.partition(".")[0] in (*_OURS, *sys.stdlib_module_names):
            continue
        if name is None:
            modules[module.partition(".")[0]] = module
        else:
            found.add(f"{module}.{name}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            dotted = _dotted(node)
            if dotted and dotted[0] in modules:
                found.add(".".join(dotted[:2]))
    return found


def _imported(tree: ast.AST) -> Iterator[tuple[str, str | None]]:
    """Yield each import: the module, and the name imported from it, if any."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                yield each.name, None
        elif isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                yield node.module, each.name


def _dotted(node: ast.expr) -> list[str]:
    """Return ``a.b.c`` as a list of its parts; empty if it does not begin with a name."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return [*before, node.attr] if before else []
    return []
