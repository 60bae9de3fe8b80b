"""How much of a framework an adapter has to know: its lines, and the names that it uses."""

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
    """The files of an adapter that one of its modules consists of: itself, and what it imports."""
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
    """Lines of code: neither empty, nor a comment, nor a docstring."""
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
    """The distinct names that a file takes from packages that are neither ours nor Python's:
    ``prefect.flow`` for one that is imported, ``mlrun.new_function`` for one that is looked up.
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
    """Each import: the module, and the name taken from it if it is one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                yield each.name, None
        elif isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                yield node.module, each.name


def _dotted(node: ast.expr) -> list[str]:
    """``a.b.c`` as its parts; empty if it does not begin with a name."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return [*before, node.attr] if before else []
    return []
