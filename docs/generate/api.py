"""The page of the Python API for authors of workloads, adapters and hooks."""

from __future__ import annotations

import ast

from docs.generate.fields import comments_in
from docs.generate.markdown import code, docstring, fence, page, prose, table
from harness.home import package_folder

_ROOT = package_folder("harness").parent

#: Modules with their title, and the public names that are explained, in that order.
_MODULES = {
    "workloads.dag": ("For a workload", ("Dag", "Ref", "Workload", "Step")),
    "workloads.codecs": ("For a value of another type", ("Codec", "register")),
    "adapters.contract": (
        "For an adapter",
        ("Adapter", "Context", "Services", "execute", "no_service", "no_engine_count"),
    ),
    "adapters.probing": (
        "For a hook of a probe",
        ("ProbeContext", "perform", "UnsupportedError", "NeedsServiceError"),
    ),
}


#: Beginnings of the names of methods that only the harness calls.
_HIDDEN = ("_", "to_json", "from_json")


def python_api() -> str:
    """Return the page, read from the modules' source without importing them."""
    parts = [
        "The modules that workloads, adapters and hooks import. They use the standard library "
        "only, because they run inside every framework's environment."
    ]
    for module, (title, names) in _MODULES.items():
        said = docstring(ast.get_docstring(ast.parse(_source(module))))
        parts += [f"## {title}: {module}", said]
        for name in names:
            parts += _explained(module, name)
    return page("Python API", "the docstrings of workloads and adapters", *parts)


def _source(module: str) -> str:
    path = (_ROOT / module.replace(".", "/")).with_suffix(".py")
    return path.read_text(encoding="utf-8")


def _explained(module: str, name: str) -> list[str]:
    """Return the explanation of a name, from the module that defines it."""
    source = _source(module)
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return [f"### {name}", docstring(ast.get_docstring(node)), *_members(node, source)]
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return [f"### {name}", *_function(node)]
        if isinstance(node, ast.ImportFrom) and name in {each.name for each in node.names}:
            return _explained(node.module or "", name)
    raise LookupError(f"no public name {name}; correct _MODULES in docs/generate/api.py")


def _function(node: ast.FunctionDef) -> list[str]:
    return [
        fence(_signature(node), "python", "a signature"),
        docstring(ast.get_docstring(node)),
    ]


def _signature(node: ast.FunctionDef) -> str:
    """Return the definition without its body; ``black`` lays it out."""
    body: list[ast.stmt] = [ast.Expr(ast.Constant(...))]
    bare = ast.FunctionDef(
        node.name, node.args, body, [], node.returns, None, lineno=0, col_offset=0
    )
    return ast.unparse(bare).partition("\n")[0] + " ..."


def _members(node: ast.ClassDef, source: str) -> list[str]:
    fields = [
        (code(each.target.id), code(ast.unparse(each.annotation)))
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        if not each.target.id.startswith("_")
    ]
    meanings = comments_in(ast.get_source_segment(source, node) or "")
    rows = [(*each, prose(meanings.get(each[0].strip("`"), ""))) for each in fields]
    parts = [table(("attribute", "type", "meaning"), rows)] if rows else []
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and not each.name.startswith(_HIDDEN):
            name = f"{node.name}.{each.name}"
            is_property = any(ast.unparse(d).endswith("property") for d in each.decorator_list)
            kind = " (property)" if is_property else ""
            parts += [f"#### {name}{kind}", *([] if is_property else _function(each)[:1])]
            parts.append(docstring(ast.get_docstring(each)))
    return parts
