"""Markdown from plain text: headings, tables, docstrings, help texts."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterable, Sequence

import black
from black.mode import TargetVersion

_ROLE = re.compile(r":\w+:`~?([^`]+)`")
_DOUBLE = re.compile(r"``(.+?)``", re.DOTALL)
_LAYOUT = black.Mode(target_versions={TargetVersion.PY311}, line_length=100)
_CODE = re.compile(r"(`[^`]*`)")


def page(title: str, source: str, *parts: str) -> str:
    """Return a whole page; ``source`` names the file or folder that it is generated from."""
    mark = f"<!-- generated from {source}; to renew it: make docs -->"
    return "\n\n".join([mark, f"# {title}", *(part.strip("\n") for part in parts if part)]) + "\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; cells are Markdown already."""
    lines = [_line(headings), _line(["---"] * len(headings)), *map(_line, rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    escaped = (" ".join(cell.split()).replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def code(text: object) -> str:
    """Return ``text`` as inline code; an empty text stays empty."""
    return f"`{text}`" if str(text) else ""


def prose(text: str) -> str:
    """Return a docstring or help text as Markdown: Sphinx roles become code, ``<`` is escaped."""
    plain = _DOUBLE.sub(r"`\1`", _ROLE.sub(r"`\1`", text))
    parts = _CODE.split(plain)
    parts[::2] = [part.replace("<", "&lt;").replace("*", r"\*") for part in parts[::2]]
    return "".join(parts)


def fence(text: str, language: str, reason: str) -> str:
    """Return a code block that no test executes, with the reason; Python is laid out."""
    if language == "python":
        text = black.format_str(text, mode=_LAYOUT)
    return f"<!-- not executed: {reason} -->\n```{language}\n{text.rstrip()}\n```"


def docstring(text: str | None) -> str:
    """Return a whole docstring as Markdown; indented paragraphs after ``::`` become a fence."""
    found: list[str] = []
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(text or "").strip())
    for indented, group in itertools.groupby(paragraphs, lambda each: each.startswith("    ")):
        if indented:
            found.append(fence(_dedented("\n\n".join(group)), "python", "an outline"))
        else:
            found += [re.sub(r"::$", ":", prose(each)) for each in group]
    return "\n\n".join(found)


def _dedented(text: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in text.splitlines())
