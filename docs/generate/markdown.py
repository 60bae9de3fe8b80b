"""Markdown from plain text: headings, tables, text that was written for a terminal or for Sphinx."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_ROLE = re.compile(r":\w+:`~?([^`]+)`")
_DOUBLE = re.compile(r"``(.+?)``", re.DOTALL)
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
    """Return a code block that no test executes, with the reason."""
    return f"<!-- not executed: {reason} -->\n```{language}\n{text.rstrip()}\n```"


def docstring(text: str | None) -> str:
    """Return a whole docstring as Markdown; an indented block after ``::`` becomes a fence."""
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", (text or "").strip()):
        if paragraph.startswith("    ") and found and found[-1].endswith(":"):
            found.append(fence(_dedented(paragraph), "python", "an outline"))
        elif paragraph.startswith("    ") and found and found[-1].endswith("```"):
            body = found[-1].removesuffix("\n```")
            found[-1] = f"{body}\n\n{_dedented(paragraph)}\n```"
        else:
            found.append(re.sub(r"::$", ":", prose(paragraph)))
    return "\n\n".join(found)


def _dedented(text: str) -> str:
    return "\n".join(line.removeprefix("    ") for line in text.splitlines())
