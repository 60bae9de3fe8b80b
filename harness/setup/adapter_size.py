"""Size of an adapter: its lines of code, and the names that it uses of its framework."""

from __future__ import annotations

import ast
import io
import re
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

    ``prefect.flow`` stands for an imported name, ``mlrun.new_function`` for an attribute, under
    the module's own name also if it was imported under another. An imported name
    in lower case is taken for a module if only its attributes are used: ``from kfp import dsl``
    with ``dsl.component`` is ``kfp.dsl.component``.
    """
    tree = ast.parse(path.read_text())
    modules: dict[str, str] = {}  # by the name that the file has for them
    imported: dict[str, set[str]] = {}  # other names
    for module, name, local in _imported_as(tree):
        if module.partition(".")[0] in (*_OURS, *sys.stdlib_module_names):
            continue
        if name is None:
            modules[local] = module if local != module.partition(".")[0] else local
        else:
            imported.setdefault(local, set()).add(f"{module}.{name}")
    attributes = [_dotted(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    bases = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    alone = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in bases
    }
    based = {dotted[0] for dotted in attributes if dotted}
    for local in (based - alone) & set(imported):
        if all(full.rpartition(".")[2].islower() for full in imported[local]):
            modules[local] = imported.pop(local).pop()
    used = {
        f"{modules[first]}.{name}"
        for first, name, *_ in filter(None, attributes)
        if first in modules
    }
    return used.union(*imported.values()) | _names_in_templates(tree)


def _names_in_templates(tree: ast.AST) -> set[str]:
    """Return the names that code in strings uses of modules that it imports from a package."""
    constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    text = "\n".join(each for each in constants if isinstance(each, str))
    found = set()
    for module, names_ in re.findall(r"^from ([\w.]+) import ([\w, ]+)$", text, re.MULTILINE):
        if module.partition(".")[0] in (*_OURS, *sys.stdlib_module_names):
            continue
        for name in names_.split(", "):
            used = set(re.findall(rf"\b{name}\.(\w+)", text))
            found |= {f"{module}.{name}.{attribute}" for attribute in used}
    return found


def _imported(tree: ast.AST) -> Iterator[tuple[str, str | None]]:
    """Yield each import: the module, and the name imported from it, if any."""
    for module, name, _ in _imported_as(tree):
        yield module, name


def _imported_as(tree: ast.AST) -> Iterator[tuple[str, str | None, str]]:
    """Yield each import: the module, the name imported from it if any, and the name in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                yield each.name, None, each.asname or each.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                yield node.module, each.name, each.asname or each.name


def _dotted(node: ast.expr) -> list[str]:
    """Return ``a.b.c`` as a list of its parts; empty if it does not begin with a name."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return [*before, node.attr] if before else []
    return []
